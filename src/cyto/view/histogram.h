/* The histogram behind the contrast controls. */
#pragma once
#include "pyramid.h"
#include "lut.h"

enum { CYTO_HISTOGRAM_BINS = 256 };

typedef struct CytoHistogram {
  double min, max; /* of the finite pixels; 0, 0 when there is none */
  uint64_t finite; /* how many pixels are finite */
  /* Bin k counts min + k*w <= v < min + (k+1)*w with w = (max-min)/256; the last has max as well.
   */
  uint64_t bins[CYTO_HISTOGRAM_BINS];
  double percent[101]; /* value at 0, 1, … 100 % of the finite pixels, as numpy.percentile has it */
} CytoHistogram;

/* Exact for 8- and 16-bit pixels; of other kinds the percentiles come from an even sample of at
 * most four million pixels. */
bool cyto_histogram(const CytoPlane *plane, CytoHistogram *histogram, CytoJob *job, CytoError *err);

/* Linear between the whole percents. */
double cyto_histogram_percentile(const CytoHistogram *histogram, double percent);

/* Contrast from `low` to `high` percent (1 and 99 are usual), gamma 1, not inverted; a picture
 * whose two percentiles agree gets its whole range. */
CytoLevels cyto_histogram_auto(const CytoHistogram *histogram, double low, double high);
