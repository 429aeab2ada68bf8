/* A document: the cells of an image, everything done to them, and what keeps it safe. One thread
 * owns it. Every change goes through here, so observers, undo and journal never miss one. */
#pragma once
#include "edit.h"
#include "journal.h"
#include "undo.h"

typedef struct CytoDocument CytoDocument;

typedef struct CytoDocumentOptions {
  const char *image_path; /* may be NULL: an image that has no file */
  size_t nz, ny, nx;      /* planes (t*z) and sides of the image */
  CytoLabels *labels;     /* cells it opens with: emptied, its data now the document's. NULL = none.
                             Sizes must match. */
  const bool *manual;     /* of the labels in ascending order (_seg.npy's ismanual), or NULL */
  size_t n_manual;
  const char *model, *settings; /* provenance, or NULL */
  const char *journal_folder;   /* NULL = no journal */
  size_t undo_budget;           /* bytes; 0 = 256 MB */
} CytoDocumentOptions;

/* May take a second for large labels: call it on a worker. */
CytoDocument *cyto_document_new(const CytoDocumentOptions *options, CytoError *err);
/* `discard_journal`: all is saved, or the user does not want what is not. */
void cyto_document_free(CytoDocument *doc, bool discard_journal);

size_t cyto_document_planes(const CytoDocument *doc);
const CytoCells *cyto_document_cells(const CytoDocument *doc, size_t z);
const char *cyto_document_image_path(const CytoDocument *doc);
void cyto_document_provenance(const CytoDocument *doc, const char **model, const char **settings);
bool cyto_document_set_provenance(CytoDocument *doc, const char *model, const char *settings,
                                  CytoError *err);

/* What just happened. `patch` is borrowed for the call; `reverted` when it was taken back. */
typedef struct CytoChange {
  uint64_t counter; /* grows with every change of pixels or table */
  size_t z0, z1;    /* planes z0..z1-1 */
  CytoRect dirty;   /* of those planes; pixels or colours inside may look different */
  uint32_t id;      /* the cell made or worked on, 0 = none or many */
  CytoRefusal refusal;
  const CytoPatch *patch; /* NULL while a stroke is under way, when only `saved` changed, and when
                             one step took the place of another (ready.h) */
  bool reverted;
} CytoChange;
typedef void (*CytoObserver)(void *data, const CytoDocument *doc, const CytoChange *change);
/* One observer; it must not change the document. */
void cyto_document_observe(CytoDocument *doc, CytoObserver observer, void *data);

/* False: nothing changed, *change has the refusal and err the sentence. change may be NULL. An open
 * stroke is ended first by all of these. */
bool cyto_document_apply(CytoDocument *doc, const CytoEdit *edit, CytoChange *change,
                         CytoError *err);
bool cyto_document_undo(CytoDocument *doc, CytoChange *change, CytoError *err);
bool cyto_document_redo(CytoDocument *doc, CytoChange *change, CytoError *err);
const CytoUndo *cyto_document_history(const CytoDocument *doc); /* names of steps: step.patch */

/* A stroke: begin, any number of segments (each shown at once), end = one step. A stroke that
 * changed nothing leaves no step and end refuses with CYTO_REFUSED_NOTHING. */
bool cyto_document_stroke_begin(CytoDocument *doc, CytoBrush brush, CytoError *err);
bool cyto_document_stroke_to(CytoDocument *doc, CytoPoint from, CytoPoint to, double radius,
                             CytoChange *change, CytoError *err);
bool cyto_document_stroke_end(CytoDocument *doc, CytoChange *change, CytoError *err);
void cyto_document_stroke_cancel(CytoDocument *doc, CytoChange *change);
bool cyto_document_stroking(const CytoDocument *doc);

/* Saving: gather (reads only; no edit meanwhile), write with io/, then say so. Cells come out
 * as 1..n in ascending order of id, `manual[i]` for label i+1; free() it. */
bool cyto_document_gather(const CytoDocument *doc, CytoLabels *labels, bool **manual, size_t *n,
                          uint64_t *state, CytoError *err);
void cyto_document_saved(CytoDocument *doc, uint64_t state);
bool cyto_document_dirty(const CytoDocument *doc);

/* Once a second or sooner: something to write, or NULL. Then as journal.h says; a failed write
 * leaves the document as it is, and dirty. */
CytoJournalWrite *cyto_document_journal_take(CytoDocument *doc);
bool cyto_document_journal_done(CytoDocument *doc, CytoJournalWrite *write, CytoError *err);
CytoJournal *cyto_document_journal(const CytoDocument *doc); /* NULL without one */

/* After a crash. Journals that hold changes not saved; `recover` replays one into a document that
 * goes on with it, `read_lost` into one to look at, which keeps none. */
typedef struct CytoLost {
  char *path;
  CytoJournalHead head;
  size_t steps; /* not saved */
} CytoLost;
bool cyto_document_find_lost(const char *folder, CytoLost **lost, size_t *n, CytoError *err);
void cyto_lost_free(CytoLost *lost, size_t n);
CytoDocument *cyto_document_read_lost(const char *path, CytoError *err);
CytoDocument *cyto_document_recover(const char *path, size_t undo_budget, CytoError *err);
