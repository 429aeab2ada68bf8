#include "summary.h"
#include "terminal.h"
#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include <string.h>

enum { WIDEST_NAME = 60 };

void cli_list_add(CliList *list, const char *text) {
  cyto_str_add_bytes(list, text, strlen(text) + 1);
}

const char *cli_list_next(const CliList *list, const char *at) {
  const char *next = at ? at + strlen(at) + 1 : list->text;
  return list->text && next < list->text + list->length ? next : NULL;
}

/* Names alone when all images lie in one folder, paths otherwise. */
static bool one_folder(const char *const *paths, size_t count) {
  for (size_t i = 1; i < count; i++) {
    size_t n = (size_t)(cyto_path_name(paths[i]) - paths[i]);
    if (n != (size_t)(cyto_path_name(paths[0]) - paths[0]) || strncmp(paths[i], paths[0], n) != 0)
      return false;
  }
  return true;
}

bool cli_summary_init(CliSummary *summary, const char *const *paths, size_t count, CytoError *err) {
  CliEntry *entry = cyto_calloc(count, sizeof *entry, err);
  if (!entry)
    return false;
  *summary = (CliSummary){.count = count, .entry = entry, .name_width = 5};
  bool names = one_folder(paths, count);
  for (size_t i = 0; i < count; i++) {
    entry[i].path = paths[i];
    entry[i].shown = names ? cyto_path_name(paths[i]) : paths[i];
    size_t width = cli_columns(entry[i].shown);
    if (width > summary->name_width)
      summary->name_width = width < WIDEST_NAME ? width : WIDEST_NAME;
  }
  return true;
}

void cli_summary_clear(CliSummary *summary) {
  for (size_t i = 0; i < summary->count; i++) {
    cyto_str_clear(&summary->entry[i].files);
    cyto_str_clear(&summary->entry[i].warnings);
    free(summary->entry[i].plane_cells);
    free(summary->entry[i].error);
  }
  free(summary->entry);
  *summary = (CliSummary){0};
}

size_t cli_summary_number(const CliSummary *summary, CliStatus status) {
  size_t n = 0;
  for (size_t i = 0; i < summary->count; i++)
    n += summary->entry[i].status == status;
  return n;
}

void cli_summary_header(const CliSummary *summary, FILE *stream) {
  fprintf(stream, "%-*s %8s %9s %8s\n", (int)summary->name_width, "image", "objects", "diameter",
          "seconds");
  fflush(stream);
}

void cli_summary_row(const CliSummary *summary, const CliEntry *entry, FILE *stream) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr name = {0};
  cli_add_printable(&name, entry->shown);
  if (name.failed || !name.text)
    return;
  size_t columns = cli_columns(name.text);
  int pad = columns < summary->name_width ? (int)(summary->name_width - columns) : 0;
  fprintf(stream, "%s%*s", name.text, pad, "");
  if (entry->status == CLI_IMAGE_DONE) {
    fprintf(stream, " %8llu %9.1f %8.2f", (unsigned long long)entry->cells, entry->diameter,
            entry->seconds);
    if (entry->planes > 1)
      fprintf(stream, "  in %zu planes", entry->planes);
  } else {
    fprintf(stream, " %8s", entry->status == CLI_IMAGE_FAILED ? "failed" : "stopped");
  }
  fputs("\n", stream);
  fflush(stream);
}

void cli_summary_end(const CliSummary *summary, bool quiet) {
  size_t done = cli_summary_number(summary, CLI_IMAGE_DONE);
  size_t failed = cli_summary_number(summary, CLI_IMAGE_FAILED);
  char duration[32];
  if (failed && summary->count > 1)
    cli_say("%zu of %zu images failed:", failed, summary->count);
  for (size_t i = 0; i < summary->count; i++) {
    if (summary->entry[i].status == CLI_IMAGE_FAILED)
      cli_say("%s%s", summary->count > 1 ? "  " : "", summary->entry[i].error);
  }
  if (summary->stopped)
    cli_say("stopped; %zu of %zu images are done, no file is half written", done, summary->count);
  else if (!quiet && summary->count > 1)
    cli_say("%zu of %zu images done in %s", done, summary->count,
            cli_duration(summary->seconds, duration));
}
