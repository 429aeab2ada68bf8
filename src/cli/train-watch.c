#include "train-watch.h"
#include "terminal.h"
#include "../cyto/base/mem.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { QUIET_SECONDS = 30 }; /* between lines of epochs that were not tested */

void cli_train_watch_begin(CliTrainWatch *watch, bool quiet) {
  *watch =
      (CliTrainWatch){.live = !quiet && cli_terminal_width(STDERR_FILENO) > 0, .lines = !quiet};
}

void cli_train_watch_hide(CliTrainWatch *watch) {
  if (!watch->shown)
    return;
  fputs("\r\033[K", stderr);
  fflush(stderr);
  watch->shown = false;
  watch->drawn = 0;
}

static void draw(CliTrainWatch *watch, CytoStr *line) {
  size_t width = cli_terminal_width(STDERR_FILENO);
  if (line->failed || !line->text || width < 2)
    return;
  cli_cut_columns(line->text, width - 1);
  fprintf(stderr, "\r\033[K%s", line->text);
  fflush(stderr);
  watch->shown = true;
}

static bool too_soon(CliTrainWatch *watch) {
  double clock = cli_clock();
  if (!watch->live || clock - watch->drawn < 0.2)
    return true;
  watch->drawn = clock;
  return false;
}

void cli_train_watch_reading(CliTrainWatch *watch, const char *stage, size_t i, size_t n) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr line = {0};
  if (strcmp(stage, "reading") != 0 || too_soon(watch))
    return;
  cyto_str_printf(&line, "reading images and making flows, %zu of %zu", i, n);
  draw(watch, &line);
}

static void add_scores(CytoStr *line, const CytoTrainRow *row, bool semantic) {
  if (isfinite(row->test_loss))
    cyto_str_printf(line, ", test loss %.4f, AP %.3f at IoU 0.5, %.3f at 0.75", row->test_loss,
                    row->ap[0], row->ap[1]);
  if (semantic && isfinite(row->dice))
    cyto_str_printf(line, ", Dice %.3f", row->dice);
}

/* A line that stays, for an epoch that is over. */
static void say_row(CliTrainWatch *watch, const CytoTrainNow *now) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr line = {0};
  const CytoTrainRow *row = now->row;
  double clock = cli_clock();
  char duration[32];
  bool tested = isfinite(row->test_loss), last = row->epoch + 1 == now->epochs;
  if (!watch->lines || (!tested && !last && clock - watch->said < QUIET_SECONDS))
    return;
  watch->said = clock;
  cyto_str_printf(&line, "epoch %zu of %zu: loss %.4f", row->epoch + 1, now->epochs, row->loss);
  add_scores(&line, row, watch->semantic);
  cyto_str_printf(&line, ", rate %.3g, %s", row->rate, cli_duration(row->seconds, duration));
  if (now->left >= 0 && !last)
    cyto_str_printf(&line, ", %s left", cli_duration(now->left, duration));
  cli_train_watch_hide(watch);
  if (!line.failed)
    cli_say("%s", line.text);
}

void cli_train_watch(void *data, const CytoTrainNow *now) {
  CliTrainWatch *watch = data;
  CYTO_CLEANUP(cyto_str_clear) CytoStr line = {0};
  char duration[32];
  if (now->row)
    say_row(watch, now);
  if (too_soon(watch))
    return;
  cyto_str_printf(&line, "epoch %zu of %zu, %s", now->epoch + 1, now->epochs, now->stage);
  if (now->steps)
    cyto_str_printf(&line, " %zu/%zu", now->step, now->steps);
  if (isfinite(now->loss))
    cyto_str_printf(&line, ", loss %.4f", now->loss);
  if (now->best)
    cyto_str_printf(&line, ", best AP %.3f", now->best->ap[0]);
  if (now->left >= 0)
    cyto_str_printf(&line, ", %s left", cli_duration(now->left, duration));
  draw(watch, &line);
}
