/* Discrete Fourier transform of any length, f64, several signals at once. */
#pragma once
#include "../base/error.h"

typedef struct CytoComplex {
  double re, im;
} CytoComplex;

typedef struct CytoFft CytoFft; /* tables for one length; shared freely between threads */

CytoFft *cyto_fft_new(size_t n, CytoError *err); /* n >= 1 */
void cyto_fft_free(CytoFft *fft);                /* NULL is fine */

/* Values of scratch that a run needs for each signal. */
size_t cyto_fft_scratch(const CytoFft *fft);

/* In place X[k] = sum over j of x[j]·exp(−2πi jk/n) for `lanes` signals side by side: value j of
 * signal b is x[j*lanes + b]. The inverse is the conjugate of the transform of the conjugate,
 * divided by n. */
void cyto_fft_run(const CytoFft *fft, CytoComplex *x, CytoComplex *scratch, size_t lanes);
