#include "base/parallel.h"
#include "base/text.h"
#include "flow/target.h"
#include "io/seg_npy.h"
#include "train-help.h"

/* Warnings, one a line. */
static void keep(void *data, const char *text) {
  cyto_str_printf(data, "%s\n", text);
}

static size_t lines_with(const CytoStr *text, const char *word) {
  size_t n = 0;
  for (const char *line = text->text; line && *line; line += strcspn(line, "\n") + 1) {
    const char *found = strstr(line, word);
    n += found && found < line + strcspn(line, "\n");
  }
  return n;
}

static void folder_is_read(void) {
  char *folder = make_folder();
  const char *const list[] = {folder};
  uint32_t n[3];
  for (int i = 0; i < 3; i++)
    n[i] =
        write_nuclei(folder, ((const char *[]){"img1", "img2", "img10"})[i], (uint64_t)i, 20, true);
  CYTO_CLEANUP(cyto_str_clear) CytoStr said = {0};
  CytoJob job = {.warning = keep, .data = &said};
  CytoError err = {0};
  CytoTrainSource source = source_of(list);
  source.keep_labels = true;
  for (int turn = 0; turn < 2; turn++) { /* the second time flows come from their files */
    CYTO_CLEANUP(cyto_train_set_clear) CytoTrainSet set = {0};
    REQUIREF(cyto_train_set_read(&source, &set, &job, &err), "%s", err.text);
    CHECKF(!said.text, "%s", said.text);
    REQUIRE(set.count == 3 && set.left_out == 0);
    CHECK(strstr(set.image[1].path, "img2.png") && strstr(set.image[2].path, "img10.png"));
    for (int i = 0; i < 3; i++) {
      const CytoTrainImage *image = &set.image[i];
      size_t pixels = image->ny * image->nx;
      CHECK(image->ny == 96 && image->nx == 110 && image->planes == 1 && image->masks == n[i]);
      CHECK(image->diameter > 10 && image->diameter < 18);
      float *flows = malloc(2 * pixels * sizeof *flows);
      CHECK(cyto_flows_from_labels(image->labels, image->ny, image->nx, flows, NULL, &err));
      CHECK(memcmp(flows, image->flows, 2 * pixels * sizeof *flows) == 0);
      for (size_t k = 0; k < pixels; k++)
        CHECK(image->inside[k] == (image->labels[k] > 0));
      free(flows);
    }
    CYTO_AUTOFREE char *cache = in_folder(folder, "img2_flows.tif");
    CHECK(cyto_path_exists(cache));
  }
  remove_folder(folder);
}

/* Masks that were edited make the flows in the file worthless. */
static void stale_flows_are_not_used(void) {
  char *folder = make_folder();
  const char *const list[] = {folder};
  CytoError err = {0};
  CytoTrainSource source = source_of(list);
  source.keep_labels = true;
  write_nuclei(folder, "a", 1, 20, true);
  CYTO_CLEANUP(cyto_train_set_clear) CytoTrainSet before = {0}, after = {0};
  REQUIREF(cyto_train_set_read(&source, &before, NULL, &err), "%s", err.text);
  write_nuclei(folder, "a", 2, 20, true);
  REQUIREF(cyto_train_set_read(&source, &after, NULL, &err), "%s", err.text);
  const CytoTrainImage *image = &after.image[0];
  size_t pixels = image->ny * image->nx;
  float *flows = malloc(2 * pixels * sizeof *flows);
  CHECK(cyto_flows_from_labels(image->labels, image->ny, image->nx, flows, NULL, &err));
  CHECK(memcmp(flows, image->flows, 2 * pixels * sizeof *flows) == 0);
  CHECK(memcmp(before.image[0].flows, image->flows, 2 * pixels * sizeof *flows) != 0);
  free(flows);
  remove_folder(folder);
}

/* Flows in the file that are no numbers, under the right labels, are computed again. */
static void damaged_flows_are_not_used(void) {
  char *folder = make_folder();
  const char *const list[] = {folder};
  CytoError err = {0};
  CytoTrainSource source = source_of(list);
  write_nuclei(folder, "a", 1, 20, true);
  CYTO_CLEANUP(cyto_train_set_clear) CytoTrainSet before = {0}, after = {0};
  REQUIREF(cyto_train_set_read(&source, &before, NULL, &err), "%s", err.text);
  CYTO_AUTOFREE char *path = in_folder(folder, "a_flows.tif");
  FILE *file = fopen(path, "r+b");
  REQUIRE(file && fseek(file, -4, SEEK_END) == 0 && fwrite("\0\0\xc0\x7f", 4, 1, file) == 1);
  REQUIRE(fclose(file) == 0);
  REQUIREF(cyto_train_set_read(&source, &after, NULL, &err), "%s", err.text);
  size_t values = 2 * before.image[0].ny * before.image[0].nx;
  CHECK(memcmp(before.image[0].flows, after.image[0].flows, values * sizeof(float)) == 0);
  remove_folder(folder);
}

static void bad_images_are_named(void) {
  char *folder = make_folder();
  const char *const list[] = {folder};
  static uint16_t flat[96 * 110];
  static uint32_t one[96 * 110], none[96 * 110], tiny[96 * 110], small[50 * 50];
  for (size_t i = 0; i < 96 * 110; i++)
    flat[i] = (uint16_t)(i * 7);
  one[500] = one[501] = 3;
  for (uint32_t k = 0; k < 12; k++)
    tiny[1000 + 5 * k] = tiny[1001 + 5 * k] = k + 1;
  write_nuclei(folder, "good", 4, 20, true);
  write_nuclei(folder, "maskless", 5, 20, false);
  write_pair(folder, "empty", flat, none, 96, 110);
  write_pair(folder, "lonely", flat, one, 96, 110);
  write_pair(folder, "tiny", flat, tiny, 96, 110);
  write_nuclei(folder, "resized", 6, 20, false);
  CytoLabels wrong = {1, 50, 50, small};
  CytoError err = {0};
  CYTO_AUTOFREE char *wrong_path = in_folder(folder, "resized_masks.tif");
  CYTO_AUTOFREE char *broken = in_folder(folder, "broken.png");
  CYTO_AUTOFREE char *broken_masks = in_folder(folder, "broken_masks.tif");
  REQUIRE(cyto_tiff_write_labels(&wrong, wrong_path, &err));
  REQUIRE(cyto_file_write(broken, "\x89PNG\r\n\x1a\nrubbish", 15, &err));
  REQUIRE(cyto_tiff_write_labels(&wrong, broken_masks, &err));
  CYTO_CLEANUP(cyto_str_clear) CytoStr said = {0};
  CytoJob job = {.warning = keep, .data = &said};
  CYTO_CLEANUP(cyto_train_set_clear) CytoTrainSet set = {0};
  CytoTrainSource source = source_of(list);
  REQUIREF(cyto_train_set_read(&source, &set, &job, &err), "%s", err.text);
  CHECKF(set.count == 2 && set.left_out == 5, "%zu used, %zu left out", set.count, set.left_out);
  CHECK(lines_with(&said, "left out") == 5);
  static const char *const lines[][2] = {
      {"maskless.png", "it has no masks: there is no maskless_masks.tif, .tiff or .png"},
      {"empty.png", "its masks hold 0 cells, fewer than the 5 asked for"},
      {"lonely.png", "its masks hold 1 cell, fewer"},
      {"resized.png", "its masks in resized_masks.tif have 50 × 50 pixels, the image 110 × 96"},
      {"broken.png", "left out"},
      {"tiny.png", "its cells are tiny"},
  };
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    const char *line = said.text ? strstr(said.text, lines[i][0]) : NULL;
    REQUIREF(line, "%s is not named", lines[i][0]);
    CHECKF(memmem(line, strcspn(line, "\n"), lines[i][1], strlen(lines[i][1])), "%.*s",
           (int)strcspn(line, "\n"), line);
  }
  source.min_masks = 0;
  cyto_train_set_clear(&set);
  REQUIREF(cyto_train_set_read(&source, &set, NULL, &err), "%s", err.text);
  CHECK(set.count == 4);
  remove_folder(folder);
}

static void nothing_to_train_on(void) {
  char *folder = make_folder();
  const char *list[] = {folder};
  CytoError err = {0};
  CytoTrainSet set = {0};
  CytoTrainSource source = source_of(list);
  CHECK(!cyto_train_set_read(&source, &set, NULL, &err) && strstr(err.text, "no image in"));
  write_nuclei(folder, "a", 5, 20, false);
  CHECK(!cyto_train_set_read(&source, &set, NULL, &err));
  CHECKF(strstr(err.text, "none can be used"), "%s", err.text);
  list[0] = "/nowhere/at/all";
  CHECK(!cyto_train_set_read(&source, &set, NULL, &err));
  CHECK_STR(err.text, "/nowhere/at/all is not a folder");
  CHECK(set.count == 0 && !set.image);
  remove_folder(folder);
}

static void channels_that_are_missing(void) {
  char *folder = make_folder();
  const char *const list[] = {folder};
  CytoError err = {0};
  CYTO_CLEANUP(cyto_str_clear) CytoStr said = {0};
  CytoJob job = {.warning = keep, .data = &said};
  CytoTrainSet set = {0};
  CytoTrainSource source = source_of(list);
  write_nuclei(folder, "a", 5, 20, true); /* red, green, blue */
  source.channels = (CytoChannels){5, 0};
  CHECK(!cyto_train_set_read(&source, &set, &job, &err));
  CHECK(lines_with(&said, "channel 5 was chosen to segment, but the image has 3 channels") == 1);
  source.channels = (CytoChannels){2, 3};
  REQUIREF(cyto_train_set_read(&source, &set, &job, &err), "%s", err.text);
  CHECK(set.image[0].planes == 2);
  cyto_train_set_clear(&set);
  remove_folder(folder);
}

static void weights_by_name(void) {
  char *folder = make_folder();
  const char *const list[] = {folder};
  CytoError err = {0};
  CytoTrainSet set = {0};
  CytoTrainSource source = source_of(list);
  write_nuclei(folder, "ab1", 1, 20, true);
  write_nuclei(folder, "b1", 2, 20, true);
  source.weights = "a=3,b=0.5";
  REQUIREF(cyto_train_set_read(&source, &set, NULL, &err), "%s", err.text);
  CHECK(set.image[0].weight == 3 && set.image[1].weight == 0.5);
  cyto_train_set_clear(&set);
  static const char *const wrong[] = {"a", "=3", "a=", "a=x", "a=-1", "zz=1", "a=1,,b=2"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    source.weights = wrong[i];
    CHECKF(!cyto_train_set_read(&source, &set, NULL, &err), "\"%s\" is taken", wrong[i]);
  }
  remove_folder(folder);
}

static void part_is_held_out(void) {
  char *folder = make_folder();
  const char *const list[] = {folder};
  CytoError err = {0};
  CytoTrainSource source = source_of(list);
  source.keep_labels = true;
  for (int i = 0; i < 5; i++)
    write_nuclei(folder, (char[]){(char)('a' + i), 0}, (uint64_t)i, 20, true);
  CYTO_CLEANUP(cyto_train_set_clear) CytoTrainSet set = {0}, held = {0};
  REQUIREF(cyto_train_set_read(&source, &set, NULL, &err), "%s", err.text);
  REQUIRE(cyto_train_set_hold_out(&set, 0.4, 3, &held, &err));
  CHECK(set.count == 3 && held.count == 2);
  for (size_t i = 0; i < 3; i++)
    CHECK(set.image[i].x && !set.image[i].labels);
  for (size_t i = 0; i < 2; i++)
    CHECK(held.image[i].x && held.image[i].labels);
  remove_folder(folder);
}

/* Masks that the window saved are taken where no image has others. */
static void masks_of_the_window(void) {
  char *folder = make_folder();
  const char *const list[] = {folder};
  CytoError err = {0};
  CytoTrainSet set = {0};
  CytoTrainSource source = source_of(list);
  CYTO_CLEANUP(cyto_str_clear) CytoStr said = {0};
  CytoJob job = {.warning = keep, .data = &said};
  write_nuclei(folder, "a", 1, 20, true);
  CYTO_AUTOFREE char *masks = in_folder(folder, "a_masks.tif");
  CYTO_AUTOFREE char *saved = in_folder(folder, "a_seg.npy");
  CytoSeg seg = {.filename = (char[]){"a.png"}, .diameter = 14, .flow_threshold = 0.4};
  REQUIREF(cyto_labels_read(masks, &seg.masks, NULL, &err), "%s", err.text);
  REQUIREF(cyto_seg_write(&seg, saved, &err), "%s", err.text);
  cyto_labels_clear(&seg.masks);
  unlink(masks);
  REQUIREF(cyto_train_set_read(&source, &set, &job, &err), "%s", err.text);
  CHECK(set.count == 1 && set.image[0].masks > 5);
  CHECK(lines_with(&said, "those in _seg.npy files are taken") == 1);
  cyto_train_set_clear(&set);
  source.mask_filter = "_seg.npy"; /* asked for: nothing to say */
  cyto_str_clear(&said);
  REQUIREF(cyto_train_set_read(&source, &set, &job, &err), "%s", err.text);
  CHECK(set.count == 1 && !said.text);
  cyto_train_set_clear(&set);
  remove_folder(folder);
}

static void too_much_for_the_memory(void) {
  char *folder = make_folder();
  const char *const list[] = {folder};
  CytoError err = {0};
  CytoTrainSet set = {0};
  CytoTrainSource source = source_of(list);
  for (int i = 0; i < 8; i++)
    write_nuclei(folder, (char[]){(char)('a' + i), 0}, (uint64_t)i, 20, true);
  CytoJob job = {.max_memory = 600000};
  CHECK(!cyto_train_set_read(&source, &set, &job, &err) && err.code == CYTO_ERROR_LIMIT);
  CHECKF(strstr(err.text, "--max-memory"), "%s", err.text);
  remove_folder(folder);
}

int main(void) {
  return check_main((CheckTest[]){TEST(folder_is_read),
                                  TEST(stale_flows_are_not_used),
                                  TEST(damaged_flows_are_not_used),
                                  TEST(bad_images_are_named),
                                  TEST(nothing_to_train_on),
                                  TEST(channels_that_are_missing),
                                  TEST(weights_by_name),
                                  TEST(part_is_held_out),
                                  TEST(masks_of_the_window),
                                  TEST(too_much_for_the_memory),
                                  {0}});
}
