/* Training of U-Nets without flows on made-up nuclei. */
#include "flow/metrics.h"
#include "seg/model.h"
#include "seg/segment.h"
#include "seg/thresholds.h"
#include "seg/train-private.h"
#include "train-bench.h"
#include <math.h>

static const CytoNetKind kinds[] = {CYTO_NET_UNET2, CYTO_NET_UNET3, CYTO_NET_SEMANTIC};
enum { KINDS = 3 };

static size_t outputs(CytoNetKind kind) {
  return kind == CYTO_NET_SEMANTIC ? 1 : kind == CYTO_NET_UNET2 ? 2 : 3;
}

/* As bench_init, for a U-Net; every fourth of 12 images is held out. */
static bool basic_init(Bench *bench, CytoNetKind kind) {
  CytoLayout layout = {.basic = 1, .levels = 3, .nbase = {2, 16, 16, 32}, .nout = outputs(kind)};
  CytoError err = {0};
  *bench = (Bench){.folder = make_folder()};
  for (int i = 0; i < 12; i++)
    write_nuclei(bench->folder, (char[]){(char)('a' + i), 0}, (uint64_t)i, 25, true);
  const char *const list[] = {bench->folder};
  CytoTrainSource source = source_of(list);
  source.keep_labels = true;
  source.classes = layout.nout;
  bool good = cyto_weights_random(&layout, 1, &bench->start, &err) &&
              cyto_train_set_read(&source, &bench->set, NULL, &err) &&
              cyto_train_set_hold_every(&bench->set, 4, &bench->test, &err);
  CHECKF(good, "%s", err.text);
  bench->path = in_folder(bench->folder, "model");
  bench->options = cyto_train_defaults(CYTO_ADAMW);
  bench->options.learning_rate = 3e-3;
  bench->options.n_epochs = 4;
  bench->options.batch_size = 2;
  bench->options.crop = 64;
  bench->options.validate_every = 2;
  bench->options.path = bench->path;
  if (good)
    bench->start->diam_mean = 14;
  return good;
}

/* The model as it is on disk, on an image of the test set. */
static void segment_with(const Bench *bench, CytoNetKind kind, double dice) {
  CytoModel *model = NULL;
  CytoError err = {0};
  const CytoTrainImage *image = &bench->test.image[0];
  REQUIREF(cyto_model_open(bench->path, false, &model, &err), "%s", err.text);
  CHECK(cyto_model_kind(model) == kind);
  CHECK(model->weights->has_thresholds == (kind != CYTO_NET_SEMANTIC));
  CytoImage *picture = cyto_image_new(CYTO_F32, 1, 1, 1, image->ny, image->nx, &err);
  memcpy(picture->data, image->x, image->ny * image->nx * sizeof(float));
  CytoSegment options = cyto_segment_defaults();
  CytoSegmented result;
  options.diameter = image->diameter;
  REQUIREF(cyto_segment(model, picture, &options, &result, NULL, &err), "%s", err.text);
  double found = cyto_foreground_dice(image->labels, result.labels.data, image->ny * image->nx);
  printf("# %s: %u cells of %u, Dice %.3f\n", cyto_net_name(kind), result.count[0], image->masks,
         found);
  CHECK(found > dice && result.count[0] > image->masks / 2);
  CHECK(!result.flow && result.score);
  cyto_segmented_clear(&result);
  options.augment = true;
  REQUIREF(cyto_segment(model, picture, &options, &result, NULL, &err), "%s", err.text);
  found = cyto_foreground_dice(image->labels, result.labels.data, image->ny * image->nx);
  CHECKF(found > dice, "Dice %g with flipped tiles", found);
  cyto_segmented_clear(&result);
  options.drop_flow = true;
  options.cellprob_threshold = 50;
  REQUIREF(cyto_segment(model, picture, &options, &result, NULL, &err), "%s", err.text);
  CHECK(result.count[0] == 0 && !result.score);
  cyto_segmented_clear(&result);
  cyto_image_unref(picture);
  cyto_model_free(model);
}

static void every_kind_learns(void) {
  for (int k = 0; k < KINDS; k++) {
    CYTO_CLEANUP(bench_clear) Bench bench;
    CytoTrained done;
    if (!basic_init(&bench, kinds[k]))
      return;
    CHECK(bench.set.count == 9 && bench.test.count == 3);
    bench.options.n_epochs = 24;
    bench.options.validate_every = 23;
    bench.options.dice = 0.5;
    bench.options.schedule = CYTO_SCHEDULE_COSINE;
    REQUIRE(run(&bench, true, false, &done, NULL));
    CHECK(done.end == CYTO_TRAIN_FINISHED && !done.early && !done.has_checkpoint);
    printf("# %s: loss %.3f, test loss %.3f, AP50 %.3f, AP75 %.3f, Dice %.3f\n",
           cyto_net_name(kinds[k]), done.last.loss, done.best.test_loss, done.best.ap[0],
           done.best.ap[1], done.best.dice);
    CHECK(done.best.dice > 0.85 && done.best.ap[0] > (kinds[k] == CYTO_NET_UNET3 ? 0.7 : 0.4));
    segment_with(&bench, kinds[k], 0.8);
  }
}

static void threads_change_nothing(void) {
  CYTO_CLEANUP(bench_clear) Bench one;
  CYTO_CLEANUP(bench_clear) Bench three;
  if (basic_init(&one, CYTO_NET_UNET3) && basic_init(&three, CYTO_NET_UNET3))
    check_threads(&one, &three);
}

static void resumed_is_uninterrupted(void) {
  for (int k = 1; k < KINDS; k++) {
    CYTO_CLEANUP(bench_clear) Bench whole;
    CYTO_CLEANUP(bench_clear) Bench parts;
    CytoTrained done;
    if (!basic_init(&whole, kinds[k]) || !basic_init(&parts, kinds[k]))
      return;
    REQUIRE(run(&whole, true, false, &done, NULL));
    check_parts(&whole, &parts, 4, 2);
  }
}

/* With steps of no size no test is better than the first. */
static void training_ends_when_nothing_gets_better(void) {
  CYTO_CLEANUP(bench_clear) Bench bench;
  CytoTrained done;
  if (!basic_init(&bench, CYTO_NET_SEMANTIC))
    return;
  bench.options.n_epochs = 50;
  bench.options.validate_every = 1;
  bench.options.learning_rate = 0;
  bench.options.patience = 3;
  REQUIRE(run(&bench, true, false, &done, NULL));
  CHECK(done.end == CYTO_TRAIN_FINISHED && done.early && !done.has_checkpoint);
  CHECKF(done.last.epoch == done.best.epoch + 3, "best %zu, last %zu", done.best.epoch,
         done.last.epoch);
  CHECK(done.last.epoch < 49);
}

static void images_of_another_kind_are_refused(void) {
  CYTO_CLEANUP(bench_clear) Bench bench;
  CytoTrained done;
  CytoError err = {0};
  if (!basic_init(&bench, CYTO_NET_UNET2))
    return;
  bench.set.classes = 0;
  CHECK(!cyto_train(bench.start, &bench.set, NULL, &bench.options, false, &done, NULL, &err));
  CHECKF(strstr(err.text, "unet2"), "%s", err.text);
}

/* Classes of a crop: cell where the mask is, boundary by the distance in pixels of the crop. */
static void crops_show_classes(void) {
  CYTO_CLEANUP(bench_clear) Bench bench;
  CytoError err = {0};
  CytoFeed *feed = NULL;
  CytoBatch batch;
  size_t number[3] = {0};
  if (!basic_init(&bench, CYTO_NET_UNET3))
    return;
  for (size_t i = 0; i < bench.set.count; i++)
    CHECK(bench.set.image[i].distance && !bench.set.image[i].flows);
  bench.options.batch_size = 9;
  REQUIREF(cyto_feed_new(&bench.set, &bench.options, 2, 14, false, &feed, &err), "%s", err.text);
  REQUIRE(cyto_feed_begin(feed, 3, 0, &err) && cyto_feed_next(feed, &batch, &err));
  REQUIRE(batch.n == 9);
  for (size_t i = 0; i < 9 * 64 * 64; i++) {
    float label = batch.labels[i];
    REQUIREF(label == 0 || label == 1 || label == 2, "label %g", (double)label);
    number[(size_t)label]++;
    /* from the background to the inside there is boundary between */
    bool right = i % 64 < 63, one = label == 0 && right && batch.labels[i + 1] == 1;
    CHECK(!one);
  }
  printf("# %zu background, %zu cell, %zu boundary\n", number[0], number[1], number[2]);
  CHECK(number[1] > 500 && number[2] > 1000);
  cyto_feed_free(feed);
}

static void one_image_is_not_parted(void) {
  CytoTrainImage image = {.ny = 1};
  CytoTrainSet set = {1, &image, 0, 3}, held = {0};
  CytoError err = {0};
  CHECK(cyto_train_set_hold_every(&set, 8, &held, &err) && set.count == 1 && held.count == 0);
}

/* ---- files of thresholds ---- */

static void thresholds_lie_beside_the_model(void) {
  CytoLayout layout = {.basic = 1, .levels = 2, .nbase = {2, 8, 8}, .nout = 3};
  CytoError err = {0};
  CytoWeights *weights = NULL, *back = NULL;
  char *folder = make_folder(), *path = in_folder(folder, "net.pth");
  char *beside = in_folder(folder, "net.pth_cell_boundary_threshold.npy");
  REQUIRE(cyto_weights_random(&layout, 1, &weights, &err));
  CHECK(cyto_thresholds_write_beside(path, weights, &err) && !cyto_path_exists(beside));
  weights->has_thresholds = true;
  weights->cell_threshold = -2.5;
  weights->boundary_threshold = 1;
  REQUIREF(cyto_weights_write_torch(weights, path, &err) &&
               cyto_thresholds_write_beside(path, weights, &err),
           "%s", err.text);
  CytoModel *model = NULL;
  REQUIREF(cyto_model_open(path, false, &model, &err), "%s", err.text);
  CHECK(model->weights->has_thresholds && model->weights->cell_threshold == -2.5 &&
        model->weights->boundary_threshold == 1);
  cyto_model_free(model);
  static const char *const bad[] = {"", "\x93NUMPY\1\0\x0a\0{'descr'}", "text"};
  for (size_t i = 0; i < 3; i++) {
    REQUIRE(cyto_file_write(beside, bad[i], i == 1 ? 19 : strlen(bad[i]), &err));
    CHECK(!cyto_model_open(path, false, &model, &err));
    CHECKF(strstr(err.text, "cell_boundary_threshold"), "%s", err.text);
  }
  REQUIRE(cyto_weights_read(path, &back, &err) && !back->has_thresholds);
  cyto_weights_free(back);
  cyto_weights_free(weights);
  free(beside);
  free(path);
  remove_folder(folder);
}

int main(void) {
  return check_main((CheckTest[]){TEST(every_kind_learns),
                                  TEST(threads_change_nothing),
                                  TEST(resumed_is_uninterrupted),
                                  TEST(training_ends_when_nothing_gets_better),
                                  TEST(images_of_another_kind_are_refused),
                                  TEST(crops_show_classes),
                                  TEST(one_image_is_not_parted),
                                  TEST(thresholds_lie_beside_the_model),
                                  {0}});
}
