/* Pixels that meet are one cell (algorithm.md §5.7). */
#pragma once
#include "follow.h"

/* labels (ny,nx) is written whole: 0 or 1..*n in order of first appearance. Labels with more than
 * max_size_fraction × ny·nx pixels are dropped (default 0.4; the v3.1 rules, tie order of §5.7a).
 */
bool cyto_cluster(const CytoTracks *tracks, size_t ny, size_t nx, double max_size_fraction,
                  uint32_t *labels, uint32_t *n, CytoJob *job, CytoError *err);
