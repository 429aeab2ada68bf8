/* Normalisation by local percentiles (algorithm.md §3.5). */
#pragma once
#include "normalize.h"

/* In place on x (C,Y,X): every pixel by the two percentiles of its neighbourhood, interpolated
 * between overlapping tiles of options->tile_blocksize. A channel without contrast in any tile
 * stays as it is. Also inverts when asked; NaN and infinite pixels become 0. */
bool cyto_normalize_tiles(float *x, size_t nc, size_t ny, size_t nx, const CytoNormalize *options,
                          CytoJob *job, CytoError *err);
