/* For the files of shapes alone. */
#pragma once
#include "shape.h"

/* Adds the part of columns first..last of row y that lies in the image. */
bool cyto_spans_clip(CytoSpans *out, int64_t y, int64_t first, int64_t last, size_t ny, size_t nx,
                     CytoError *err);
/* Far outside is as good as a little outside for the pixels within, and keeps numbers small. */
double cyto_shape_tame(double value);
