/* The edits, one function each: called with checked arguments, they change cells through `making`
 * and say what it was called. For the files of this folder alone. */
#pragma once
#include "change.h"
#include "edit.h"

typedef struct CytoEditing {
  const CytoEdit *edit;
  CytoMaking making;
  CytoStepKind step;
  uint32_t count;      /* cells worked on */
  uint32_t id;         /* the one made or worked on */
  CytoRefusal refusal; /* set with the error by cyto_refuse */
  CytoError *err;
} CytoEditing;

/* Sets refusal and sentence; returns false. */
bool cyto_refuse(CytoEditing *editing, CytoRefusal why, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Cells of plane z the edit names, ascending; heap. */
bool cyto_edit_targets(CytoEditing *editing, size_t z, uint32_t **ids, size_t *n);
/* Counts one cell worked on. */
void cyto_edit_count(CytoEditing *editing, uint32_t id);

/* All: false = refused, or failed with the error set. The plane-wise ones run once a plane. */
bool cyto_edit_draw(CytoEditing *editing, size_t z);
bool cyto_edit_split(CytoEditing *editing, size_t z);
bool cyto_edit_merge(CytoEditing *editing, size_t z);
bool cyto_edit_delete(CytoEditing *editing, size_t z);
bool cyto_edit_flags(CytoEditing *editing, size_t z);
bool cyto_edit_fill_holes(CytoEditing *editing, size_t z);
bool cyto_edit_keep_largest(CytoEditing *editing, size_t z);
bool cyto_edit_smooth(CytoEditing *editing, size_t z);
bool cyto_edit_grow(CytoEditing *editing, size_t z);
bool cyto_edit_shrink(CytoEditing *editing, size_t z);
/* These see all their planes z0..z1-1 at once. */
bool cyto_edit_relabel(CytoEditing *editing, size_t z0, size_t z1);
bool cyto_edit_run(CytoEditing *editing, size_t z0, size_t z1);
bool cyto_edit_interpolate(CytoEditing *editing, size_t z0, size_t z1);
