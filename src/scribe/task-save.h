/* Writing, in the worker: an image's cells, its journal. */
#pragma once
#include "scribe-document-private.h"
#include "scribe-job.h"
#include "scribe-run.h"
#include "scribe-snapshot.h"

typedef enum {
  SCRIBE_SAVE_SEG = 1,      /* <image>_seg.npy */
  SCRIBE_SAVE_MASKS = 2,    /* <image>_cp_masks.png, or .tif for stacks and above 65535 cells */
  SCRIBE_SAVE_ROIS = 4,     /* <image>_rois.zip for ImageJ */
  SCRIBE_SAVE_OUTLINES = 8, /* <image>_cp_outlines.txt */
  SCRIBE_SAVE_OVERLAY = 16, /* the picture with coloured cells, <image>_overlay.png */
} ScribeSaveKinds;

/* Its data. Files are written one after another, each whole or not at all. */
typedef struct ScribeSaved {
  ScribeDocument *doc; /* a reference, for `finish` alone */
  guint64 state;       /* what was written */
  ScribeSaveKinds kinds;
  GPtrArray *files; /* paths written, display names */
  gboolean as_tiff; /* TIFF had to take the place of PNG */
  gboolean copy;    /* in another place: what lies beside the image is as old as it was */
} ScribeSaved;

/* Takes the copy of the cells; the document may be edited while they are written. `stem` (may be
 * NULL): files are named after this path in place of the image's. */
ScribeJob *scribe_task_save(ScribeDocument *doc, ScribeSnapshot *snapshot, ScribeSaveKinds kinds,
                            const char *stem, const ScribeRun *run, gpointer owner,
                            ScribeJobFinish finish);
ScribeSaved *scribe_task_saved(ScribeJob *job);

/* Appends what is due to the document's journal; NULL when nothing is. `finish` finds the document
 * and the write in the data. */
typedef struct ScribeJournaled {
  ScribeDocument *doc;
  CytoJournalWrite *write;
} ScribeJournaled;
ScribeJob *scribe_task_journal(ScribeDocument *doc, gpointer owner, ScribeJobFinish finish);
ScribeJournaled *scribe_task_journaled(ScribeJob *job);
