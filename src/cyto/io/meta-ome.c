#include "meta-ome-private.h"
#include "../base/mem.h"
#include <string.h>

#define MAX_PLANES ((size_t)1 << 22)

static const char axis_letter[] = "TZC";

static int axis_of(char letter) {
  return (int)(strchr(axis_letter, letter) - axis_letter);
}

/* Position of plane `index`, counted with the fastest axis first, along T, Z, C. */
static void locate(const OmeReading *r, size_t index, size_t at[3]) {
  for (int k = 0; k < 3; k++) {
    int axis = axis_of(r->order[k]);
    at[axis] = index % r->size[axis];
    index /= r->size[axis];
  }
}

/* Directory + 1 of every plane of the data set; 0 where it is not in this file. */
static bool map_planes(const OmeReading *r, size_t total, size_t directories, size_t *map) {
  for (size_t i = 0; r->pieces == 0 && i < total && i < directories; i++)
    map[i] = i + 1;
  bool partial = false;
  for (size_t k = 0; k < r->pieces; k++) {
    const OmePiece *piece = &r->piece[k];
    size_t index = 0, step = 1;
    bool inside = true;
    for (int j = 0; j < 3; j++) {
      int axis = axis_of(r->order[j]);
      inside = inside && piece->first[axis] < r->size[axis];
      index += piece->first[axis] * step;
      step *= r->size[axis];
    }
    partial = partial || piece->elsewhere;
    if (!inside || piece->elsewhere)
      continue;
    size_t n = piece->counted ? piece->count : total;
    for (size_t i = 0; i < n && index + i < total && piece->ifd < directories - i; i++) {
      map[index + i] = piece->ifd + i + 1;
      if (i + 1 >= directories)
        break;
    }
  }
  return partial;
}

/* The planes that are here must fill a box of the data set; its planes go to `out`. */
static bool take_box(const OmeReading *r, const size_t *map, size_t total, CytoOme *out,
                     size_t low[3], CytoError *err) {
  size_t high[3] = {0}, here = 0, box = 1;
  for (int k = 0; k < 3; k++)
    low[k] = SIZE_MAX;
  for (size_t i = 0; i < total; i++) {
    size_t at[3];
    if (!map[i])
      continue;
    here++;
    locate(r, i, at);
    for (int k = 0; k < 3; k++) {
      low[k] = at[k] < low[k] ? at[k] : low[k];
      high[k] = at[k] > high[k] ? at[k] : high[k];
    }
  }
  for (int k = 0; k < 3 && here; k++)
    box *= high[k] - low[k] + 1;
  if (here == 0 || box != here)
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "the OME-XML announces %zu planes, of which this file holds %zu", total, here);
  for (int k = 3; k-- > 0;) {
    int axis = axis_of(r->order[k]);
    cyto_planes_add(&out->planes, r->order[k], high[axis] - low[axis] + 1);
  }
  out->plane = cyto_alloc(here, sizeof *out->plane, err);
  if (!out->plane)
    return false;
  for (size_t i = 0, n = 0; i < total; i++)
    if (map[i])
      out->plane[n++] = map[i] - 1;
  out->n_names = high[2] - low[2] + 1;
  return true;
}

static bool take_names(OmeReading *r, size_t first, CytoOme *out, CytoError *err) {
  bool any = false;
  size_t n = out->n_names;
  for (size_t i = first; i < first + n && i < r->names; i++)
    any = any || r->name[i][0];
  out->n_names = 0;
  if (!any || r->samples > 1 || r->names < first + n)
    return true;
  out->names = cyto_calloc(n, sizeof *out->names, err);
  if (!out->names)
    return false;
  out->n_names = n;
  for (size_t i = 0; i < n; i++)
    out->names[i] = cyto_steal(&r->name[first + i]);
  return true;
}

bool cyto_meta_is_ome(const char *text) {
  size_t length = strlen(text);
  while (length > 0 && strchr(" \t\r\n", text[length - 1]))
    length--;
  return text[0] == '<' && length > 10 && memcmp(text + length - 4, "OME>", 4) == 0;
}

bool cyto_meta_ome(const char *text, const char *file_name, size_t directories, CytoOme *out,
                   CytoError *err) {
  CYTO_CLEANUP(ome_reading_clear) OmeReading r = {.file_name = file_name, .samples = 1};
  if (!ome_parse(&r, text, err))
    return false;
  size_t total = 0, low[3];
  if (!cyto_mul(r.size[0], r.size[1], &total) || !cyto_mul(total, r.size[2], &total) ||
      total == 0 || total > MAX_PLANES)
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "the OME-XML announces %zu × %zu × %zu planes (T, Z, C)", r.size[0], r.size[1],
                     r.size[2]);
  CYTO_AUTOFREE size_t *map = cyto_calloc(total, sizeof *map, err);
  CYTO_CLEANUP(cyto_ome_clear) CytoOme ome = {0};
  if (!map || directories == 0)
    return false;
  ome.partial = map_planes(&r, total, directories, map);
  if (!take_box(&r, map, total, &ome, low, err) || !take_names(&r, low[2], &ome, err))
    return false;
  ome.size_x = r.size_x;
  ome.size_y = r.size_y;
  ome.planes.pixel_x = r.pixel[0] > 0 ? r.pixel[0] : r.pixel[1];
  ome.planes.pixel_y = r.pixel[1] > 0 ? r.pixel[1] : r.pixel[0];
  ome.planes.pixel_z = r.pixel[2];
  *out = ome;
  ome = (CytoOme){0};
  return true;
}

void cyto_ome_clear(CytoOme *ome) {
  for (size_t i = 0; ome->names && i < ome->n_names; i++)
    free(ome->names[i]);
  free(ome->names);
  free(ome->plane);
  *ome = (CytoOme){0};
}
