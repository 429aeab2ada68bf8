/* A small picture of what a journal would bring back. */
#pragma once
#include "scribe-job.h"

typedef struct ScribeGlimpse {
  char *journal, *image;
  guint8 *rgb; /* triples of width by height, or NULL; `finish` may steal it */
  guint width, height;
} ScribeGlimpse;

/* At most `side` pixels wide and high. Nothing is written. */
ScribeJob *scribe_task_glimpse(const char *journal, const char *image, guint side, gpointer owner,
                               ScribeJobFinish finish);
ScribeGlimpse *scribe_task_glimpsed(ScribeJob *job);
