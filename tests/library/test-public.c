/* The public header from a program that knows nothing else. */
#include "check.h"
#include "synth.h"
#include <cytoscribe.h>

enum { N = 256 };

static CytoscribeModel *open_nuclei(void) {
  CytoscribeModel *model = NULL;
  CytoscribeError error = {0};
  if (!cytoscribe_model_open("nuclei", &model, &error))
    printf("# %s\n", error.text);
  return model;
}

static CytoscribeImage *synthetic(void) {
  uint16_t *pixels = malloc(N * N * sizeof *pixels);
  uint32_t *labels = malloc(N * N * sizeof *labels);
  SynthOptions options = synth_defaults(3);
  synth_nuclei(&options, pixels, labels);
  CytoscribeImage *image = NULL;
  cytoscribe_image_new(pixels, CYTOSCRIBE_U16, 1, N, N, &image, NULL);
  free(pixels);
  free(labels);
  return image;
}

static void cells_are_found_and_saved(void) {
  CytoscribeModel *model = open_nuclei();
  CytoscribeImage *image = synthetic();
  REQUIRE(model && image);
  CHECK_STR(cytoscribe_model_name(model), "nuclei");
  CHECK(cytoscribe_model_diameter(model) > 5);
  CHECK(cytoscribe_image_planes(image) == 1 && cytoscribe_image_channels(image) == 1);
  CHECK(cytoscribe_image_height(image) == N && cytoscribe_image_width(image) == N);
  CytoscribeOptions options = cytoscribe_options();
  options.diameter = 24;
  options.threads = 2;
  CytoscribeResult *result = NULL;
  CytoscribeError error = {0};
  REQUIRE(cytoscribe_segment(model, image, &options, &result, &error));
  uint32_t most = 0;
  const uint32_t *labels = cytoscribe_result_labels(result);
  for (size_t i = 0; i < N * N; i++)
    most = labels[i] > most ? labels[i] : most;
  CHECK(most == cytoscribe_result_count(result, 0) && most >= 30);
  CHECK(cytoscribe_result_diameter(result, 0) == 24);
  size_t h = 0, w = 0;
  CHECK(cytoscribe_result_flows(result, &h, &w) != NULL && h == N && w == N);
  CHECK(!cytoscribe_result_save_masks(result, "/nowhere/masks.png", &error));
  CHECK(error.code == CYTOSCRIBE_ERROR_IO && strstr(error.text, "/nowhere"));
  cytoscribe_result_free(result);
  cytoscribe_image_free(image);
  cytoscribe_model_free(model);
}

static bool stop(void *data, const char *stage, size_t done, size_t total) {
  (void)stage;
  (void)done;
  (void)total;
  ++*(int *)data;
  return false;
}

static void errors_come_as_sentences(void) {
  CytoscribeModel *model = NULL;
  CytoscribeImage *image = NULL;
  CytoscribeError error = {0};
  CHECK(!cytoscribe_model_open("no-such-model", &model, &error) && model == NULL);
  CHECK(strstr(error.text, "nuclei") != NULL); /* it lists what there is */
  CHECK(!cytoscribe_image_read("/nowhere/a.tif", &image, &error) && image == NULL);
  CHECK(error.code == CYTOSCRIBE_ERROR_IO);
  CHECK(!cytoscribe_image_new("", CYTOSCRIBE_U8, 1, 0, 5, &image, NULL));
  model = open_nuclei();
  image = synthetic();
  REQUIRE(model && image);
  CytoscribeOptions options = cytoscribe_options();
  CytoscribeResult *result = NULL;
  int calls = 0;
  options.progress = stop;
  options.data = &calls;
  CHECK(!cytoscribe_segment(model, image, &options, &result, &error) && result == NULL);
  CHECK(error.code == CYTOSCRIBE_ERROR_CANCELLED && calls >= 1);
  options = cytoscribe_options();
  options.channel = 9;
  options.diameter = -3;
  CHECK(!cytoscribe_segment(model, image, &options, &result, &error));
  CHECK(error.code == CYTOSCRIBE_ERROR_ARGUMENT);
  cytoscribe_image_free(image);
  cytoscribe_model_free(model);
  cytoscribe_model_free(NULL);
  cytoscribe_image_free(NULL);
  cytoscribe_result_free(NULL);
}

int main(void) {
  return check_main(
      (CheckTest[]){TEST(cells_are_found_and_saved), TEST(errors_come_as_sentences), {0}});
}
