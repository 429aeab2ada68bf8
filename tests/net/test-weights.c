#include "base/file.h"
#include "base/mem.h"
#include "check.h"
#include "net/weights-private.h"
#include "npy.h"
#include "tiny-weights.h"
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const size_t tiny_nbase[] = {2, 4, 6, 8};
static char folder[] = "/tmp/cyto-weights-XXXXXX";

static CytoWeights *read_or_null(const char *path) {
  CytoWeights *w = NULL;
  CytoError err = {0};
  CHECKF(cyto_weights_read(path, &w, &err), "%s", err.text);
  return w;
}

/* Bit for bit, whatever the order. */
static void check_same(const char *what, const CytoWeights *a, const CytoWeights *b) {
  CHECKF(a->count == b->count, "%s: %zu tensors, expected %zu", what, a->count, b->count);
  CHECKF(a->diam_mean == b->diam_mean && a->diam_labels == b->diam_labels, "%s: diameters", what);
  for (size_t i = 0; i < b->count; i++) {
    const CytoTensor *x = &b->tensor[i], *y = cyto_weights_find(a, x->name);
    REQUIREF(y, "%s: %s is missing", what, x->name);
    REQUIREF(x->ndim == y->ndim && memcmp(x->shape, y->shape, x->ndim * sizeof *x->shape) == 0 &&
                 x->integer == y->integer,
             "%s: %s has another shape", what, x->name);
    REQUIREF(memcmp(x->data, y->data, cyto_tensor_count(x) * 4) == 0, "%s: %s differs", what,
             x->name);
  }
}

static CytoWeights *sample(void) {
  CytoWeights *w = tiny_weights(3, tiny_nbase, 3, 11);
  tiny_size_model(w, 8, 5);
  w->diam_mean = 17;
  w->diam_labels = (double)16.3f;
  w->name = strdup("tiny \"µ\"");
  w->licence = strdup("BSD-3-Clause");
  w->data = strdup("made up");
  w->training = strdup("none\nat all");
  w->description = strdup("");
  return w;
}

static void half_precision(void) {
  for (uint32_t bits = 0; bits < 65536; bits++) {
    uint8_t raw[2] = {(uint8_t)bits, (uint8_t)(bits >> 8)};
    float value;
    uint16_t back;
    cyto_stored_decode(CYTO_STORED_F16, raw, 1, &value);
    int exponent = bits >> 10 & 31, mantissa = bits & 1023;
    double expected = exponent ? ldexp(1024 + mantissa, exponent - 25) : ldexp(mantissa, -24);
    if (exponent == 31)
      CHECK(mantissa ? isnan(value) : isinf(value));
    else
      REQUIREF(fabs((double)value) == expected && (bool)signbit(value) == bits >> 15, "%04x", bits);
    cyto_to_f16(&value, 1, &back);
    REQUIREF(back == bits || (isnan(value) && (back & 0x7c00) == 0x7c00 && (back & 0x3ff)),
             "%04x comes back as %04x", bits, back);
  }
  uint32_t state = 1;
  for (int i = 0; i < 300000; i++) {
    float x = ldexpf(tiny_value(&state), (int)(state >> 3) % 45 - 27), decoded;
    uint16_t half;
    bool fits = cyto_to_f16(&x, 1, &half);
    uint8_t raw[2] = {(uint8_t)half, (uint8_t)(half >> 8)};
    cyto_stored_decode(CYTO_STORED_F16, raw, 1, &decoded);
    int e = x != 0 ? ilogbf(x) : 0;
    double unit = ldexp(1, (e < -14 ? -14 : e) - 10), expected = nearbyint((double)x / unit) * unit;
    REQUIREF(fabs(expected) > 65504 ? !fits && isinf(decoded) : fits && (double)decoded == expected,
             "%a becomes %a, expected %a", (double)x, (double)decoded, expected);
  }
}

static void safetensors_round_trip(void) {
  CytoWeights *w = sample(), *back = NULL;
  CytoError err = {0};
  const char *path = check_path(folder, "base.safetensors");
  REQUIREF(cyto_weights_write_safetensors(w, path, CYTO_SAVE_F32, &err), "%s", err.text);
  REQUIRE((back = read_or_null(path)));
  check_same("safetensors", back, w);
  CHECK_STR(back->format, "safetensors");
  CHECK_STR(back->name, w->name);
  CHECK_STR(back->training, w->training);
  CHECK_STR(back->licence, w->licence);
  CHECK_STR(back->data, w->data);
  CHECK_STR(back->description, "");
  CHECK(back->size.n == 8 && back->size.diam_mean == w->size.diam_mean &&
        back->size.ymean == w->size.ymean);
  CHECK(memcmp(back->size.a, w->size.a, 64) == 0 &&
        memcmp(back->size.smean, w->size.smean, 64) == 0);
  const char *again = check_path(folder, "again.safetensors");
  REQUIRE(cyto_weights_write_safetensors(back, again, CYTO_SAVE_F32, &err));
  uint8_t *one = NULL, *two = NULL;
  size_t n1 = 0, n2 = 0;
  CHECK(cyto_file_read(path, 0, &one, &n1, &err) && cyto_file_read(again, 0, &two, &n2, &err));
  CHECK(n1 == n2 && memcmp(one, two, n1) == 0);
  free(one);
  free(two);
  cyto_weights_free(w);
  cyto_weights_free(back);
}

static void half_file(void) {
  CytoWeights *w = sample(), *back = NULL;
  CytoError err = {0};
  w->tensor[5].data[0] = 1e6f; /* downsample.down.res_down_0.conv.conv_0.2.weight: too large */
  REQUIRE(w->tensor[5].ndim == 4);
  const char *path = check_path(folder, "overflow.safetensors");
  REQUIREF(cyto_weights_write_safetensors(w, path, CYTO_SAVE_F16, &err), "%s", err.text);
  REQUIRE((back = read_or_null(path)));
  size_t coarse = 0;
  for (size_t i = 0; i < w->count; i++) {
    const CytoTensor *x = &w->tensor[i], *y = &back->tensor[i];
    bool exact = x->ndim < 2 || i == 5;
    for (size_t k = 0; k < cyto_tensor_count(x); k++) {
      CHECKF(exact ? x->data[k] == y->data[k] : fabsf(x->data[k] - y->data[k]) <= 0x1p-12f, "%s",
             x->name);
      coarse += x->data[k] != y->data[k];
    }
  }
  CHECK(coarse > 500);
  cyto_weights_free(back);
  cyto_weights_free(w);
}

static int python(const char *arguments) {
  char command[1024];
  if (access("/usr/bin/python3", X_OK) != 0)
    return 77;
  snprintf(command, sizeof command, "/usr/bin/python3 " SOURCE_ROOT "/tests/peers/torch-load.py %s",
           arguments);
  int status = system(command);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void expect_refusal(const char *file, const char *words) {
  CytoWeights *w = NULL;
  CytoError err = {0};
  CHECKF(!cyto_weights_read(check_path(folder, file), &w, &err), "%s was read", file);
  CHECKF(strstr(err.text, words), "%s: \"%s\" does not say \"%s\"", file, err.text, words);
  cyto_weights_free(w);
}

static void torch_agrees(void) {
  CytoWeights *w = sample();
  CytoError err = {0};
  REQUIRE(cyto_weights_write_safetensors(w, check_path(folder, "base.safetensors"), CYTO_SAVE_F32,
                                         &err));
  REQUIRE(cyto_weights_write_safetensors(w, check_path(folder, "half.safetensors"), CYTO_SAVE_F16,
                                         &err));
  REQUIREF(cyto_weights_write_torch(w, check_path(folder, "base.pth"), &err), "%s", err.text);
  char arguments[300];
  snprintf(arguments, sizeof arguments, "variants %s", folder);
  int status = python(arguments);
  if (status == 77) {
    cyto_weights_free(w);
    SKIP("PyTorch for /usr/bin/python3 is not installed");
  }
  CHECK(status == 0);
  static const char *const same[] = {"base",           "zip",          "legacy", "dict",
                                     "protocol4",      "legacy4",      "module", "wrapped",
                                     "wrapped-legacy", "parameters",   "double", "strided",
                                     "shared",         "shared-legacy"};
  for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
    char name[64];
    snprintf(name, sizeof name, "%s.pth", same[i]);
    CytoWeights *other = read_or_null(check_path(folder, name));
    if (other)
      check_same(name, other, w);
    cyto_weights_free(other);
  }
  static const char *const narrow[][2] = {{"half.pth", "half-as-float.pth"},
                                          {"bfloat16.pth", "bfloat16-as-float.pth"}};
  for (size_t i = 0; i < 2; i++) {
    CytoWeights *a = read_or_null(check_path(folder, narrow[i][0])),
                *b = read_or_null(check_path(folder, narrow[i][1]));
    if (a && b)
      check_same(narrow[i][0], a, b);
    cyto_weights_free(a);
    cyto_weights_free(b);
  }
  expect_refusal("bad-whole.pth", "torch.nn.modules.linear");
  expect_refusal("bad-list.pth", "state dict");
  expect_refusal("bad-script.pth", "TorchScript");
  expect_refusal("bad-npz.pth", ".npz");
  expect_refusal("bad-evil.pth", "posix.system");
  expect_refusal("bad-pickle.pth", "Python pickle");
  CHECK(access(check_path(folder, "harm"), F_OK) != 0);
  cyto_weights_free(w);
}

/* Both containers of PyTorch hold the same network; its layout is the one of the manifest. */
static void reference_containers(void) {
  const char *zip = reference_path("", "cpnet_small_random.pth");
  const char *legacy = reference_path("", "cpnet_small_random_legacy.pth");
  if (!zip || !legacy)
    SKIP("no ../shared/reference");
  CytoWeights *a = read_or_null(zip), *b = read_or_null(legacy);
  REQUIRE(a && b);
  CHECK_STR(a->format, "PyTorch zip");
  CHECK_STR(b->format, "PyTorch legacy");
  check_same("legacy", b, a);
  CytoLayout layout;
  CytoError err = {0};
  CHECKF(cyto_weights_layout(a, &layout, &err), "%s", err.text);
  CHECK(layout.levels == 4 && layout.nout == 3);
  cyto_weights_free(a);
  cyto_weights_free(b);
}

static void reference_models(void) {
  static const char *const names[] = {"nuclei", "cyto"};
  for (int i = 0; i < 2; i++) {
    char file[64], arguments[600];
    snprintf(file, sizeof file, "%s.pth", names[i]);
    const char *path = reference_path("", file);
    if (!path)
      SKIP("no ../shared/reference");
    CytoWeights *w = read_or_null(path), *back;
    REQUIRE(w);
    CytoLayout layout;
    CytoError err = {0};
    REQUIREF(cyto_weights_layout(w, &layout, &err), "%s", err.text);
    static const size_t nbase[] = {2, 32, 64, 128, 256};
    CHECK(layout.levels == 4 && layout.nout == 3 && memcmp(layout.nbase, nbase, sizeof nbase) == 0);
    CHECK(w->count == 311 && w->diam_mean == (i ? 30 : 17));
    REQUIREF(cyto_weights_write_torch(w, check_path(folder, "copy.pth"), &err), "%s", err.text);
    REQUIRE((back = read_or_null(check_path(folder, "copy.pth"))));
    check_same(names[i], back, w);
    snprintf(arguments, sizeof arguments, "same %s %s", path, check_path(folder, "copy.pth"));
    int status = python(arguments);
    CHECKF(status == 0 || status == 77, "PyTorch reads our copy of %s differently", names[i]);
    cyto_weights_free(back);
    cyto_weights_free(w);
  }
}

static void size_models(void) {
  CytoWeights *w = sample();
  CytoError err = {0};
  CytoSizeModel back = {0};
  const char *path = check_path(folder, "size.npy");
  REQUIREF(cyto_size_model_write(&w->size, path, &err), "%s", err.text);
  REQUIREF(cyto_size_model_read(path, &back, &err), "%s", err.text);
  CHECK(back.n == 8 && back.diam_mean == w->size.diam_mean && back.ymean == w->size.ymean);
  CHECK(memcmp(back.a, w->size.a, 64) == 0 && memcmp(back.smean, w->size.smean, 64) == 0);
  cyto_size_model_clear(&back);
  if (access("/usr/bin/python3", X_OK) == 0) {
    char command[900];
    snprintf(
        command, sizeof command,
        "/usr/bin/python3 -c \"import numpy as np,sys\n"
        "d=np.load('%s',allow_pickle=True).item()\n"
        "assert list(d)==['A','smean','diam_mean','ymean']\n"
        "assert d['A'].dtype==np.float64 and d['smean'].dtype==np.float32\n"
        "assert d['A'].shape==d['smean'].shape==(8,) and d['diam_mean']==17.25\n"
        "assert d['ymean']==np.float32(0.14401175) and d['ymean'].dtype==np.float32\n"
        "assert d['A'][3]==float.fromhex('%a') and d['smean'][7]==float.fromhex('%a')\n"
        "d['A']=d['A'].astype(np.float16).reshape(1,8);d['ymean']=np.array(2);d['diam_mean']=30\n"
        "np.save('%s',d)\n\"",
        path, w->size.a[3], w->size.smean[7], check_path(folder, "other.npy"));
    REQUIRE(system(command) == 0);
    REQUIREF(cyto_size_model_read(check_path(folder, "other.npy"), &back, &err), "%s", err.text);
    CHECK(back.n == 8 && back.ymean == 2 && back.diam_mean == 30);
    CHECK_NEAR(back.a[3], w->size.a[3], 1e-3);
    cyto_size_model_clear(&back);
  }
  const char *reference = reference_path("", "nuclei_size.npy");
  if (reference) {
    REQUIREF(cyto_size_model_read(reference, &back, &err), "%s", err.text);
    CHECK(back.n == 256 && back.diam_mean == 17 && back.ymean == (double)0.14401175f);
    cyto_size_model_clear(&back);
  }
  CHECK(!cyto_size_model_read(check_path(folder, "base.safetensors"), &back, &err) &&
        strstr(err.text, "not a size model"));
  cyto_weights_free(w);
}

static void unwritable(void) {
  CytoWeights *w = sample();
  CytoError err = {0};
  CHECK(!cyto_weights_write_torch(w, "/nowhere/at/all.pth", &err) && err.code == CYTO_ERROR_IO);
  CHECK(!cyto_weights_write_safetensors(w, "/nowhere/x", CYTO_SAVE_F32, &err));
  CHECK(!cyto_size_model_write(&w->size, "/nowhere/x.npy", &err));
  CHECK(!cyto_weights_write_torch(w, folder, &err) && strstr(err.text, "folder"));
  cyto_weights_free(w);
}

int main(void) {
  if (!mkdtemp(folder))
    return 1;
  int status = check_main((CheckTest[]){TEST(half_precision),
                                        TEST(safetensors_round_trip),
                                        TEST(half_file),
                                        TEST(torch_agrees),
                                        TEST(reference_containers),
                                        TEST(reference_models),
                                        TEST(size_models),
                                        TEST(unwritable),
                                        {0}});
  char command[64];
  snprintf(command, sizeof command, "rm -rf %s", folder);
  return system(command) != 0 || status;
}
