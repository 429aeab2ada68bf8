/* ImageJ ROI archives (algorithm.md §12.7). */
#pragma once
#include "../base/image.h"

/* One ROI a label whose polygon follows pixel edges, so that filling it gives the label back
 * exactly (composite ROI for labels in several parts or with holes). *written (may be NULL) = ROIs.
 */
bool cyto_roi_write(const uint32_t *labels, size_t ny, size_t nx, const char *path, size_t *written,
                    CytoError *err);

/* Reads .roi or a zip of them (polygon, freehand, traced, rectangle, oval, composite) and fills
 * them in order as labels 1..n of an image of ny × nx. ROIs of other kinds are skipped with a
 * count. */
bool cyto_roi_read(const char *path, size_t ny, size_t nx, uint32_t *labels, size_t *read,
                   size_t *skipped, CytoError *err);
