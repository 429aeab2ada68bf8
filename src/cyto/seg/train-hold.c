/* Parts a set of images into training and test. */
#include "../base/mem.h"
#include "../base/random.h"
#include "train-data.h"
#include <math.h>

/* Images order[0..take-1] go; labels of those that stay are needed no longer. */
static bool take_out(CytoTrainSet *set, const size_t *order, size_t take, CytoTrainSet *held,
                     CytoError *err) {
  CytoTrainImage *image = cyto_calloc(take, sizeof *image, err);
  if (!image)
    return false;
  *held = (CytoTrainSet){.image = image, .classes = set->classes};
  for (size_t i = 0; i < take; i++) {
    image[held->count++] = set->image[order[i]];
    set->image[order[i]] = (CytoTrainImage){0};
  }
  size_t kept = 0, n = set->count;
  for (size_t i = 0; i < n; i++) {
    if (!set->image[i].x)
      continue;
    free(cyto_steal(&set->image[i].labels));
    set->image[kept++] = set->image[i];
  }
  set->count = kept;
  return true;
}

bool cyto_train_set_hold_out(CytoTrainSet *set, double share, uint32_t seed, CytoTrainSet *held,
                             CytoError *err) {
  size_t n = set->count, take = (size_t)llround(share * (double)n);
  take = take < 1 ? 1 : take >= n && n ? n - 1 : take;
  if (n < 2)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "one image cannot be parted into training and test; give --test_dir, or leave "
                     "out --hold_out");
  CYTO_AUTOFREE size_t *order = cyto_alloc(n, sizeof *order, err);
  CytoRandom random;
  if (!order)
    return false;
  cyto_random_seed(&random, seed);
  cyto_random_permutation(&random, order, n);
  return take_out(set, order, take, held, err);
}

bool cyto_train_set_hold_every(CytoTrainSet *set, size_t every, CytoTrainSet *held,
                               CytoError *err) {
  size_t take = (set->count + every - 1) / every;
  if (set->count < 2)
    return true;
  CYTO_AUTOFREE size_t *order = cyto_alloc(take, sizeof *order, err);
  for (size_t i = 0; order && i < take; i++)
    order[i] = i * every;
  return order && take_out(set, order, take, held, err);
}
