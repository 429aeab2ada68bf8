/* How far the work is, on stderr: a bar with the time left when it is a terminal, else a line for
 * each image as it begins. */
#pragma once
#include "terminal.h"
#include <stdbool.h>

typedef struct CliProgress {
  bool bar, lines;       /* which of the two; neither when quiet */
  bool shown;            /* a bar stands on the current line */
  size_t images, image;  /* image: 0-based, the one being worked on */
  const char *name;      /* of that image */
  double begun, drawn;   /* clock of the first image and of the last drawing */
  size_t passes, passed; /* runs of the network the current image takes, and those over */
  double fraction;       /* of the current image, as far as its tiles tell */
} CliProgress;

void cli_progress_begin(CliProgress *progress, size_t images, bool quiet, bool verbose);
void cli_progress_image(CliProgress *progress, size_t image, const char *name);
/* How often the network runs over the current image; known once it is read. */
void cli_progress_passes(CliProgress *progress, size_t passes);
/* For CytoJob.progress: item i of n is done in stage. Draws at most ten times a second. */
void cli_progress_step(CliProgress *progress, const char *stage, size_t i, size_t n);
/* Takes the bar away, before anything else is printed; the next step draws it again. */
void cli_progress_hide(CliProgress *progress);

/* Seconds left for the rest, or -1 while there is too little to go by. */
double cli_progress_left(const CliProgress *progress, double now);
