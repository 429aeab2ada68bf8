#include "edit-private.h"
#include "../base/mem.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool cyto_refuse(CytoEditing *editing, CytoRefusal why, const char *format, ...) {
  char text[512];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  editing->refusal = why;
  return cyto_fail(editing->err, CYTO_ERROR_ARGUMENT, "%s", text);
}

static int compare_ids(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

bool cyto_edit_targets(CytoEditing *editing, size_t z, uint32_t **ids, size_t *n) {
  const CytoCells *cells = &editing->making.plane[z];
  const CytoEdit *edit = editing->edit;
  size_t room = edit->ids ? edit->n_ids : cells->count, count = 0, distinct = 0;
  uint32_t *list = cyto_alloc(room, sizeof *list, editing->err);
  if (!list)
    return false;
  if (edit->ids) {
    for (size_t i = 0; i < edit->n_ids; i++)
      if (cyto_cells_get(cells, edit->ids[i]))
        list[count++] = edit->ids[i];
  } else {
    for (uint32_t id = 1; id <= cells->top; id++)
      if (cells->cell[id].id)
        list[count++] = id;
  }
  if (count && edit->ids)
    qsort(list, count, sizeof *list, compare_ids);
  for (size_t i = 0; i < count; i++)
    if (distinct == 0 || list[distinct - 1] != list[i])
      list[distinct++] = list[i];
  *ids = list;
  *n = distinct;
  return true;
}

void cyto_edit_count(CytoEditing *editing, uint32_t id) {
  editing->count++;
  editing->id = editing->count == 1 ? id : 0;
}

typedef bool (*PlaneEdit)(CytoEditing *editing, size_t z);
typedef bool (*StackEdit)(CytoEditing *editing, size_t z0, size_t z1);

typedef struct Kind {
  CytoStepKind step;
  PlaneEdit plane;
  StackEdit stack;
  size_t points; /* needed; then no stack either */
  bool amount;
  const char *idle; /* why nothing happened although there are cells */
} Kind;

static const Kind *kind_of(CytoEditKind kind) {
  static const Kind kinds[] = {
      [CYTO_EDIT_DRAW] = {CYTO_STEP_DRAW, cyto_edit_draw, NULL, 3, false, NULL},
      [CYTO_EDIT_FILL_HOLES] = {CYTO_STEP_FILL_HOLES, cyto_edit_fill_holes, NULL, 0, false,
                                "there is no hole to fill"},
      [CYTO_EDIT_SPLIT] = {CYTO_STEP_SPLIT, cyto_edit_split, NULL, 2, false, NULL},
      [CYTO_EDIT_MERGE] = {CYTO_STEP_MERGE, cyto_edit_merge, NULL, 0, false, NULL},
      [CYTO_EDIT_DELETE] = {CYTO_STEP_DELETE, cyto_edit_delete, NULL, 0, false, NULL},
      [CYTO_EDIT_KEEP_LARGEST] = {CYTO_STEP_KEEP_LARGEST, cyto_edit_keep_largest, NULL, 0, false,
                                  "every cell is in one piece"},
      [CYTO_EDIT_SMOOTH] = {CYTO_STEP_SMOOTH, cyto_edit_smooth, NULL, 0, true,
                            "the outline is smooth already"},
      [CYTO_EDIT_GROW] = {CYTO_STEP_GROW, cyto_edit_grow, NULL, 0, true,
                          "there is no background around to grow into"},
      [CYTO_EDIT_SHRINK] = {CYTO_STEP_SHRINK, cyto_edit_shrink, NULL, 0, true,
                            "nothing would be left of the cell"},
      [CYTO_EDIT_RELABEL] = {CYTO_STEP_RELABEL, NULL, cyto_edit_relabel, 0, false,
                             "the cells are numbered without gaps already"},
      [CYTO_EDIT_RUN] = {CYTO_STEP_RUN, NULL, cyto_edit_run, 0, false,
                         "the result is what is there already"},
      [CYTO_EDIT_FLAGS] = {CYTO_STEP_FLAGS, cyto_edit_flags, NULL, 0, false,
                           "the cells are marked like this already"},
      [CYTO_EDIT_CLEAR] = {CYTO_STEP_CLEAR, cyto_edit_delete, NULL, 0, false, NULL},
      [CYTO_EDIT_INTERPOLATE] = {CYTO_STEP_INTERPOLATE, NULL, cyto_edit_interpolate, 0, false,
                                 "other cells cover the planes between"},
  };
  return (unsigned)kind < sizeof kinds / sizeof *kinds ? &kinds[kind] : NULL;
}

static bool check(CytoEditing *editing, const Kind *kind, size_t nz) {
  const CytoEdit *edit = editing->edit;
  if (!kind)
    return cyto_refuse(editing, CYTO_REFUSED_ARGUMENT, "there is no such edit");
  bool all = edit->z == CYTO_ALL_PLANES;
  if (!all && edit->z >= nz)
    return cyto_refuse(editing, CYTO_REFUSED_ARGUMENT, "plane %zu is not one of the %zu planes",
                       edit->z + 1, nz);
  if (kind->points && all)
    return cyto_refuse(editing, CYTO_REFUSED_ARGUMENT, "a drawing belongs to one plane");
  if (edit->n_points < kind->points)
    return cyto_refuse(editing, CYTO_REFUSED_FEW_POINTS,
                       kind->points > 2 ? "an outline needs three points or more"
                                        : "a line needs two points or more");
  if (kind->amount && (edit->amount < 1 || edit->amount > CYTO_MAX_AMOUNT))
    return cyto_refuse(editing, CYTO_REFUSED_ARGUMENT, "%u pixels is not between 1 and %d",
                       edit->amount, CYTO_MAX_AMOUNT);
  return true;
}

static bool run_planes(CytoEditing *editing, const Kind *kind, size_t nz) {
  bool all = editing->edit->z == CYTO_ALL_PLANES;
  size_t z0 = all ? 0 : editing->edit->z, z1 = all ? nz : z0 + 1;
  if (kind->stack)
    return kind->stack(editing, z0, z1);
  for (size_t z = z0; z < z1; z++)
    if (!kind->plane(editing, z))
      return false;
  return true;
}

/* Cells the edit could have worked on. */
static size_t count_targets(const CytoEdit *edit, const CytoCells *plane, size_t nz) {
  size_t found = 0;
  for (size_t z = 0; z < nz; z++) {
    if (edit->z != CYTO_ALL_PLANES && edit->z != z)
      continue;
    if (!edit->ids)
      found += plane[z].count;
    for (size_t i = 0; edit->ids && i < edit->n_ids; i++)
      found += cyto_cells_get(&plane[z], edit->ids[i]) != NULL;
  }
  return found;
}

/* Nothing was changed: is it that there was nothing to change? */
static void explain_idle(CytoEditing *editing, const Kind *kind, const CytoCells *plane,
                         size_t nz) {
  if (kind->step != CYTO_STEP_RUN && count_targets(editing->edit, plane, nz) == 0)
    cyto_refuse(editing, CYTO_REFUSED_NO_CELL,
                editing->edit->ids ? "there is no such cell" : "there are no cells");
  else
    cyto_refuse(editing, CYTO_REFUSED_NOTHING, "%s", kind->idle ? kind->idle : "nothing changed");
}

static void abort_making(CytoEditing *editing) {
  cyto_making_abort(&editing->making);
}

CytoPatch *cyto_edit_apply(const CytoEdit *edit, CytoCells *plane, size_t nz, CytoRefusal *refusal,
                           CytoError *err) {
  CytoError own;
  CYTO_CLEANUP(abort_making) CytoEditing editing = {.edit = edit, .err = err ? err : &own};
  const Kind *kind = kind_of(edit->kind);
  CytoPatch *patch = NULL;
  if (check(&editing, kind, nz) && cyto_making_begin(&editing.making, plane, nz, editing.err) &&
      run_planes(&editing, kind, nz)) {
    patch = cyto_making_end(&editing.making, kind->step, editing.count, editing.id, editing.err);
    if (!patch && editing.err->code == CYTO_ERROR_LIMIT)
      editing.refusal = CYTO_REFUSED_FULL;
  }
  if (patch && patch->strips == 0 && patch->changes == 0) {
    explain_idle(&editing, kind, plane, nz);
    cyto_patch_free(patch);
    patch = NULL;
  }
  if (refusal)
    *refusal = editing.refusal;
  return patch;
}
