/* bench-core machine THREADS | layers | network MODEL THREADS | road MODEL SIDE THREADS |
 * picture SIDE FILE.npy */
#include "bench-core.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double bench_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void bench_need(bool ok, const char *what, const CytoError *err) {
  if (ok)
    return;
  fprintf(stderr, "bench-core: %s: %s\n", what, err ? err->text : "failed");
  exit(1);
}

void bench_print(const char *group, const char *name, double value, const char *unit) {
  printf("%s\t%s\t%.9g\t%s\n", group, name, value, unit);
  fflush(stdout);
}

double bench_best(void (*body)(void *context), void *context, double seconds) {
  double best = 1e9, start = bench_now();
  for (int runs = 0; runs < 3 || bench_now() - start < seconds; runs++) {
    double before = bench_now();
    body(context);
    double taken = bench_now() - before;
    best = taken < best ? taken : best;
  }
  return best;
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  if (argc == 3 && strcmp(what, "machine") == 0)
    bench_machine((unsigned)strtoul(argv[2], NULL, 10));
  else if (argc == 2 && strcmp(what, "layers") == 0)
    bench_layers();
  else if (argc == 4 && strcmp(what, "network") == 0)
    bench_network(argv[2], (unsigned)strtoul(argv[3], NULL, 10));
  else if (argc == 5 && strcmp(what, "road") == 0)
    bench_road(argv[2], strtoul(argv[3], NULL, 10), (unsigned)strtoul(argv[4], NULL, 10));
  else if (argc == 4 && strcmp(what, "picture") == 0)
    bench_picture(strtoul(argv[2], NULL, 10), argv[3]);
  else
    return fputs("usage: bench-core machine THREADS | layers | network MODEL THREADS | "
                 "road MODEL SIDE THREADS | picture SIDE FILE.npy\n",
                 stderr),
           2;
  return 0;
}
