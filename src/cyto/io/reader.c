#include "reader.h"
#include "../base/file.h"
#include "../base/mem.h"
#include "format.h"
#include <string.h>
#include <unistd.h>

static const struct Format {
  const char *name;
  const char *start;
  size_t length;
  CytoFormatRead *read;
} formats[] = {
    {"TIFF", "II*\0", 4, cyto_tiff_read},           {"TIFF", "MM\0*", 4, cyto_tiff_read},
    {"TIFF", "II+\0", 4, cyto_tiff_read},           {"TIFF", "MM\0+", 4, cyto_tiff_read},
    {"PNG", "\x89PNG\r\n\x1a\n", 8, cyto_png_read}, {"JPEG", "\xff\xd8\xff", 3, cyto_jpeg_read},
    {"NPY", "\x93NUMPY", 6, cyto_npy_read},
};

static const struct Known {
  size_t at;
  const char *start;
  size_t length;
  bool microscope; /* worth exporting */
  const char *what;
} known[] = {
    {0, "PK\x03\x04", 4, false, "a ZIP archive (ImageJ ROIs?)"},
    {0, "ZISRAWFILE", 10, true, "a Zeiss CZI file"},
    {0, "\xda\xce\xbe\x0a", 4, true, "a Nikon ND2 file"},
    {0, "\x00\x00\x00\x0cjP  ", 8, true, "a JPEG 2000 file (perhaps Nikon ND2)"},
    {0, "\x70\x00\x00\x00", 4, true, "a Leica LIF file"},
    {0, "\x89HDF", 4, true, "an HDF5 file (Imaris, ilastik …)"},
    {0, "\xd0\xcf\x11\xe0", 4, true, "an Olympus OIB or Zeiss ZVI file"},
    {128, "DICM", 4, true, "a DICOM file"},
    {0, "NRRD", 4, true, "an NRRD file"},
    {0, "GIF8", 4, false, "a GIF picture"},
    {0, "BM", 2, false, "a BMP picture"},
    {8, "WEBP", 4, false, "a WebP picture"},
    {0, "8BPS", 4, false, "a Photoshop file"},
    {0, "\t\nics_version", 13, true, "an ICS header (the pixels are in its .ids file)"},
    {0, "%PDF", 4, false, "a PDF document"},
    {0, "\x1f\x8b", 2, false, "a gzip archive"},
    {0, "Iout", 4, false, "an ImageJ ROI"},
    {0, "<?xml", 5, false, "an XML text"},
    {0, "<svg", 4, false, "an SVG drawing"},
    {0, "<!DOCTYPE", 9, false, "a web page"},
};

CytoReadOptions cyto_read_defaults(void) {
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  size_t bytes = 0;
  if (pages <= 0 || size <= 0 || !cyto_mul((size_t)pages, (size_t)size / 2, &bytes))
    bytes = 0;
  return (CytoReadOptions){
      .channel_axis = CYTO_AXIS_NONE, .z_axis = CYTO_AXIS_NONE, .max_memory = bytes};
}

static const struct Format *detect(const uint8_t *data, size_t size) {
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (size >= formats[i].length && memcmp(data, formats[i].start, formats[i].length) == 0)
      return &formats[i];
  return NULL;
}

static const struct Known *guess(const uint8_t *data, size_t size) {
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (size >= known[i].at + known[i].length &&
        memcmp(data + known[i].at, known[i].start, known[i].length) == 0)
      return &known[i];
  return NULL;
}

static bool read_bytes(const CytoBytes *bytes, const CytoReadOptions *options, CytoImage **out,
                       CytoJob *job, CytoError *err) {
  if (bytes->size == 0)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "the file is empty (0 bytes)");
  const struct Format *format = detect(bytes->data, bytes->size);
  const struct Known *other = format ? NULL : guess(bytes->data, bytes->size);
  if (other)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "this is %s; images are read from TIFF, PNG, JPEG and NPY%s", other->what,
                     other->microscope ? ": export it as OME-TIFF, for example with Fiji" : "");
  if (!format)
    return cyto_fail(
        err, CYTO_ERROR_UNSUPPORTED,
        "this is not an image that can be read: it is none of TIFF, PNG, JPEG and NPY");
  return format->read(bytes, options, out, job, err);
}

bool cyto_image_read(const char *path, const CytoReadOptions *options, CytoImage **out,
                     CytoJob *job, CytoError *err) {
  CytoReadOptions own = options ? *options : cyto_read_defaults();
  if (job && job->max_memory && (!own.max_memory || job->max_memory < own.max_memory))
    own.max_memory = job->max_memory;
  CYTO_CLEANUP(cyto_file_unmap) CytoMap map = {0};
  if (!cyto_file_map(path, &map, err))
    return false;
  CytoBytes bytes = {map.data, map.size, cyto_path_name(path)};
  return read_bytes(&bytes, &own, out, job, err) || cyto_fail_prefix(err, path);
}

const char *cyto_image_format(const char *path, CytoError *err) {
  CYTO_CLEANUP(cyto_file_unmap) CytoMap map = {0};
  if (!cyto_file_map(path, &map, err))
    return NULL;
  const struct Format *format = detect(map.data, map.size);
  if (!format)
    cyto_fail(err, CYTO_ERROR_UNSUPPORTED, "%s: this is none of TIFF, PNG, JPEG and NPY", path);
  return format ? format->name : NULL;
}
