#include "../base/file.h"
#include "../base/mem.h"
#include "train-private.h"
#include <math.h>
#include <string.h>
#include <sys/stat.h>

static char *cache_path(const char *image) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr name = {0};
  CYTO_AUTOFREE char *folder = cyto_path_folder(image);
  CYTO_AUTOFREE char *stem = cyto_path_stem(image);
  cyto_str_printf(&name, "%s_flows.tif", stem ? stem : "");
  return folder && stem && !name.failed ? cyto_path_join(folder, name.text) : NULL;
}

static bool open_cache(const char *path, CytoImage **file) {
  CytoReadOptions options = cyto_read_defaults();
  options.axes = "CYX";
  return cyto_image_read(path, &options, file, NULL, NULL) && (*file)->dtype == CYTO_F32 &&
         (*file)->nc == 4 && (*file)->nt * (*file)->nz == 1;
}

/* The labels in the file must be these, or the masks were edited since, and its flows numbers. */
bool cyto_flow_cache_read(const char *image, const uint32_t *labels, size_t ny, size_t nx,
                          float *flows) {
  CYTO_CLEANUP(cyto_image_drop) CytoImage *file = NULL;
  CYTO_AUTOFREE char *path = cache_path(image);
  if (!path || !cyto_path_exists(path) || !open_cache(path, &file) || file->ny != ny ||
      file->nx != nx)
    return false;
  const float *data = file->data;
  for (size_t i = 0; i < ny * nx; i++)
    if (data[i] != (float)labels[i])
      return false;
  for (size_t i = 2 * ny * nx; i < 4 * ny * nx; i++)
    if (!isfinite(data[i]))
      return false;
  memcpy(flows, data + 2 * ny * nx, 2 * ny * nx * sizeof *flows);
  return true;
}

/* A folder marked read-only stays as it is, even for those who could write all the same. */
static bool may_write(const char *path, CytoError *err) {
  CYTO_AUTOFREE char *folder = cyto_path_folder(path);
  struct stat status;
  if (!folder || stat(folder, &status) != 0)
    return cyto_fail_errno(err, "look at", path);
  return (status.st_mode & 0222) || cyto_fail(err, CYTO_ERROR_IO, "%s is read-only", folder);
}

/* Pictures of flows have the same name: only flows of an earlier training are replaced. */
static bool may_replace(const char *path, CytoError *err) {
  CYTO_CLEANUP(cyto_image_drop) CytoImage *file = NULL;
  return !cyto_path_exists(path) || open_cache(path, &file) ||
         cyto_fail(err, CYTO_ERROR_IO, "%s is there and holds something else", path);
}

typedef struct Field {
  uint16_t tag, type; /* 2 text, 3 u16, 4 u32 */
  uint32_t count, value;
} Field;

enum { FIELDS = 14, DIRECTORY = 8 + 2 + FIELDS * 12 + 4, EXTRA = 16 + 8 + 16 + 8, TEXT = 64 };

static void put(uint8_t **at, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; i++)
    *(*at)++ = (uint8_t)(value >> (8 * i));
}

/* One page of four planes: header, directory, the arrays it points to. Data follow. */
static size_t make_header(size_t ny, size_t nx, uint8_t out[DIRECTORY + EXTRA + TEXT]) {
  char text[TEXT];
  uint32_t length = (uint32_t)snprintf(text, sizeof text, "{\"shape\": [4, %zu, %zu]}", ny, nx) + 1;
  uint32_t plane = (uint32_t)(ny * nx * 4), start = DIRECTORY + EXTRA + TEXT;
  uint32_t bits = DIRECTORY, formats = bits + 8, offsets = formats + 8, sizes = offsets + 16;
  const Field fields[FIELDS] = {
      {256, 4, 1, (uint32_t)nx},
      {257, 4, 1, (uint32_t)ny},
      {258, 3, 4, bits},
      {259, 3, 1, 1},
      {262, 3, 1, 2},
      {270, 2, length, sizes + 16},
      {273, 4, 4, offsets},
      {277, 3, 1, 4},
      {278, 4, 1, (uint32_t)ny},
      {279, 4, 4, sizes},
      {284, 3, 1, 2},
      {296, 3, 1, 1},
      {338, 3, 1, 0},
      {339, 3, 4, formats},
  };
  uint8_t *at = out;
  memset(out, 0, DIRECTORY + EXTRA + TEXT);
  put(&at, 0x002a4949, 4);
  put(&at, 8, 4);
  put(&at, FIELDS, 2);
  for (int i = 0; i < FIELDS; i++) {
    put(&at, fields[i].tag, 2);
    put(&at, fields[i].type, 2);
    put(&at, fields[i].count, 4);
    put(&at, fields[i].value, 4);
  }
  put(&at, 0, 4);
  for (int i = 0; i < 4; i++)
    put(&at, 32, 2);
  for (int i = 0; i < 4; i++)
    put(&at, 3, 2);
  for (uint32_t i = 0; i < 4; i++)
    put(&at, start + i * plane, 4);
  for (int i = 0; i < 4; i++)
    put(&at, plane, 4);
  memcpy(at, text, length);
  return start;
}

static bool write_planes(FILE *stream, const uint32_t *labels, const float *flows, size_t n) {
  float row[1024];
  for (int plane = 0; plane < 2; plane++)
    for (size_t i = 0; i < n;) {
      size_t k = 0;
      for (; k < 1024 && i < n; i++)
        row[k++] = plane == 0 ? (float)labels[i] : labels[i] > 0;
      if (fwrite(row, sizeof *row, k, stream) != k)
        return false;
    }
  return fwrite(flows, sizeof *flows, 2 * n, stream) == 2 * n;
}

bool cyto_flow_cache_write(const char *image, const uint32_t *labels, const float *flows, size_t ny,
                           size_t nx, CytoError *err) {
  uint8_t header[DIRECTORY + EXTRA + TEXT];
  CYTO_AUTOFREE char *path = cache_path(image);
  CYTO_CLEANUP(cyto_writer_abort) CytoWriter writer = {0};
  if (!path)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for a file name");
  if (ny * nx > (UINT32_MAX - sizeof header) / 16)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "%s: a TIFF cannot hold flows of %zu × %zu pixels", path, nx, ny);
  if (!may_write(path, err) || !may_replace(path, err) || !cyto_writer_begin(&writer, path, err))
    return false;
  size_t length = make_header(ny, nx, header);
  if (fwrite(header, 1, length, writer.stream) != length ||
      !write_planes(writer.stream, labels, flows, ny * nx))
    return cyto_fail_errno(err, "write", path);
  return cyto_writer_commit(&writer, err);
}
