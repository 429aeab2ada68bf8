/* bench-train THREADS: seconds of a training step of 8 crops of 112² and of 224², once for every
 * line of input, after one step that warms up; and the peak memory in MB. */
#include "base/parallel.h"
#include "net/trainer.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { CROPS = 8, SIDES = 2 };

static CytoError err;

static void need(bool ok, const char *what) {
  if (ok)
    return;
  fprintf(stderr, "bench-train: %s: %s\n", what, err.text);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Values between 0 and 1 without a pattern. */
static float *values(size_t count) {
  float *x = malloc(count * sizeof *x);
  need(x != NULL, "allocation");
  for (uint32_t i = 0; i < count; i++)
    x[i] = (float)(i * 2654435761u >> 12 & 0xfff) / 4095.0f;
  return x;
}

static CytoBatch batch_of(size_t side) {
  return (CytoBatch){values(CROPS * 2 * side * side), values(CROPS * 3 * side * side), CROPS, side,
                     side};
}

static CytoTrainer *new_trainer(void) {
  const CytoLayout layout = {.levels = 4, .nbase = {2, 32, 64, 128, 256}, .nout = 3};
  const CytoOptim optim = cyto_optim_defaults(CYTO_ADAMW);
  CytoWeights *start = NULL;
  CytoTrainer *trainer = NULL;
  need(cyto_weights_random(&layout, 1, &start, &err), "weights");
  need(cyto_trainer_new(start, &optim, &trainer, &err), "trainer");
  cyto_weights_free(start);
  return trainer;
}

static double step(CytoTrainer *trainer, const CytoBatch *batch, CytoJob *job) {
  double loss, before = now();
  need(cyto_trainer_step(trainer, batch, 1e-4, &loss, job, &err), "step");
  return now() - before;
}

int main(int argc, char **argv) {
  static const size_t sides[SIDES] = {112, 224};
  if (argc != 2)
    return fputs("usage: bench-train THREADS\n", stderr), 2;
  CytoJob job = {.pool = cyto_pool_new((unsigned)strtoul(argv[1], NULL, 10), &err)};
  CytoTrainer *trainer[SIDES];
  CytoBatch batch[SIDES];
  need(job.pool != NULL, "threads");
  for (int i = 0; i < SIDES; i++) {
    trainer[i] = new_trainer();
    batch[i] = batch_of(sides[i]);
    step(trainer[i], &batch[i], &job);
  }
  while (getchar() != EOF) {
    struct rusage usage;
    for (int i = 0; i < SIDES; i++)
      printf("%zu ours %.5f\n", sides[i], step(trainer[i], &batch[i], &job));
    getrusage(RUSAGE_SELF, &usage);
    printf("peak MB %ld\nround\n", usage.ru_maxrss / 1024);
    fflush(stdout);
  }
  for (int i = 0; i < SIDES; i++) {
    cyto_trainer_free(trainer[i]);
    free((void *)batch[i].x);
    free((void *)batch[i].labels);
  }
  cyto_pool_free(job.pool);
  return 0;
}
