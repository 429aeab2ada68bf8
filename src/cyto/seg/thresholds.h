/* Cellpose's <model>_cell_boundary_threshold.npy beside a U-Net (algorithm.md §15.2). */
#pragma once
#include "../net/weights.h"

/* Takes the thresholds of the file beside a model where the model itself has none; a model without
 * classes has no such file. */
bool cyto_thresholds_read_beside(const char *model, CytoWeights *weights, CytoError *err);
/* Writes that file; nothing for weights without thresholds. */
bool cyto_thresholds_write_beside(const char *model, const CytoWeights *weights, CytoError *err);
