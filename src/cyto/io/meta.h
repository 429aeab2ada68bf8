/* What programs write into the ImageDescription of a TIFF about the order of its planes. */
#pragma once
#include "../base/error.h"
#include <stdint.h>

/* Planes of a file along named axes, the slowest first; sizes of 1 are not listed. */
typedef struct CytoPlanes {
  unsigned count;
  char letter[8]; /* T Z C, or '?' */
  size_t size[8];
  double pixel_x, pixel_y, pixel_z; /* micrometres; 0 = unknown */
} CytoPlanes;

/* Appends an axis unless its size is 1. False: too many axes. */
bool cyto_planes_add(CytoPlanes *planes, char letter, size_t size);
/* Product of the sizes; SIZE_MAX when it does not fit. */
size_t cyto_planes_total(const CytoPlanes *planes);

/* Micrometres in one unit ("µm", "nm", "micron", "inch" …); 0 when unknown or no length. */
double cyto_unit_micrometres(const char *unit);

/* ImageJ's "ImageJ=1.53t\nimages=…": false when the text is not of this kind. `unit` receives
 * micrometres of the unit that the resolution tags count in (0 = unknown). */
bool cyto_meta_imagej(const char *text, CytoPlanes *planes, double *unit);

/* tifffile's {"shape": [...], "axes": "..."} (or the older "shape=(…)"). Letters other than TZCYXS
 * become '?'. shape has `ndim` entries of at most 8; axes is "" when not given. */
typedef struct CytoShaped {
  unsigned ndim;
  size_t shape[8];
  char axes[9];
} CytoShaped;
bool cyto_meta_shaped(const char *text, CytoShaped *out);

/* OME-XML of the first image. plane[i] is the number of the directory in this file that holds plane
 * i of `planes`. For a file that is one of several, `planes` covers the part that is here. */
typedef struct CytoOme {
  CytoPlanes planes;
  size_t size_x, size_y;
  size_t *plane;
  char **names; /* of the channels, or NULL */
  size_t n_names;
  bool partial; /* other files hold the rest of the data set */
} CytoOme;

bool cyto_meta_is_ome(const char *text);
/* `directories` is how many the file has. */
bool cyto_meta_ome(const char *text, const char *file_name, size_t directories, CytoOme *out,
                   CytoError *err);
void cyto_ome_clear(CytoOme *ome);
