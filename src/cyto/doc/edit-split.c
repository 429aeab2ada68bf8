/* Splitting along a line. Each piece the line leaves of a connected part of the cell becomes a
 * cell; pixels under the line and scraps go to the nearest piece. */
#include "../base/mem.h"
#include "edit-private.h"
#include "mask.h"

enum { NOT = 0, CELL = 1, LINE = 2, SEEN = 3 };
enum { NONE = UINT32_MAX };

typedef struct Piece {
  size_t size;
  uint32_t part; /* the connected part of the cell it comes from */
  uint32_t id;   /* what it becomes */
} Piece;

typedef struct Cut {
  CytoMask mask;
  uint32_t *part, *piece; /* of each pixel: index, or NONE */
  uint32_t *shares;       /* of each part: pieces it was cut into */
  Piece *list;
  size_t pieces, parts;
} Cut;

static void clear_cut(Cut *cut) {
  cyto_mask_clear(&cut->mask);
  free(cut->part);
  free(cut->piece);
  free(cut->shares);
  free(cut->list);
}

/* Numbers the parts of the whole cell. */
static void number_parts(Cut *cut) {
  CytoMask *mask = &cut->mask;
  size_t n = mask->h * mask->w;
  for (size_t i = 0; i < n; i++)
    cut->part[i] = cut->piece[i] = NONE;
  for (size_t i = 0; i < n; i++) {
    size_t size = mask->bit[i] == CELL ? cyto_mask_flood(mask, i, CELL, SEEN, true) : 0;
    for (size_t k = 0; k < size; k++)
      cut->part[mask->stack[k]] = (uint32_t)cut->parts;
    cut->parts += size > 0;
  }
  for (size_t i = 0; i < n; i++)
    mask->bit[i] = mask->bit[i] == SEEN ? CELL : NOT;
}

static void draw_line(CytoMask *mask, const CytoSpans *line) {
  CytoRect box = mask->box;
  for (size_t i = 0; i < line->count; i++) {
    CytoSpan span = line->span[i];
    if (span.y < box.y0 || span.y >= box.y1)
      continue;
    uint8_t *bit = mask->bit + (span.y - box.y0) * mask->w;
    for (uint32_t x = span.x0 > box.x0 ? span.x0 : box.x0; x < span.x1 && x < box.x1; x++)
      if (bit[x - box.x0] == CELL)
        bit[x - box.x0] = LINE;
  }
}

/* Numbers the pieces beside the line; smaller ones than a part may be count as line. */
static bool number_pieces(Cut *cut, CytoError *err) {
  CytoMask *mask = &cut->mask;
  size_t room = 0;
  for (size_t i = 0; i < mask->h * mask->w; i++) {
    size_t size = mask->bit[i] == CELL ? cyto_mask_flood(mask, i, CELL, SEEN, true) : 0;
    if (size < CYTO_MIN_PART)
      continue;
    if (cut->pieces == room) {
      room = room * 2 + 8;
      Piece *list = cyto_realloc(cut->list, room, sizeof *list, err);
      if (!list)
        return false;
      cut->list = list;
    }
    for (size_t k = 0; k < size; k++)
      cut->piece[mask->stack[k]] = (uint32_t)cut->pieces;
    cut->list[cut->pieces++] = (Piece){size, cut->part[i], 0};
  }
  return true;
}

/* Spreads pieces over the rest of their part, one ring of pixels after another. */
static void spread_pieces(Cut *cut) {
  CytoMask *mask = &cut->mask;
  size_t w = mask->w, n = 0;
  for (size_t i = 0; i < mask->h * w; i++)
    if (cut->piece[i] != NONE)
      mask->stack[n++] = (uint32_t)i;
  for (size_t done = 0; done < n; done++) {
    size_t at = mask->stack[done], y = at / w, x = at % w;
    size_t y0 = y ? y - 1 : 0, y1 = y + 1 < mask->h ? y + 1 : y;
    size_t x0 = x ? x - 1 : 0, x1 = x + 1 < w ? x + 1 : x;
    for (size_t row = y0; row <= y1; row++)
      for (size_t column = x0; column <= x1; column++) {
        size_t to = row * w + column;
        if (cut->part[to] != cut->part[at] || cut->piece[to] != NONE)
          continue;
        cut->piece[to] = cut->piece[at];
        mask->stack[n++] = (uint32_t)to;
      }
  }
}

/* Ids for the pieces of parts that were cut: the largest of them keeps the cell's, as do parts that
 * were not cut. False when the line cut nothing. */
static bool name_pieces(Cut *cut, CytoMaking *making, uint32_t id) {
  size_t largest = 0, cut_pieces = 0;
  for (size_t i = 0; i < cut->pieces; i++)
    cut->shares[cut->list[i].part]++;
  for (size_t i = 0; i < cut->pieces; i++) {
    bool apart = cut->shares[cut->list[i].part] > 1;
    cut->list[i].id = apart ? 0 : id;
    if (apart && (cut_pieces == 0 || cut->list[i].size > cut->list[largest].size))
      largest = i;
    cut_pieces += apart;
  }
  if (cut_pieces == 0)
    return false;
  cut->list[largest].id = id;
  for (size_t i = 0; i < cut->pieces; i++)
    if (cut->list[i].id == 0)
      cut->list[i].id = cyto_making_id(making);
  return true;
}

static void paint_pieces(const Cut *cut, CytoMaking *making, size_t z, uint32_t id) {
  const CytoMask *mask = &cut->mask;
  cyto_making_strip(making, z);
  for (size_t y = 0; y < mask->h; y++)
    for (size_t x = 0; x < mask->w; x++) {
      uint32_t piece = cut->piece[y * mask->w + x], column = mask->box.x0 + (uint32_t)x;
      if (piece == NONE || cut->list[piece].id == id)
        continue;
      uint32_t end = column + 1;
      while (x + 1 < mask->w && cut->piece[y * mask->w + x + 1] == piece) {
        x++;
        end++;
      }
      cyto_making_run(making, mask->box.y0 + (uint32_t)y, column, end, cut->list[piece].id,
                      CYTO_OVER_ANY, 0);
    }
}

static void flag_pieces(const Cut *cut, CytoMaking *making, size_t z, uint32_t id) {
  const CytoCell whole = making->plane[z].cell[id];
  for (size_t i = 0; i < cut->pieces && !making->failed; i++) {
    CytoCell *cell = cyto_making_cell(making, z, cut->list[i].id);
    if (!cell)
      return;
    cell->flags = whole.flags | CYTO_CELL_MANUAL;
    cell->category = whole.category;
  }
}

static bool split_cell(CytoEditing *editing, size_t z, uint32_t id, const CytoSpans *line) {
  CYTO_CLEANUP(clear_cut) Cut cut = {0};
  CytoMaking *making = &editing->making;
  if (!cyto_mask_of(&cut.mask, &making->plane[z], id, 0, editing->err) ||
      !cyto_mask_floods(&cut.mask, editing->err))
    return false;
  size_t n = cut.mask.h * cut.mask.w;
  cut.part = cyto_alloc(n, sizeof *cut.part, editing->err);
  cut.piece = cut.part ? cyto_alloc(n, sizeof *cut.piece, editing->err) : NULL;
  if (!cut.piece)
    return false;
  number_parts(&cut);
  draw_line(&cut.mask, line);
  cut.shares = cyto_calloc(cut.parts, sizeof *cut.shares, editing->err);
  if (!cut.shares || !number_pieces(&cut, editing->err))
    return false;
  if (!name_pieces(&cut, making, id))
    return true;
  if (making->failed)
    return true;
  spread_pieces(&cut);
  paint_pieces(&cut, making, z, id);
  flag_pieces(&cut, making, z, id);
  cyto_edit_count(editing, id);
  return true;
}

static bool line_touches(const CytoSpans *line, const CytoCells *cells, uint32_t id) {
  for (size_t i = 0; i < line->count; i++)
    for (uint32_t x = line->span[i].x0; x < line->span[i].x1; x++)
      if (cells->map[line->span[i].y * cells->nx + x] == id)
        return true;
  return false;
}

bool cyto_edit_split(CytoEditing *editing, size_t z) {
  const CytoCells *cells = &editing->making.plane[z];
  CYTO_CLEANUP(cyto_spans_clear) CytoSpans line = {0};
  CYTO_AUTOFREE uint32_t *ids = NULL;
  size_t n = 0;
  if (!cyto_shape_line(editing->edit->points, editing->edit->n_points, true, cells->ny, cells->nx,
                       &line, editing->err) ||
      !cyto_edit_targets(editing, z, &ids, &n))
    return false;
  if (n == 0)
    return cyto_refuse(editing, CYTO_REFUSED_NO_CELL, "there is no cell to split");
  CytoRect reach = cyto_spans_box(&line);
  for (size_t i = 0; i < n && !editing->making.failed; i++) {
    CytoRect box = cells->cell[ids[i]].box;
    if (box.y0 >= reach.y1 || box.y1 <= reach.y0 || box.x0 >= reach.x1 || box.x1 <= reach.x0 ||
        !line_touches(&line, cells, ids[i]))
      continue;
    if (!split_cell(editing, z, ids[i], &line))
      return false;
  }
  if (editing->count == 0 && !editing->making.failed)
    return cyto_refuse(editing, CYTO_REFUSED_NO_CUT,
                       "the line does not cross a cell from side to side");
  return true;
}
