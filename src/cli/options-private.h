/* Shared by the files of the option family alone. */
#pragma once
#include "options.h"

/* Writes the value of an option into its field (CLI_SET), after checking it whatever the effect.
 * second is the other value of a CLI_PAIR, else NULL. */
bool cli_store(const CliOption *option, const char *text, const char *second, CliSettings *settings,
               CytoError *err);

/* Whether text says the same as the option's default. */
bool cli_is_default(const CliOption *option, const char *text);

/* What single values cannot tell: pairs in order, options that exclude each other. */
bool cli_check(const CliSettings *settings, CytoStr *notes, CytoError *err);
