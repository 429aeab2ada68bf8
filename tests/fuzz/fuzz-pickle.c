/* libFuzzer target: any bytes as a Python pickle. */
#include "../../src/cyto/base/pickle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Touches every value that a walker bounded in depth and number can reach. */
static size_t walk(const CytoPkl *node, int depth, size_t *left) {
  if (!node || depth == 0 || *left == 0)
    return 0;
  --*left;
  size_t sum = node->count;
  for (size_t i = 0; i < node->length && i < 64; i++)
    sum += (unsigned char)node->text[i];
  for (size_t i = 0; i < node->count && *left; i++)
    sum += walk(node->item[i], depth - 1, left);
  cyto_pkl_get(node, "a");
  return sum + walk(node->callable, depth - 1, left) + walk(node->args, depth - 1, left) +
         walk(node->state, depth - 1, left);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const globals[] = {"collections OrderedDict", "numpy dtype", "a b", NULL};
  CytoPickle *pickle = NULL;
  CytoError err = {0};
  size_t used = 0, left = 10000;
  bool good = cyto_pickle_read(data, size, globals, &pickle, &used, &err);
  if (good != (pickle != NULL) || good == (err.code != CYTO_OK) || used > size)
    __builtin_trap();
  if (good)
    walk(cyto_pickle_root(pickle), 40, &left);
  cyto_pickle_free(pickle);
  return 0;
}
