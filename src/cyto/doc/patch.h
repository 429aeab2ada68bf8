/* What an edit changed, pixel for pixel and cell for cell: enough to do it again and to take it
 * back, byte for byte. Undo, redraw, the journal and lists of cells all hang on this one value. */
#pragma once
#include "labels.h"

/* Pixels of one plane: non-overlapping runs in raster order, packed (patch.c tells how). */
typedef struct CytoStrip {
  size_t z;
  CytoRect box; /* every changed pixel lies in it */
  size_t runs, size;
  uint8_t *bytes;
} CytoStrip;

/* A row of the table before and after; id 0 = not there. */
typedef struct CytoCellChange {
  size_t z;
  CytoCell before, after;
} CytoCellChange;

/* For menus. The window translates by kind and count; cyto_patch_name is the English. */
typedef enum {
  CYTO_STEP_OPEN,
  CYTO_STEP_DRAW,
  CYTO_STEP_BRUSH,
  CYTO_STEP_ERASE,
  CYTO_STEP_FILL_HOLES,
  CYTO_STEP_SPLIT,
  CYTO_STEP_MERGE,
  CYTO_STEP_DELETE,
  CYTO_STEP_KEEP_LARGEST,
  CYTO_STEP_SMOOTH,
  CYTO_STEP_GROW,
  CYTO_STEP_SHRINK,
  CYTO_STEP_RELABEL,
  CYTO_STEP_RUN,
  CYTO_STEP_FLAGS,
  CYTO_STEP_CLEAR,
  CYTO_STEP_INTERPOLATE,
  CYTO_STEPS,
} CytoStepKind;

typedef struct CytoPatch {
  CytoStepKind kind;
  uint32_t count; /* cells the name speaks of: "Delete 12 cells" */
  uint32_t id;    /* the cell made or worked on, 0 = none or many */
  size_t strips, changes;
  CytoStrip *strip;       /* in the order they were made */
  CytoCellChange *change; /* one per cell and plane, ascending by plane, then id */
  size_t bytes;           /* memory it takes */
} CytoPatch;

void cyto_patch_free(CytoPatch *patch); /* NULL is fine */
/* "Draw cell", "Delete 12 cells", "Run model" …; returns buffer. */
char *cyto_step_name(CytoStepKind kind, uint32_t count, char buffer[64]);

/* Planes z0..z1-1 and the rectangle of them that looks different: pixels, colours, flags. */
CytoRect cyto_patch_dirty(const CytoPatch *patch, size_t *z0, size_t *z1);

/* Does or takes back a patch that fits the planes' present state. The first may need memory for the
 * table and then changes nothing. */
bool cyto_patch_apply(const CytoPatch *patch, CytoCells *plane, size_t nz, CytoError *err);
bool cyto_patch_revert(const CytoPatch *patch, CytoCells *plane, size_t nz, CytoError *err);
/* The same for a patch that came from a file: false, and nothing changed, unless it lies within the
 * planes and every pixel and cell is what it says was there before (after, for `revert`). */
bool cyto_patch_replay(const CytoPatch *patch, CytoCells *plane, size_t nz, bool revert,
                       CytoError *err);

/* The whole state as a patch from nothing (CYTO_STEP_OPEN). */
CytoPatch *cyto_patch_snapshot(const CytoCells *plane, size_t nz, CytoError *err);

/* Bytes for a file and back; heap, free() them. Reading trusts nothing. */
bool cyto_patch_pack(const CytoPatch *patch, uint8_t **bytes, size_t *size, CytoError *err);
CytoPatch *cyto_patch_unpack(const uint8_t *bytes, size_t size, CytoError *err);
