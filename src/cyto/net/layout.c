/* The shape of a CPnet or a basic U-Net, read off its tensors (algorithm.md §1.2–1.8, 15.1). */
#include "weights-private.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAX_CHANNELS 4096
#define MAX_OUTPUTS 64

typedef struct Checker {
  const CytoWeights *weights;
  CytoError *err;
} Checker;

static const CytoTensor *find(const Checker *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static const CytoTensor *find(const Checker *c, const char *format, ...) {
  char name[160];
  va_list args;
  va_start(args, format);
  vsnprintf(name, sizeof name, format, args);
  va_end(args);
  return cyto_weights_find(c->weights, name);
}

static void describe(char out[96], unsigned ndim, const size_t *shape) {
  size_t used = 0;
  out[0] = 0;
  for (unsigned i = 0; i < ndim && used < 80; i++)
    used += (size_t)snprintf(out + used, 96 - used, "%s%zu", i ? "x" : "", shape[i]);
  if (!ndim)
    strcpy(out, "one value");
}

static bool expect(const Checker *c, const char *prefix, const char *name, unsigned ndim,
                   const size_t *shape) {
  const CytoTensor *tensor = find(c, "%s%s", prefix, name);
  if (!tensor)
    return cyto_fail(c->err, CYTO_ERROR_FORMAT, "the model lacks the tensor %s%s", prefix, name);
  bool same = tensor->ndim == ndim && !tensor->integer;
  for (unsigned i = 0; i < ndim && same; i++)
    same = tensor->shape[i] == shape[i];
  if (same)
    return true;
  char expected[96], found[96];
  describe(expected, ndim, shape);
  describe(found, tensor->ndim, tensor->shape);
  return cyto_fail(c->err, CYTO_ERROR_UNSUPPORTED,
                   "tensor %s%s is %s%s where this kind of network has %s", prefix, name, found,
                   tensor->integer ? " of integers" : "", expected);
}

static bool check_norm(const Checker *c, const char *prefix, size_t channels) {
  return expect(c, prefix, "weight", 1, &channels) && expect(c, prefix, "bias", 1, &channels) &&
         expect(c, prefix, "running_mean", 1, &channels) &&
         expect(c, prefix, "running_var", 1, &channels);
}

static bool check_conv(const Checker *c, const char *prefix, size_t in, size_t out, size_t kernel) {
  size_t shape[4] = {out, in, kernel, kernel};
  return expect(c, prefix, "weight", 4, shape) && expect(c, prefix, "bias", 1, &out);
}

/* Normalisation at index 0, convolution at `conv_index` (batchconv 2, batchconv0 1; §1.2). */
static bool check_batchconv(const Checker *c, const char *prefix, size_t in, size_t out,
                            size_t kernel, int conv_index) {
  char part[160];
  snprintf(part, sizeof part, "%s0.", prefix);
  if (!check_norm(c, part, in))
    return false;
  snprintf(part, sizeof part, "%s%d.", prefix, conv_index);
  return check_conv(c, part, in, out, kernel);
}

static bool check_down(const Checker *c, size_t level, size_t in, size_t out) {
  char prefix[96];
  for (size_t k = 0; k < 4; k++) {
    snprintf(prefix, sizeof prefix, "downsample.down.res_down_%zu.conv.conv_%zu.", level, k);
    if (!check_batchconv(c, prefix, k ? out : in, out, 3, 2))
      return false;
  }
  snprintf(prefix, sizeof prefix, "downsample.down.res_down_%zu.proj.", level);
  return check_batchconv(c, prefix, in, out, 1, 1);
}

static bool check_up(const Checker *c, size_t level, size_t in, size_t out, size_t style) {
  char prefix[96];
  const CytoTensor *joined = find(c, "upsample.up.res_up_%zu.conv.conv_1.conv.0.weight", level);
  if (joined && joined->ndim == 1 && joined->shape[0] == 2 * out)
    return cyto_fail(c->err, CYTO_ERROR_UNSUPPORTED,
                     "this network joins its skip connections by concatenation; only networks "
                     "that add them (all of Cellpose's own cell models) can be run");
  snprintf(prefix, sizeof prefix, "upsample.up.res_up_%zu.conv.conv_0.", level);
  if (!check_batchconv(c, prefix, in, out, 3, 2))
    return false;
  for (int k = 1; k < 4; k++) {
    size_t linear[2] = {out, style};
    snprintf(prefix, sizeof prefix, "upsample.up.res_up_%zu.conv.conv_%d.conv.", level, k);
    if (!check_batchconv(c, prefix, out, out, 3, 2))
      return false;
    snprintf(prefix, sizeof prefix, "upsample.up.res_up_%zu.conv.conv_%d.full.", level, k);
    if (!expect(c, prefix, "weight", 2, linear) || !expect(c, prefix, "bias", 1, &out))
      return false;
  }
  snprintf(prefix, sizeof prefix, "upsample.up.res_up_%zu.proj.", level);
  return check_batchconv(c, prefix, in, out, 1, 1);
}

static bool check_basic_down(const Checker *c, size_t level, size_t in, size_t out) {
  char prefix[96];
  for (size_t k = 0; k < 2; k++) {
    snprintf(prefix, sizeof prefix, "downsample.down.conv_down_%zu.conv.conv_%zu.", level, k);
    if (!check_batchconv(c, prefix, k ? out : in, out, 3, 2))
      return false;
  }
  return true;
}

static bool check_basic_up(const Checker *c, size_t level, size_t in, size_t out, size_t style) {
  char prefix[96];
  const CytoTensor *joined = find(c, "upsample.up.conv_up_%zu.conv.conv_1.conv.0.weight", level);
  size_t both = 2 * out, linear[2] = {both, style};
  if (joined && joined->ndim == 1 && joined->shape[0] == out)
    return cyto_fail(c->err, CYTO_ERROR_UNSUPPORTED,
                     "this U-Net without residual blocks adds its skip connections; only those "
                     "that join them by concatenation (all of Cellpose's own U-Nets) can be run");
  snprintf(prefix, sizeof prefix, "upsample.up.conv_up_%zu.conv.conv_0.", level);
  if (!check_batchconv(c, prefix, in, out, 3, 2))
    return false;
  snprintf(prefix, sizeof prefix, "upsample.up.conv_up_%zu.conv.conv_1.conv.", level);
  if (!check_batchconv(c, prefix, both, out, 3, 2))
    return false;
  snprintf(prefix, sizeof prefix, "upsample.up.conv_up_%zu.conv.conv_1.full.", level);
  return expect(c, prefix, "weight", 2, linear) && expect(c, prefix, "bias", 1, &both);
}

/* Levels, channels and outputs as the first tensors of each block tell them. */
static bool read_sizes(const Checker *c, CytoLayout *layout) {
  layout->basic = find(c, "downsample.down.conv_down_0.conv.conv_0.0.weight") != NULL;
  const char *block = layout->basic ? "conv_down_" : "res_down_";
  const CytoTensor *first = find(c, "downsample.down.%s0.conv.conv_0.0.weight", block);
  const CytoTensor *head = find(c, "output.2.weight");
  if (!first || first->ndim != 1 || !head || head->ndim != 4)
    return cyto_fail(c->err, CYTO_ERROR_FORMAT, "the model lacks the tensor %s",
                     first ? "output.2.weight" : "downsample.down.res_down_0.conv.conv_0.0.weight");
  layout->nbase[0] = first->shape[0];
  layout->nout = head->shape[0];
  layout->levels = 0;
  for (;;) {
    const CytoTensor *conv =
        find(c, "downsample.down.%s%zu.conv.conv_0.2.weight", block, layout->levels);
    if (!conv)
      break;
    if (layout->levels == CYTO_MAX_LEVELS)
      return cyto_fail(c->err, CYTO_ERROR_UNSUPPORTED, "the network has more than %d levels",
                       CYTO_MAX_LEVELS);
    layout->nbase[++layout->levels] = conv->ndim == 4 ? conv->shape[0] : 0;
  }
  bool sane = layout->levels > 0 && layout->nout > 0 && layout->nout <= MAX_OUTPUTS;
  for (size_t i = 0; i <= layout->levels; i++)
    sane = sane && layout->nbase[i] > 0 && layout->nbase[i] <= MAX_CHANNELS;
  return sane || cyto_fail(c->err, CYTO_ERROR_UNSUPPORTED,
                           "the network has sizes that cannot be: %zu levels, %zu inputs, %zu "
                           "outputs",
                           layout->levels, layout->nbase[0], layout->nout);
}

bool cyto_weights_layout(const CytoWeights *weights, CytoLayout *layout, CytoError *err) {
  CytoLayout l = {0};
  Checker c = {weights, err};
  if (!cyto_refuse_foreign_names(weights, err) || !read_sizes(&c, &l))
    return false;
  const size_t *n = l.nbase, style = l.nbase[l.levels];
  for (size_t i = 0; i < l.levels; i++)
    if (!(l.basic ? check_basic_down : check_down)(&c, i, n[i], n[i + 1]))
      return false;
  for (size_t i = 0; i < l.levels; i++) {
    size_t in = i + 1 == l.levels ? n[l.levels] : n[i + 2];
    if (!(l.basic ? check_basic_up : check_up)(&c, i, in, n[i + 1], style))
      return false;
  }
  if (!check_norm(&c, "output.0.", n[1]) || !check_conv(&c, "output.2.", n[1], l.nout, 1))
    return false;
  *layout = l;
  return true;
}

static const char *const names[] = {"cellpose", "unet2", "unet3", "semantic", "other"};

CytoNetKind cyto_layout_kind(const CytoLayout *layout) {
  if (!layout->basic)
    return layout->nout == 3 ? CYTO_NET_CELLPOSE : CYTO_NET_OTHER;
  return layout->nout == 1   ? CYTO_NET_SEMANTIC
         : layout->nout == 2 ? CYTO_NET_UNET2
         : layout->nout == 3 ? CYTO_NET_UNET3
                             : CYTO_NET_OTHER;
}

const char *cyto_net_name(CytoNetKind kind) {
  return names[kind];
}

CytoNetKind cyto_net_named(const char *name) {
  CytoNetKind kind = CYTO_NET_CELLPOSE;
  while (kind < CYTO_NET_OTHER && strcmp(names[kind], name) != 0)
    kind++;
  return kind;
}
