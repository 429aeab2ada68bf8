/* The loss of Cellpose (algorithm.md §9.1) and its gradient. */
#pragma once
#include "../base/job.h"

/* y (N,H,W,3): flows Y and X, logit; labels (N,3,H,W): inside 0/1, flow Y, flow X. grad like y, or
 * NULL. Summed image by image, so that threads do not matter; NAN when the job was cancelled. */
double cyto_flow_loss(const float *y, const float *labels, size_t n, size_t pixels, float *grad,
                      CytoJob *job);
