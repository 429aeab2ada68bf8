/* Opening: what is on disk becomes a document. */
#pragma once
#include "scribe-document.h"
#include "scribe-flow.h"
#include "scribe-job.h"

typedef struct ScribeOpened {
  char *path;      /* of the image */
  char *file_axes; /* what the file says of its axes by itself */
  char *axes;      /* what was asked for in their place, or NULL */
  CytoImage *image;
  CytoDocument *core;
  ScribeFlow *flow;  /* from a _seg.npy, or NULL */
  double diameter;   /* from there, 0 = unknown */
  int channels[2];   /* from there, -1 = unknown */
  char *labels_path; /* file the cells came from, or NULL */
  gboolean recovered;
} ScribeOpened;

/* A job whose data is a ScribeOpened. `path` is an image, a _seg.npy or a label image beside its
 * image. `labels` (may be NULL): a label file to take in place of what lies beside. The document
 * keeps its journal in `journal_folder`. `finish` may steal from the data. */
ScribeJob *scribe_task_open(const char *path, const char *labels, const char *journal_folder,
                            gpointer owner, ScribeJobFinish finish);

/* The same, read again with other axes (NULL: as for any image of the folder); `file_axes` as of
 * the document shown. */
ScribeJob *scribe_task_open_axes(const char *path, const char *axes, const char *file_axes,
                                 const char *journal_folder, gpointer owner,
                                 ScribeJobFinish finish);

/* The same from a journal that a crash left behind. */
ScribeJob *scribe_task_recover(const char *journal_path, const char *image_path, gpointer owner,
                               ScribeJobFinish finish);

ScribeOpened *scribe_task_opened(ScribeJob *job);

/* Images of the folder a path lies in (or is), natural order. */
typedef struct ScribeListed {
  char *folder;
  char **paths;   /* NULL-ended, g_strfreev */
  guint8 *states; /* ScribeImageState of each, from the files beside it */
  guint n;
} ScribeListed;
typedef enum {
  SCRIBE_IMAGE_UNLABELLED,
  SCRIBE_IMAGE_SAVED,     /* a _seg.npy or masks lie beside it */
  SCRIBE_IMAGE_PREDICTED, /* by a model, since the program was started, not saved */
  SCRIBE_IMAGE_EDITED,    /* by hand, not saved */
  SCRIBE_IMAGE_FAILED,    /* the run over the folder did not get through it */
} ScribeImageState;
ScribeJob *scribe_task_list(const char *folder, gpointer owner, ScribeJobFinish finish);
ScribeListed *scribe_task_listed(ScribeJob *job);
/* Where the cells of an image lie on disk: a heap string, or NULL. Any thread. */
char *scribe_labels_beside(const char *image_path);
