#include "train-conv.h"
#include "../base/mem.h"
#include <string.h>

float *cyto_room(CytoRoom *room, size_t floats, CytoError *err) {
  if (room->data && room->size >= floats)
    return room->data;
  free(room->data);
  *room = (CytoRoom){cyto_alloc(floats, sizeof(float), err), floats};
  return room->data;
}

void cyto_train_work_clear(CytoTrainWork *work) {
  free(work->scratch.data);
  free(work->packed.data);
  free(work->partial.data);
  work->scratch = work->packed = work->partial = (CytoRoom){0};
}

bool cyto_train_fits(const CytoTrainWork *work, const CytoTrainConv *conv) {
  size_t panel = work->kernel->panel;
  return conv->taps == 9 && conv->in % panel == 0 && conv->out % panel == 0;
}

bool cyto_train_forward(CytoTrainWork *work, const CytoTrainConv *conv, const CytoTrainIn *in,
                        const CytoTrainOut *out, CytoError *err) {
  bool fits = cyto_train_fits(work, conv) && out->sum; /* Winograd sums in any case */
  return (fits ? cyto_winograd_forward : cyto_plain_forward)(work, conv, in, out, err);
}

bool cyto_train_back(CytoTrainWork *work, const CytoTrainConv *conv, const CytoTrainIn *in,
                     const CytoTrainBack *back, CytoError *err) {
  bool fits = cyto_train_fits(work, conv);
  return (fits ? cyto_winograd_back : cyto_plain_back)(work, conv, in, back, err);
}

bool cyto_train_weights(CytoTrainWork *work, const CytoTrainConv *conv, const CytoTrainIn *in,
                        const float *g, float *g_weight, float *g_bias, CytoError *err) {
  bool fits = cyto_train_fits(work, conv);
  return (fits ? cyto_winograd_weights : cyto_plain_weights)(work, conv, in, g, g_weight, g_bias,
                                                             err);
}

void cyto_partials_add(const CytoPartials *p, double *sum, double *product) {
  const float *at = p->data;
  if (!sum)
    return;
  memset(sum, 0, p->n * p->channels * sizeof *sum);
  memset(product, 0, p->n * p->channels * sizeof *product);
  for (size_t i = 0; i < p->items; i++) {
    size_t image = i * p->per_item / p->per_image;
    for (size_t k = 0; k < p->span; k++, at += 2 * p->channels)
      for (size_t c = 0; c < p->channels && image + k < p->n; c++) {
        sum[(image + k) * p->channels + c] += at[c];
        product[(image + k) * p->channels + c] += at[p->channels + c];
      }
  }
}
