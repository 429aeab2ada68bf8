/* The losses of Cellpose (algorithm.md §9.1) and of basic U-Nets (§15.3), and their gradients. */
#pragma once
#include "../base/job.h"

/* y (N,H,W,3): flows Y and X, logit; labels (N,3,H,W): inside 0/1, flow Y, flow X. grad like y, or
 * NULL. Summed image by image, so that threads do not matter; NAN when the job was cancelled. */
double cyto_flow_loss(const float *y, const float *labels, size_t n, size_t pixels, float *grad,
                      CytoJob *job);

/* y (N,H,W,classes); labels (N,H,W): the class of each pixel. With two classes or more softmax
 * cross entropy times 8/classes; with one, a logit, binary cross entropy plus `dice` times 1 -
 * Dice. */
double cyto_class_loss(const float *y, const float *labels, size_t n, size_t pixels, size_t classes,
                       double dice, float *grad, CytoJob *job);
