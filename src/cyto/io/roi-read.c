#include "../base/file.h"
#include "../base/mem.h"
#include "../base/text.h"
#include "roi-private.h"
#include "roi.h"
#include <string.h>
#include <zip.h>

enum { MAX_ENTRY = 1 << 26 }; /* bytes of one ROI: a path of five million corners */

static void discard(zip_t **archive) {
  if (*archive)
    zip_discard(*archive);
}

static void close_entry(zip_file_t **file) {
  if (*file)
    zip_fclose(*file);
}

static bool read_entry(zip_t *archive, const zip_stat_t *entry, uint8_t **out, CytoError *err) {
  if (!(entry->valid & ZIP_STAT_SIZE) || entry->size > MAX_ENTRY)
    return cyto_fail(err, CYTO_ERROR_LIMIT, "%.200s is too large for a ROI", entry->name);
  CYTO_AUTOFREE uint8_t *data = cyto_alloc(entry->size, 1, err);
  if (!data)
    return false;
  CYTO_CLEANUP(close_entry) zip_file_t *file = zip_fopen_index(archive, entry->index, 0);
  if (!file)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "%.200s cannot be unpacked: %s", entry->name,
                     zip_strerror(archive));
  size_t done = 0;
  while (done < entry->size) {
    const zip_int64_t n = zip_fread(file, data + done, entry->size - done);
    if (n <= 0)
      return cyto_fail(err, CYTO_ERROR_FORMAT, "%.200s is cut short or damaged", entry->name);
    done += (size_t)n;
  }
  *out = cyto_steal(&data);
  return true;
}

static bool fill_archive_entry(zip_t *archive, size_t k, RoiTarget *target, bool *area,
                               CytoError *err) {
  zip_stat_t entry;
  *area = false;
  if (zip_stat_index(archive, k, 0, &entry) != 0 || !(entry.valid & ZIP_STAT_NAME))
    return cyto_fail(err, CYTO_ERROR_FORMAT, "entry %zu has no name", k + 1);
  if (!cyto_has_suffix(entry.name, ".roi"))
    return true;
  CYTO_AUTOFREE uint8_t *data = NULL;
  if (!read_entry(archive, &entry, &data, err))
    return false;
  return roi_fill_entry(target, data, entry.size, area, err) || cyto_fail_prefix(err, entry.name);
}

static bool read_archive(const uint8_t *data, size_t size, RoiTarget *target, size_t *count,
                         size_t *skipped, CytoError *err) {
  zip_error_t zip_err;
  zip_error_init(&zip_err);
  zip_source_t *source = zip_source_buffer_create(data, size, 0, &zip_err);
  CYTO_CLEANUP(discard)
  zip_t *archive = source ? zip_open_from_source(source, ZIP_RDONLY, &zip_err) : NULL;
  if (!archive) {
    cyto_fail(err, CYTO_ERROR_FORMAT, "the ZIP archive is damaged: %s",
              zip_error_strerror(&zip_err));
    zip_source_free(source);
    zip_error_fini(&zip_err);
    return false;
  }
  const zip_int64_t entries = zip_get_num_entries(archive, 0);
  for (zip_int64_t k = 0; k < entries; k++) {
    bool area = false;
    target->label = (uint32_t)*count + 1;
    if (!fill_archive_entry(archive, (size_t)k, target, &area, err))
      return false;
    *(area ? count : skipped) += 1;
  }
  return true;
}

bool roi_read_bytes(const uint8_t *data, size_t size, size_t ny, size_t nx, uint32_t *labels,
                    size_t *read, size_t *skipped, CytoError *err) {
  size_t pixels, count = 0, passed = 0;
  if (!cyto_mul(ny, nx, &pixels) || pixels > SIZE_MAX / 64)
    return cyto_fail(err, CYTO_ERROR_LIMIT, "a picture of %zu × %zu pixels is too large", nx, ny);
  CYTO_AUTOFREE uint32_t *filled = cyto_calloc(pixels, sizeof *filled, err);
  if (!filled)
    return false;
  RoiTarget target = {ny, nx, filled, 1, 32 * (uint64_t)pixels + 500000000};
  if (size >= 4 && memcmp(data, "Iout", 4) == 0) {
    bool area = false;
    if (!roi_fill_entry(&target, data, size, &area, err))
      return false;
    *(area ? &count : &passed) = 1;
  } else if (size >= 4 && memcmp(data, "PK", 2) == 0) {
    if (!read_archive(data, size, &target, &count, &passed, err))
      return false;
  } else {
    return cyto_fail(err, CYTO_ERROR_FORMAT, "neither an ImageJ ROI nor a ZIP archive of them");
  }
  memcpy(labels, filled, pixels * sizeof *labels);
  if (read)
    *read = count;
  if (skipped)
    *skipped = passed;
  return true;
}

bool cyto_roi_read(const char *path, size_t ny, size_t nx, uint32_t *labels, size_t *read,
                   size_t *skipped, CytoError *err) {
  CYTO_CLEANUP(cyto_file_unmap) CytoMap map = {0};
  if (!cyto_file_map(path, &map, err))
    return false;
  return roi_read_bytes(map.data, map.size, ny, nx, labels, read, skipped, err) ||
         cyto_fail_prefix(err, path);
}
