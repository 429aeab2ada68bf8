/* How long the main loop kept a clock waiting: the longest gap between two ticks that were due five
 * milliseconds apart, and the most work done in such a gap, which other programs do not lengthen.
 * For tests and for measuring; it runs only once it is asked for. */
#pragma once
#include <glib.h>

typedef struct ScribeStall ScribeStall;

ScribeStall *scribe_stall_new(void);
void scribe_stall_free(ScribeStall *stall);
void scribe_stall_reset(ScribeStall *stall); /* begins, or begins anew */
/* Milliseconds, 0 = not begun. A gap that has not ended yet counts. */
double scribe_stall_longest(ScribeStall *stall);
double scribe_stall_work(ScribeStall *stall); /* processor time of the main thread */
