/* Training of a small network on made-up nuclei. */
#include "seg/train-size.h"
#include "train-bench.h"

static void schedules(void) {
  CytoTrain o = {.learning_rate = 0.9, .n_epochs = 500};
  CHECK(cyto_train_rate(&o, 0, 0) == 0);
  CHECK_NEAR(cyto_train_rate(&o, 1, 0), 0.1, 1e-12);
  CHECK(cyto_train_rate(&o, 9, 0) == 0.9 && cyto_train_rate(&o, 399, 0) == 0.9);
  CHECK_NEAR(cyto_train_rate(&o, 400, 0), 0.45, 1e-12);
  CHECK_NEAR(cyto_train_rate(&o, 409, 0), 0.45, 1e-12);
  CHECK_NEAR(cyto_train_rate(&o, 410, 0), 0.225, 1e-12);
  CHECK_NEAR(cyto_train_rate(&o, 499, 0), 0.9 / 1024, 1e-12);
  o.n_epochs = 300;
  CHECK(cyto_train_rate(&o, 249, 0) == 0.9);
  CHECK_NEAR(cyto_train_rate(&o, 250, 0), 0.45, 1e-12);
  CHECK_NEAR(cyto_train_rate(&o, 299, 0), 0.9 / 1024, 1e-12);
  o.n_epochs = 100;
  CHECK(cyto_train_rate(&o, 99, 0) == 0.9);
  o.n_epochs = 4;
  CHECK_NEAR(cyto_train_rate(&o, 3, 0), 0.3, 1e-12);
  o.schedule = CYTO_SCHEDULE_COSINE;
  CHECK(cyto_train_rate(&o, 0, 0) == 0);
  CHECK_NEAR(cyto_train_rate(&o, 0, 0.03), 0.9, 1e-12);
  CHECK_NEAR(cyto_train_rate(&o, 0, 0.515), 0.45, 1e-12);
  CHECK_NEAR(cyto_train_rate(&o, 0, 1), 0, 1e-12);
}

static void loss_falls(void) {
  for (CytoOptimMethod method = CYTO_ADAMW; method <= CYTO_SGD; method++) {
    CYTO_CLEANUP(bench_clear) Bench bench;
    CytoTrained done;
    if (!bench_init(&bench, method))
      return;
    bench.options.n_epochs = 30;
    bench.options.validate_every = 29;
    bench.options.schedule = CYTO_SCHEDULE_COSINE;
    REQUIRE(run(&bench, true, false, &done, NULL));
    CHECK(done.end == CYTO_TRAIN_FINISHED && !done.has_checkpoint);
    CHECK(done.last.epoch == 29);
    size_t size = 0;
    CYTO_AUTOFREE uint8_t *log = NULL;
    read_file(&bench, ".csv", &log, &size);
    const char *row = log ? strchr((const char *)log, '\n') : NULL;
    double first = 0;
    CHECK(row && sscanf(row + 1, "0,%*[^,],%lf", &first) == 1);
    CHECKF(done.last.loss < 0.7 * first, "%s: loss %g, first %g",
           method == CYTO_SGD ? "SGD" : "AdamW", done.last.loss, first);
    printf("# %s: loss %.3f to %.3f, test loss %.3f, AP50 %.3f\n",
           method == CYTO_SGD ? "SGD" : "AdamW", first, done.last.loss, done.best.test_loss,
           done.best.ap[0]);
  }
}

/* Stopped at any moment and gone on with: the files of a run without a break. */
static void resumed_is_uninterrupted(void) {
  CYTO_CLEANUP(bench_clear) Bench whole;
  CytoTrained done;
  if (!bench_init(&whole, CYTO_ADAMW))
    return;
  whole.options.jitter = 0.2;
  whole.options.invert_share = 0.3;
  whole.options.blur = 1;
  REQUIRE(run(&whole, true, false, &done, NULL));
  static const size_t moments[] = {1, 2, 4, 5, 7, 9};
  for (size_t k = 0; k < sizeof moments / sizeof *moments; k++) {
    CYTO_CLEANUP(bench_clear) Bench parts;
    if (!bench_init(&parts, CYTO_ADAMW))
      return;
    CytoTrain options = whole.options;
    options.path = parts.path;
    parts.options = options;
    check_parts(&whole, &parts, moments[k], 1);
  }
}

static void threads_change_nothing(void) {
  CYTO_CLEANUP(bench_clear) Bench one;
  CYTO_CLEANUP(bench_clear) Bench three;
  if (bench_init(&one, CYTO_SGD) && bench_init(&three, CYTO_SGD))
    check_threads(&one, &three);
}

static void seeds_differ(void) {
  CYTO_CLEANUP(bench_clear) Bench one;
  CYTO_CLEANUP(bench_clear) Bench other;
  CytoTrained a, b;
  if (!bench_init(&one, CYTO_SGD) || !bench_init(&other, CYTO_SGD))
    return;
  other.options.seed = 1000;
  REQUIRE(run(&one, false, false, &a, NULL));
  REQUIRE(run(&other, false, false, &b, NULL));
  CHECK(a.last.loss != b.last.loss);
}

/* A rate that makes the weights overflow: training ends, the reason is told, a model is there. */
static void no_number_ends_it(void) {
  CYTO_CLEANUP(bench_clear) Bench bench;
  CytoTrained done;
  CytoWeights *weights = NULL;
  CytoError err = {0};
  if (!bench_init(&bench, CYTO_SGD))
    return;
  bench.options.learning_rate = 1e30;
  bench.options.n_epochs = 20;
  REQUIRE(run(&bench, false, false, &done, NULL));
  CHECK(done.end == CYTO_TRAIN_FAILED && done.reason[0]);
  printf("# %s\n", done.reason);
  REQUIREF(cyto_weights_read(bench.path, &weights, &err), "%s", err.text);
  for (size_t i = 0; i < weights->count; i++)
    if (weights->tensor[i].ndim == 4)
      CHECKF(isfinite(weights->tensor[i].data[0]), "%s", weights->tensor[i].name);
  cyto_weights_free(weights);
}

static void clock_ends_it(void) {
  CYTO_CLEANUP(bench_clear) Bench bench;
  CytoTrained done;
  if (!bench_init(&bench, CYTO_ADAMW))
    return;
  bench.options.n_epochs = 1000000;
  bench.options.schedule = CYTO_SCHEDULE_COSINE;
  bench.options.time_limit = 0.01;
  REQUIRE(run(&bench, true, false, &done, NULL));
  CHECK(done.end == CYTO_TRAIN_TIME_UP && done.has_checkpoint);
  CHECK(isfinite(done.last.test_loss) && done.best.epoch != SIZE_MAX);
}

static void models_hold_their_card(void) {
  CYTO_CLEANUP(bench_clear) Bench bench;
  CytoTrained done;
  CytoWeights *weights = NULL;
  CytoLayout layout;
  CytoError err = {0};
  if (!bench_init(&bench, CYTO_ADAMW))
    return;
  bench.options.about = "made-up nuclei";
  bench.options.n_epochs = 2;
  REQUIRE(run(&bench, true, false, &done, NULL));
  REQUIREF(cyto_weights_read(bench.path, &weights, &err), "%s", err.text);
  CHECK(cyto_weights_layout(weights, &layout, &err) && layout.levels == 3);
  CHECK(weights->diam_mean == 14 && weights->diam_labels > 10 && weights->diam_labels < 18);
  CHECK_STR(weights->name, "model");
  CHECK(weights->training && strstr(weights->training, "made-up nuclei; 5 images") &&
        strstr(weights->training, "AdamW, crops of 64 pixels, batch 2"));
  cyto_weights_free(weights);
}

static void what_makes_no_sense(void) {
  CYTO_CLEANUP(bench_clear) Bench bench;
  CytoTrained done;
  CytoError err = {0};
  if (!bench_init(&bench, CYTO_ADAMW))
    return;
  static const size_t crops[] = {0, 4, 66, 4096};
  for (size_t i = 0; i < 4; i++) {
    bench.options.crop = crops[i];
    CHECK(!cyto_train(bench.start, &bench.set, NULL, &bench.options, false, &done, NULL, &err));
    CHECKF(strstr(err.text, "(--crop) must be a multiple of 4"), "%s", err.text);
  }
  bench.options.crop = 64;
  CHECK(!cyto_train(bench.start, &bench.set, NULL, &bench.options, true, &done, NULL, &err));
  CHECKF(strstr(err.text, "model.checkpoint"), "%s", err.text);
  Stopper stopper = {.at = 2};
  bench.options.watch = stop_then;
  bench.options.watch_data = &stopper;
  REQUIRE(run(&bench, false, false, &done, &stopper.job));
  bench.options.batch_size = 3;
  CHECK(!cyto_train(bench.start, &bench.set, NULL, &bench.options, true, &done, NULL, &err));
  CHECKF(strstr(err.text, "cannot go on"), "%s", err.text);
  CytoJob poor = {.max_memory = 1000};
  CHECK(!cyto_train(bench.start, &bench.set, NULL, &bench.options, false, &done, &poor, &err));
  CHECKF(err.code == CYTO_ERROR_LIMIT && strstr(err.text, "--batch_size"), "%s", err.text);
  bench.options.path = "/nowhere/at/all/model";
  CHECK(!cyto_train(bench.start, &bench.set, NULL, &bench.options, false, &done, NULL, &err));
  CHECK(err.code == CYTO_ERROR_IO);
}

/* Steps without images would never end their epoch. */
static void checkpoint_that_cannot_be(void) {
  CYTO_CLEANUP(bench_clear) Bench bench;
  CytoTrained done;
  CytoWeights *weights = NULL;
  CytoError err = {0};
  if (!bench_init(&bench, CYTO_ADAMW))
    return;
  Stopper stopper = {.at = 2};
  bench.options.watch = stop_then;
  bench.options.watch_data = &stopper;
  REQUIRE(run(&bench, false, false, &done, &stopper.job));
  bench.options.watch = NULL;
  CYTO_AUTOFREE char *path = in_folder(bench.folder, "model.checkpoint");
  REQUIREF(cyto_weights_read(path, &weights, &err), "%s", err.text);
  char *seen = strstr(weights->training, "\nseen ");
  REQUIRE(seen && seen[6] != '0');
  for (seen += 6; *seen != '\n'; seen++)
    *seen = '0';
  REQUIREF(cyto_weights_write_safetensors(weights, path, CYTO_SAVE_F32, &err), "%s", err.text);
  cyto_weights_free(weights);
  CHECK(!cyto_train(bench.start, &bench.set, NULL, &bench.options, true, &done, NULL, &err));
  CHECKF(strstr(err.text, "damaged"), "%s", err.text);
}

static void another_head(void) {
  CytoLayout layout = {.levels = 2, .nbase = {1, 4, 8}, .nout = 2};
  CytoWeights *weights = NULL;
  CytoError err = {0};
  REQUIREF(cyto_weights_random(&layout, 5, &weights, &err), "%s", err.text);
  weights->diam_mean = 21;
  static const char first[] = "downsample.down.res_down_0.conv.conv_0.2.weight";
  float kept = cyto_weights_find(weights, first)->data[3];
  REQUIREF(cyto_train_with_head(&weights, 3, 6, &err), "%s", err.text);
  CHECK(cyto_weights_layout(weights, &layout, &err) && layout.nout == 3);
  CHECK(cyto_weights_find(weights, first)->data[3] == kept && weights->diam_mean == 21);
  const CytoWeights *same = weights;
  CHECK(cyto_train_with_head(&weights, 3, 7, &err) && weights == same);
  cyto_weights_free(weights);
}

/* The style of a random network tells large from small well enough for a regression. */
static void size_model(void) {
  CYTO_CLEANUP(bench_clear) Bench bench;
  CytoTrained done;
  CytoModel *model = NULL;
  CytoError err = {0};
  CytoSizeModel size = {0};
  CytoSizeTrain options = cyto_size_train_defaults();
  double correlation = 0;
  if (!bench_init(&bench, CYTO_ADAMW))
    return;
  options.crop = 128;
  bench.options.n_epochs = 2;
  REQUIRE(run(&bench, false, false, &done, NULL));
  REQUIREF(cyto_model_open(bench.path, false, &model, &err), "%s", err.text);
  REQUIREF(cyto_size_train(model, &bench.set, &options, &size, &correlation, NULL, &err), "%s",
           err.text);
  CHECK(size.n == 32 && size.diam_mean == 14);
  CHECKF(correlation > 0.2, "correlation %g", correlation);
  model->weights->size = size;
  CytoSizeScore score;
  REQUIREF(cyto_size_score(model, &bench.test, &score, NULL, &err), "%s", err.text);
  CHECK(score.images == bench.test.count && score.guess_error >= 0 && score.guess_error < 2);
  cyto_model_free(model);
}

int main(void) {
  return check_main((CheckTest[]){TEST(schedules),
                                  TEST(loss_falls),
                                  TEST(resumed_is_uninterrupted),
                                  TEST(threads_change_nothing),
                                  TEST(seeds_differ),
                                  TEST(no_number_ends_it),
                                  TEST(clock_ends_it),
                                  TEST(models_hold_their_card),
                                  TEST(what_makes_no_sense),
                                  TEST(checkpoint_that_cannot_be),
                                  TEST(another_head),
                                  TEST(size_model),
                                  {0}});
}
