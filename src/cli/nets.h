/* The kinds of networks, in words. */
#pragma once
#include "options.h"

/* "flows, as Cellpose", "U-Net with the classes background and cell", … */
const char *cli_net_words(CytoNetKind kind);
/* Says which of the options that were given such a model does not look at. */
void cli_say_unused(const CliSettings *settings, const CytoModel *model);
