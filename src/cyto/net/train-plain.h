/* Rows of activated input with a border of zeros, as plain sums read them. */
#pragma once
#include "train-conv.h"

typedef struct CytoPlainRows {
  size_t image, first, count, border;
} CytoPlainRows;

size_t cyto_plain_rows(size_t w, size_t channels); /* even */
void cyto_plain_load(const CytoTrainKernel *train, const CytoTrainIn *in, size_t channels,
                     const CytoPlainRows *rows, float *out);
