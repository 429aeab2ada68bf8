#include "check.h"
#include "io/format.h"
#include "io/npy.h"

typedef struct File {
  uint8_t bytes[4096];
  size_t size;
} File;

static File make(const char *descr, bool fortran, const char *shape, const void *data, size_t n) {
  File file = {0};
  char header[119], text[256];
  snprintf(text, sizeof text, "{'descr': %s, 'fortran_order': %s, 'shape': %s, }", descr,
           fortran ? "True" : "False", shape);
  snprintf(header, sizeof header, "%-117s\n", text);
  memcpy(file.bytes, "\x93NUMPY\x01\x00\x76\x00", 10);
  memcpy(file.bytes + 10, header, 118);
  memcpy(file.bytes + 128, data, n);
  file.size = 128 + n;
  return file;
}

static CytoImage *open_as(const File *file, const char *axes, CytoError *err) {
  CytoReadOptions options = cyto_read_defaults();
  options.axes = axes;
  CytoImage *image = NULL;
  CytoBytes bytes = {file->bytes, file->size, "test.npy"};
  *err = (CytoError){0};
  return cyto_npy_read(&bytes, &options, &image, NULL, err) ? image : NULL;
}

static void refuse(File file, const char *expected) {
  CytoError err;
  CHECK(!open_as(&file, NULL, &err));
  CHECKF(strstr(err.text, expected), "\"%s\" does not say \"%s\"", err.text, expected);
}

static void types(void) {
  static const struct {
    const char *descr;
    uint8_t data[8];
    size_t n;
    CytoDtype dtype;
    float value;
  } cases[] = {
      {"'|u1'", {200}, 1, CYTO_U8, 200},
      {"'|i1'", {200}, 1, CYTO_I8, -56},
      {"'|b1'", {1}, 1, CYTO_U8, 1},
      {"'<u2'", {1, 2}, 2, CYTO_U16, 513},
      {"'>u2'", {1, 2}, 2, CYTO_U16, 258},
      {"'>i2'", {0xff, 0xfe}, 2, CYTO_I16, -2},
      {"'<i4'", {0xfe, 0xff, 0xff, 0xff}, 4, CYTO_I32, -2},
      {"'>u4'", {0, 0, 1, 0}, 4, CYTO_U32, 256},
      {"'<i8'", {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 8, CYTO_I64, -2},
      {"'<f2'", {0x00, 0x3e}, 2, CYTO_F32, 1.5f},
      {"'>f2'", {0xc0, 0x00}, 2, CYTO_F32, -2},
      {"'<f4'", {0, 0, 0xc0, 0x3f}, 4, CYTO_F32, 1.5f},
      {"'>f8'", {0x3f, 0xf8, 0, 0, 0, 0, 0, 0}, 8, CYTO_F64, 1.5f},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    File file = make(cases[i].descr, false, "(1, 1)", cases[i].data, cases[i].n);
    CytoError err;
    CytoImage *image = open_as(&file, NULL, &err);
    REQUIREF(image, "%s: %s", cases[i].descr, err.text);
    float value;
    cyto_image_plane_f32(image, 0, 0, 0, &value);
    CHECKF(image->dtype == cases[i].dtype && value == cases[i].value, "%s: %s %g", cases[i].descr,
           cyto_dtype_name(image->dtype), (double)value);
    cyto_image_unref(image);
  }
}

/* The same 2×3×4 numbers in both orders, read as any order of axes. */
static void orders(void) {
  uint8_t c[24], f[24];
  for (unsigned i = 0; i < 24; i++) {
    c[i] = (uint8_t)i;
    f[i % 12 / 4 * 2 + i / 12 + i % 4 * 6] = (uint8_t)i;
  }
  File plain = make("'|u1'", false, "(2, 3, 4)", c, 24);
  File fortran = make("'|u1'", true, "(2, 3, 4)", f, 24);
  static const char *const axes[] = {"ZYX", "CXY", "YXC", "XZY", "YCX"};
  for (size_t i = 0; i < 5; i++) {
    CytoError err;
    CytoImage *a = open_as(&plain, axes[i], &err), *b = open_as(&fortran, axes[i], &err);
    REQUIREF(a && b, "%s", err.text);
    for (size_t n = 0; n < 24; n++) {
      size_t at[3] = {n / 12, n / 4 % 3, n % 4}, z = 0, ch = 0, y = 0, x = 0;
      for (int k = 0; k < 3; k++)
        *(axes[i][k] == 'Z' ? &z : axes[i][k] == 'C' ? &ch : axes[i][k] == 'Y' ? &y : &x) = at[k];
      size_t to = ((z * a->nc + ch) * a->ny + y) * a->nx + x;
      CHECK(((uint8_t *)a->data)[to] == n && ((uint8_t *)b->data)[to] == n);
    }
    cyto_image_unref(a);
    cyto_image_unref(b);
  }
}

static void refusals(void) {
  uint8_t zero[64] = {0};
  refuse(make("'<u2'", false, "(4, 4)", zero, 31), "cut short: its header announces 16 numbers");
  refuse(make("'<c8'", false, "(2, 2)", zero, 32), "the array's type is '<c8'");
  refuse(make("'<U5'", false, "(2, 2)", zero, 32), "the array's type is '<U5'");
  refuse(make("'<f3'", false, "(2, 2)", zero, 32), "the array's type is '<f3'");
  refuse(make("[('x', '<f4')]", false, "(2,)", zero, 8), "a table of records");
  refuse(make("'|O'", false, "()", zero, 8), "Python objects");
  refuse(make("'|u1'", false, "()", zero, 1), "at least two axes");
  refuse(make("'|u1'", false, "(0, 4)", zero, 0), "empty");
  refuse(make("'|u1'", false, "(4294967296, 4294967296)", zero, 0), "more elements than memory");
  refuse(make("'|u1'", false, "(99999999999999999999, 1)", zero, 0), "no readable shape");
  refuse(make("'|u1'", false, "(1,1,1,1,1,1,1,1,1)", zero, 1), "more than 8 axes");
  refuse(make("'|u1'", false, "(2, -2)", zero, 4), "no readable shape");
  refuse(make("'|u1', 'x': 3", false, "(2, 2)", zero, 4), "unknown entry 'x'");
  File file = make("'|u1'", false, "(2, 2)", zero, 4);
  file.bytes[6] = 9;
  refuse(file, "version 9");
  file.bytes[6] = 1;
  file.bytes[9] = 0x70;
  refuse(file, "ends inside its header");
  file = make("'|u1'", false, "(2, 2)", zero, 4);
  file.bytes[20] = 0;
  refuse(file, "");
}

/* Every prefix and every flipped bit of the header: an answer, not a crash. */
static void damage(void) {
  uint8_t pixels[16] = {0};
  File file = make("'|u1'", false, "(4, 4)", pixels, 16);
  size_t refused = 0;
  CytoError err;
  for (size_t size = 0; size < file.size; size++) {
    File part = file;
    part.size = size;
    CytoImage *image = open_as(&part, NULL, &err);
    CHECK(!image && err.text[0]);
    cyto_image_unref(image);
  }
  for (size_t bit = 0; bit < 128 * 8; bit++) {
    File bad = file;
    bad.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    CytoImage *image = open_as(&bad, NULL, &err);
    refused += image == NULL;
    cyto_image_unref(image);
  }
  CHECKF(refused > 300, "%zu refused", refused);
}

int main(void) {
  return check_main((CheckTest[]){TEST(types), TEST(orders), TEST(refusals), TEST(damage), {0}});
}
