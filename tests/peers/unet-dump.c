/* What basic U-Nets come to, for comparison with PyTorch and SciPy. Numbers are raw f32 and u32.
 *   unet-dump step MODEL N H W X LABELS DICE RATE OUT   one step of SGD; prints the loss
 *   unet-dump labels CLASSES H W CELL BOUNDARY Y OUT    the mask rule */
#include "flow/classes.h"
#include "net/trainer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *load(const char *path, size_t bytes) {
  void *data = malloc(bytes);
  FILE *stream = fopen(path, "rb");
  if (!data || !stream || fread(data, 1, bytes, stream) != bytes)
    abort();
  fclose(stream);
  return data;
}

static int fail(const CytoError *err) {
  fprintf(stderr, "%s\n", err->text);
  return 1;
}

static int step(char **argv) {
  CytoError err = {0};
  CytoWeights *start = NULL, *after = NULL;
  CytoTrainer *trainer = NULL;
  CytoLayout layout;
  CytoOptim optim = cyto_optim_defaults(CYTO_SGD);
  size_t n = (size_t)atoi(argv[1]), h = (size_t)atoi(argv[2]), w = (size_t)atoi(argv[3]);
  double loss = 0;
  optim.weight_decay = 0;
  if (!cyto_weights_read(argv[0], &start, &err) || !cyto_weights_layout(start, &layout, &err) ||
      !cyto_trainer_new(start, &optim, &trainer, &err))
    return fail(&err);
  float *x = load(argv[4], n * layout.nbase[0] * h * w * sizeof *x);
  float *labels = load(argv[5], n * h * w * sizeof *labels);
  cyto_trainer_set_dice(trainer, atof(argv[6]));
  const CytoBatch batch = {x, labels, n, h, w};
  if (!cyto_trainer_step(trainer, &batch, atof(argv[7]), &loss, NULL, &err) ||
      !cyto_trainer_weights(trainer, &after, &err) ||
      !cyto_weights_write_safetensors(after, argv[8], CYTO_SAVE_F32, &err))
    return fail(&err);
  printf("%.9g\n", loss);
  free(x);
  free(labels);
  cyto_trainer_free(trainer);
  cyto_weights_free(start);
  cyto_weights_free(after);
  return 0;
}

static int labels(char **argv) {
  CytoError err = {0};
  size_t h = (size_t)atoi(argv[1]), w = (size_t)atoi(argv[2]);
  const CytoClassRule rule = {(size_t)atoi(argv[0]), atof(argv[3]), atof(argv[4])};
  float *y = load(argv[5], rule.classes * h * w * sizeof *y);
  uint32_t *out = malloc(h * w * sizeof *out), n;
  FILE *stream = fopen(argv[6], "wb");
  if (!out || !stream || !cyto_labels_from_classes(y, h, w, &rule, out, &n, NULL, &err))
    return fail(&err);
  fwrite(out, sizeof *out, h * w, stream);
  fclose(stream);
  free(y);
  free(out);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 11 && strcmp(argv[1], "step") == 0)
    return step(argv + 2);
  if (argc == 9 && strcmp(argv[1], "labels") == 0)
    return labels(argv + 2);
  return 2;
}
