/* Whole runs against what Cellpose 3.1 computed with the same weights, image by image. */
#include "base/parallel.h"
#include "check.h"
#include "flow/clean.h"
#include "flow/metrics.h"
#include "io/reader.h"
#include "npy.h"
#include "seg/segment.h"
#include <jansson.h>

static const char *image_path(const char *name) {
  static const char *const folders[] = {"data/nuclei/test", "data/cyto/test", "reference"};
  for (int i = 0; i < 3; i++) {
    char relative[300];
    snprintf(relative, sizeof relative, "%s/%s", folders[i], name);
    const char *path = shared_path(relative);
    if (path)
      return path;
  }
  return NULL;
}

static double number(const json_t *object, const char *key, double otherwise) {
  const json_t *value = json_object_get(object, key);
  return value ? json_number_value(value) : otherwise;
}

static CytoSegment case_options(const json_t *c) {
  CytoSegment options = cyto_segment_defaults();
  options.diameter = number(c, "diameter", 30);
  options.flow_threshold = number(c, "flow_threshold", 0.4);
  options.cellprob_threshold = number(c, "cellprob_threshold", 0);
  options.min_size = (int64_t)number(c, "min_size", 15);
  options.augment = json_is_true(json_object_get(c, "augment"));
  options.resample = !json_is_false(json_object_get(c, "resample"));
  options.normalize.invert = json_is_true(json_object_get(c, "invert"));
  const json_t *channels = json_object_get(c, "channels");
  options.channels.segment = (unsigned)json_integer_value(json_array_get(channels, 0));
  options.channels.nucleus = (unsigned)json_integer_value(json_array_get(channels, 1));
  const json_t *normalize = json_object_get(c, "normalize");
  const json_t *percentile = json_object_get(normalize, "percentile");
  if (percentile) {
    options.normalize.percentile_low = json_number_value(json_array_get(percentile, 0));
    options.normalize.percentile_high = json_number_value(json_array_get(percentile, 1));
    options.normalize.sharpen_radius = number(normalize, "sharpen_radius", 0);
    options.normalize.smooth_radius = number(normalize, "smooth_radius", 0);
  }
  return options;
}

static double flow_difference(const char *name, const CytoSegmented *made) {
  const char *path = reference_path(name, "flows.npy");
  if (!path)
    return 0;
  Npy flows = npy_load(path);
  double worst = flows.count == 3 * made->fy * made->fx ? 0 : INFINITY;
  for (size_t i = 0; i < flows.count && isfinite(worst); i++) {
    double want = npy_at(&flows, i), d = fabs(made->flow[i] - want);
    /* float16 in the file: 11 significant bits */
    d -= flows.width == 2 ? fabs(want) / 2048 + 6e-5 : 0;
    worst = d > worst ? d : worst;
  }
  npy_free(&flows);
  return worst;
}

typedef struct Tally {
  int cases;
  double lowest_ap, largest_flow, largest_style;
  size_t pixels, different;
} Tally;

static void compare(const char *name, const json_t *c, const CytoSegmented *made, Tally *tally) {
  Npy masks = npy_load(reference_path(name, "masks.npy")),
      style = npy_load(reference_path(name, "style.npy"));
  uint32_t *want = npy_u32(&masks);
  size_t ny = made->labels.ny, nx = made->labels.nx, differ = 0;
  REQUIRE(masks.count == ny * nx);
  uint32_t n_want = 0;
  CytoError err = {0};
  REQUIRE(cyto_renumber(want, ny * nx, &n_want, &err));
  for (size_t i = 0; i < ny * nx; i++)
    differ += want[i] != made->labels.data[i];
  CytoScore score = {.ap = 1};
  if (n_want || made->count[0])
    REQUIRE(
        cyto_average_precision(want, made->labels.data, ny, nx, (double[]){0.9}, 1, &score, &err));
  double ds = 0, df = flow_difference(name, made);
  for (size_t i = 0; i < style.count; i++)
    ds = fmax(ds, fabs(made->style[i] - npy_at(&style, i)));
  printf("# %-24s masks %4u, reference %4u, AP@0.9 %.4f, pixels that differ %5zu, flow %.1e, "
         "style %.1e\n",
         name, made->count[0], n_want, score.ap, differ, df, ds);
  CHECKF(fabs((double)made->count[0] - n_want) <= 0.01 * n_want, "%s: %u masks for %u", name,
         made->count[0], n_want);
  CHECKF(score.ap >= 0.98, "%s: AP@0.9 %.4f", name, score.ap);
  CHECKF(df < 1e-3 && ds < 1e-4, "%s: flow %.2g, style %.2g", name, df, ds);
  CHECK_NEAR(json_integer_value(json_object_get(c, "masks")), n_want, 0);
  tally->cases++;
  tally->pixels += ny * nx;
  tally->different += differ;
  tally->lowest_ap = fmin(tally->lowest_ap, score.ap);
  tally->largest_flow = fmax(tally->largest_flow, df);
  tally->largest_style = fmax(tally->largest_style, ds);
  free(want);
  npy_free(&masks);
  npy_free(&style);
}

static void run_case(const char *name, const json_t *c, const CytoModel *model, CytoJob *job,
                     Tally *tally) {
  const char *path = image_path(json_string_value(json_object_get(c, "image")));
  REQUIREF(path, "%s: its image is missing", name);
  CytoReadOptions read = cyto_read_defaults();
  CytoImage *image = NULL;
  CytoError err = {0};
  CytoSegment options = case_options(c);
  CytoSegmented made = {0};
  bool ok = cyto_image_read(path, &read, &image, NULL, &err) &&
            cyto_segment(model, image, &options, &made, job, &err);
  CHECKF(ok, "%s: %s", name, err.text);
  if (ok)
    compare(name, c, &made, tally);
  cyto_segmented_clear(&made);
  cyto_image_unref(image);
}

static void whole_runs_equal_the_reference(void) {
  if (!reference_path("", "manifest.json") || !shared_path("data/nuclei/test"))
    SKIP("../shared/reference or ../shared/data is missing");
  CytoError err = {0};
  CytoModel *model[2] = {NULL, NULL};
  static const char *const files[2] = {"nuclei.pth", "cyto.pth"};
  for (int i = 0; i < 2; i++)
    REQUIREF(cyto_model_open(reference_path("", files[i]), false, &model[i], &err), "%s", err.text);
  json_t *manifest = json_load_file(reference_path("", "manifest.json"), 0, NULL);
  CytoJob job = {.pool = cyto_pool_new(0, &err)};
  Tally tally = {.lowest_ap = 1};
  const char *name;
  json_t *c;
  json_object_foreach(manifest, name, c) {
    const char *file = json_string_value(json_object_get(c, "model"));
    if (strncmp(name, "eval_", 5) != 0 || strncmp(name, "eval_volume", 11) == 0 || !file)
      continue;
    run_case(name, c, model[strcmp(file, files[1]) == 0], &job, &tally);
  }
  printf("# %d cases: lowest AP@0.9 %.4f, %zu of %zu pixels differ, largest flow difference %.1e, "
         "style %.1e\n",
         tally.cases, tally.lowest_ap, tally.different, tally.pixels, tally.largest_flow,
         tally.largest_style);
  CHECK(tally.cases > 40);
  cyto_pool_free(job.pool);
  json_decref(manifest);
  for (int i = 0; i < 2; i++)
    cyto_model_free(model[i]);
}

/* AP at 0.5 of labels against the hand-made truth beside an image of nuclei/test. */
static double truth_ap(const char *image, const uint32_t *labels, size_t pixels) {
  char relative[300];
  snprintf(relative, sizeof relative, "data/nuclei/test/%.*s_masks.png", (int)strlen(image) - 4,
           image);
  CytoLabels truth = {0};
  CytoScore score = {0};
  CytoError err = {0};
  const char *path = shared_path(relative);
  bool ok = path && cyto_labels_read(path, &truth, NULL, &err) && truth.ny * truth.nx == pixels &&
            cyto_average_precision(truth.data, labels, truth.ny, truth.nx, (double[]){0.5}, 1,
                                   &score, &err);
  CHECKF(ok, "%s: no truth: %s", image, err.text);
  cyto_labels_clear(&truth);
  return score.ap;
}

/* The built-in model with the true median diameter scores no less than the reference masks, which
 * an older network made. */
static void the_built_in_model_scores_about_as_the_reference(void) {
  if (!reference_path("", "manifest.json") || !shared_path("data/nuclei/test"))
    SKIP("../shared/reference or ../shared/data is missing");
  CytoError err = {0};
  CytoModel *model = NULL;
  REQUIREF(cyto_model_open("nuclei", false, &model, &err), "%s", err.text);
  json_t *manifest = json_load_file(reference_path("", "manifest.json"), 0, NULL);
  CytoJob job = {.pool = cyto_pool_new(0, &err)};
  double ours = 0, theirs = 0;
  int n = 0;
  for (;; n++) {
    char name[40];
    snprintf(name, sizeof name, "eval_%d_default", n);
    const json_t *c = json_object_get(manifest, name);
    if (!c)
      break;
    const char *file = json_string_value(json_object_get(c, "image"));
    CytoReadOptions read = cyto_read_defaults();
    CytoImage *image = NULL;
    CytoSegment options = case_options(c);
    CytoSegmented made = {0};
    REQUIREF(cyto_image_read(image_path(file), &read, &image, NULL, &err) &&
                 cyto_segment(model, image, &options, &made, &job, &err),
             "%s: %s", file, err.text);
    Npy masks = npy_load(reference_path(name, "masks.npy"));
    uint32_t *reference = npy_u32(&masks);
    ours += truth_ap(file, made.labels.data, masks.count);
    theirs += truth_ap(file, reference, masks.count);
    free(reference);
    npy_free(&masks);
    cyto_segmented_clear(&made);
    cyto_image_unref(image);
  }
  printf("# mean AP at 0.5 on %d images of nuclei/test: ours %.4f, reference masks %.4f\n", n,
         ours / n, theirs / n);
  CHECK(n == 12);
  CHECK(ours / n >= theirs / n - 0.02);
  cyto_pool_free(job.pool);
  json_decref(manifest);
  cyto_model_free(model);
}

int main(void) {
  return check_main((CheckTest[]){TEST(whole_runs_equal_the_reference),
                                  TEST(the_built_in_model_scores_about_as_the_reference),
                                  {0}});
}
