/* Every way the cells of a document change. An edit is a value: fill one in and hand it to
 * cyto_document_apply. */
#pragma once
#include "patch.h"
#include "shape.h"

typedef enum {
  CYTO_EDIT_DRAW,         /* points: a new cell inside a closed outline */
  CYTO_EDIT_FILL_HOLES,   /* ids: background inside the cell becomes the cell's */
  CYTO_EDIT_SPLIT,        /* points: cut ids along this line; the largest part keeps the id */
  CYTO_EDIT_MERGE,        /* ids: all become the first */
  CYTO_EDIT_DELETE,       /* ids */
  CYTO_EDIT_KEEP_LARGEST, /* ids: other parts of the cell go */
  CYTO_EDIT_SMOOTH,       /* ids, amount: rounds outlines off over about that many pixels */
  CYTO_EDIT_GROW,         /* ids, amount in pixels, into background only; meeting cells share it */
  CYTO_EDIT_SHRINK,       /* ids, amount in pixels, from everything that is not the cell */
  CYTO_EDIT_RELABEL,     /* ids take the lowest numbers no other cell has, in the order they have */
  CYTO_EDIT_RUN,         /* labels, policy: the result of a model */
  CYTO_EDIT_FLAGS,       /* ids, flag_mask, flags, set_category, category */
  CYTO_EDIT_CLEAR,       /* every cell goes */
  CYTO_EDIT_INTERPOLATE, /* ids: the first of them is filled in on the planes between this one and
                            the nearest that shows it too; the cell there gets its number. amount:
                            planes of one stack of a series, 0 = all are one */
} CytoEditKind;

typedef enum {
  CYTO_RUN_KEEP_MANUAL, /* cells made by hand stay, others are replaced */
  CYTO_RUN_REPLACE,     /* the result alone */
  CYTO_RUN_EMPTY_ONLY,  /* every cell stays, new ones only where there is none */
} CytoRunPolicy;

enum {
  CYTO_MIN_DRAWN = 10, /* free pixels an outline needs (algorithm.md §14.13) */
  CYTO_MIN_PART = 5,   /* a smaller piece cut off by a line stays with its neighbour */
  CYTO_MAX_AMOUNT = 100,
};
#define CYTO_ALL_PLANES SIZE_MAX

/* Zero-initialise; unused fields are not looked at. Everything is borrowed for the call. */
typedef struct CytoEdit {
  CytoEditKind kind;
  size_t z;            /* plane; CYTO_ALL_PLANES for edits without points */
  const uint32_t *ids; /* NULL = every cell (SPLIT: every cell the line crosses; not MERGE) */
  size_t n_ids;        /* ids that do not exist are passed over; order matters for MERGE only */
  const CytoPoint *points;
  size_t n_points;
  bool even_odd;   /* DRAW: loops of the outline are holes */
  bool steal;      /* DRAW: take pixels from other cells (Shift) */
  unsigned amount; /* SMOOTH, GROW, SHRINK: 1..CYTO_MAX_AMOUNT */
  uint8_t flag_mask, flags;
  bool set_category;
  uint8_t category;
  const CytoLabels *labels; /* RUN: one plane, or all of them for CYTO_ALL_PLANES */
  CytoRunPolicy policy;
  /* Takes the place of the step before it when that is of the same kind and nothing was undone
   * since: a slider that is dragged leaves one step. */
  bool again;
} CytoEdit;

/* Why an edit did nothing. The error's text is the English sentence. */
typedef enum {
  CYTO_REFUSED_NOT,        /* it was done, or failed for another reason (memory) */
  CYTO_REFUSED_ARGUMENT,   /* makes no sense: plane, size, amount out of range */
  CYTO_REFUSED_FEW_POINTS, /* an outline needs three, a line two points */
  CYTO_REFUSED_OUTSIDE,    /* nothing of it lies inside the image */
  CYTO_REFUSED_SMALL,      /* fewer than CYTO_MIN_DRAWN pixels */
  CYTO_REFUSED_COVERED,    /* fewer than that are free: the rest lies on other cells */
  CYTO_REFUSED_NO_CELL,    /* there is no such cell */
  CYTO_REFUSED_NO_CUT,     /* the line does not cross a cell from side to side */
  CYTO_REFUSED_ONE_CELL,   /* merging needs two */
  CYTO_REFUSED_NOTHING,    /* all is as asked already */
  CYTO_REFUSED_NO_STEP,    /* nothing to undo or redo */
  CYTO_REFUSED_FULL,       /* no cell number is left */
  CYTO_REFUSED_NO_PLANE,   /* no other plane shows the cell with a gap between */
} CytoRefusal;

/* A brush or eraser stroke: many segments, one step. */
typedef struct CytoBrush {
  size_t z;
  bool erase;
  uint32_t id; /* add: the cell that grows, 0 = a new one. erase: this cell alone, 0 = any */
  bool steal;  /* add: take pixels from other cells (Shift) */
} CytoBrush;

/* Does an edit to bare planes (documents do this for you). The new patch, or NULL: *refusal says
 * why, err too, and nothing has changed. */
CytoPatch *cyto_edit_apply(const CytoEdit *edit, CytoCells *plane, size_t nz, CytoRefusal *refusal,
                           CytoError *err);
