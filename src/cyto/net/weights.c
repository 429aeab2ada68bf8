#include "weights.h"
#include "../base/mem.h"
#include "weights-private.h"
#include <string.h>

CytoTensor *cyto_weights_add(CytoWeights *weights, const char *name, size_t length,
                             CytoError *err) {
  static const char wrapper[] = "module."; /* of torch.nn.DataParallel */
  if (weights->count == CYTO_MAX_TENSORS) {
    cyto_fail(err, CYTO_ERROR_LIMIT, "it holds more than %d tensors; a CPnet has about 313",
              CYTO_MAX_TENSORS);
    return NULL;
  }
  if (memchr(name, 0, length)) {
    cyto_fail(err, CYTO_ERROR_FORMAT, "tensor %zu has a damaged name", weights->count + 1);
    return NULL;
  }
  if (length > sizeof wrapper - 1 && memcmp(name, wrapper, sizeof wrapper - 1) == 0) {
    name += sizeof wrapper - 1;
    length -= sizeof wrapper - 1;
  }
  if ((weights->count & (weights->count - 1)) == 0) { /* full at every power of two */
    size_t room = weights->count ? weights->count * 2 : 1;
    void *grown = cyto_realloc(weights->tensor, room, sizeof *weights->tensor, err);
    if (!grown)
      return NULL;
    weights->tensor = grown;
  }
  char *copy = cyto_alloc(length + 1, 1, err);
  if (!copy)
    return NULL;
  memcpy(copy, name, length);
  copy[length] = 0;
  CytoTensor *tensor = &weights->tensor[weights->count++];
  *tensor = (CytoTensor){.name = copy};
  return tensor;
}

bool cyto_tensor_values(const CytoTensor *tensor, size_t *values, size_t *total, CytoError *err) {
  *values = 1;
  for (unsigned i = 0; i < tensor->ndim; i++)
    if (!cyto_mul(*values, tensor->shape[i], values))
      *values = SIZE_MAX;
  if (*values > CYTO_MAX_VALUES || *total > CYTO_MAX_VALUES - *values)
    return cyto_fail(err, CYTO_ERROR_LIMIT,
                     "with tensor \"%.80s\" it holds more than %zu million values; a CPnet has 7",
                     tensor->name, CYTO_MAX_VALUES / 1000000);
  *total += *values;
  return true;
}

size_t cyto_tensor_count(const CytoTensor *tensor) {
  size_t values = 1;
  for (unsigned i = 0; i < tensor->ndim; i++)
    values *= tensor->shape[i];
  return values;
}

const CytoTensor *cyto_weights_find(const CytoWeights *weights, const char *name) {
  for (size_t i = 0; i < weights->count; i++)
    if (strcmp(weights->tensor[i].name, name) == 0)
      return &weights->tensor[i];
  return NULL;
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool refuse_duplicates(const CytoWeights *weights, CytoError *err) {
  CYTO_AUTOFREE const char **names = cyto_alloc(weights->count, sizeof *names, err);
  if (!names)
    return false;
  for (size_t i = 0; i < weights->count; i++)
    names[i] = weights->tensor[i].name;
  qsort(names, weights->count, sizeof *names, by_name);
  for (size_t i = 1; i < weights->count; i++)
    if (strcmp(names[i - 1], names[i]) == 0)
      return cyto_fail(err, CYTO_ERROR_FORMAT, "it holds two tensors named \"%.80s\"", names[i]);
  return true;
}

static void tensor_clear(CytoTensor *tensor) {
  free(tensor->name);
  if (!tensor->borrowed)
    free(tensor->data);
}

/* Takes a tensor of one value out of the list. */
static void move_scalar(CytoWeights *weights, const char *name, double *value) {
  for (size_t i = 0; i < weights->count; i++) {
    CytoTensor *tensor = &weights->tensor[i];
    if (strcmp(tensor->name, name) != 0)
      continue;
    if (cyto_tensor_count(tensor) == 1)
      *value = (double)tensor->data[0];
    tensor_clear(tensor);
    memmove(tensor, tensor + 1, (--weights->count - i) * sizeof *tensor);
    return;
  }
}

static double sane_diameter(double value) {
  return value > 0 && value < 1e6 ? value : 0;
}

bool cyto_weights_finish(CytoWeights *weights, CytoError *err) {
  if (!refuse_duplicates(weights, err))
    return false;
  move_scalar(weights, "diam_mean", &weights->diam_mean);
  move_scalar(weights, "diam_labels", &weights->diam_labels);
  weights->diam_mean = sane_diameter(weights->diam_mean);
  weights->diam_labels = sane_diameter(weights->diam_labels);
  return true;
}

static bool read_container(const CytoMap *map, CytoWeights *weights, CytoError *err) {
  const char *format;
  bool fine;
  if (map->size >= 4 && memcmp(map->data, "PK\3\4", 4) == 0) {
    format = "PyTorch zip";
    fine = cyto_read_torch_zip(map, weights, err);
  } else if (cyto_is_safetensors(map->data, map->size)) {
    format = "safetensors";
    fine = cyto_read_safetensors(map, weights, err);
  } else if (cyto_is_torch_legacy(map->data, map->size)) {
    format = "PyTorch legacy";
    fine = cyto_read_torch_legacy(map, weights, err);
  } else {
    return cyto_refuse_foreign_file(map->data, map->size, err);
  }
  return fine && cyto_weights_finish(weights, err) &&
         (weights->format = cyto_strdup(format, err)) != NULL;
}

static bool parse(const uint8_t *data, size_t size, uint8_t *file, CytoWeights **out,
                  CytoError *err) {
  CytoWeights *weights = cyto_calloc(1, sizeof *weights, err);
  if (!weights) {
    free(file);
    return false;
  }
  weights->file = file;
  if (!read_container(&(CytoMap){data, size}, weights, err)) {
    cyto_weights_free(weights);
    return false;
  }
  *out = weights;
  return true;
}

bool cyto_weights_parse(const uint8_t *data, size_t size, CytoWeights **out, CytoError *err) {
  return parse(data, size, NULL, out, err);
}

/* The file is needed no longer when no tensor lies in it. */
static void drop_file(CytoWeights *weights) {
  for (size_t i = 0; i < weights->count; i++)
    if (weights->tensor[i].borrowed)
      return;
  free(cyto_steal(&weights->file));
}

/* Files of a size that models have are read, so that nobody can cut them under our hands, and
 * tensors stay where they lie in them; what is larger (another program's network, to be refused by
 * name) is mapped. */
bool cyto_weights_read(const char *path, CytoWeights **out, CytoError *err) {
  CytoMap map = {0};
  uint8_t *file = NULL;
  size_t size;
  bool fine;
  if (!cyto_file_map(path, &map, err))
    return false;
  bool small = map.size <= (size_t)256 << 20;
  if (small) {
    cyto_file_unmap(&map);
    if (!cyto_file_read(path, 0, &file, &size, err))
      return false;
    fine = parse(file, size, file, out, err);
  } else {
    fine = cyto_weights_parse(map.data, map.size, out, err);
    cyto_file_unmap(&map);
  }
  if (fine)
    drop_file(*out);
  return fine || cyto_fail_prefix(err, path);
}

void cyto_size_model_clear(CytoSizeModel *size) {
  free(size->a);
  free(size->smean);
  *size = (CytoSizeModel){0};
}

void cyto_weights_release(CytoWeights *weights) {
  for (size_t i = 0; i < weights->count; i++)
    tensor_clear(&weights->tensor[i]);
  weights->count = 0;
  free(cyto_steal(&weights->tensor));
  free(cyto_steal(&weights->file));
}

void cyto_weights_free(CytoWeights *weights) {
  if (!weights)
    return;
  cyto_weights_release(weights);
  cyto_size_model_clear(&weights->size);
  char *card[] = {weights->name, weights->description, weights->licence,
                  weights->data, weights->training,    weights->format};
  for (size_t i = 0; i < sizeof card / sizeof *card; i++)
    free(card[i]);
  free(weights);
}
