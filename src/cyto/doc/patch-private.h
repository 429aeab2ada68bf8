/* Making patches: for the files of this folder alone. */
#pragma once
#include "patch.h"
#include "runs.h"

CytoPatch *cyto_patch_new(CytoStepKind kind, CytoError *err);
/* Takes what the writer holds as one more strip; the writer is empty again. */
bool cyto_patch_add_strip(CytoPatch *patch, size_t z, CytoRect box, CytoRunWriter *writer,
                          CytoError *err);
/* patch-join.c: makes one of the last two strips. False, and nothing changed, when they are of two
 * planes, share a pixel, or memory is short: two are as good as one, only slower. */
bool cyto_patch_join(CytoPatch *patch);
CytoPatch *cyto_patch_copy(const CytoPatch *patch, CytoError *err);
/* Sets patch->bytes once it is complete. */
void cyto_patch_measure(CytoPatch *patch);
/* Pixels alone, without the table. */
void cyto_strip_paint(const CytoStrip *strip, CytoCells *cells, bool revert);
/* The table alone, in places reserved before. */
void cyto_patch_put_table(const CytoPatch *patch, CytoCells *plane, bool revert);
