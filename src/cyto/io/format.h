/* The image formats behind reader.h: each reads from bytes in memory. */
#pragma once
#include "../base/job.h"
#include "reader.h"

typedef struct CytoBytes {
  const uint8_t *data;
  size_t size;
  const char *name; /* last part of the file's path, for files that name themselves */
} CytoBytes;

typedef bool CytoFormatRead(const CytoBytes *bytes, const CytoReadOptions *options, CytoImage **out,
                            CytoJob *job, CytoError *err);

CytoFormatRead cyto_tiff_read, cyto_png_read, cyto_jpeg_read, cyto_npy_read;
