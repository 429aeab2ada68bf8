/* The style (algorithm.md §1.5): mean of the deepest picture, unit length, into Linear layers. */
#include "train-net.h"
#include <math.h>
#include <string.h>

static size_t style_size(const CytoTrainNet *net) {
  return net->layout.nbase[net->layout.levels];
}

void cyto_style_forward(CytoTrainNet *net, const CytoPlane *deepest) {
  size_t s = style_size(net);
  double pixels = (double)(deepest->h * deepest->w);
  if (net->layout.basic) { /* switched off: the biases of the Linear layers remain (§1.11) */
    memset(net->style, 0, net->n * s * sizeof *net->style);
    return;
  }
  for (size_t k = 0; k < net->n; k++) {
    double *style = net->style + k * s, squares = 0;
    for (size_t i = 0; i < s; i++) {
      style[i] = deepest->pivot[i] + deepest->sum[k * s + i] / pixels;
      squares += style[i] * style[i];
    }
    net->style_norm[k] = sqrt(squares);
    for (size_t i = 0; i < s && squares > 0; i++)
      style[i] /= net->style_norm[k];
  }
  memset(net->style_gradient, 0, net->n * s * sizeof *net->style_gradient);
}

void cyto_style_share(const CytoTrainNet *net, CytoTrainLayer *layer) {
  size_t s = style_size(net), c = layer->norm.channels;
  for (size_t k = 0; k < net->n && layer->v; k++)
    for (size_t i = 0; i < c; i++) {
      const float *w = layer->full_weight.value + i * s;
      const double *style = net->style + k * s;
      double sum[4] = {layer->full_bias.value[i]};
      for (size_t j = 0; j < s; j++)
        sum[j % 4] += w[j] * style[j];
      layer->v[k * c + i] = (float)((sum[0] + sum[1]) + (sum[2] + sum[3]));
    }
}

void cyto_style_back(CytoTrainNet *net, const CytoTrainLayer *layer, const CytoPlane *x) {
  const CytoTrainNorm *norm = &layer->norm;
  size_t s = style_size(net), c = norm->channels;
  double pixels = (double)(x->h * x->w);
  if (!layer->v)
    return;
  memset(layer->full_bias.gradient, 0, c * sizeof(float));
  memset(layer->full_weight.gradient, 0, c * s * sizeof(float));
  if (net->layout.basic) /* a constant before a norm */
    return;
  for (size_t k = 0; k < net->n; k++)
    for (size_t i = 0; i < c; i++) {
      /* Σ over the image of gz·k1 + x·k2 + k3 */
      double total = x->sum[k * c + i] + pixels * x->pivot[i];
      double g =
          norm->k1[i] * norm->sum[k * c + i] + norm->k2[i] * total + norm->k3[k * c + i] * pixels;
      const float *w = layer->full_weight.value + i * s;
      float *gw = layer->full_weight.gradient + i * s;
      double *style_gradient = net->style_gradient + k * s;
      const double *style = net->style + k * s;
      layer->full_bias.gradient[i] += (float)g;
      for (size_t j = 0; j < s; j++) {
        gw[j] += (float)(g * style[j]);
        style_gradient[j] += g * w[j];
      }
    }
}

/* Behind the unit length: (g - style·(style·g)) / norm, shared by all pixels. */
void cyto_style_spread(const CytoTrainNet *net, const CytoPlane *deepest, float *out) {
  size_t s = style_size(net);
  double pixels = (double)(deepest->h * deepest->w);
  for (size_t k = 0; k < net->n; k++) {
    const double *style = net->style + k * s, *g = net->style_gradient + k * s;
    double along = 0, norm = net->style_norm[k];
    for (size_t i = 0; i < s; i++)
      along += style[i] * g[i];
    for (size_t i = 0; i < s; i++)
      out[k * s + i] = norm == 0 ? 0 : (float)((g[i] - style[i] * along) / norm / pixels);
  }
}
