#include "../base/file.h"
#include "../base/mem.h"
#include "../base/text.h"
#include "npy.h"
#include "seg-private.h"
#include <math.h>
#include <string.h>

const char *const seg_globals[] = {
    "numpy.core.multiarray _reconstruct",
    "numpy._core.multiarray _reconstruct",
    "numpy.core.numeric _frombuffer",
    "numpy._core.numeric _frombuffer",
    "numpy.core.multiarray scalar",
    "numpy._core.multiarray scalar",
    "numpy ndarray",
    "numpy dtype",
    "_codecs encode",
    "collections OrderedDict",
    "pathlib Path",
    "pathlib PosixPath",
    "pathlib PurePosixPath",
    "pathlib WindowsPath",
    "pathlib PureWindowsPath",
    "pathlib._local PosixPath",
    "pathlib._local WindowsPath",
    "pathlib._local PurePosixPath",
    "pathlib._local PureWindowsPath",
    NULL,
};

static bool over_limit(size_t count, size_t size, size_t limit) {
  return limit && count > limit / size;
}

static bool fail_limit(CytoError *err, size_t count, size_t size, size_t limit) {
  return cyto_fail(err, CYTO_ERROR_LIMIT,
                   "it needs %.1f MB of memory, more than the limit of %.1f MB",
                   (double)count * (double)size / 1e6, (double)limit / 1e6);
}

/* -1 as background, as some versions wrote it, moves every number up by one (§12.4). */
static bool convert_masks(const SegArray *array, uint32_t *out, CytoError *err) {
  int64_t least = 0, value = 0;
  for (size_t i = 0; i < array->count; i++) {
    if (!seg_array_integer(array, i, &value))
      return cyto_fail(err, CYTO_ERROR_FORMAT, "masks[%zu] is no whole number", i);
    least = value < least ? value : least;
  }
  if (least < -1)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "the masks hold the number %lld; labels start at 0",
                     (long long)least);
  for (size_t i = 0; i < array->count; i++) {
    seg_array_integer(array, i, &value);
    value -= least;
    if (value > UINT32_MAX)
      return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                       "the masks hold the number %lld; labels go up to 4294967295",
                       (long long)value);
    out[i] = (uint32_t)value;
  }
  return true;
}

static bool read_masks(const CytoPkl *value, size_t limit, CytoLabels *masks, CytoError *err) {
  CYTO_CLEANUP(seg_array_clear) SegArray array = {0};
  if (!seg_array(value, &array))
    return cyto_fail(err, CYTO_ERROR_FORMAT, "its masks are no array of numbers");
  seg_array_squeeze(&array, 2);
  const size_t nz = array.ndim == 3 ? array.shape[0] : 1;
  if (array.ndim < 2 || array.ndim > 3 || array.count == 0)
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "its masks have %u axes and %zu pixels; expected a picture or a stack",
                     array.ndim, array.count);
  if (over_limit(array.count, sizeof *masks->data, limit))
    return fail_limit(err, array.count, sizeof *masks->data, limit);
  CYTO_CLEANUP(cyto_labels_clear) CytoLabels labels = {0};
  if (!cyto_labels_init(&labels, nz, array.shape[array.ndim - 2], array.shape[array.ndim - 1],
                        err) ||
      !convert_masks(&array, labels.data, err))
    return false;
  *masks = labels;
  labels = (CytoLabels){0};
  return true;
}

/* A picture of bytes whose last axes are those of the masks (and 3 colours); else left out. */
static bool read_picture(const CytoPkl *value, const CytoLabels *masks, size_t colors,
                         uint8_t **out, CytoError *err) {
  CYTO_CLEANUP(seg_array_clear) SegArray array = {0};
  const size_t plane = masks->ny * masks->nx;
  if (!seg_array(value, &array) || array.kind != 'u' || array.width != 1 ||
      array.count != masks->nz * plane * colors)
    return true;
  const unsigned last = array.ndim - (colors > 1);
  if (array.ndim < 2 + (colors > 1) || array.shape[last - 1] != masks->nx ||
      array.shape[last - 2] != masks->ny || (colors > 1 && array.shape[last] != colors))
    return true;
  uint8_t *picture = cyto_alloc(array.count, 1, err);
  if (!picture)
    return false;
  int64_t number = 0;
  for (size_t i = 0; i < array.count; i++) {
    seg_array_integer(&array, i, &number);
    picture[i] = (uint8_t)number;
  }
  *out = picture;
  return true;
}

/* dY, dX, probability as (3,y,x) or (3,z,y,x); a volume's dZ in front of them is left out. */
static bool read_flow(const CytoPkl *value, size_t limit, CytoSeg *seg, CytoError *err) {
  CYTO_CLEANUP(seg_array_clear) SegArray array = {0};
  const size_t nz = seg->masks.nz;
  if (!seg_array(value, &array) || array.kind != 'f' || array.count == 0)
    return true;
  const unsigned ndim = nz > 1 ? 4 : 3;
  seg_array_squeeze(&array, ndim);
  if (array.ndim != ndim || (nz > 1 && array.shape[1] != nz) || array.shape[0] < 3 ||
      array.shape[0] > ndim)
    return true;
  const size_t fy = array.shape[ndim - 2], fx = array.shape[ndim - 1], n = fy * fx;
  const size_t first = array.shape[0] - 3;
  if (over_limit(array.count, sizeof *seg->flow, limit))
    return fail_limit(err, array.count, sizeof *seg->flow, limit);
  seg->flow = cyto_alloc(nz * 3 * n, sizeof *seg->flow, err);
  if (!seg->flow)
    return false;
  for (size_t z = 0; z < nz; z++)
    for (size_t c = 0; c < 3; c++)
      for (size_t i = 0; i < n; i++)
        seg->flow[(z * 3 + c) * n + i] =
            (float)seg_array_number(&array, ((c + first) * nz + z) * n + i);
  seg->fy = fy;
  seg->fx = fx;
  return true;
}

static bool read_flows(const CytoPkl *flows, size_t limit, CytoSeg *seg, CytoError *err) {
  if (!flows || flows->kind != CYTO_PKL_LIST)
    return true;
  if (flows->count > 0 && !read_picture(flows->item[0], &seg->masks, 3, &seg->flow_rgb, err))
    return false;
  if (flows->count > 1 && !read_picture(flows->item[1], &seg->masks, 1, &seg->cellprob_u8, err))
    return false;
  return flows->count < 5 || read_flow(flows->item[4], limit, seg, err);
}

/* One flag a label, as an array or a list. */
static bool read_ismanual(const CytoPkl *value, CytoSeg *seg, CytoError *err) {
  CYTO_CLEANUP(seg_array_clear) SegArray array = {0};
  const bool list = value && value->kind == CYTO_PKL_LIST;
  if (!list && (!seg_array(value, &array) || array.ndim != 1))
    return true;
  const size_t n = list ? value->count : array.count;
  bool *flags = cyto_calloc(n, sizeof *flags, err);
  if (!flags)
    return false;
  for (size_t i = 0; i < n; i++) {
    double number = 0;
    if (list)
      seg_number(value->item[i], &number);
    else
      number = seg_array_number(&array, i);
    flags[i] = number != 0;
  }
  seg->ismanual = flags;
  seg->n_ismanual = n;
  return true;
}

static double number_or_nan(const CytoPkl *dict, const char *key) {
  double value = (double)NAN;
  seg_number(cyto_pkl_get(dict, key), &value);
  return value;
}

static void read_numbers(const CytoPkl *dict, CytoSeg *seg) {
  seg->diameter = number_or_nan(dict, "diameter");
  if (isnan(seg->diameter))
    seg->diameter = number_or_nan(dict, "est_diam");
  seg->flow_threshold = number_or_nan(dict, "flow_threshold");
  seg->cellprob_threshold = number_or_nan(dict, "cellprob_threshold");
  seg->filename = seg_text(cyto_pkl_get(dict, "filename"));
  seg->model_path = seg_text(cyto_pkl_get(dict, "model_path"));
  const CytoPkl *channels = cyto_pkl_get(dict, "chan_choose");
  const bool pair = channels && channels->count == 2 &&
                    (channels->kind == CYTO_PKL_LIST || channels->kind == CYTO_PKL_TUPLE);
  for (size_t i = 0; pair && i < 2; i++) {
    double value;
    if (seg_number(channels->item[i], &value) && value >= 0 && value < 1000)
      seg->chan_choose[i] = (int)value;
  }
}

static bool fail_no_masks(const CytoPkl *dict, CytoError *err) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr keys = {0};
  for (size_t i = 0; i < dict->count && i < 16; i += 2)
    if (dict->item[i]->kind == CYTO_PKL_STR)
      cyto_str_printf(&keys, "%s%.40s", i ? ", " : "", dict->item[i]->text);
  return cyto_fail(err, CYTO_ERROR_FORMAT, "it holds no masks (found: %s)",
                   keys.text ? keys.text : "nothing");
}

static bool read_dict(const CytoPkl *dict, size_t limit, CytoSeg *seg, CytoJob *job,
                      CytoError *err) {
  const CytoPkl *masks = cyto_pkl_get(dict, "masks"), *outlines = cyto_pkl_get(dict, "outlines");
  if (masks) {
    if (!read_masks(masks, limit, &seg->masks, err))
      return false;
  } else if (outlines && outlines->kind == CYTO_PKL_LIST) {
    if (!seg_masks_from_outlines(dict, outlines, limit, &seg->masks, err))
      return false;
    cyto_job_warn(job,
                  "The file holds outlines and no masks, as the first versions of Cellpose "
                  "wrote them: %zu masks were filled in.",
                  outlines->count);
  } else {
    return fail_no_masks(dict, err);
  }
  read_numbers(dict, seg);
  return read_ismanual(cyto_pkl_get(dict, "ismanual"), seg, err) &&
         read_flows(cyto_pkl_get(dict, "flows"), limit, seg, err);
}

bool seg_read_bytes(const uint8_t *data, size_t size, size_t max_memory, CytoSeg *out, CytoJob *job,
                    CytoError *err) {
  CytoNpy npy;
  if (!cyto_npy_parse(data, size, &npy, err))
    return false;
  if (!npy.object)
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "a plain array, not a _seg.npy file; open it as an image or as labels");
  CYTO_CLEANUP(cyto_pickle_drop) CytoPickle *pickle = NULL;
  if (!cyto_pickle_read(npy.data, npy.size, seg_globals, &pickle, NULL, err))
    return false;
  const CytoPkl *dict = seg_object(cyto_pickle_root(pickle));
  if (!dict || dict->kind != CYTO_PKL_DICT)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "not a _seg.npy file: it holds no dictionary");
  CYTO_CLEANUP(cyto_seg_clear) CytoSeg seg = {0};
  if (!read_dict(dict, max_memory, &seg, job, err))
    return false;
  *out = seg;
  seg = (CytoSeg){0};
  return true;
}

bool cyto_seg_read(const char *path, size_t max_memory, CytoSeg *out, CytoJob *job,
                   CytoError *err) {
  CYTO_CLEANUP(cyto_file_unmap) CytoMap map = {0};
  if (!cyto_file_map(path, &map, err))
    return false;
  return seg_read_bytes(map.data, map.size, max_memory, out, job, err) ||
         cyto_fail_prefix(err, path);
}

void cyto_seg_clear(CytoSeg *seg) {
  cyto_labels_clear(&seg->masks);
  free(seg->filename);
  free(seg->flow);
  free(seg->flow_rgb);
  free(seg->cellprob_u8);
  free(seg->ismanual);
  free(seg->model_path);
  *seg = (CytoSeg){0};
}
