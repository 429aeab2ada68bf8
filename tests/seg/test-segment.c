/* The road on images of our own generator: what it finds, that threads change no bit, and that odd
 * images and options end in labels or in a clear sentence. */
#include "base/parallel.h"
#include "check.h"
#include "flow/metrics.h"
#include "seg/segment.h"
#include "seg/size.h"
#include "synth.h"

static CytoModel *open_nuclei(void) {
  CytoModel *model = NULL;
  CytoError err = {0};
  if (!cyto_model_open("nuclei", false, &model, &err))
    printf("# nuclei: %s\n", err.text);
  return model;
}

static CytoImage *new_image(CytoDtype dtype, size_t planes, size_t ny, size_t nx) {
  CytoError err = {0};
  CytoImage *image = cyto_image_new(dtype, 1, planes, 1, ny, nx, &err);
  memset(image->data, 0, planes * ny * nx * cyto_dtype_size(dtype));
  return image;
}

/* planes × 256×256 nuclei; labels may be NULL. */
static CytoImage *synthetic(size_t planes, uint32_t *labels) {
  CytoImage *image = new_image(CYTO_U16, planes, 256, 256);
  uint32_t *truth = malloc(256 * 256 * sizeof *truth);
  for (size_t z = 0; z < planes; z++) {
    SynthOptions options = synth_defaults(7 + z);
    synth_nuclei(&options, (uint16_t *)image->data + z * 256 * 256, labels ? labels : truth);
  }
  free(truth);
  return image;
}

static void nuclei_are_found(void) {
  CytoModel *model = open_nuclei();
  REQUIRE(model != NULL);
  uint32_t *truth = malloc(256 * 256 * sizeof *truth);
  CytoImage *image = synthetic(1, truth);
  CytoError err = {0};
  for (int estimate = 0; estimate < 2; estimate++) {
    CytoSegment options = cyto_segment_defaults();
    options.diameter = estimate ? 0 : 24;
    CytoSegmented made = {0};
    REQUIREF(cyto_segment(model, image, &options, &made, NULL, &err), "%s", err.text);
    CytoScore score;
    REQUIRE(cyto_average_precision(truth, made.labels.data, 256, 256, (double[]){0.5}, 1, &score,
                                   &err));
    printf("# diameter %.1f (guess %.1f): %u cells, AP@0.5 %.3f\n", made.diameter[0],
           made.diameter_style, made.count[0], score.ap);
    CHECK(score.ap >= 0.8);
    CHECK(made.count[0] == cyto_labels_max(&made.labels));
    CHECK(made.diameter[0] > 16 && made.diameter[0] < 36);
    CHECK((made.diameter_style > 0) == estimate);
    cyto_segmented_clear(&made);
  }
  cyto_image_unref(image);
  cyto_model_free(model);
  free(truth);
}

static void threads_change_no_bit(void) {
  CytoModel *model = open_nuclei();
  REQUIRE(model != NULL);
  CytoImage *image = synthetic(1, NULL);
  CytoError err = {0};
  CytoSegmented one = {0};
  for (unsigned threads = 1; threads <= 3; threads++) {
    CytoJob job = {.pool = cyto_pool_new(threads, &err)};
    CytoSegment options = cyto_segment_defaults();
    options.diameter = 0;
    options.normalize.tile_blocksize = 100;
    options.normalize.sharpen_radius = 3;
    CytoSegmented made = {0};
    REQUIREF(cyto_segment(model, image, &options, &made, &job, &err), "%s", err.text);
    if (threads == 1) {
      one = made;
    } else {
      CHECK(memcmp(one.labels.data, made.labels.data, 256 * 256 * sizeof(uint32_t)) == 0);
      CHECK(memcmp(one.flow, made.flow, 3 * 256 * 256 * sizeof(float)) == 0);
      CHECK(memcmp(one.style, made.style, made.style_size * sizeof(float)) == 0);
      CHECK(one.diameter[0] == made.diameter[0]);
      cyto_segmented_clear(&made);
    }
    cyto_pool_free(job.pool);
  }
  CHECK(one.count[0] > 10);
  cyto_segmented_clear(&one);
  cyto_image_unref(image);
  cyto_model_free(model);
}

static void planes_of_a_stack_are_runs_of_their_own(void) {
  CytoModel *model = open_nuclei();
  REQUIRE(model != NULL);
  enum { PIXELS = 256 * 256 };
  CytoImage *stack = synthetic(2, NULL);
  CytoError err = {0};
  CytoSegment options = cyto_segment_defaults();
  CytoSegmented all = {0};
  REQUIREF(cyto_segment(model, stack, &options, &all, NULL, &err), "%s", err.text);
  for (size_t z = 0; z < 2; z++) {
    CytoImage *plane = new_image(CYTO_U16, 1, 256, 256);
    memcpy(plane->data, (uint16_t *)stack->data + z * PIXELS, PIXELS * 2);
    CytoSegmented one = {0};
    REQUIRE(cyto_segment(model, plane, &options, &one, NULL, &err));
    CHECK(memcmp(one.labels.data, all.labels.data + z * PIXELS, PIXELS * 4) == 0);
    CHECK(memcmp(one.flow, all.flow + z * 3 * PIXELS, 3 * PIXELS * 4) == 0);
    CHECK(one.count[0] == all.count[z] && one.count[0] > 10);
    cyto_segmented_clear(&one);
    cyto_image_unref(plane);
  }
  cyto_segmented_clear(&all);
  options.drop_flow = true;
  REQUIRE(cyto_segment(model, stack, &options, &all, NULL, &err));
  CHECK(all.flow == NULL);
  cyto_segmented_clear(&all);
  cyto_image_unref(stack);
  cyto_model_free(model);
}

static void odd_images_give_no_cells_and_no_crash(void) {
  CytoModel *model = open_nuclei();
  REQUIRE(model != NULL);
  static const size_t sizes[][2] = {{1, 1}, {1, 300}, {7, 9}, {230, 3}, {64, 64}};
  CytoError err = {0};
  for (size_t i = 0; i < 5; i++)
    for (int kind = 0; kind < 3; kind++) { /* zero, constant, all NaN */
      CytoImage *image = new_image(CYTO_F32, 1, sizes[i][0], sizes[i][1]);
      float *pixels = image->data;
      for (size_t k = 0; k < sizes[i][0] * sizes[i][1]; k++)
        pixels[k] = kind == 2 ? NAN : (float)kind * 3;
      for (int variant = 0; variant < 3; variant++) {
        CytoSegment options = cyto_segment_defaults();
        options.diameter = variant ? 30 : 0;
        options.augment = variant == 2;
        CytoSegmented made = {0};
        CHECKF(cyto_segment(model, image, &options, &made, NULL, &err), "%s", err.text);
        CHECKF(made.count && made.count[0] == 0, "%zux%zu kind %d: %u cells", sizes[i][0],
               sizes[i][1], kind, made.count[0]);
        for (size_t k = 0; k < 3 * made.fy * made.fx; k++)
          REQUIRE(isfinite(made.flow[k]));
        cyto_segmented_clear(&made);
      }
      cyto_image_unref(image);
    }
  cyto_model_free(model);
}

static void senseless_options_are_refused(void) {
  CytoModel *model = open_nuclei();
  REQUIRE(model != NULL);
  CytoImage *image = synthetic(1, NULL);
  CytoJob job = {.max_memory = 500000000};
  for (int i = 0; i < 7; i++) {
    CytoSegment options = cyto_segment_defaults();
    options.diameter = i == 0 ? -1 : i == 1 ? NAN : i == 2 ? 0.05 : 30;
    options.cellprob_threshold = i == 3 ? NAN : 0;
    options.block = i == 4 ? 100 : 224;
    options.channels.segment = 0;
    options.normalize.percentile_low = i == 5 ? 99 : 1;
    options.niter = i == 6 ? NAN : 0;
    CytoSegmented made = {0};
    CytoError err = {0};
    CHECKF(!cyto_segment(model, image, &options, &made, &job, &err), "option set %d passed", i);
    CHECK(err.code == (i == 2 ? CYTO_ERROR_LIMIT : CYTO_ERROR_ARGUMENT) && strlen(err.text) > 20);
    CHECK(made.labels.data == NULL);
  }
  cyto_image_unref(image);
  cyto_model_free(model);
}

static void stop_now(void *data, const char *stage, size_t i, size_t n) {
  (void)i;
  (void)n;
  struct {
    CytoJob *job;
    const char *at;
  } *when = data;
  if (strcmp(stage, when->at) == 0)
    atomic_store(&when->job->cancel, 1);
}

static void a_run_stops_at_every_stage(void) {
  CytoModel *model = open_nuclei();
  REQUIRE(model != NULL);
  CytoImage *image = synthetic(1, NULL);
  static const char *const stages[] = {"network", "following the flows", "cleaning"};
  for (int i = 0; i < 3; i++) {
    CytoError err = {0};
    CytoJob job = {.progress = stop_now};
    struct {
      CytoJob *job;
      const char *at;
    } when = {&job, stages[i]};
    job.data = &when;
    CytoSegment options = cyto_segment_defaults();
    CytoSegmented made = {0};
    CHECKF(!cyto_segment(model, image, &options, &made, &job, &err), "%s did not stop", stages[i]);
    CHECK(err.code == CYTO_ERROR_CANCELLED && made.labels.data == NULL);
  }
  cyto_image_unref(image);
  cyto_model_free(model);
}

static void size_and_edge_options_do_what_they_say(void) {
  CytoModel *model = open_nuclei();
  REQUIRE(model != NULL);
  CytoImage *image = synthetic(1, NULL);
  CytoError err = {0};
  CytoSegment options = cyto_segment_defaults();
  options.diameter = 24;
  options.min_size = 300;
  options.max_size = 600;
  options.exclude_on_edges = true;
  CytoSegmented made = {0};
  REQUIREF(cyto_segment(model, image, &options, &made, NULL, &err), "%s", err.text);
  uint64_t area[1000] = {0};
  REQUIRE(made.count[0] > 0 && made.count[0] < 1000);
  for (size_t i = 0; i < 256 * 256; i++) {
    uint32_t label = made.labels.data[i];
    size_t y = i / 256, x = i % 256;
    area[label]++;
    CHECK(label == 0 || (y > 0 && x > 0 && y < 255 && x < 255));
  }
  for (uint32_t k = 1; k <= made.count[0]; k++)
    CHECKF(area[k] >= 300 && area[k] <= 600, "cell %u has %lu pixels", k, (unsigned long)area[k]);
  cyto_segmented_clear(&made);
  cyto_image_unref(image);
  cyto_model_free(model);
}

static void averaging_equal_networks_changes_nothing(void) {
  CytoModel *model = open_nuclei();
  REQUIRE(model != NULL);
  CytoImage *image = synthetic(1, NULL);
  CytoError err = {0};
  CytoSegment options = cyto_segment_defaults();
  CytoSegmented one = {0}, two = {0};
  REQUIRE(cyto_segment(model, image, &options, &one, NULL, &err));
  model->nets = 2;
  model->net[1] = model->net[0];
  REQUIRE(cyto_segment(model, image, &options, &two, NULL, &err));
  model->nets = 1;
  model->net[1] = NULL;
  CHECK(memcmp(one.flow, two.flow, 3 * 256 * 256 * sizeof(float)) == 0);
  CHECK(memcmp(one.labels.data, two.labels.data, 256 * 256 * sizeof(uint32_t)) == 0);
  cyto_segmented_clear(&one);
  cyto_segmented_clear(&two);
  cyto_image_unref(image);
  cyto_model_free(model);
}

typedef struct Seen {
  size_t calls, pictures, rows;
  bool bad;
  float *logit; /* (256,256) */
} Seen;

static void look(void *data, const CytoSoFar *s) {
  Seen *seen = data;
  seen->calls++;
  seen->pictures += s->first;
  seen->bad |= s->y0 >= s->y1 || s->y1 > s->ny || s->pitch < s->nx;
  seen->rows = s->y1;
  for (size_t y = s->y0; y < s->y1 && s->ny == 256 && s->nx == 256; y++)
    for (size_t x = 0; x < s->nx; x++)
      seen->logit[y * s->nx + x] =
          (float)((double)s->sum[y * s->pitch + x] / s->weight[y * s->pitch + x]);
}

/* What a preview saw last is what came out; that it looked changes no bit. */
static void a_preview_sees_the_answer_grow(void) {
  enum { PIXELS = 256 * 256 };
  CytoModel *model = open_nuclei();
  REQUIRE(model != NULL);
  CytoImage *image = synthetic(1, NULL);
  CytoError err = {0};
  for (int estimate = 0; estimate < 2; estimate++) {
    Seen seen = {.logit = calloc(PIXELS, sizeof(float))};
    CytoSegment options = cyto_segment_defaults();
    CytoSegmented plain = {0}, watched = {0};
    options.diameter = estimate ? 0 : model->diam_mean; /* the network sees the image as it is */
    REQUIRE(cyto_segment(model, image, &options, &plain, NULL, &err));
    options.so_far = look;
    options.so_far_data = &seen;
    REQUIRE(cyto_segment(model, image, &options, &watched, NULL, &err));
    CHECK(!seen.bad && seen.calls >= seen.pictures && seen.rows > 0);
    CHECK(seen.pictures == (estimate ? 3 : 1));
    CHECK(memcmp(plain.labels.data, watched.labels.data, PIXELS * 4) == 0);
    CHECK(memcmp(plain.flow, watched.flow, 3 * PIXELS * 4) == 0);
    if (!estimate)
      CHECK(memcmp(seen.logit, plain.flow + 2 * PIXELS, PIXELS * 4) == 0);
    cyto_segmented_clear(&plain);
    cyto_segmented_clear(&watched);
    free(seen.logit);
  }
  cyto_image_unref(image);
  cyto_model_free(model);
}

static void an_estimate_says_how_far_cells_spread(void) {
  CytoModel *model = open_nuclei();
  REQUIRE(model != NULL);
  CytoImage *image = synthetic(1, NULL), *black = new_image(CYTO_U8, 1, 64, 64);
  CytoError err = {0};
  CytoSegment options = cyto_segment_defaults();
  CytoEstimate made = {0};
  double diameter = 0, guess = 0;
  REQUIRE(cyto_estimate_spread(model, image, 0, 0, &options, &made, NULL, &err));
  REQUIRE(cyto_estimate_diameter(model, image, 0, 0, &options, &diameter, &guess, NULL, &err));
  printf("# %.1f (%.1f to %.1f) from %zu cells\n", made.diameter, made.cells.low, made.cells.high,
         made.cells.n);
  CHECK(made.diameter == diameter && made.style_guess == guess && made.cells.median == diameter);
  CHECK(made.cells.n > 10 && made.cells.low < diameter && diameter < made.cells.high);
  REQUIRE(cyto_estimate_spread(model, black, 0, 0, &options, &made, NULL, &err));
  CHECK(made.cells.n == 0 && made.cells.high == 0);
  CHECK(made.diameter == model->weights->size.diam_mean);
  cyto_image_unref(image);
  cyto_image_unref(black);
  cyto_model_free(model);
}

int main(void) {
  return check_main((CheckTest[]){TEST(nuclei_are_found),
                                  TEST(threads_change_no_bit),
                                  TEST(planes_of_a_stack_are_runs_of_their_own),
                                  TEST(odd_images_give_no_cells_and_no_crash),
                                  TEST(senseless_options_are_refused),
                                  TEST(a_run_stops_at_every_stage),
                                  TEST(size_and_edge_options_do_what_they_say),
                                  TEST(averaging_equal_networks_changes_nothing),
                                  TEST(a_preview_sees_the_answer_grow),
                                  TEST(an_estimate_says_how_far_cells_spread),
                                  {0}});
}
