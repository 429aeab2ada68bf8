/* The insides of a ScribeDocument: for the files named scribe-document*.c alone. */
#pragma once
#include "scribe-document-private.h"

struct _ScribeDocument {
  GObject parent;
  char *path, *name, *file_axes;
  CytoImage *image;
  CytoDocument *core;
  guint plane;
  GArray *selection;  /* guint32, ascending */
  GHashTable *hidden; /* set of ids */
  ScribeFlow *flow;
  ScribeGhosts *ghosts;
  gboolean discard;
};

typedef enum {
  IMAGE_CHANGED,
  LABELS_CHANGED,
  SELECTION_CHANGED,
  GHOSTS_CHANGED,
  FLOW_CHANGED,
  STATE_CHANGED,
  N_SIGNALS
} ScribeDocumentSignal;
/* LABELS_CHANGED: everywhere. */
void scribe_document_tell(ScribeDocument *doc, ScribeDocumentSignal signal);
/* scribe-document-cells.c: cells that are gone are neither selected nor hidden. */
void scribe_document_forget_gone(ScribeDocument *doc);
