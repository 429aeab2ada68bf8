/* Which images a call means, in the order they are worked on (algorithm.md §12.9, 13.3). */
#pragma once
#include "options.h"

typedef struct CliInputs {
  size_t count;
  char **path;
  char **refused; /* for each image NULL, or why it must not be worked on */
} CliInputs;

/* Files as named, folders listed by the rules of the options, nothing twice. An image whose results
 * would replace those of another, or an image, is refused. Error: nothing found, no such folder. */
bool cli_inputs_find(const CliSettings *settings, CliInputs *inputs, CytoError *err);
void cli_inputs_clear(CliInputs *inputs);
