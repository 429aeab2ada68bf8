/* 3×3 convolution through Winograd's transforms (kernel-winograd.h, kernel-doubled.h): patches of
 * inputs and the weights are transformed, one matrix product a point sums over the channels, blocks
 * of outputs are transformed back. Both transforms happen in the cache, beside the loading and the
 * storing of the layer. */
#include "conv.h"
#include <string.h>

enum {
  ACROSS = 14, /* patches of an item side by side: one block of the kernel's rows */
  MOST = 28,   /* patches of an item: two blocks */
  PAD = 16,    /* floats between the points, so that they fall on different sets of the cache */
  PIECES = 2,  /* of a row of patches in the first and last part */
  PANELS = 4,  /* of one item of products */
  BAND = 112,  /* patches that share them, at most */
  SHARED_BYTES = 16 * 512 * 1024, /* most that the three parts of a layer share */
};

static size_t least(size_t a, size_t b) {
  return a < b ? a : b;
}

static size_t cut(size_t n, size_t step) {
  return (n + step - 1) / step;
}

/* Patches along one axis; those of a doubled picture begin one pixel before it. */
static size_t patches_of(const CytoConv *conv, size_t pixels) {
  return cut(pixels + conv->winograd->doubles, conv->winograd->side);
}

/* The cut of a layer into items: squarish, so that few inputs are loaded by two of them. */
typedef struct Plan {
  size_t all_across, all_down;
  size_t across, down; /* patches of a whole item */
  size_t columns;      /* items side by side */
  size_t whole;    /* rows of items at the top, and as many at the bottom; between them an item is
                      one row of patches, so that threads end together */
  size_t channels; /* output channels, whole panels */
} Plan;

static Plan plan(const CytoConv *conv, size_t h, size_t w) {
  Plan p = {.all_across = patches_of(conv, w),
            .all_down = patches_of(conv, h),
            .channels = cyto_conv_panels(conv) * conv->kernel->panel};
  p.columns = cut(p.all_across, ACROSS);
  p.across = cut(p.all_across, p.columns);
  p.down = MOST / p.across;
  p.whole = (p.all_down - 1) / p.down / 2;
  return p;
}

static size_t single_rows(const Plan *p) {
  return p->all_down - 2 * p->whole * p->down;
}

/* Patches at work, and where their values are. */
typedef struct Range {
  size_t top, left, down, across; /* in patches */
  size_t row;                     /* patches from row to row in v and m */
  size_t v_step, m_step;          /* floats from one point to the next */
  float *v, *m;
} Range;

static size_t v_step(const CytoConv *conv, size_t patches) {
  return patches * conv->in + PAD;
}

static size_t m_step(const Plan *p, size_t patches) {
  return patches * p->channels + PAD;
}

static size_t values(const CytoConv *conv, const Plan *p, size_t patches) {
  const CytoWinograd *form = conv->winograd;
  return form->in_side * form->in_side * v_step(conv, patches) +
         form->points * form->points * m_step(p, patches);
}

static void place(const CytoConv *conv, const Plan *p, size_t patches, float *block, Range *r) {
  size_t in_side = conv->winograd->in_side;
  r->v_step = v_step(conv, patches);
  r->m_step = m_step(p, patches);
  r->v = block;
  r->m = block + in_side * in_side * r->v_step;
}

static size_t border_size(const CytoConv *conv) {
  return conv->winograd->in_side * conv->winograd->in_side * conv->in;
}

/* The three parts work on bands of the picture, each with products of its own: what a thread makes
 * of its band stays in its cache. */
static size_t band_rows(const Plan *p) {
  return cut(p->all_down, cut(p->all_across * p->all_down, BAND));
}

static size_t bands_of(const Plan *p) {
  return cut(p->all_down, band_rows(p)); /* none is empty */
}

static size_t products_of(const CytoConv *conv) {
  return conv->winograd->points * conv->winograd->points * cut(cyto_conv_panels(conv), PANELS);
}

size_t cyto_winograd_shared(const CytoConv *conv, size_t h, size_t w) {
  const Plan p = plan(conv, h, w);
  size_t size = bands_of(&p) * values(conv, &p, band_rows(&p) * p.all_across);
  return size * sizeof(float) <= SHARED_BYTES ? size : 0;
}

size_t cyto_winograd_items(const CytoConv *conv, unsigned part, size_t h, size_t w) {
  const Plan p = plan(conv, h, w);
  if (!cyto_winograd_shared(conv, h, w))
    return (2 * p.whole + single_rows(&p)) * p.columns;
  return part == 1 ? bands_of(&p) * products_of(conv) : p.all_down * least(PIECES, p.all_across);
}

size_t cyto_winograd_scratch(const CytoConv *conv, size_t h, size_t w) {
  const Plan p = plan(conv, h, w);
  bool parts = cyto_winograd_shared(conv, h, w) != 0;
  return border_size(conv) + (parts ? 0 : values(conv, &p, p.down * p.across));
}

void cyto_winograd_pack(const CytoConv *conv, const float *weight, float *out) {
  size_t panel = conv->kernel->panel, lanes = conv->kernel->lanes;
  size_t plane = cyto_conv_panels(conv) * conv->in * panel;
  for (size_t o = 0; o < conv->out; o += lanes)
    for (size_t i = 0; i < conv->in; i++) {
      float g[9 * 64];
      for (size_t l = 0; l < lanes; l++)
        for (size_t t = 0; t < 9; t++)
          g[t * lanes + l] = weight[((o + l) * conv->in + i) * 9 + t];
      conv->winograd->weights_in(g, out + (o / panel * conv->in + i) * panel + o % panel, plane);
    }
}

/* Inputs to V. Patches at the border, of which zeros are part, are activated apart. */
static void transform(const CytoConv *conv, const CytoConvIo *io, const Range *r, float *border) {
  const CytoWinograd *form = conv->winograd;
  size_t step = form->side >> form->doubles, n = form->in_side, c = conv->in;
  CytoConvIo small = *io;
  small.h >>= form->doubles;
  small.w >>= form->doubles;
  small.halve -= form->doubles;
  for (size_t i = 0; i < r->down; i++)
    for (size_t j = 0; j < r->across; j++) {
      size_t y = (r->top + i) * step, x = (r->left + j) * step; /* of the inputs, plus 1 */
      CytoPatch patch = {.channels = c, .v = r->v + (i * r->row + j) * c, .step = r->v_step};
      if (!small.halve && y && x && y - 1 + n <= small.h && x - 1 + n <= small.w) {
        patch.in = io->x + ((y - 1) * small.w + x - 1) * c;
        patch.row = small.w * c;
        patch.scale = io->scale;
        patch.shift = io->shift;
      } else {
        cyto_conv_load(conv, &small, &(CytoWindow){y, x, n, n}, border);
        patch.in = border;
        patch.row = n * c;
      }
      form->patch_in(&patch);
    }
}

/* The products V(patches, in) · U(in, out) of point f, for panels first..last-1. */
static void multiply(const CytoConv *conv, const Range *r, size_t patches, size_t f, size_t first,
                     size_t last) {
  static const float no_bias[64] = {0};
  const CytoWinograd *form = conv->winograd;
  size_t panel = conv->kernel->panel, count = cyto_conv_panels(conv), channels = count * panel;
  size_t blocks = cut(patches, conv->kernel->rows);
  size_t step = cut(patches, blocks); /* blocks of much the same height */
  size_t from = form->in_of[f / form->points] * form->in_side + form->in_of[f % form->points];
  const ptrdiff_t tap = 0;
  CytoBlock block = {.stride = conv->in,
                     .tap = &tap,
                     .taps = 1,
                     .depth = conv->in,
                     .bias = no_bias,
                     .next_step = panel / blocks,
                     .out_stride = channels,
                     .columns = panel};
  for (size_t p = first; p < last; p++) {
    block.b = conv->weight + (f * count + p) * conv->in * panel;
    block.next = block.b + conv->in * panel;
    for (size_t i = 0; i < patches; i += step, block.next += conv->in * block.next_step) {
      block.a = r->v + from * r->v_step + i * conv->in;
      block.out = r->m + f * r->m_step + i * channels + p * panel;
      conv->kernel->block(&block, least(patches - i, step));
    }
  }
}

/* M to outputs: bias, residual, and only the pixels that exist. */
static void store(const CytoConv *conv, const CytoConvIo *io, const Range *r) {
  const CytoWinograd *form = conv->winograd;
  size_t n = conv->out, side = form->side, channels = cyto_conv_panels(conv) * conv->kernel->panel;
  size_t before = form->doubles, residual_w = io->w >> io->residual_halve;
  CytoPatchOut patch = {.step = r->m_step,
                        .channels = n,
                        .bias = conv->bias,
                        .residual_row = residual_w * n,
                        .halve = io->residual_halve,
                        .out_row = io->w * n};
  for (size_t i = 0; i < r->down; i++)
    for (size_t j = 0; j < r->across; j++) {
      size_t top = (r->top + i) * side, left = (r->left + j) * side;
      patch.top = top ? 0 : before;
      patch.left = left ? 0 : before;
      size_t y = top + patch.top - before, x = left + patch.left - before;
      size_t at = (y >> io->residual_halve) * residual_w + (x >> io->residual_halve);
      patch.m = r->m + (i * r->row + j) * channels;
      patch.residual = io->residual ? io->residual + at * n : NULL;
      patch.out = io->y + (y * io->w + x) * n;
      patch.odd_row = y & io->residual_halve;
      patch.odd_column = x & io->residual_halve;
      patch.rows = least(io->h + before - top, side);
      patch.columns = least(io->w + before - left, side);
      form->patch_out(&patch);
    }
}

/* Layers of few pixels and many channels: weights are read once for each band, point by point. */
static void run_part(const CytoConv *conv, const CytoConvIo *io, const Plan *p, unsigned part,
                     size_t item, float *scratch) {
  size_t rows = band_rows(p), pieces = least(PIECES, p->all_across);
  size_t band = part == 1 ? item / products_of(conv) : item / pieces / rows;
  size_t whole = values(conv, p, rows * p->all_across);
  Range r = {.top = item / pieces, .down = 1, .row = p->all_across};
  place(conv, p, rows * p->all_across, io->shared + band * whole, &r);
  if (part == 1) {
    size_t count = cyto_conv_panels(conv), groups = cut(count, PANELS);
    size_t patches = least(rows, p->all_down - band * rows) * p->all_across;
    size_t product = item % products_of(conv), first = product % groups * PANELS;
    multiply(conv, &r, patches, product / groups, first, least(first + PANELS, count));
    return;
  }
  r.left = item % pieces * cut(p->all_across, pieces);
  r.across = least(p->all_across - r.left, cut(p->all_across, pieces));
  size_t at = (r.top - band * rows) * r.row + r.left;
  r.v += at * conv->in;
  r.m += at * p->channels;
  if (part == 0)
    transform(conv, io, &r, scratch);
  else
    store(conv, io, &r);
}

void cyto_winograd_run(const CytoConv *conv, const CytoConvIo *io, unsigned part, size_t item,
                       float *scratch) {
  const Plan p = plan(conv, io->h, io->w);
  if (cyto_winograd_shared(conv, io->h, io->w)) {
    run_part(conv, io, &p, part, item, scratch);
    return;
  }
  size_t row = item / p.columns, above = least(row, p.whole);
  size_t single = least(row - above, single_rows(&p)), below = row - above - single;
  Range r = {.top = (above + below) * p.down + single,
             .left = item % p.columns * p.across,
             .down = row >= p.whole && row - p.whole < single_rows(&p) ? 1 : p.down};
  r.across = r.row = least(p.all_across - r.left, p.across);
  size_t points = conv->winograd->points, patches = r.down * r.across;
  place(conv, &p, patches, scratch + border_size(conv), &r);
  transform(conv, io, &r, scratch);
  for (size_t f = 0; f < points * points; f++)
    multiply(conv, &r, patches, f, 0, cyto_conv_panels(conv));
  store(conv, io, &r);
}
