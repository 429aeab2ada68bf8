/* Brush and eraser strokes: shown as they are drawn, one step when they end. */
#include "document-private.h"
#include "../base/mem.h"

bool cyto_document_stroking(const CytoDocument *doc) {
  return doc->stroking;
}

static void stop(CytoDocument *doc) {
  doc->stroking = false;
  doc->stroke_dirty = (CytoRect){0};
  cyto_spans_clear(&doc->stroke_last);
  cyto_making_abort(&doc->stroke);
}

static CytoChange stroke_change(const CytoDocument *doc, CytoRect dirty) {
  return (CytoChange){
      .z0 = doc->brush.z, .z1 = doc->brush.z + 1, .dirty = dirty, .id = doc->stroke_id};
}

bool cyto_document_stroke_begin(CytoDocument *doc, CytoBrush brush, CytoError *err) {
  cyto_document_finish_stroke(doc);
  if (brush.z >= doc->labels.nz)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "plane %zu is not one of the %zu planes",
                     brush.z + 1, doc->labels.nz);
  if (brush.id && !cyto_cells_get(&doc->plane[brush.z], brush.id))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "there is no cell %u in this plane",
                     (unsigned)brush.id);
  if (!cyto_making_begin(&doc->stroke, doc->plane, doc->labels.nz, err))
    return false;
  uint32_t id = brush.erase || brush.id ? brush.id : cyto_making_id(&doc->stroke);
  if (doc->stroke.failed) {
    cyto_fail(err, doc->stroke.err.code, "%s", doc->stroke.err.text);
    cyto_making_abort(&doc->stroke);
    return false;
  }
  doc->brush = brush;
  doc->stroke_id = id;
  doc->stroke.tracked = brush.erase ? 0 : id;
  doc->stroking = true;
  return true;
}

void cyto_document_stroke_cancel(CytoDocument *doc, CytoChange *change) {
  if (change)
    *change = (CytoChange){.refusal = CYTO_REFUSED_NOTHING};
  if (!doc->stroking)
    return;
  CytoChange undone = stroke_change(doc, doc->stroke_dirty);
  stop(doc);
  cyto_document_changed(doc, undone, change);
}

/* Memory ran out on the way: as if the stroke had never begun. */
static bool give_up(CytoDocument *doc, CytoChange *change, CytoError *err) {
  if (err)
    *err = doc->stroke.err;
  cyto_document_stroke_cancel(doc, change);
  return false;
}

static bool refuse(CytoChange *change, CytoRefusal why, CytoError *err, const char *text) {
  if (change)
    *change = (CytoChange){.refusal = why};
  return cyto_fail(err, CYTO_ERROR_ARGUMENT, "%s", text);
}

enum { PAGE = 4096 / sizeof(uint32_t) };

/* A map nobody has drawn in has no memory behind it yet. Reading a page and then writing to it
 * would ask for it twice, and a large brush touches thousands: this asks once, as a write. */
static void claim(uint32_t *row, CytoSpan span) {
  for (uint32_t x = span.x0; x < span.x1; x += PAGE)
    __atomic_fetch_or(&row[x], 0, __ATOMIC_RELAXED);
  __atomic_fetch_or(&row[span.x1 - 1], 0, __ATOMIC_RELAXED);
}

/* One row of the brush. What the segment before has looked at is as it should be. */
static void paint_span(CytoDocument *doc, CytoSpan span, const CytoSpan *before) {
  const CytoBrush *brush = &doc->brush;
  CytoOver over = brush->erase ? (brush->id ? CYTO_OVER_ONE : CYTO_OVER_ANY)
                               : (brush->steal ? CYTO_OVER_ANY : CYTO_OVER_FREE);
  uint32_t after = brush->erase ? 0 : doc->stroke_id;
  uint32_t left = before && before->x0 < span.x1 ? before->x0 : span.x1;
  uint32_t right = before && before->x1 > span.x0 ? before->x1 : span.x0;
  if (!before || left >= span.x1 || right <= span.x0) {
    cyto_making_run(&doc->stroke, span.y, span.x0, span.x1, after, over, brush->id);
    return;
  }
  if (span.x0 < left)
    cyto_making_run(&doc->stroke, span.y, span.x0, left, after, over, brush->id);
  if (right < span.x1)
    cyto_making_run(&doc->stroke, span.y, right, span.x1, after, over, brush->id);
}

/* Both lists have one span a row. */
static void paint_spans(CytoDocument *doc, const CytoSpans *spans) {
  const CytoSpans *last = &doc->stroke_last;
  cyto_making_strip(&doc->stroke, doc->brush.z);
  const CytoCells *cells = &doc->plane[doc->brush.z];
  for (size_t i = 0, k = 0; i < spans->count; i++) {
    if (!doc->brush.erase)
      claim(cells->map + spans->span[i].y * cells->nx, spans->span[i]);
    while (k < last->count && last->span[k].y < spans->span[i].y)
      k++;
    bool same_row = k < last->count && last->span[k].y == spans->span[i].y;
    paint_span(doc, spans->span[i], same_row ? &last->span[k] : NULL);
  }
  cyto_making_settle(&doc->stroke);
}

/* No pixel of a stroke changes twice, so its strips can be joined. As long as the one before is not
 * much longer than the last, this costs a few times what writing the last one did; of those left
 * apart each is a quarter of the one before, so there are few. */
static void join_strips(CytoPatch *patch) {
  while (patch->strips > 1 &&
         patch->strip[patch->strips - 2].size / 4 <= patch->strip[patch->strips - 1].size &&
         cyto_patch_join(patch)) {
  }
}

bool cyto_document_stroke_to(CytoDocument *doc, CytoPoint from, CytoPoint to, double radius,
                             CytoChange *change, CytoError *err) {
  if (!doc->stroking)
    return refuse(change, CYTO_REFUSED_ARGUMENT, err, "no stroke was begun");
  CytoMaking *making = &doc->stroke;
  CYTO_CLEANUP(cyto_spans_clear) CytoSpans spans = {0};
  if (!cyto_shape_sweep(from, to, radius, doc->labels.ny, doc->labels.nx, &spans, err)) {
    if (change)
      *change = (CytoChange){.refusal = CYTO_REFUSED_ARGUMENT};
    return false;
  }
  size_t strips = making->patch->strips;
  paint_spans(doc, &spans);
  CytoRect dirty = {0};
  for (size_t i = strips; i < making->patch->strips && !making->failed; i++) {
    const CytoStrip *strip = &making->patch->strip[i];
    dirty = cyto_rect_union(dirty, strip->box);
    making->failed = making->tracked && !cyto_colours_beside(&doc->plane[strip->z], making->tracked,
                                                             strip, making->used, &making->err);
  }
  if (making->failed)
    return give_up(doc, change, err);
  join_strips(making->patch);
  CytoSpans old = doc->stroke_last;
  doc->stroke_last = spans;
  spans = old;
  doc->stroke_dirty = cyto_rect_union(doc->stroke_dirty, dirty);
  cyto_document_changed(doc, stroke_change(doc, dirty), change);
  return true;
}

/* Cells a hand has worked on count as made by hand. Returns how many are left of them. */
static uint32_t flag_cells(CytoDocument *doc) {
  CytoMaking *making = &doc->stroke;
  uint32_t n = 0;
  for (size_t i = 0; i < making->n_touched; i++) {
    CytoTouched touched = making->touched[i];
    if (!doc->brush.erase && touched.id != doc->stroke_id)
      continue;
    n++;
    if (cyto_cells_get(&making->plane[touched.z], touched.id))
      making->plane[touched.z].cell[touched.id].flags |= CYTO_CELL_MANUAL;
  }
  return n;
}

bool cyto_document_stroke_end(CytoDocument *doc, CytoChange *change, CytoError *err) {
  if (!doc->stroking)
    return refuse(change, CYTO_REFUSED_ARGUMENT, err, "no stroke was begun");
  CytoMaking *making = &doc->stroke;
  if (making->patch->strips == 0) {
    stop(doc);
    return refuse(change, CYTO_REFUSED_NOTHING, err,
                  doc->brush.erase ? "there was nothing to erase there"
                                   : "every pixel there belongs to a cell already");
  }
  if (!cyto_undo_reserve(&doc->undo, &making->err))
    return give_up(doc, change, err);
  uint32_t count = flag_cells(doc);
  CytoStepKind kind = doc->brush.erase ? CYTO_STEP_ERASE : CYTO_STEP_BRUSH;
  CytoRect dirty = doc->stroke_dirty;
  while (cyto_patch_join(making->patch)) {
  }
  CytoPatch *patch = cyto_making_end(making, kind, count, doc->stroke_id, err);
  stop(doc);
  if (!patch) {
    cyto_document_changed(doc, stroke_change(doc, dirty), change);
    return false;
  }
  cyto_document_push(doc, patch);
  cyto_document_changed(doc, cyto_document_change_of(patch, false), change);
  return true;
}

void cyto_document_finish_stroke(CytoDocument *doc) {
  if (doc->stroking)
    cyto_document_stroke_end(doc, NULL, NULL);
}
