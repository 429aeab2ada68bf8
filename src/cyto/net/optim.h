/* One update of an optimiser as PyTorch does it (algorithm.md §9.2). */
#pragma once
#include "trainer.h"

/* value (count) takes in grad with learning rate `rate`; first and second are the moments (SGD:
 * momentum in first, second unused), step counts from 1. */
void cyto_optim_update(const CytoOptim *optim, double rate, double step, const float *grad,
                       float *first, float *second, float *value, size_t count);
