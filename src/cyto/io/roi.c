#include "roi.h"
#include "../base/file.h"
#include "../base/mem.h"
#include "../base/text.h"
#include "roi-loops.h"
#include "roi-private.h"
#include <inttypes.h>
#include <string.h>
#include <zip.h>

enum {
  VERSION = 227,
  MAX_SHORT_COORDINATE = INT16_MAX,
  MAX_SHORT_COUNT = UINT16_MAX,
  MAX_FLOAT_COORDINATE = 1 << 24, /* whole numbers up to here are exact in f32 */
};

static void add_u16(CytoStr *out, uint32_t value) {
  cyto_str_add_bytes(out, (uint8_t[]){(uint8_t)(value >> 8), (uint8_t)value}, 2);
}

static void add_u32(CytoStr *out, uint32_t value) {
  add_u16(out, value >> 16);
  add_u16(out, value & 0xffff);
}

static void add_f32(CytoStr *out, float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  add_u32(out, bits);
}

static void put_u16(uint8_t *at, size_t value) {
  at[0] = (uint8_t)(value >> 8);
  at[1] = (uint8_t)value;
}

static void put_u32(uint8_t *at, size_t value) {
  put_u16(at, value >> 16);
  put_u16(at + 2, value & 0xffff);
}

typedef struct Box {
  int32_t top, left, bottom, right;
} Box;

static Box bounds(const CytoLoops *loops, const CytoLoop *loop, size_t count) {
  Box box = {INT32_MAX, INT32_MAX, 0, 0};
  for (size_t k = 0; k < count; k++)
    for (size_t i = loop[k].offset; i < loop[k].offset + loop[k].count; i++) {
      const int32_t x = loops->xy[2 * i], y = loops->xy[2 * i + 1];
      box.left = x < box.left ? x : box.left;
      box.right = x > box.right ? x : box.right;
      box.top = y < box.top ? y : box.top;
      box.bottom = y > box.bottom ? y : box.bottom;
    }
  return box;
}

static size_t at_most(int32_t value, size_t most) {
  return (size_t)value < most ? (size_t)value : most;
}

static void add_header(CytoStr *out, unsigned type, Box box, size_t count, size_t shape_count,
                       size_t data_size) {
  uint8_t header[ROI_DATA] = "Iout";
  put_u16(header + 4, VERSION);
  header[ROI_TYPE] = (uint8_t)type;
  put_u16(header + ROI_TOP, at_most(box.top, MAX_SHORT_COORDINATE));
  put_u16(header + ROI_LEFT, at_most(box.left, MAX_SHORT_COORDINATE));
  put_u16(header + ROI_BOTTOM, at_most(box.bottom, MAX_SHORT_COORDINATE));
  put_u16(header + ROI_RIGHT, at_most(box.right, MAX_SHORT_COORDINATE));
  put_u16(header + ROI_COUNT, count);
  put_u32(header + ROI_SHAPE_COUNT, shape_count);
  put_u32(header + ROI_SECOND_HEADER, ROI_DATA + data_size);
  cyto_str_add_bytes(out, header, sizeof header);
}

/* ImageJ's "traced" kind: corners relative to the box, all x and then all y. */
static void add_traced(CytoStr *out, const CytoLoops *loops, const CytoLoop *loop, Box box) {
  const int32_t *xy = loops->xy + 2 * loop->offset;
  add_header(out, TYPE_TRACED, box, loop->count, 0, 4 * loop->count);
  for (size_t i = 0; i < loop->count; i++)
    add_u16(out, (uint32_t)(xy[2 * i] - box.left));
  for (size_t i = 0; i < loop->count; i++)
    add_u16(out, (uint32_t)(xy[2 * i + 1] - box.top));
}

/* ImageJ's composite kind: a path of floats in the coordinates of the picture. */
static void add_composite(CytoStr *out, const CytoLoops *loops, const CytoLoop *loop, size_t count,
                          Box box) {
  size_t floats = 0;
  for (size_t k = 0; k < count; k++)
    floats += 3 * loop[k].count + 1;
  add_header(out, TYPE_RECTANGLE, box, 0, floats, 4 * floats);
  for (size_t k = 0; k < count; k++) {
    const int32_t *xy = loops->xy + 2 * loop[k].offset;
    for (size_t i = 0; i < loop[k].count; i++) {
      add_f32(out, i == 0 ? PATH_MOVE : PATH_LINE);
      add_f32(out, (float)xy[2 * i]);
      add_f32(out, (float)xy[2 * i + 1]);
    }
    add_f32(out, PATH_CLOSE);
  }
}

/* Second header and name; ImageJ looks for the second header right after the data. */
static void add_name(CytoStr *out, size_t start, const char *name) {
  uint8_t second[SECOND_SIZE] = {0};
  put_u32(second + SECOND_NAME_OFFSET, out->length - start + SECOND_SIZE);
  put_u32(second + SECOND_NAME_LENGTH, strlen(name));
  cyto_str_add_bytes(out, second, sizeof second);
  for (const char *c = name; *c; c++)
    add_u16(out, (uint8_t)*c);
}

static void add_roi(CytoStr *out, const CytoLoops *loops, const CytoLoop *loop, size_t count,
                    const char *name) {
  const size_t start = out->length;
  const Box box = bounds(loops, loop, count);
  const bool shorts = box.right <= MAX_SHORT_COORDINATE && box.bottom <= MAX_SHORT_COORDINATE;
  if (count == 1 && shorts && loop->count <= MAX_SHORT_COUNT)
    add_traced(out, loops, loop, box);
  else
    add_composite(out, loops, loop, count, box);
  add_name(out, start, name);
}

typedef struct Entries {
  CytoStr bytes;
  size_t count;
  size_t *end; /* of each entry in bytes */
  uint32_t *label;
  int digits;
} Entries;

static void entries_clear(Entries *entries) {
  cyto_str_clear(&entries->bytes);
  free(entries->end);
  free(entries->label);
}

static bool make_entries(const CytoLoops *loops, Entries *entries, CytoError *err) {
  const size_t labels = loops->index.count;
  entries->end = cyto_alloc(labels, sizeof *entries->end, err);
  entries->label = cyto_alloc(labels, sizeof *entries->label, err);
  if (!entries->end || !entries->label)
    return false;
  const uint32_t top = labels ? loops->index.label[labels - 1] : 0;
  entries->digits = top > 9999 ? snprintf(NULL, 0, "%" PRIu32, top) : 4;
  for (size_t first = 0; first < loops->count; entries->count++) {
    const size_t place = loops->loop[first].place;
    size_t last = first;
    while (last < loops->count && loops->loop[last].place == place)
      last++;
    char name[16];
    snprintf(name, sizeof name, "%0*" PRIu32, entries->digits, loops->index.label[place]);
    add_roi(&entries->bytes, loops, loops->loop + first, last - first, name);
    entries->end[entries->count] = entries->bytes.length;
    entries->label[entries->count] = loops->index.label[place];
    first = last;
  }
  if (entries->bytes.failed)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory for %zu ROIs", labels);
  return true;
}

/* A constant date keeps the archive the same for the same labels: 1 January 1980, 00:00. */
enum { DOS_TIME = 0, DOS_DATE = 1 << 5 | 1 };

static bool add_to_archive(zip_t *archive, const Entries *entries) {
  size_t start = 0;
  for (size_t k = 0; k < entries->count; start = entries->end[k++]) {
    char name[24];
    snprintf(name, sizeof name, "%0*" PRIu32 ".roi", entries->digits, entries->label[k]);
    zip_source_t *source =
        zip_source_buffer(archive, entries->bytes.text + start, entries->end[k] - start, 0);
    const zip_int64_t place = source ? zip_file_add(archive, name, source, ZIP_FL_ENC_UTF_8) : -1;
    if (place < 0) {
      zip_source_free(source);
      return false;
    }
    if (zip_set_file_compression(archive, (zip_uint64_t)place, ZIP_CM_STORE, 0) != 0 ||
        zip_file_set_dostime(archive, (zip_uint64_t)place, DOS_TIME, DOS_DATE, 0) != 0)
      return false;
  }
  return true;
}

static bool copy_to_file(zip_source_t *source, const char *path, CytoError *err) {
  CYTO_CLEANUP(cyto_writer_abort) CytoWriter writer = {0};
  if (!cyto_writer_begin(&writer, path, err))
    return false;
  if (zip_source_open(source) != 0)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory to write %s", path);
  char block[1 << 16];
  zip_int64_t n;
  while ((n = zip_source_read(source, block, sizeof block)) > 0)
    if (fwrite(block, 1, (size_t)n, writer.stream) != (size_t)n) {
      zip_source_close(source);
      return cyto_fail_errno(err, "write", path);
    }
  zip_source_close(source);
  if (n < 0)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory to write %s", path);
  return cyto_writer_commit(&writer, err);
}

/* The archive is put together in memory, since libzip on a named file brings its own temporary. */
static bool write_archive(const Entries *entries, const char *path, CytoError *err) {
  zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
  if (!source)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory to write %s", path);
  zip_source_keep(source); /* closing the archive drops one reference */
  zip_t *archive = zip_open_from_source(source, ZIP_TRUNCATE, NULL);
  bool good = archive && add_to_archive(archive, entries);
  if (!good)
    cyto_fail(err, CYTO_ERROR_MEMORY, "cannot make the archive %s: %s", path,
              archive ? zip_strerror(archive) : "not enough memory");
  else if (zip_close(archive) == 0)
    archive = NULL;
  else
    good = cyto_fail(err, CYTO_ERROR_MEMORY, "cannot make the archive %s: %s", path,
                     zip_strerror(archive));
  if (archive)
    zip_discard(archive);
  good = good && copy_to_file(source, path, err);
  zip_source_free(source);
  return good;
}

bool cyto_roi_write(const uint32_t *labels, size_t ny, size_t nx, const char *path, size_t *written,
                    CytoError *err) {
  if (ny > MAX_FLOAT_COORDINATE || nx > MAX_FLOAT_COORDINATE)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "ImageJ ROIs cannot hold a picture of %zu × %zu pixels: their coordinates are "
                     "exact up to %d only",
                     nx, ny, MAX_FLOAT_COORDINATE);
  CYTO_CLEANUP(cyto_loops_clear) CytoLoops loops = {0};
  CYTO_CLEANUP(entries_clear) Entries entries = {0};
  if (!cyto_loops_trace(labels, ny, nx, &loops, err) || !make_entries(&loops, &entries, err))
    return false;
  /* An archive without entries is its end record alone; libzip would write no file. */
  static const uint8_t EMPTY[22] = "PK\5\6";
  if (!(entries.count ? write_archive(&entries, path, err)
                      : cyto_file_write(path, EMPTY, sizeof EMPTY, err)))
    return false;
  if (written)
    *written = entries.count;
  return true;
}
