/* How long the main loop kept a clock waiting: the longest gap between two ticks that were due five
 * milliseconds apart. For tests and for measuring; it runs only once it is asked for. */
#pragma once
#include <glib.h>

typedef struct ScribeStall ScribeStall;

ScribeStall *scribe_stall_new(void);
void scribe_stall_free(ScribeStall *stall);
void scribe_stall_reset(ScribeStall *stall);     /* begins, or begins anew */
double scribe_stall_longest(ScribeStall *stall); /* milliseconds; 0 = not begun */
