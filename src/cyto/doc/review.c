#include "review.h"
#include "../base/mem.h"
#include "../base/stats.h"
#include "mask.h"
#include <math.h>
#include <string.h>

/* Below this a cell of a biologist's picture looks dented. */
static const double SOLID = 0.85;

enum { LARGEST_BOX = 1 << 24 }; /* of a larger cell the size says enough */

typedef struct Corner {
  int64_t x, y;
} Corner;

/* > 0 when a, b, c turn left. */
static int64_t turn(Corner a, Corner b, Corner c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/* Keeps of a chain of corners that come row after row those on one side of its convex hull. */
static size_t half_hull(const Corner *corner, size_t n, int side, Corner *hull) {
  size_t count = 0;
  for (size_t i = 0; i < n; i++) {
    while (count >= 2 && side * turn(hull[count - 2], hull[count - 1], corner[i]) <= 0)
      count--;
    hull[count++] = corner[i];
  }
  return count;
}

static int64_t twice_area(const Corner *p, size_t n) {
  int64_t sum = 0;
  for (size_t i = 0; i < n; i++) {
    const Corner *q = &p[i + 1 < n ? i + 1 : 0];
    sum += p[i].x * q->y - q->x * p[i].y;
  }
  return sum < 0 ? -sum : sum;
}

/* Area of the convex hull of the squares of a cell's pixels. */
static bool hull_area(const CytoMask *mask, double *area, CytoError *err) {
  size_t room = 2 * mask->h, n = 0;
  CYTO_AUTOFREE Corner *left = cyto_alloc(room, sizeof *left, err);
  CYTO_AUTOFREE Corner *right = left ? cyto_alloc(room, sizeof *right, err) : NULL;
  CYTO_AUTOFREE Corner *hull = right ? cyto_alloc(2 * room, sizeof *hull, err) : NULL;
  if (!hull)
    return false;
  for (size_t y = 0; y < mask->h; y++) {
    const uint8_t *row = mask->bit + y * mask->w, *first = memchr(row, 1, mask->w);
    const uint8_t *last = first ? memrchr(row, 1, mask->w) : NULL;
    for (size_t edge = y; first && edge <= y + 1; edge++) {
      left[n] = (Corner){first - row, (int64_t)edge};
      right[n++] = (Corner){last - row + 1, (int64_t)edge};
    }
  }
  /* Down the left side, then up the right one. */
  size_t count = half_hull(left, n, -1, hull);
  size_t rest = half_hull(right, n, 1, hull + count);
  for (size_t i = 0; i < rest / 2; i++) {
    Corner swap = hull[count + i];
    hull[count + i] = hull[count + rest - 1 - i];
    hull[count + rest - 1 - i] = swap;
  }
  *area = (double)twice_area(hull, count + rest) / 2;
  return true;
}

static bool is_torn(CytoMask *mask) {
  size_t start = 0, pixels = 0;
  for (size_t i = mask->h * mask->w; i-- > 0;) {
    pixels += mask->bit[i] == 1;
    start = mask->bit[i] == 1 ? i : start;
  }
  return cyto_mask_flood(mask, start, 1, 4, true) < pixels;
}

/* One point for each reason, and up to one more for how far off size and shape are. */
static double score_of(const CytoOddity *oddity, double area, double median) {
  double points = 0, size = median > 0 && area > 0 ? fabs(log2(area / median)) : 0;
  for (unsigned reasons = oddity->reasons & ~(unsigned)CYTO_ODD_EDGE; reasons;
       reasons &= reasons - 1)
    points += 1;
  points += oddity->reasons & CYTO_ODD_EDGE ? 0.25 : 0; /* common, and mostly not wrong */
  if (oddity->reasons & (CYTO_ODD_TINY | CYTO_ODD_HUGE))
    points += fmin(size / 8, 1);
  if (oddity->reasons & CYTO_ODD_HOLLOW)
    points += 1 - oddity->solidity;
  return points;
}

static size_t box_pixels(const CytoCell *cell) {
  return (size_t)(cell->box.y1 - cell->box.y0) * (cell->box.x1 - cell->box.x0);
}

/* What the pixels of a cell say. */
static bool look_at(const CytoCells *cells, uint32_t id, CytoShape *out, CytoError *err) {
  const CytoCell *cell = &cells->cell[id];
  CYTO_CLEANUP(cyto_mask_clear) CytoMask mask = {0};
  double hull = 0;
  *out = (CytoShape){.box = cell->box,
                     .area = cell->area,
                     .sum_y = cell->sum_y,
                     .sum_x = cell->sum_x,
                     .solidity = 1};
  if (box_pixels(cell) > LARGEST_BOX)
    return true;
  if (!cyto_mask_of(&mask, cells, id, 0, err) || !cyto_mask_floods(&mask, err) ||
      !hull_area(&mask, &hull, err))
    return false;
  out->solidity = (double)cell->area / hull;
  if (out->solidity < SOLID)
    out->reasons |= CYTO_ODD_HOLLOW;
  if (cyto_mask_holes(&mask))
    out->reasons |= CYTO_ODD_HOLES;
  if (is_torn(&mask))
    out->reasons |= CYTO_ODD_PARTS;
  return true;
}

/* What size and place say as well; shape may be NULL: not looked at yet. */
static CytoOddity judge(const CytoCells *cells, const CytoCell *cell, const CytoShape *shape,
                        double median) {
  double area = (double)cell->area;
  CytoRect box = cell->box;
  CytoOddity out = {.id = cell->id,
                    .solidity = shape ? shape->solidity : 1,
                    .reasons = shape ? shape->reasons : 0};
  if (box.y0 == 0 || box.x0 == 0 || box.y1 == cells->ny || box.x1 == cells->nx)
    out.reasons |= CYTO_ODD_EDGE;
  if (area < median / 4)
    out.reasons |= CYTO_ODD_TINY;
  if (area > median * 4)
    out.reasons |= CYTO_ODD_HUGE;
  out.score = score_of(&out, area, median);
  return out;
}

static int compare_oddities(const void *a, const void *b) {
  const CytoOddity *p = a, *q = b;
  if (p->score != q->score)
    return p->score > q->score ? -1 : 1;
  return (p->id > q->id) - (p->id < q->id);
}

static bool median_area(const CytoCells *cells, double *median, CytoError *err) {
  size_t count = 0;
  CYTO_AUTOFREE double *areas = cyto_alloc(cells->count, sizeof *areas, err);
  if (!areas)
    return false;
  for (uint32_t id = 1; id <= cells->top; id++)
    if (cells->cell[id].id)
      areas[count++] = (double)cells->cell[id].area;
  *median = cyto_median(areas, count);
  return true;
}

static bool reserve(CytoReview *review, const CytoCells *cells, CytoError *err) {
  if (review->room < cells->count) {
    size_t room = cells->count + cells->count / 2;
    CytoOddity *list = cyto_realloc(review->list, room, sizeof *list, err);
    if (!list)
      return false;
    review->list = list;
    review->room = room;
  }
  if (review->shapes <= cells->top) {
    size_t shapes = (size_t)cells->top + cells->top / 2 + 1;
    CytoShape *shape = cyto_realloc(review->shape, shapes, sizeof *shape, err);
    if (!shape)
      return false;
    memset(shape + review->shapes, 0, (shapes - review->shapes) * sizeof *shape);
    review->shape = shape;
    review->shapes = shapes;
  }
  return true;
}

static bool is_of(const CytoShape *shape, const CytoCell *cell) {
  return shape->area == cell->area && shape->sum_y == cell->sum_y && shape->sum_x == cell->sum_x &&
         memcmp(&shape->box, &cell->box, sizeof shape->box) == 0;
}

bool cyto_review_update(CytoReview *review, const CytoCells *cells, size_t pixels, CytoError *err) {
  double median;
  if (!median_area(cells, &median, err) || !reserve(review, cells, err))
    return false;
  review->n = review->left = 0;
  for (uint32_t id = 1; id <= cells->top; id++) {
    const CytoCell *cell = &cells->cell[id];
    CytoShape *shape = &review->shape[id];
    if (!cell->id)
      continue;
    size_t box = box_pixels(cell);
    if (!is_of(shape, cell) && pixels > 0) {
      pixels -= box < pixels ? box : pixels;
      if (!look_at(cells, id, shape, NULL))
        *shape = (CytoShape){0};
    }
    bool known = is_of(shape, cell);
    review->left += !known;
    review->list[review->n++] = judge(cells, cell, known ? shape : NULL, median);
  }
  if (review->n)
    qsort(review->list, review->n, sizeof *review->list, compare_oddities);
  return true;
}

void cyto_review_clear(CytoReview *review) {
  free(review->list);
  free(review->shape);
  *review = (CytoReview){0};
}

bool cyto_review_score(const CytoCells *cells, CytoOddity **out, size_t *n, CytoError *err) {
  CYTO_CLEANUP(cyto_review_clear) CytoReview review = {0};
  if (!cyto_review_update(&review, cells, SIZE_MAX, err))
    return false;
  if (review.left)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory to look at the cells");
  *out = review.list;
  *n = review.n;
  review.list = NULL;
  return true;
}
