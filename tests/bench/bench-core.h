/* Timings of the core, printed as lines "name<TAB>value<TAB>unit" for bench.py. */
#pragma once
#include "base/parallel.h"
#include <stddef.h>

double bench_now(void);
/* Ends the program with what and why when something cannot be measured at all. */
void bench_need(bool ok, const char *what, const CytoError *err);
void bench_print(const char *group, const char *name, double value, const char *unit);

/* Seconds of the best of several rounds; at least three, then until `seconds` are spent. */
double bench_best(void (*body)(void *context), void *context, double seconds);

void bench_machine(unsigned threads);
void bench_layers(void);
void bench_network(const char *model, unsigned threads);
void bench_road(const char *model, size_t side, unsigned threads);
/* Writes the picture of the road as an array and prints its share of foreground. */
void bench_picture(size_t side, const char *path);
