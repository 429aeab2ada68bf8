/* The insides of a document: for its own files alone. */
#pragma once
#include "change.h"
#include "document.h"

struct CytoDocument {
  char *image_path, *model, *settings; /* or NULL */
  CytoLabels labels;                   /* the maps of all planes */
  CytoCells *plane;
  CytoUndo undo;
  CytoJournal *journal;
  uint64_t counter;
  CytoObserver observer;
  void *observer_data;
  bool stroking;
  CytoMaking stroke;
  CytoBrush brush;
  uint32_t stroke_id;
  CytoRect stroke_dirty;
  CytoSpans stroke_last; /* pixels the last segment looked at: no need to look again */
};

CytoDocument *cyto_document_blank(const char *image_path, size_t nz, size_t ny, size_t nx,
                                  CytoError *err);
/* Counts a change, tells the observer, and fills *out (may be NULL). */
void cyto_document_changed(CytoDocument *doc, CytoChange change, CytoChange *out);
/* What a patch did, for observers. */
CytoChange cyto_document_change_of(const CytoPatch *patch, bool reverted);
/* Writes a step down; a journal that cannot asks for a new base by itself. */
void cyto_document_note(CytoDocument *doc, CytoRecordKind kind, const CytoPatch *patch);
void cyto_document_note_provenance(CytoDocument *doc);
/* A new step, already done to the cells; takes the patch. Room was reserved. */
void cyto_document_push(CytoDocument *doc, CytoPatch *patch);
/* Whether the edit takes the place of that step, the newest one with nothing to redo (may be NULL).
 */
bool cyto_edit_is_again(const CytoEdit *edit, const CytoPatch *last);
/* A stroke under way becomes a step; what went wrong with it does not matter any more. */
void cyto_document_finish_stroke(CytoDocument *doc);
