/* Files that are not a model, or no longer one: each is refused with what it is. */
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "check.h"
#include "net/weights-private.h"
#include "npy.h"
#include "tiny-weights.h"
#include <unistd.h>

static const size_t tiny_nbase[] = {1, 3, 4};
static char folder[] = "/tmp/cyto-bad-XXXXXX";

static void refuse(const void *bytes, size_t size, const char *words) {
  uint8_t *copy = malloc(size ? size : 1);
  memcpy(copy, bytes, size);
  CytoWeights *w = NULL;
  CytoError err = {0};
  CHECKF(!cyto_weights_parse(copy, size, &w, &err) && !w, "read although \"%s\" was expected",
         words);
  CHECKF(strstr(err.text, words), "\"%s\" does not say \"%s\"", err.text, words);
  cyto_weights_free(w);
  free(copy);
}
#define REFUSE(bytes, words) refuse(bytes, sizeof(bytes) - 1, words)

static void foreign_files(void) {
  REFUSE("", "empty");
  REFUSE("\x93NUMPY\1\0v\0{'descr': '|O'}", "NumPy array");
  REFUSE("\x12\1\0\0\0\0\0\0\0\0\0\0", "MXNet");
  REFUSE("\x89HDF\r\n\x1a\n........", "HDF5");
  REFUSE("\x08\x06\x12\x07pytorch", "ONNX");
  REFUSE("\x1f\x8b\x08\0\0\0\0", "gzip");
  REFUSE("\x89PNG\r\n\x1a\n", "picture");
  REFUSE("%PDF-1.5", "PDF");
  REFUSE("\x80\4\x95\x1\0\0\0\0\0\0\0N.", "Python pickle");
  REFUSE("<!DOCTYPE html><html>404", "web page");
  REFUSE("version https://git-lfs.github.com/spec/v1\noid", "Git LFS");
  REFUSE("model = 3\n", "text file");
  REFUSE("PK\3\4 and no more", "table of contents");
  REFUSE("\xff\xfe\xfd\xfc\xfb", "ff fe fd fc");
  REFUSE("\0\1\0\0\0\0\0\0{\"a\":1}", "cut short");
}

/* A safetensors file of this header and `data` zero bytes. */
static void refuse_header(const char *header, size_t data, const char *words) {
  size_t n = strlen(header);
  uint8_t *file = calloc(8 + n + data, 1);
  for (int i = 0; i < 8; i++)
    file[i] = (uint8_t)((uint64_t)n >> (8 * i));
  memcpy(file + 8, header, n);
  refuse(file, 8 + n + data, words);
  free(file);
}

#define DOWN "downsample.down.res_down_0.conv.conv_0.0.weight"
#define ENTRY(name, type, shape, begin, end)                                                       \
  "\"" name "\":{\"dtype\":\"" type "\",\"shape\":" shape ",\"data_offsets\":[" begin "," end "]}"

static void damaged_safetensors(void) {
  refuse_header("{]", 0, "damaged at byte");
  refuse_header("{}", 0, "no tensors");
  refuse_header("{" ENTRY(DOWN, "F32", "[2]", "0", "8") "," ENTRY(DOWN, "F32", "[2]", "0", "8") "}",
                8, "damaged");
  refuse_header("{" ENTRY(DOWN, "F32", "[2]", "0", "8") "}", 7, "bytes 0 to 8 of data");
  refuse_header("{" ENTRY(DOWN, "F32", "[2]", "0", "8") "}", 9, "9 bytes of data");
  refuse_header("{" ENTRY(DOWN, "F32", "[3]", "0", "8") "}", 8, "should take 12 bytes");
  refuse_header("{" ENTRY(DOWN, "F32", "[2]", "8", "0") "}", 8, "bytes 8 to 0");
  refuse_header("{" ENTRY(DOWN, "F32", "[2]", "-8", "0") "}", 8, "lacks its type or place");
  refuse_header("{" ENTRY(DOWN, "F32", "[2.5]", "0", "8") "}", 8, "damaged shape");
  refuse_header("{" ENTRY(DOWN, "F8_E4M3", "[2]", "0", "2") "}", 2, "F8_E4M3");
  refuse_header("{" ENTRY(DOWN, "F32", "[1,1,1,1,2]", "0", "8") "}", 8, "5 dimensions");
  refuse_header("{" ENTRY(DOWN, "F32", "[4294967296,4294967296]", "0", "8") "}", 8,
                "million values");
  refuse_header("{" ENTRY(DOWN, "F32", "[2]", "0", "8") "," ENTRY("x", "F32", "[2]", "4", "12") "}",
                12, "overlap");
  refuse_header(
      "{" ENTRY(DOWN, "F32", "[2]", "0", "8") "," ENTRY("x", "F32", "[1]", "12", "16") "}", 16,
      "gaps");
  refuse_header(
      "{" ENTRY(DOWN, "F32", "[2]", "0", "8") "," ENTRY("module." DOWN, "F32", "[0]", "8", "8") "}",
      8, "two tensors named");
  refuse_header(
      "{" ENTRY(DOWN, "F32", "[2]", "0", "8") "," ENTRY("size.A", "F64", "[1]", "8", "16") "}", 16,
      "size model is incomplete");
  refuse_header("{\"" DOWN "\":7}", 0, "lacks its type");
}

static void foreign_networks(void) {
  static const char *const names[][2] = {
      {"W2", "Cellpose 4"},
      {"encoder.neck.0.weight", "Cellpose 4"},
      {"image_encoder.blocks.0.norm1.weight", "Segment Anything"},
      {"encoder.patch_embed1.proj.weight", "transformer"},
      {"decoder.blocks.0", "transformer"},
      {"layer1.0.conv1.weight", "none of its 1 tensors"},
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char header[200];
    snprintf(header, sizeof header,
             "{\"%s\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", names[i][0]);
    refuse_header(header, 8, names[i][1]);
  }
}

static void expect_layout(const CytoWeights *w, const char *words) {
  CytoLayout layout = {.nout = 99};
  CytoError err = {0};
  bool good = cyto_weights_layout(w, &layout, &err);
  CHECKF(good == !words, "%s", err.text);
  if (words)
    CHECKF(strstr(err.text, words) && layout.nout == 99, "\"%s\" does not say \"%s\"", err.text,
           words);
}

static CytoTensor *tensor(CytoWeights *w, const char *name) {
  return (CytoTensor *)(uintptr_t)cyto_weights_find(w, name);
}

static void layouts(void) {
  static const size_t shapes[][9] = {{1, 4, 6}, {2, 8}, {5, 3, 4, 5, 6, 7, 8, 9, 10}};
  static const size_t levels[] = {2, 1, 8}, nout[] = {1, 3, 7};
  for (int i = 0; i < 3; i++) {
    CytoWeights *w = tiny_weights(levels[i], shapes[i], nout[i], 1);
    CytoLayout layout;
    CytoError err = {0};
    CHECKF(cyto_weights_layout(w, &layout, &err), "%s", err.text);
    CHECK(layout.levels == levels[i] && layout.nout == nout[i]);
    CHECK(memcmp(layout.nbase, shapes[i], (levels[i] + 1) * sizeof(size_t)) == 0);
    cyto_weights_free(w);
  }
}

static void broken_layouts(void) {
  CytoWeights *w = tiny_weights(2, tiny_nbase, 3, 1);
  expect_layout(w, NULL);
  CytoTensor *t = tensor(w, "upsample.up.res_up_1.conv.conv_2.full.weight");
  t->shape[1] = 5;
  expect_layout(w, "conv_2.full.weight is 4x5 where this kind of network has 4x4");
  t->shape[1] = 4;
  t->name[0] = 'X';
  expect_layout(w, "lacks the tensor upsample.up.res_up_1.conv.conv_2.full.weight");
  t->name[0] = 'u';
  t = tensor(w, "output.0.running_var");
  t->integer = true;
  expect_layout(w, "of integers");
  t->integer = false;
  t = tensor(w, "upsample.up.res_up_0.conv.conv_1.conv.0.weight");
  t->shape[0] = 6;
  expect_layout(w, "concatenation");
  t->shape[0] = 3;
  t = tensor(w, "downsample.down.res_down_0.conv.conv_0.2.weight");
  t->shape[2] = t->shape[3] = 5;
  expect_layout(w, "3x1x5x5 where this kind of network has 3x1x3x3");
  t->ndim = 2;
  expect_layout(w, "sizes that cannot be");
  cyto_weights_free(w);
  CytoWeights counters = {0};
  expect_layout(&counters, "no tensors");
  w = tiny_weights(2, tiny_nbase, 3, 1);
  size_t kept = 0; /* num_batches_tracked is optional */
  for (size_t i = 0; i < w->count; i++) {
    if (w->tensor[i].integer) {
      free(w->tensor[i].name);
      free(w->tensor[i].data);
    } else {
      w->tensor[kept++] = w->tensor[i];
    }
  }
  w->count = kept;
  expect_layout(w, NULL);
  cyto_weights_free(w);
}

/* Cuts and flips of a file that was good: never a crash; a cut is always found. */
static void damage(const char *path) {
  uint8_t *data = NULL;
  size_t size = 0;
  CytoError err = {0};
  REQUIREF(cyto_file_read(path, 0, &data, &size, &err), "%s", err.text);
  for (size_t i = 0; i < 60; i++) {
    size_t cut = size * i / 60;
    uint8_t *copy = malloc(cut + 1);
    memcpy(copy, data, cut);
    CytoWeights *w = NULL;
    err = (CytoError){0};
    CHECKF(!cyto_weights_parse(copy, cut, &w, &err) && *err.text, "%s cut to %zu bytes was read",
           path, cut);
    cyto_weights_free(w);
    free(copy);
  }
  uint32_t state = 7;
  for (int i = 0; i < 400; i++) {
    tiny_value(&state);
    size_t at = (i & 1 ? size : 3000) * (state >> 8) >> 24;
    uint8_t old = data[at];
    data[at] ^= (uint8_t)(1u << (i % 8));
    CytoWeights *w = NULL;
    if (cyto_weights_parse(data, size, &w, &err))
      cyto_weights_free(w);
    data[at] = old;
  }
  free(data);
}

static void damaged_files(void) {
  CytoWeights *w = tiny_weights(2, tiny_nbase, 3, 1);
  CytoError err = {0};
  REQUIRE(cyto_weights_write_torch(w, check_path(folder, "a.pth"), &err));
  REQUIRE(
      cyto_weights_write_safetensors(w, check_path(folder, "a.safetensors"), CYTO_SAVE_F32, &err));
  cyto_weights_free(w);
  damage(check_path(folder, "a.pth"));
  damage(check_path(folder, "a.safetensors"));
  const char *legacy = reference_path("", "cpnet_small_random_legacy.pth");
  if (legacy)
    damage(legacy);
}

/* A changed weight in the zip container is found by its checksum. */
static void checksum(void) {
  CytoWeights *w = tiny_weights(2, tiny_nbase, 3, 1);
  CytoError err = {0};
  uint8_t *data = NULL;
  size_t size;
  REQUIRE(cyto_weights_write_torch(w, check_path(folder, "b.pth"), &err));
  REQUIRE(cyto_file_read(check_path(folder, "b.pth"), 0, &data, &size, &err));
  uint8_t *place = memmem(data, size, w->tensor[5].data, cyto_tensor_count(&w->tensor[5]) * 4);
  REQUIRE(place);
  CHECKF((place - data) % 64 == 0, "stored arrays begin at multiples of 64");
  place[3] ^= 1;
  refuse(data, size, "data/7 of the archive cannot be read: CRC error");
  free(data);
  cyto_weights_free(w);
}

static const char script[] =
    "import sys,zipfile\n"
    "d=sys.argv[1]\n"
    "z=zipfile.ZipFile(d+'/bomb.pth','w',zipfile.ZIP_DEFLATED)\n"
    "z.writestr('a/data.pkl',bytes(60<<20))\n"
    "z.close()\n"
    "z=zipfile.ZipFile(d+'/two.pth','w')\n"
    "z.writestr('a/data.pkl',b'N.'); z.writestr('b/data.pkl',b'N.')\n"
    "z.close()\n"
    "z=zipfile.ZipFile(d+'/none.pth','w')\n"
    "z.writestr('word/document.xml',b'x')\n"
    "z.close()\n"
    "z=zipfile.ZipFile(d+'/big.pth','w')\n"
    "z.writestr('a/data.pkl',b'N.'); z.writestr('a/byteorder',b'big')\n"
    "z.close()\n"
    "P=b'ctorch._utils\\n_rebuild_tensor_v2\\n'\n"
    "N=b'X\\x2f\\0\\0\\0downsample.down.res_down_0.conv.conv_0.0.weight'\n"
    "def t(count,off,size,stride):\n"
    "  return (b'\\x80\\2}('+N+P+b'((X\\7\\0\\0\\0storagectorch\\nFloatStorage\\nX\\1\\0\\0\\x00"
    "0X\\3\\0\\0\\0cpu'+count+b'tQ'+off+size+stride+b'\\x89}tRu.')\n"
    "def s(name,*a):\n"
    "  z=zipfile.ZipFile(d+'/'+name,'w'); z.writestr('a/data.pkl',t(*a))\n"
    "  z.writestr('a/data/0',bytes(16)); z.close()\n"
    "s('fine.pth',b'K\\4',b'K\\0',b'(K\\4t',b'(K\\1t')\n"
    "s('outside.pth',b'K\\4',b'K\\1',b'(K\\4t',b'(K\\1t')\n"
    "s('stride.pth',b'K\\4',b'K\\0',b'(K\\4t',b'(K\\2t')\n"
    "s('negative.pth',b'K\\4',b'J\\xff\\xff\\xff\\xff',b'(K\\4t',b'(K\\1t')\n"
    "s('short.pth',b'K\\5',b'K\\0',b'(K\\5t',b'(K\\1t')\n"
    "s('spread.pth',b'K\\4',b'K\\0',b'(J\\0\\0\\0\\1t',b'(K\\0t')\n"
    "s('huge.pth',b'K\\4',b'K\\0',b'(\\x8a\\x08'+b'\\xff'*7+b'\\x7ft',b'(K\\0t')\n";

static void archives(void) {
  char command[256];
  if (access("/usr/bin/python3", X_OK) != 0)
    SKIP("/usr/bin/python3 is not installed");
  CytoError err = {0};
  REQUIRE(cyto_file_write(check_path(folder, "make.py"), script, sizeof script - 1, &err));
  snprintf(command, sizeof command, "/usr/bin/python3 %s %s", check_path(folder, "make.py"),
           folder);
  REQUIRE(system(command) == 0);
  static const char *const expected[][2] = {
      {"bomb.pth", "far larger than the archive"},
      {"two.pth", "two data.pkl"},
      {"none.pth", "no data.pkl"},
      {"big.pth", "big-endian"},
      {"outside.pth", "reaches outside"},
      {"stride.pth", "reaches outside"},
      {"negative.pth", "is damaged"},
      {"short.pth", "should have 20 bytes"},
      {"spread.pth", "more values than"},
      {"huge.pth", "million values"},
  };
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
    CytoWeights *w = NULL;
    err = (CytoError){0};
    CHECKF(!cyto_weights_read(check_path(folder, expected[i][0]), &w, &err), "%s was read",
           expected[i][0]);
    CHECKF(strstr(err.text, expected[i][1]) && strstr(err.text, expected[i][0]),
           "\"%s\" does not say \"%s\"", err.text, expected[i][1]);
    cyto_weights_free(w);
  }
  CytoWeights *w = NULL;
  CHECKF(cyto_weights_read(check_path(folder, "fine.pth"), &w, &err), "%s", err.text);
  cyto_weights_free(w);
}

static void no_file(void) {
  CytoWeights *w = NULL;
  CytoError err = {0};
  CHECK(!cyto_weights_read("/nowhere/x.pth", &w, &err) && err.code == CYTO_ERROR_IO);
  CHECK(!cyto_weights_read(folder, &w, &err) && strstr(err.text, "folder"));
  CHECK(!cyto_weights_read("/dev/zero", &w, &err));
}

int main(void) {
  if (!mkdtemp(folder))
    return 1;
  int status = check_main((CheckTest[]){TEST(foreign_files),
                                        TEST(damaged_safetensors),
                                        TEST(foreign_networks),
                                        TEST(layouts),
                                        TEST(broken_layouts),
                                        TEST(damaged_files),
                                        TEST(checksum),
                                        TEST(archives),
                                        TEST(no_file),
                                        {0}});
  char command[64];
  snprintf(command, sizeof command, "rm -rf %s", folder);
  return system(command) != 0 || status;
}
