/* The batch: the model is opened once, then images are worked on one after the other. */
#pragma once
#include "inputs.h"

/* Returns the exit code. An image that fails is noted and the others go on. */
int cli_run(const CliSettings *settings, const CliInputs *inputs);

/* The limit that holds when none is given: three quarters of the machine's memory. */
size_t cli_memory_limit(const CliSettings *settings);
