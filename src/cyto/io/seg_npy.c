#include "seg_npy.h"
#include "../base/file.h"
#include "../base/mem.h"
#include "../base/npy-header.h"
#include "outline.h"
#include "seg-pickle.h"
#include "seg-private.h"
#include <math.h>
#include <string.h>

/* One plane's labels, those off the map as 0 when a map is given. */
static void add_label_rows(SegWriter *w, const uint32_t *labels, const uint8_t *map, size_t n,
                           SegKind kind) {
  enum { BLOCK = 2048 };
  uint32_t wide[BLOCK];
  uint16_t narrow[BLOCK];
  for (size_t start = 0; start < n; start += BLOCK) {
    const size_t count = n - start < BLOCK ? n - start : BLOCK;
    for (size_t i = 0; i < count; i++) {
      wide[i] = map && !map[start + i] ? 0 : labels[start + i];
      narrow[i] = (uint16_t)wide[i];
    }
    if (kind == SEG_U2)
      cyto_pickler_raw(&w->pickle, narrow, count * sizeof *narrow);
    else
      cyto_pickler_raw(&w->pickle, wide, count * sizeof *wide);
  }
}

static bool add_labels(SegWriter *w, const CytoLabels *masks, bool outlines, CytoError *err) {
  const size_t shape[3] = {masks->nz, masks->ny, masks->nx}, n = masks->ny * masks->nx;
  /* Two bytes where they suffice (algorithm.md §12.2); outlines have the same largest label. */
  const SegKind kind = cyto_labels_max(masks) < UINT16_MAX ? SEG_U2 : SEG_U4;
  CYTO_AUTOFREE uint8_t *map = outlines ? cyto_alloc(n, 1, err) : NULL;
  if (outlines && !map)
    return false;
  const unsigned skip = masks->nz == 1;
  seg_begin_data(w, kind, 3 - skip, shape + skip);
  for (size_t z = 0; z < masks->nz; z++) {
    const uint32_t *plane = masks->data + z * n;
    if (outlines && !cyto_outline_map(plane, masks->ny, masks->nx, map, err))
      return false;
    add_label_rows(w, plane, map, n, kind);
  }
  seg_end_data(w);
  return true;
}

static void add_ismanual(SegWriter *w, const CytoSeg *seg) {
  const size_t n = cyto_labels_max(&seg->masks);
  seg_begin_data(w, SEG_BOOL, 1, &n);
  for (size_t k = 0; k < n; k++) {
    const uint8_t manual = seg->ismanual && k < seg->n_ismanual && seg->ismanual[k];
    cyto_pickler_raw(&w->pickle, &manual, 1);
  }
  seg_end_data(w);
}

static void add_bytes_or_empty(SegWriter *w, const uint8_t *data, unsigned ndim,
                               const size_t *shape) {
  if (!data) {
    seg_add_list(w);
    return;
  }
  size_t n = 1;
  for (unsigned i = 0; i < ndim; i++)
    n *= shape[i];
  seg_begin_data(w, SEG_U1, ndim, shape);
  cyto_pickler_raw(&w->pickle, data, n);
  seg_end_data(w);
}

/* (3,fy,fx) for one plane and (3,Z,fy,fx) for several. */
static void add_raw_flow(SegWriter *w, const CytoSeg *seg) {
  const size_t nz = seg->masks.nz, n = seg->fy * seg->fx;
  seg_begin_data(w, SEG_F4, nz == 1 ? 3 : 4,
                 nz == 1 ? (size_t[]){3, seg->fy, seg->fx} : (size_t[]){3, nz, seg->fy, seg->fx});
  for (size_t c = 0; c < 3; c++)
    for (size_t z = 0; z < nz; z++)
      cyto_pickler_raw(&w->pickle, seg->flow + (z * 3 + c) * n, n * sizeof *seg->flow);
  seg_end_data(w);
}

/* The list of algorithm.md §12.3; what is not there is an empty list, as in files of drawn masks.
 */
static void add_flows(SegWriter *w, const CytoSeg *seg) {
  const CytoLabels *masks = &seg->masks;
  const size_t rgb[4] = {masks->nz, masks->ny, masks->nx, 3};
  const bool any = seg->flow || seg->flow_rgb || seg->cellprob_u8;
  seg_add_list(w);
  cyto_pickler_mark(&w->pickle);
  add_bytes_or_empty(w, seg->flow_rgb, 4, rgb);
  add_bytes_or_empty(w, seg->cellprob_u8, 3, rgb);
  if (any)
    seg_add_zeros(w, masks->nz == 1 ? 4 : 3, rgb);
  else
    seg_add_list(w);
  seg_add_list(w);
  if (seg->flow) {
    add_raw_flow(w, seg);
  } else {
    seg_add_list(w);
    seg_add_list(w);
    cyto_pickler_raw(&w->pickle, "a", 1); /* [[]] */
  }
  cyto_pickler_appends(&w->pickle);
}

static void add_optional(SegWriter *w, const char *key, double value) {
  if (isnan(value))
    return;
  seg_add_str(w, key);
  cyto_pickler_float(&w->pickle, value);
}

static bool add_dict(SegWriter *w, const CytoSeg *seg, CytoError *err) {
  CytoPickler *p = &w->pickle;
  CYTO_AUTOFREE char *filename = seg_text_escape(seg->filename ? seg->filename : "", err);
  CYTO_AUTOFREE char *model = seg_text_escape(seg->model_path ? seg->model_path : "", err);
  if (!filename || !model)
    return false;
  cyto_pickler_dict(p);
  seg_remember(w);
  cyto_pickler_mark(p);
  seg_add_str(w, "outlines");
  if (!add_labels(w, &seg->masks, true, err))
    return false;
  seg_add_str(w, "masks");
  if (!add_labels(w, &seg->masks, false, err))
    return false;
  seg_add_str(w, "chan_choose");
  seg_add_list(w);
  cyto_pickler_mark(p);
  seg_add_int(w, seg->chan_choose[0]);
  seg_add_int(w, seg->chan_choose[1]);
  cyto_pickler_appends(p);
  seg_add_str(w, "ismanual");
  add_ismanual(w, seg);
  seg_add_str(w, "filename");
  seg_add_str(w, filename);
  seg_add_str(w, "flows");
  add_flows(w, seg);
  seg_add_str(w, "diameter");
  cyto_pickler_float(p, seg->diameter);
  if (seg->model_path) {
    seg_add_str(w, "model_path");
    seg_add_str(w, model);
  }
  add_optional(w, "flow_threshold", seg->flow_threshold);
  add_optional(w, "cellprob_threshold", seg->cellprob_threshold);
  cyto_pickler_set_items(p);
  return true;
}

static bool add_file(SegWriter *w, const CytoSeg *seg, bool huge, CytoError *err) {
  CytoPickler *p = &w->pickle;
  char header[CYTO_NPY_HEADER];
  cyto_npy_header(header, "{'descr': '|O', 'fortran_order': False, 'shape': (), }");
  cyto_pickler_raw(p, header, sizeof header);
  cyto_pickler_start(p, huge ? 4 : 3);
  seg_begin_object(w);
  if (!add_dict(w, seg, err))
    return false;
  seg_end_object(w);
  return true;
}

/* Protocol 3 counts bytes of an array in 32 bits; above that the file says protocol 4, which every
 * NumPy since Python 3.4 reads as well. */
static bool sizes(const CytoSeg *seg, bool *huge, CytoError *err) {
  const CytoLabels *masks = &seg->masks;
  size_t pixels, most, flow;
  if (!cyto_mul(masks->nz, masks->ny, &pixels) || !cyto_mul(pixels, masks->nx, &pixels) ||
      !cyto_mul(pixels, 4, &most) || !cyto_mul(masks->nz, seg->fy, &flow) ||
      !cyto_mul(flow, seg->fx, &flow) || !cyto_mul(flow, 12, &flow))
    return cyto_fail(err, CYTO_ERROR_LIMIT, "labels of %zu × %zu × %zu are too large to save",
                     masks->nz, masks->ny, masks->nx);
  *huge = most > UINT32_MAX || flow > UINT32_MAX;
  return true;
}

bool cyto_seg_write(const CytoSeg *seg, const char *path, CytoError *err) {
  bool huge = false;
  CYTO_CLEANUP(cyto_writer_abort) CytoWriter writer = {0};
  if (!sizes(seg, &huge, err) || !cyto_writer_begin(&writer, path, err))
    return false;
  SegWriter w;
  seg_writer_init(&w, writer.stream);
  if (!add_file(&w, seg, huge, err))
    return cyto_fail_prefix(err, path);
  if (!cyto_pickler_stop(&w.pickle))
    return cyto_fail_errno(err, "write", path);
  return cyto_writer_commit(&writer, err);
}
