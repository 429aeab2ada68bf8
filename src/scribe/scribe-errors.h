/* What the core says in English, with a sentence in the user's language before it. The core's own
 * words stay: they hold the names and numbers. */
#pragma once
#include "../cyto/base/error.h"
#include <glib.h>

/* Explanation, what the core says, what to do: lines of one text; g_free it. */
char *scribe_error_text(const CytoError *err);
/* The same for a warning of a job. In English the core's sentence says it all. */
char *scribe_warning_text(const char *text);
