#include "progress.h"
#include "../cyto/base/mem.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BAR_CELLS = 24 };

void cli_progress_begin(CliProgress *progress, size_t images, bool quiet, bool verbose) {
  bool terminal = cli_terminal_width(STDERR_FILENO) > 0;
  *progress = (CliProgress){.images = images, .begun = cli_clock()};
  progress->bar = terminal && !quiet && !verbose;
  progress->lines = !terminal && !quiet && images > 1;
}

void cli_progress_image(CliProgress *progress, size_t image, const char *name) {
  progress->image = image;
  progress->name = name;
  progress->fraction = 0;
  progress->passes = 1;
  progress->passed = 0;
  progress->drawn = 0;
  if (progress->lines)
    cli_say("%zu of %zu: %s", image + 1, progress->images, name);
  cli_progress_step(progress, "reading", 0, 0);
}

void cli_progress_passes(CliProgress *progress, size_t passes) {
  progress->passes = passes;
}

double cli_progress_left(const CliProgress *progress, double now) {
  double done = (double)progress->image + progress->fraction, spent = now - progress->begun;
  if (spent < 1 || done < 0.05)
    return -1;
  return spent / done * ((double)progress->images - done);
}

static void draw(CliProgress *progress, const char *stage, size_t i, size_t n, double now) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr line = {0};
  double done = (double)progress->image + progress->fraction;
  double part = progress->images ? done / (double)progress->images : 0;
  int cells = (int)(part * BAR_CELLS), filled = cells < BAR_CELLS ? cells : BAR_CELLS;
  cyto_str_add(&line, "[");
  for (int k = 0; k < BAR_CELLS; k++)
    cyto_str_add(&line, k < filled ? "=" : " ");
  cyto_str_printf(&line, "] image %zu of %zu, %s", progress->image + 1, progress->images, stage);
  if (n > 1)
    cyto_str_printf(&line, " %zu/%zu", i, n);
  double left = cli_progress_left(progress, now);
  char duration[32];
  if (left >= 0)
    cyto_str_printf(&line, ", %s left", cli_duration(left, duration));
  cyto_str_add(&line, "  ");
  cli_add_printable(&line, progress->name);
  size_t width = cli_terminal_width(STDERR_FILENO);
  if (line.failed || width < 2)
    return;
  cli_cut_columns(line.text, width - 1);
  fprintf(stderr, "\r\033[K%s", line.text);
  fflush(stderr);
  progress->shown = true;
}

void cli_progress_step(CliProgress *progress, const char *stage, size_t i, size_t n) {
  double now = cli_clock();
  /* Tiles are nearly all of the work. */
  if (n > 0 && strcmp(stage, "network") == 0 && progress->passed < progress->passes) {
    double over = (double)progress->passed + (double)i / (double)n;
    progress->fraction = 0.95 * over / (double)progress->passes;
    progress->passed += i == n;
  }
  if (!progress->bar || now - progress->drawn < 0.1)
    return;
  progress->drawn = now;
  draw(progress, stage, i, n, now);
}

void cli_progress_hide(CliProgress *progress) {
  if (!progress->shown)
    return;
  fputs("\r\033[K", stderr);
  fflush(stderr);
  progress->shown = false;
  progress->drawn = 0;
}
