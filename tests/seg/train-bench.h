/* A small network and a folder of made-up nuclei, for runs of a second. */
#pragma once
#include "base/parallel.h"
#include "seg/train.h"
#include "train-help.h"

static inline CytoWeights *small_network(void) {
  CytoLayout layout = {.levels = 3, .nbase = {2, 8, 16, 32}, .nout = 3};
  CytoWeights *weights = NULL;
  CytoError err = {0};
  if (!cyto_weights_random(&layout, 1, &weights, &err))
    abort();
  weights->diam_mean = 14;
  return weights;
}

/* A folder of images, its set, and options for runs of a second. */
typedef struct Bench {
  char *folder, *path;
  CytoWeights *start;
  CytoTrainSet set, test;
  CytoTrain options;
} Bench;

static inline bool bench_init(Bench *bench, CytoOptimMethod method) {
  CytoError err = {0};
  *bench = (Bench){.folder = make_folder(), .start = small_network()};
  for (int i = 0; i < 7; i++)
    write_nuclei(bench->folder, (char[]){(char)('a' + i), 0}, (uint64_t)i, 25, true);
  const char *const list[] = {bench->folder};
  CytoTrainSource source = source_of(list);
  source.keep_labels = true;
  bool good = cyto_train_set_read(&source, &bench->set, NULL, &err) &&
              cyto_train_set_hold_out(&bench->set, 0.3, 1, &bench->test, &err);
  bench->path = in_folder(bench->folder, "model");
  bench->options = cyto_train_defaults(method);
  bench->options.learning_rate = method == CYTO_SGD ? 0.05 : 2e-3;
  bench->options.n_epochs = 6;
  bench->options.batch_size = 2;
  bench->options.crop = 64;
  bench->options.validate_every = 3;
  bench->options.path = bench->path;
  CHECKF(good, "%s", err.text);
  return good;
}

static inline void bench_clear(Bench *bench) {
  cyto_train_set_clear(&bench->set);
  cyto_train_set_clear(&bench->test);
  cyto_weights_free(bench->start);
  free(bench->path);
  remove_folder(bench->folder);
}

static inline bool run(Bench *bench, bool tested, bool resume, CytoTrained *done, CytoJob *job) {
  CytoError err = {0};
  bool good = cyto_train(bench->start, &bench->set, tested ? &bench->test : NULL, &bench->options,
                         resume, done, job, &err);
  CHECKF(good, "%s", err.text);
  return good;
}

static inline void read_file(const Bench *bench, const char *ending, uint8_t **data, size_t *size) {
  char path[600];
  CytoError err = {0};
  snprintf(path, sizeof path, "%s%s", bench->path, ending);
  CHECKF(cyto_file_read(path, 0, data, size, &err), "%s", err.text);
}

static inline void check_same_file(const Bench *a, const Bench *b, const char *ending) {
  size_t na = 0, nb = 1;
  CYTO_AUTOFREE uint8_t *x = NULL;
  CYTO_AUTOFREE uint8_t *y = NULL;
  read_file(a, ending, &x, &na);
  read_file(b, ending, &y, &nb);
  CHECKF(x && y && na == nb && memcmp(x, y, na) == 0, "model%s differs", ending);
}

/* Cancels at the n-th call of the watch. */
typedef struct Stopper {
  CytoJob job;
  size_t calls, at;
} Stopper;

static inline void stop_then(void *data, const CytoTrainNow *now) {
  (void)now;
  Stopper *stopper = data;
  if (++stopper->calls == stopper->at)
    atomic_store(&stopper->job.cancel, 1);
}

static inline void check_same_models(const Bench *a, const Bench *b) {
  check_same_file(a, b, "");
  check_same_file(a, b, "_last");
}

/* One thread and three: the same files. */
static inline void check_threads(Bench *one, Bench *three) {
  CytoTrained done;
  CytoError err = {0};
  CytoJob job = {.pool = cyto_pool_new(3, &err)};
  REQUIRE(run(one, true, false, &done, NULL));
  REQUIRE(run(three, true, false, &done, &job));
  cyto_pool_free(job.pool);
  check_same_models(one, three);
}

/* Trains with a break at the call `moment` of the watch, and a later one each time it goes on; the
 * files are those of `whole`. least: the breaks there must have been. */
static inline void check_parts(const Bench *whole, Bench *parts, size_t moment, size_t least) {
  CytoTrained done;
  size_t stops = 0;
  for (bool resume = false; stops < 40; resume = true, stops++) {
    Stopper stopper = {.at = moment + stops / 2}; /* a test must be let through in the end */
    parts->options.watch = stop_then;
    parts->options.watch_data = &stopper;
    REQUIRE(run(parts, true, resume, &done, &stopper.job));
    if (done.end == CYTO_TRAIN_FINISHED)
      break;
    REQUIREF(done.end == CYTO_TRAIN_STOPPED && done.has_checkpoint, "%s", done.reason);
  }
  CHECKF(done.end == CYTO_TRAIN_FINISHED && stops >= least, "end %d after %zu stops", done.end,
         stops);
  check_same_models(whole, parts);
}
