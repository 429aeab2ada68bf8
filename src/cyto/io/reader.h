/* Opening images of every kind. */
#pragma once
#include "../base/image.h"
#include "../base/job.h"

typedef struct CytoReadOptions {
  const char
      *axes; /* NULL, or the order of the file's axes as letters of TZCYXS (S = RGB samples) */
  int channel_axis,
      z_axis;        /* positions in the file's array, negative from the end; CYTO_AXIS_NONE */
  size_t max_memory; /* bytes of the decoded image; 0 = no limit */
  bool indexed;      /* pictures with a colour table as their indices (label images), not as RGB */
} CytoReadOptions;
#define CYTO_AXIS_NONE 1000

/* Axes from the file, no more memory than half of this machine's. */
CytoReadOptions cyto_read_defaults(void);

/* Reads by content, not by name: TIFF, PNG, JPEG, NPY. Axes come from options, else from the file's
 * metadata (OME-XML, ImageJ, Zeiss LSM, tifffile's "shaped"), else from the shape rule of axes.h;
 * image->axes_source says which. Alpha is dropped, palettes become RGB (except ImageJ's, which are
 * for display only), min-is-white values stay as stored, half floats become f32, orientation tags
 * are not applied. Warnings (alpha dropped, pages left out …) go to job. */
bool cyto_image_read(const char *path, const CytoReadOptions *options, CytoImage **out,
                     CytoJob *job, CytoError *err);

/* "TIFF", "PNG", "JPEG", "NPY" by content, or NULL. */
const char *cyto_image_format(const char *path, CytoError *err);

/* Label image of any integer type: PNG, TIFF (any pages as planes), NPY, or the masks of _seg.npy.
 * Floating values must be whole; negative ones are refused, except -1 as background of old files.
 */
bool cyto_labels_read(const char *path, CytoLabels *out, CytoJob *job, CytoError *err);
