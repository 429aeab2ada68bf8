/* Normalisation against the reference vectors, for both ways of doing it. */
#pragma once
#include "check.h"
#include "npy.h"
#include "pix/normalize.h"

/* Normalises the reference picture; the largest difference from `file` is at most `bound`. */
static inline void normalizes_like(const CytoNormalize *options, const char *file, double bound) {
  const char *path = reference_path("normalize", "x.npy");
  if (!path)
    SKIP("no reference vectors");
  Npy npy = npy_load(path), expected = npy_load(reference_path("normalize", file));
  float *x = npy_f32(&npy);
  CytoError err = {0};
  REQUIREF(cyto_normalize(x, 1, npy.shape[0], npy.shape[1], options, NULL, &err), "%s", err.text);
  double worst = 0;
  for (size_t i = 0; i < npy.count; i++)
    worst = fmax(worst, fabs((double)x[i] - npy_at(&expected, i)));
  printf("# largest difference %.2g\n", worst);
  CHECK(worst <= bound);
  free(x);
  npy_free(&npy);
  npy_free(&expected);
}
