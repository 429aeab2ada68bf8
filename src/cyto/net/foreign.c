#include "weights-private.h"
#include <string.h>

/* Networks that are not a CPnet, told by the names of their tensors. `start` at the start of any
 * name (or the whole name where `whole`), first match wins. */
static const struct {
  const char *start;
  bool whole;
  const char *what;
} networks[] = {
    {"W2", true, "a Cellpose-SAM network of Cellpose 4"},
    {"encoder.neck.", false, "a Cellpose-SAM network of Cellpose 4"},
    {"image_encoder.", false, "a Segment Anything (SAM) network"},
    {"mask_decoder.", false, "a Segment Anything (SAM) network"},
    {"segformer.", false, "a transformer network of Cellpose 3"},
    {"encoder.", false, "a transformer network (Cellpose 3 has such models beside its own)"},
    {"decoder.", false, "a transformer network (Cellpose 3 has such models beside its own)"},
};

static bool has(const CytoWeights *weights, const char *start, bool whole) {
  size_t length = strlen(start) + whole;
  for (size_t i = 0; i < weights->count; i++)
    if (strncmp(weights->tensor[i].name, start, length) == 0)
      return true;
  return false;
}

bool cyto_refuse_foreign_names(const CytoWeights *weights, CytoError *err) {
  if (!weights->count)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "it holds no tensors, so it is not a Cellpose model");
  if (has(weights, "downsample.down.res_down_", false) ||
      has(weights, "downsample.down.conv_down_", false))
    return true;
  for (size_t i = 0; i < sizeof networks / sizeof *networks; i++)
    if (has(weights, networks[i].start, networks[i].whole))
      return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                       "this is %s; only the residual U-Net of Cellpose 1 to 3 can be run. "
                       "Choose a cyto, nuclei or similar model",
                       networks[i].what);
  return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                   "this is not the residual U-Net of Cellpose 1 to 3: none of its %zu tensors is "
                   "named downsample.down.res_down_0… (the first is \"%.80s\")",
                   weights->count, weights->tensor[0].name);
}

static bool begins(const uint8_t *data, size_t size, const char *magic, size_t length) {
  return size >= length && memcmp(data, magic, length) == 0;
}
#define BEGINS(magic) begins(data, size, magic, sizeof(magic) - 1)

static bool is_text(const uint8_t *data, size_t size) {
  size_t looked = size < 1024 ? size : 1024, accents = 0;
  for (size_t i = 0; i < looked; i++) {
    if ((data[i] < ' ' && data[i] != '\n' && data[i] != '\r' && data[i] != '\t') || data[i] == 127)
      return false;
    accents += data[i] > 127;
  }
  return accents <= looked / 2;
}

static const char *name_text(const uint8_t *data, size_t size) {
  if (BEGINS("version https://git-lfs"))
    return "a Git LFS pointer: the model itself was not downloaded (git lfs pull fetches it)";
  if (BEGINS("<"))
    return "a web page: the download of the model probably failed";
  return "a text file";
}

static const char *name_binary(const uint8_t *data, size_t size) {
  if (BEGINS("\x93NUMPY"))
    return "a NumPy array; a size model (…_size.npy) belongs beside its network and is found there";
  if (BEGINS("\x12\1\0\0\0\0\0\0"))
    return "an MXNet parameter file of Cellpose before version 2; take the file with torch in its "
           "name";
  if (BEGINS("\x89HDF\r\n\x1a\n"))
    return "an HDF5 file (Keras or another program)";
  if (size > 4 && data[0] == 8 && data[1] < 32 && data[2] == 0x12)
    return "an ONNX network";
  if (size > 262 && memcmp(data + 257, "ustar", 5) == 0)
    return "a tar archive; unpack it first";
  if (BEGINS("\x1f\x8b"))
    return "compressed with gzip; unpack it first";
  if (BEGINS("II*\0") || BEGINS("MM\0*") || BEGINS("\x89PNG") || BEGINS("\xff\xd8\xff"))
    return "a picture";
  if (BEGINS("%PDF"))
    return "a PDF document";
  if (size > 2 && data[0] == 0x80 && data[1] <= 5)
    return "a Python pickle, but not a PyTorch checkpoint";
  return NULL;
}

bool cyto_refuse_foreign_file(const uint8_t *data, size_t size, CytoError *err) {
  if (!size)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "the file is empty");
  if (size > 8 && data[8] == '{')
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "it looks like a safetensors file, but its header does not fit into its %zu "
                     "bytes: it is cut short or damaged",
                     size);
  const char *what = name_binary(data, size);
  if (!what && is_text(data, size))
    what = name_text(data, size);
  if (!what)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "not a model: neither safetensors nor a PyTorch checkpoint (it begins with "
                     "the bytes %02x %02x %02x %02x)",
                     data[0], size > 1 ? data[1] : 0, size > 2 ? data[2] : 0,
                     size > 3 ? data[3] : 0);
  return cyto_fail(err, CYTO_ERROR_UNSUPPORTED, "not a model but %s", what);
}
