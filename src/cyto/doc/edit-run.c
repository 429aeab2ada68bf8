/* The result of a model comes in: which cells stay is the policy's word, and a new cell comes only
 * where at least half of it is free. */
#include "../base/mem.h"
#include "../io/label-index.h"
#include "edit-private.h"

typedef struct Paste {
  CytoLabelIndex index; /* labels of the result; place 0.. → id first + place */
  uint32_t first;
  uint64_t *area,
      *open; /* of each label in the plane at hand: pixels, and those not on kept cells */
  CytoRunPolicy policy;
} Paste;

static void clear_paste(Paste *paste) {
  cyto_label_index_clear(&paste->index);
  free(paste->area);
  free(paste->open);
}

static bool keeps(const Paste *paste, const CytoCell *cell) {
  return paste->policy == CYTO_RUN_EMPTY_ONLY ||
         (paste->policy == CYTO_RUN_KEEP_MANUAL && (cell->flags & CYTO_CELL_MANUAL));
}

/* Highest id that stays in any plane. */
static uint32_t last_kept(const Paste *paste, const CytoMaking *making, size_t z0, size_t z1) {
  uint32_t last = 0;
  for (size_t z = 0; z < making->nz; z++) {
    const CytoCells *cells = &making->plane[z];
    for (uint32_t id = cells->top; id > last; id--)
      if (cells->cell[id].id && (z < z0 || z >= z1 || keeps(paste, &cells->cell[id])))
        last = id;
  }
  return last;
}

/* kept[id]: cells of the plane that stay; heap. */
static uint8_t *kept_of(const Paste *paste, const CytoCells *cells, CytoError *err) {
  uint8_t *kept = cyto_alloc((size_t)cells->top + 1, 1, err);
  for (uint32_t id = 0; kept && id <= cells->top; id++)
    kept[id] = cells->cell[id].id && keeps(paste, &cells->cell[id]);
  return kept;
}

static void weigh(Paste *paste, const CytoCells *cells, const uint32_t *labels,
                  const uint8_t *kept) {
  size_t n = cells->ny * cells->nx;
  for (size_t i = 0; i < paste->index.count; i++)
    paste->area[i] = paste->open[i] = 0;
  for (size_t i = 0; i < n;) {
    size_t from = i;
    uint32_t label = labels[i], id = cells->map[i];
    while (i < n && labels[i] == label && cells->map[i] == id)
      i++;
    if (!label)
      continue;
    size_t place = cyto_label_index_find(&paste->index, label);
    paste->area[place] += i - from;
    paste->open[place] += kept[id] ? 0 : i - from;
  }
}

static uint32_t pasted(const Paste *paste, uint32_t label) {
  if (!label)
    return 0;
  size_t place = cyto_label_index_find(&paste->index, label);
  return 2 * paste->open[place] >= paste->area[place] ? paste->first + (uint32_t)place : 0;
}

static void paste_row(const Paste *paste, CytoMaking *making, uint32_t y, const uint32_t *labels,
                      const uint8_t *kept) {
  const CytoCells *cells = &making->plane[making->z];
  const uint32_t *row = cells->map + y * cells->nx;
  for (uint32_t x = 0; x < cells->nx;) {
    uint32_t x0 = x, label = labels[x], before = row[x];
    while (x < cells->nx && labels[x] == label && row[x] == before)
      x++;
    if (kept[before])
      continue;
    uint32_t after = pasted(paste, label);
    if (after != before)
      cyto_making_run(making, y, x0, x, after, CYTO_OVER_ANY, 0);
  }
}

/* Cells whose number stays, by chance or because the result is the same, are the result's now. */
static void reset_records(const Paste *paste, CytoMaking *making, size_t z) {
  for (size_t i = 0; i < paste->index.count && !making->failed; i++) {
    uint32_t id = paste->first + (uint32_t)i;
    const CytoCell *now = cyto_cells_get(&making->plane[z], id);
    CytoCell *cell = now && (now->flags || now->category) ? cyto_making_cell(making, z, id) : NULL;
    if (cell)
      cell->flags = cell->category = 0;
  }
}

static bool paste_plane(CytoEditing *editing, Paste *paste, size_t z, const uint32_t *labels) {
  CytoMaking *making = &editing->making;
  const CytoCells *cells = &making->plane[z];
  CYTO_AUTOFREE uint8_t *kept = kept_of(paste, cells, editing->err);
  if (!kept)
    return false;
  weigh(paste, cells, labels, kept);
  cyto_making_strip(making, z);
  for (uint32_t y = 0; y < cells->ny; y++)
    paste_row(paste, making, y, labels + y * cells->nx, kept);
  reset_records(paste, making, z);
  for (size_t i = 0; i < paste->index.count; i++)
    editing->count += paste->area[i] && 2 * paste->open[i] >= paste->area[i];
  return true;
}

bool cyto_edit_run(CytoEditing *editing, size_t z0, size_t z1) {
  const CytoEdit *edit = editing->edit;
  const CytoLabels *labels = edit->labels;
  const CytoCells *cells = &editing->making.plane[z0];
  if (!labels || labels->nz != z1 - z0 || labels->ny != cells->ny || labels->nx != cells->nx)
    return cyto_refuse(editing, CYTO_REFUSED_ARGUMENT,
                       "the result has %zu planes of %zux%zu pixels, the image %zu of %zux%zu",
                       labels ? labels->nz : 0, labels ? labels->ny : 0, labels ? labels->nx : 0,
                       z1 - z0, cells->ny, cells->nx);
  size_t pixels = cells->ny * cells->nx;
  CYTO_CLEANUP(clear_paste) Paste paste = {.policy = edit->policy};
  if (!cyto_label_index_init(&paste.index, labels->data, labels->nz * pixels, editing->err))
    return false;
  paste.area = cyto_alloc(paste.index.count, sizeof *paste.area, editing->err);
  paste.open = paste.area ? cyto_alloc(paste.index.count, sizeof *paste.open, editing->err) : NULL;
  if (!paste.open)
    return false;
  paste.first = last_kept(&paste, &editing->making, z0, z1) + 1;
  if (paste.index.count > CYTO_ID_MAX - paste.first)
    return cyto_refuse(editing, CYTO_REFUSED_FULL, "%zu cells are more than can be numbered",
                       paste.index.count);
  for (size_t z = z0; z < z1 && !editing->making.failed; z++)
    if (!paste_plane(editing, &paste, z, labels->data + (z - z0) * pixels))
      return false;
  return true;
}
