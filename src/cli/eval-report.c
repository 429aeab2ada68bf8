#include "eval.h"
#include "summary.h"
#include "terminal.h"
#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDEST = 40 };

/* A text cut and filled to a width. */
static void add_cell(CytoStr *out, const char *text, size_t width) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr shown = {0};
  cli_add_printable(&shown, text);
  if (shown.failed || !shown.text)
    return;
  cli_cut_columns(shown.text, width);
  cyto_str_printf(out, "%s%*s", shown.text, (int)(width - cli_columns(shown.text)), "");
}

static void add_value(CytoStr *out, double value, int decimals) {
  if (isnan(value))
    cyto_str_add(out, "        -");
  else
    cyto_str_printf(out, "%9.*f", decimals, value);
}

/* Names of predictions: what tells them apart at their ends. */
static const char *short_name(const char *path) {
  size_t n = strlen(path);
  while (n > 1 && path[n - 1] == '/')
    n--;
  while (n > 0 && path[n - 1] != '/')
    n--;
  return path[n] ? path + n : path;
}

typedef struct Column {
  size_t field;
  int decimals;
  const char *title;
} Column;

static const Column columns[] = {
    {CLI_EVAL_CELLS, 0, "cells"},         {CLI_EVAL_FOUND, 0, "found"},
    {CLI_EVAL_MEAN_AP, 3, "mean AP"},     {CLI_EVAL_AJI, 3, "AJI"},
    {CLI_EVAL_BOUNDARY_F, 3, "outlines"}, {CLI_EVAL_DICE, 3, "Dice"},
    {CLI_EVAL_FLOW, 3, "flow err"},       {CLI_EVAL_COUNT, 3, "miscount"},
};
enum { COLUMNS = sizeof columns / sizeof *columns, BEFORE = 2 };

/* AP at every threshold and F1 at the first stand after the counts. */
static void add_scores(const CliEvalReport *report, const CliEvalRow *row, CytoStr *out) {
  for (size_t c = 0; c < COLUMNS; c++) {
    if (c == BEFORE) {
      for (size_t k = 0; k < report->options->thresholds; k++)
        add_value(out, row->score[cli_eval_at(k, CLI_EVAL_AP)], 3);
      add_value(out, row->score[cli_eval_at(0, CLI_EVAL_F1)], 3);
    }
    add_value(out, row->score[columns[c].field], columns[c].decimals);
  }
}

static void add_title_at(CytoStr *out, const char *score, double threshold) {
  char number[32], title[48];
  snprintf(title, sizeof title, "%s@%.5s", score, cyto_format_double(threshold, number));
  cyto_str_printf(out, "%9s", title);
}

static void add_titles(const CliEvalReport *report, CytoStr *out) {
  for (size_t c = 0; c < COLUMNS; c++) {
    if (c == BEFORE) {
      for (size_t k = 0; k < report->options->thresholds; k++)
        add_title_at(out, "AP", report->options->threshold[k]);
      add_title_at(out, "F1", report->options->threshold[0]);
    }
    cyto_str_printf(out, "%9s", columns[c].title);
  }
  cyto_str_add(out, "\n");
}

static size_t widest(const char *text, size_t least) {
  size_t n = cli_columns(text);
  return n > WIDEST ? WIDEST : n > least ? n : least;
}

void cli_eval_table(const CliEvalReport *report, bool means_only, CytoStr *out) {
  size_t name = 5, prediction = 0;
  for (size_t i = 0; i < report->count; i++) {
    name = widest(report->row[i].name, name);
    if (report->predictions > 1)
      prediction = widest(short_name(report->row[i].prediction), prediction);
  }
  add_cell(out, "image", name + 1);
  if (prediction)
    add_cell(out, "masks", prediction);
  add_titles(report, out);
  for (size_t i = 0; i < report->count; i++) {
    const CliEvalRow *row = &report->row[i];
    if (means_only && strcmp(row->level, "image") == 0)
      continue;
    if (i > 0 && strcmp(row->level, report->row[i - 1].level) != 0 && !means_only)
      cyto_str_add(out, "\n");
    add_cell(out, row->name, name + 1);
    if (prediction)
      add_cell(out, short_name(row->prediction), prediction);
    if (row->score)
      add_scores(report, row, out);
    cyto_str_add(out, row->score ? "\n" : "   not scored\n");
  }
}

/* Quoted where a comma, a quote or a line end is in it. */
static void add_field(CytoStr *out, const char *text) {
  if (!strpbrk(text, ",\"\r\n")) {
    cyto_str_add(out, text);
    return;
  }
  cyto_str_add(out, "\"");
  for (; *text; text++)
    cyto_str_printf(out, *text == '"' ? "\"%c" : "%c", *text);
  cyto_str_add(out, "\"");
}

void cli_eval_csv(const CliEvalReport *report, CytoStr *out) {
  char text[48];
  size_t fields = cli_eval_fields(report->options);
  cyto_str_add(out, "level,name,group,prediction");
  for (size_t f = 0; f < fields; f++)
    cyto_str_printf(out, ",%s", cli_eval_field_name(report->options, f, text));
  cyto_str_add(out, "\n");
  for (size_t i = 0; i < report->count; i++) {
    const CliEvalRow *row = &report->row[i];
    const char *const first[] = {row->level, row->name, row->group, row->prediction};
    for (size_t k = 0; k < 4; k++) {
      cyto_str_add(out, k ? "," : "");
      add_field(out, first[k]);
    }
    for (size_t f = 0; f < fields; f++) {
      bool known = row->score && !isnan(row->score[f]);
      cyto_str_printf(out, ",%s", known ? cyto_format_double(row->score[f], text) : "");
    }
    cyto_str_add(out, "\n");
  }
}

static void add_json_row(const CliEvalReport *report, const CliEvalRow *row, CytoStr *out) {
  const char *const key[] = {"level", "name", "group", "prediction"};
  const char *const value[] = {row->level, row->name, row->group, row->prediction};
  char text[48], name[48];
  cyto_str_add(out, "    {");
  for (size_t k = 0; k < 4; k++) {
    cyto_str_printf(out, "%s\"%s\": ", k ? ", " : "", key[k]);
    cli_add_json_string(out, value[k]);
  }
  for (size_t f = 0; row->score && f < cli_eval_fields(report->options); f++) {
    bool known = !isnan(row->score[f]);
    cyto_str_printf(out, ", \"%s\": %s", cli_eval_field_name(report->options, f, name),
                    known ? cyto_format_double(row->score[f], text) : "null");
  }
  cyto_str_add(out, "}");
}

void cli_eval_json(const CliEvalReport *report, CytoStr *out) {
  char text[32];
  cyto_str_printf(out, "{\n  \"boundary_scale\": %s,\n  \"rows\": [\n",
                  cyto_format_double(report->options->boundary, text));
  for (size_t i = 0; i < report->count; i++) {
    add_json_row(report, &report->row[i], out);
    cyto_str_add(out, i + 1 < report->count ? ",\n" : "\n");
  }
  cyto_str_add(out, "  ]\n}\n");
}
