/* Models are found by name in a made-up home. */
#include "../net/tiny-weights.h"
#include "base/file.h"
#include "check.h"
#include "seg/model-find.h"
#include <sys/stat.h>
#include <unistd.h>

static char home[] = "/tmp/cyto-home-XXXXXX";
static const size_t nbase[] = {2, 4, 8};

static void put(const char *relative, uint32_t seed, double diam_mean, double diam_labels) {
  CytoWeights *w = tiny_weights(2, nbase, 3, seed);
  CytoError err = {0};
  w->diam_mean = diam_mean;
  w->diam_labels = diam_labels;
  bool zip = !strstr(relative, ".safetensors");
  CHECKF(zip ? cyto_weights_write_torch(w, check_path(home, relative), &err)
             : cyto_weights_write_safetensors(w, check_path(home, relative), CYTO_SAVE_F32, &err),
         "%s", err.text);
  cyto_weights_free(w);
}

static void put_size(const char *relative, size_t n, double diam_mean) {
  CytoWeights w = {0};
  CytoError err = {0};
  tiny_size_model(&w, n, 3);
  w.size.diam_mean = diam_mean;
  CHECKF(cyto_size_model_write(&w.size, check_path(home, relative), &err), "%s", err.text);
  cyto_size_model_clear(&w.size);
}

static CytoModel *open_or_null(const char *name, bool average) {
  CytoModel *model = NULL;
  CytoError err = {0};
  CHECKF(cyto_model_open(name, average, &model, &err), "%s: %s", name, err.text);
  return model;
}

/* Package: nuclei, tiny. User: mine, tiny. Cellpose: cyto x4, nuclei, cyto3, listed, others. */
static void furnish(void) {
  static const char *const folders[] = {"package",         "data",
                                        "data/cytoscribe", "data/cytoscribe/models",
                                        ".cellpose",       ".cellpose/models"};
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
    mkdir(check_path(home, folders[i]), 0777);
  setenv("HOME", home, 1);
  setenv("CYTOSCRIBE_MODELS", check_path(home, "package"), 1);
  setenv("XDG_DATA_HOME", check_path(home, "data"), 1);
  unsetenv("CELLPOSE_LOCAL_MODELS_PATH");
  CytoError err = {0};
  put("package/nuclei.safetensors", 1, 17, 18);
  put("package/tiny.safetensors", 2, 0, 0);
  cyto_file_write(check_path(home, "package/nuclei.md"), "card", 4, &err);
  put("data/cytoscribe/models/mine.pth", 3, 22.5, 23.5);
  put_size("data/cytoscribe/models/mine_size.npy", 8, 22.5);
  put("data/cytoscribe/models/tiny.safetensors", 4, 40, 0);
  for (int i = 0; i < 4; i++) {
    char name[64];
    snprintf(name, sizeof name, ".cellpose/models/cytotorch_%d", i);
    put(name, 10 + (uint32_t)i, 28, 29);
  }
  put_size(".cellpose/models/size_cytotorch_0.npy", 8, 30);
  put(".cellpose/models/nucleitorch_0", 20, 16, 19);
  put(".cellpose/models/cyto3", 21, 31, 32);
  put(".cellpose/models/listed", 22, 33, 34);
  put(".cellpose/models/unlisted", 23, 33, 34);
  cyto_file_write(check_path(home, ".cellpose/models/gui_models.txt"),
                  "listed  \r\ngone\n../up\n\n", 21, &err);
}

static void listing(void) {
  static const char *const expected[][2] = {
      {"nuclei", "package"}, {"tiny", "package"},  {"mine", "user"},
      {"cyto3", "cellpose"}, {"cyto", "cellpose"}, {"listed", "cellpose"},
  };
  size_t n = sizeof expected / sizeof *expected;
  CytoModelList list = {0};
  CytoError err = {0};
  REQUIREF(cyto_model_list(&list, &err), "%s", err.text);
  CHECKF(list.count == n, "%zu models", list.count);
  for (size_t i = 0; i < list.count && i < n; i++) {
    CHECK_STR(list.entry[i].name, expected[i][0]);
    CHECK_STR(cyto_model_origin_name(list.entry[i].origin), expected[i][1]);
  }
  cyto_model_list_clear(&list);
  REQUIRE(cyto_model_list_all(&list, true, &err));
  CHECKF(list.count == n + 2, "%zu models with the hidden ones", list.count);
  cyto_model_list_clear(&list);
}

static void expect(const char *name, const char *origin, double mean, double labels, size_t size) {
  CytoModel *m = open_or_null(name, false);
  REQUIREF(m, "%s", name);
  CHECK_STR(cyto_model_origin_name(m->origin), origin);
  CHECKF(m->diam_mean == mean && m->diam_labels == labels, "%s: %g, %g", name, m->diam_mean,
         m->diam_labels);
  CHECKF(m->weights->size.n == size, "%s: size model of %zu", name, m->weights->size.n);
  CHECK(m->nets == 1 && m->net[0] && m->weights->count == 0);
  cyto_model_free(m);
}

static void opening(void) {
  expect("nuclei", "package", 17, 18, 0);
  expect("tiny", "package", 30, 30, 0);
  expect("user:tiny", "user", 40, 40, 0);
  expect("mine", "user", 22.5, 23.5, 8);
  expect("cyto", "cellpose", 30, 29, 8);
  expect("cytotorch_0", "cellpose", 30, 29, 8);
  expect("cellpose:nuclei", "cellpose", 17, 19, 0);
  expect("cyto3", "cellpose", 30, 32, 0);
  expect("listed", "cellpose", 33, 34, 0);
  expect(check_path(home, ".cellpose/models/nucleitorch_0"), "file", 17, 19, 0);
  expect(check_path(home, ".cellpose/models/unlisted"), "file", 33, 34, 0);
}

static void unknown(void) {
  static const char *const names[] = {"cito", "unlisted", "../mine", "user:cyto", "", "gone"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    CytoModel *m = NULL;
    CytoError err = {0};
    CHECKF(!cyto_model_open(names[i], false, &m, &err), "\"%s\" was opened", names[i]);
    CHECKF(err.code == CYTO_ERROR_ARGUMENT &&
               strstr(err.text, "Models found: nuclei, tiny, mine, cyto3, cyto, listed"),
           "%s", err.text);
  }
}

static void four_networks(void) {
  CytoModel *m = open_or_null("cyto", true);
  REQUIRE(m);
  CHECK(m->nets == 4 && m->net[1] && m->net[2] && m->net[3]);
  float x[2 * 16] = {1, 2, 3}, y[4][3 * 16], style[8];
  for (int i = 0; i < 4; i++) {
    CytoError err = {0};
    CHECKF(cyto_unet_forward(m->net[i], x, 1, 4, 4, y[i], style, NULL, &err), "%s", err.text);
  }
  CHECK(memcmp(y[0], y[1], sizeof y[0]) != 0 && memcmp(y[1], y[3], sizeof y[0]) != 0);
  cyto_model_free(m);
  m = open_or_null("cyto3", true);
  CHECK(m && m->nets == 1);
  cyto_model_free(m);
}

static void refuse(const char *name, bool average, const char *words) {
  CytoModel *m = NULL;
  CytoError err = {0};
  CHECKF(!cyto_model_open(name, average, &m, &err) && strstr(err.text, words), "%s: \"%s\"", name,
         err.text);
  cyto_model_free(m);
}

static void bad_neighbours(void) {
  CytoError err = {0};
  put_size("data/cytoscribe/models/mine.pth_size.npy", 5, 20);
  refuse("mine", false, "belongs to another network");
  REQUIRE(cyto_file_write(check_path(home, "data/cytoscribe/models/mine.pth_size.npy"), "junk", 4,
                          &err));
  refuse("mine", false, "mine.pth_size.npy: not a size model");
  unlink(check_path(home, "data/cytoscribe/models/mine.pth_size.npy"));
  REQUIRE(cyto_file_write(check_path(home, ".cellpose/models/cytotorch_2"), "<html>", 6, &err));
  refuse("cyto", true, "web page");
  expect("cyto", "cellpose", 30, 29, 8);
  CytoWeights *w = tiny_weights(1, nbase, 3, 1);
  REQUIRE(cyto_weights_write_torch(w, check_path(home, ".cellpose/models/cytotorch_2"), &err));
  cyto_weights_free(w);
  refuse("cyto", true, "not of the same shape");
  unlink(check_path(home, ".cellpose/models/cytotorch_2"));
  CytoModel *m = open_or_null("cyto", true);
  CHECK(m && m->nets == 1);
  cyto_model_free(m);
  refuse(check_path(home, ".cellpose"), false, "there is no model and no file");
}

static void no_home(void) {
  unsetenv("HOME");
  unsetenv("XDG_DATA_HOME");
  CHECK(!cyto_model_user_folder() && !cyto_model_cellpose_folder());
  CytoModelList list = {0};
  CytoError err = {0};
  REQUIRE(cyto_model_list(&list, &err));
  CHECK(list.count == 2);
  cyto_model_list_clear(&list);
  setenv("CELLPOSE_LOCAL_MODELS_PATH", check_path(home, ".cellpose/models"), 1);
  expect("cyto", "cellpose", 30, 29, 8);
  setenv("CYTOSCRIBE_MODELS", "/nowhere", 1);
  unsetenv("CELLPOSE_LOCAL_MODELS_PATH");
  refuse("cyto", false, "no model was found at all");
}

/* The package's own files: what a card says, a size model, the diameters they were trained for. */
static void built_in(void) {
  static const char *const names[] = {"nuclei", "cyto"};
  for (int i = 0; i < 2; i++) {
    char ours[300];
    snprintf(ours, sizeof ours, SOURCE_ROOT "/models/%s.safetensors", names[i]);
    CytoModelEntry entry = {(char *)(uintptr_t)names[i], ours, CYTO_MODEL_FILE};
    CytoWeights *a = NULL;
    CytoError err = {0};
    REQUIREF(cyto_model_read(&entry, &a, &err), "%s", err.text);
    CHECK(a->size.n == 256 && a->licence && a->data && a->training);
    CHECK(cyto_model_diam_mean(&entry, a) == (i ? 30 : 17));
    CHECK(a->diam_labels > 10 && a->diam_labels < 60);
    cyto_weights_free(a);
  }
}

int main(void) {
  if (!mkdtemp(home))
    return 1;
  furnish();
  int status = check_main((CheckTest[]){TEST(listing),
                                        TEST(opening),
                                        TEST(unknown),
                                        TEST(four_networks),
                                        TEST(bad_neighbours),
                                        TEST(no_home),
                                        TEST(built_in),
                                        {0}});
  char command[64];
  snprintf(command, sizeof command, "rm -rf %s", home);
  return system(command) != 0 || status;
}
