/* What a model says of itself, read in the worker. */
#pragma once
#include "scribe-job.h"

typedef struct ScribeCard {
  char *name, *path;                             /* asked for; its file */
  char *description, *licence, *data, *training; /* each may be NULL */
  char *scores, *limits; /* from the card beside the file (<name>.md), plain lines; may be NULL */
  double diameter;       /* of the cells it was trained with, pixels */
  gboolean can_estimate; /* has a size model */
} ScribeCard;
ScribeJob *scribe_task_card(const char *model, gpointer owner, ScribeJobFinish finish);
ScribeCard *scribe_task_carded(ScribeJob *job);
