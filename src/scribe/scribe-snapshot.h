/* The cells of a document, copied a few milliseconds at a time while it may go on changing: what a
 * save starts from. Main thread; numbering them is left to the worker. */
#pragma once
#include "scribe-document-private.h"

typedef struct ScribeSnapshot {
  CytoLabels labels; /* ids of the document; scribe_snapshot_number makes them 1..n */
  guint32 *number;   /* number[id], from 1 */
  bool *manual;      /* of 1..n */
  gsize n;
  guint64 state;
} ScribeSnapshot;

/* done(data, snapshot, err) is called once from the main loop; it takes the snapshot, which is NULL
 * with err set when memory is short. */
typedef void (*ScribeSnapshotDone)(gpointer data, ScribeSnapshot *snapshot, const CytoError *err);
void scribe_snapshot_start(ScribeDocument *doc, ScribeSnapshotDone done, gpointer data);

void scribe_snapshot_number(ScribeSnapshot *snapshot); /* any thread, once */
void scribe_snapshot_free(ScribeSnapshot *snapshot);   /* NULL is fine */
