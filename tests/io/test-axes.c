#include "check.h"
#include "io/axes.h"
#include "base/mem.h"

static CytoLayout make(const char *axes, unsigned ndim, const size_t *shape) {
  CytoLayout layout = {.dtype = CYTO_U8, .ndim = ndim};
  memcpy(layout.shape, shape, ndim * sizeof *shape);
  memcpy(layout.axes, axes ? axes : "????????", ndim);
  return layout;
}

typedef struct Case {
  unsigned ndim;
  size_t shape[6];
  const char *known; /* NULL = nothing */
  const char *expected;
} Case;

static void shapes(void) {
  static const Case cases[] = {
      {2, {50, 60}, NULL, "YX"},
      {2, {1, 256}, NULL, "YX"},
      {2, {3, 600}, NULL, "YX"},
      {3, {3, 50, 60}, NULL, "CYX"},
      {3, {50, 60, 3}, NULL, "YXC"},
      {3, {50, 60, 4}, NULL, "YXC"},
      {3, {5, 50, 60}, NULL, "ZYX"},
      {3, {20, 50, 60}, NULL, "ZYX"},
      {3, {50, 60, 20}, NULL, "ZYX"}, /* not transposed because it is short */
      {3, {100, 6, 60}, NULL, "ZYX"},
      {3, {2, 3, 60}, NULL, "CYX"},
      {3, {3, 60, 3}, NULL, "YXC"}, /* the last on a tie */
      {3, {50, 60, 1}, NULL, "YX1"},
      {3, {1, 50, 60}, NULL, "1YX"},
      {4, {20, 2, 50, 60}, NULL, "ZCYX"},
      {4, {2, 20, 50, 60}, NULL, "CZYX"},
      {4, {20, 50, 60, 3}, NULL, "ZYXC"},
      {4, {7, 9, 50, 60}, NULL, "TZYX"},
      {4, {1, 1, 50, 60}, NULL, "11YX"},
      {5, {5, 6, 2, 50, 60}, NULL, "TZCYX"},
      {6, {5, 6, 7, 2, 50, 60}, NULL, "TTZCYX"},
      {3, {10, 50, 60}, "?YX", "ZYX"},
      {3, {3, 50, 60}, "?YX", "CYX"},
      {4, {3, 50, 60, 3}, "?YXS", "ZYXS"},
      {4, {3, 5, 50, 60}, "Z?YX", "ZTYX"},
      {4, {9, 4, 50, 60}, "ZCYX", "ZCYX"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    CytoLayout layout = make(cases[i].known, cases[i].ndim, cases[i].shape);
    CytoReadOptions options = cyto_read_defaults();
    CytoError err = {0};
    CHECKF(cyto_layout_resolve(&layout, &options, &err), "case %zu: %s", i, err.text);
    CHECKF(strcmp(layout.axes, cases[i].expected) == 0, "case %zu: %s, expected %s", i, layout.axes,
           cases[i].expected);
    CHECKF(layout.source[0], "case %zu has no source", i);
  }
}

static void numbers(void) {
  static const struct {
    Case c;
    int channel, z;
  } cases[] = {
      {{3, {50, 60, 7}, NULL, "YXC"}, -1, CYTO_AXIS_NONE},
      {{3, {50, 60, 7}, NULL, "YXC"}, 2, CYTO_AXIS_NONE},
      {{3, {7, 50, 60}, NULL, "CYX"}, 0, CYTO_AXIS_NONE},
      {{3, {50, 7, 60}, NULL, "YCX"}, 1, CYTO_AXIS_NONE},
      {{3, {3, 50, 60}, NULL, "ZYX"}, CYTO_AXIS_NONE, 0},
      {{3, {50, 60, 30}, NULL, "YXZ"}, CYTO_AXIS_NONE, -1},
      {{4, {6, 8, 50, 60}, NULL, "CZYX"}, 0, CYTO_AXIS_NONE},
      {{4, {6, 8, 50, 60}, NULL, "ZCYX"}, 1, 0},
      {{4, {6, 8, 50, 60}, "ZCYX", "CZYX"}, 0, CYTO_AXIS_NONE},
      {{2, {50, 60}, NULL, "YX"}, 2, 0}, /* as in Cellpose, not for single planes */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    CytoLayout layout = make(cases[i].c.known, cases[i].c.ndim, cases[i].c.shape);
    CytoReadOptions options = {.channel_axis = cases[i].channel, .z_axis = cases[i].z};
    CytoError err = {0};
    CHECKF(cyto_layout_resolve(&layout, &options, &err), "case %zu: %s", i, err.text);
    CHECKF(strcmp(layout.axes, cases[i].c.expected) == 0, "case %zu: %s, expected %s", i,
           layout.axes, cases[i].c.expected);
  }
}

static void refuse(CytoLayout layout, CytoReadOptions options, const char *expected) {
  CytoError err = {0};
  CHECKF(!cyto_layout_resolve(&layout, &options, &err), "took what should fail: %s", expected);
  CHECK_STR(err.text, expected);
}

static void refusals(void) {
  CytoReadOptions none = cyto_read_defaults(), given = none;
  CytoLayout three = make(NULL, 3, (size_t[]){5, 50, 60});
  refuse(make(NULL, 1, (size_t[]){50}), none,
         "the array has shape (50): an image needs at least two axes");
  refuse(make(NULL, 2, (size_t[]){0, 50}), none, "the image is empty: its shape is (0, 50)");
  given.axes = "YX";
  refuse(three, given,
         "axes \"YX\" names 2 axes, but the file's array has 3: (5, 50, 60); give one letter of "
         "TZCYXS for each");
  given.axes = "ZZX";
  refuse(three, given, "axes \"ZZX\" names Z twice");
  given.axes = "CZX";
  refuse(three, given, "axes \"CZX\" must name both Y and X");
  given.axes = "QYX";
  refuse(three, given,
         "axes \"QYX\": 'Q' is none of T (time), Z (depth), C (channel), Y, X, S (samples of a "
         "colour picture)");
  given = none;
  given.channel_axis = 3;
  refuse(three, given,
         "channel_axis 3 does not exist: the file's array has 3 axes, (5, 50, 60), counted from 0");
  given.channel_axis = given.z_axis = 0;
  refuse(three, given, "channel_axis and z_axis are the same axis");
}

static void named(void) {
  CytoLayout layout = make(NULL, 4, (size_t[]){6, 50, 60, 3});
  CytoReadOptions options = cyto_read_defaults();
  CytoError err = {0};
  options.axes = "zyxs";
  REQUIREF(cyto_layout_resolve(&layout, &options, &err), "%s", err.text);
  CHECK_STR(layout.axes, "ZYXS");
  CHECK(layout.rgb);
}

/* Strides against the definition: element (t,z,c,y,x) of (T,Z,C,Y,X). */
static void strides(void) {
  CytoLayout layout = make("CZYXS", 5, (size_t[]){2, 5, 7, 11, 3});
  CytoReadOptions options = cyto_read_defaults();
  CytoError err = {0};
  CytoImage *image = NULL;
  REQUIRE(cyto_layout_resolve(&layout, &options, &err));
  REQUIREF(cyto_layout_image(&layout, 0, &image, &err), "%s", err.text);
  CHECK(image->nt == 1 && image->nz == 5 && image->nc == 6 && image->ny == 7 && image->nx == 11);
  CHECK(layout.stride[3] == 1 && layout.stride[2] == 11);
  CHECK(layout.stride[4] == 77 && layout.stride[0] == 3 * 77 && layout.stride[1] == 6 * 77);
  cyto_image_unref(image);
  image = NULL;
  CHECK(!cyto_layout_image(&layout, 1000, &image, &err) && err.code == CYTO_ERROR_LIMIT && !image);
  layout.shape[0] = layout.shape[1] = (size_t)1 << 40;
  err = (CytoError){0};
  CHECK(!cyto_layout_image(&layout, 0, &image, &err) && err.code == CYTO_ERROR_LIMIT);
}

int main(void) {
  return check_main(
      (CheckTest[]){TEST(shapes), TEST(numbers), TEST(refusals), TEST(named), TEST(strides), {0}});
}
