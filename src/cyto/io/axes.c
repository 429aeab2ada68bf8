#include "axes.h"
#include "../base/mem.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

char *cyto_layout_shape(const CytoLayout *layout, char buffer[192]) {
  size_t used = 0;
  buffer[used++] = '(';
  for (unsigned i = 0; i < layout->ndim; i++)
    used += (size_t)snprintf(buffer + used, 190 - used, "%s%zu", i ? ", " : "", layout->shape[i]);
  buffer[used++] = ')';
  buffer[used] = 0;
  return buffer;
}

static int position(const CytoLayout *layout, char letter) {
  const char *found = memchr(layout->axes, letter, layout->ndim);
  return found ? (int)(found - layout->axes) : -1;
}

static unsigned count(const CytoLayout *layout, char letter) {
  unsigned n = 0;
  for (unsigned i = 0; i < layout->ndim; i++)
    n += layout->axes[i] == letter;
  return n;
}

static void forget(CytoLayout *layout, char letter) {
  for (unsigned i = 0; i < layout->ndim; i++)
    if (layout->axes[i] == letter)
      layout->axes[i] = '?';
}

static bool name_all(CytoLayout *layout, const char *axes, CytoError *err) {
  char shape[192];
  size_t n = strlen(axes);
  if (n != layout->ndim)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "axes \"%.20s\" names %zu axes, but the file's array has %u: %s; give one "
                     "letter of TZCYXS for each",
                     axes, n, layout->ndim, cyto_layout_shape(layout, shape));
  char was_samples = position(layout, 'S') >= 0;
  for (unsigned i = 0; i < layout->ndim; i++) {
    layout->axes[i] = (char)toupper((unsigned char)axes[i]);
    if (!strchr("TZCYXS", layout->axes[i]))
      return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                       "axes \"%.20s\": '%c' is none of T (time), Z (depth), C (channel), Y, X, "
                       "S (samples of a colour picture)",
                       axes, axes[i]);
  }
  for (unsigned i = 0; i < layout->ndim; i++)
    if (count(layout, layout->axes[i]) > 1)
      return cyto_fail(err, CYTO_ERROR_ARGUMENT, "axes \"%.20s\" names %c twice", axes,
                       layout->axes[i]);
  if (position(layout, 'Y') < 0 || position(layout, 'X') < 0)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "axes \"%.20s\" must name both Y and X", axes);
  layout->rgb = position(layout, 'S') >= 0 && (layout->rgb || !was_samples);
  snprintf(layout->source, sizeof layout->source, "the option axes");
  return true;
}

/* The letter goes to axis `number`; other holders of the same meaning lose it. */
static bool name_one(CytoLayout *layout, const char *option, int number, char letter,
                     CytoError *err) {
  char shape[192];
  int at = number < 0 ? number + (int)layout->ndim : number;
  if (at < 0 || at >= (int)layout->ndim)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "%s %d does not exist: the file's array has %u axes, %s, counted from 0",
                     option, number, layout->ndim, cyto_layout_shape(layout, shape));
  char old = layout->axes[at];
  if (old == letter || (old == 'S' && letter == 'C'))
    return true;
  forget(layout, letter);
  if (letter == 'C' || old == 'S') {
    forget(layout, 'S');
    layout->rgb = false;
  }
  if (old == 'Y' || old == 'X') {
    forget(layout, 'Y');
    forget(layout, 'X');
  }
  layout->axes[at] = letter;
  return true;
}

static bool name_given(CytoLayout *layout, const CytoReadOptions *options, CytoError *err) {
  bool c = options->channel_axis != CYTO_AXIS_NONE, z = options->z_axis != CYTO_AXIS_NONE;
  if (layout->ndim <= 2 || (!c && !z))
    return true;
  if (c && !name_one(layout, "channel_axis", options->channel_axis, 'C', err))
    return false;
  int channel = position(layout, 'C');
  if (z && !name_one(layout, "z_axis", options->z_axis, 'Z', err))
    return false;
  if (c && z && channel >= 0 && position(layout, 'C') != channel)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "channel_axis and z_axis are the same axis");
  snprintf(layout->source, sizeof layout->source, "the option%s",
           c && z ? "s channel_axis and z_axis"
           : c    ? " channel_axis"
                  : " z_axis");
  return true;
}

static void drop_singletons(CytoLayout *layout) {
  unsigned left = layout->ndim - count(layout, '1');
  for (unsigned i = 0; i < layout->ndim && left > 2; i++)
    if (layout->axes[i] == '?' && layout->shape[i] == 1) {
      layout->axes[i] = '1';
      left--;
    }
}

/* The channel axis by size: among the open axes in front and, when the plane is open too, the last.
 * Returns -1 when there is none. */
static int guess_channel(const CytoLayout *layout, bool plane_known) {
  int open[CYTO_MAX_AXES], n = 0, best = -1;
  for (unsigned i = 0; i < layout->ndim; i++)
    if (layout->axes[i] == '?')
      open[n++] = (int)i;
  int candidates = plane_known ? n : n - 2;
  for (int k = 0; k < candidates; k++)
    if (layout->shape[open[k]] <= 4 && (best < 0 || layout->shape[open[k]] <= layout->shape[best]))
      best = open[k];
  if (!plane_known && n > 2) {
    int last = open[n - 1];
    if (layout->shape[last] <= 4 && (best < 0 || layout->shape[last] <= layout->shape[best]))
      best = last;
  }
  return best;
}

static void name_rest(CytoLayout *layout) {
  bool plane_known = position(layout, 'Y') >= 0;
  if (position(layout, 'C') < 0 && position(layout, 'S') < 0) {
    int channel = guess_channel(layout, plane_known);
    if (channel >= 0)
      layout->axes[channel] = 'C';
    if (channel >= 0 && !plane_known && channel == (int)layout->ndim - 1)
      layout->rgb = layout->shape[channel] == 3;
  }
  const char *order = plane_known ? "" : "XY";
  for (unsigned i = layout->ndim; i-- > 0;) {
    if (layout->axes[i] != '?')
      continue;
    if (*order)
      layout->axes[i] = *order++;
    else
      layout->axes[i] = position(layout, 'Z') < 0 ? 'Z' : 'T';
  }
}

bool cyto_layout_resolve(CytoLayout *layout, const CytoReadOptions *options, CytoError *err) {
  char shape[192];
  layout->axes[layout->ndim] = 0;
  if (layout->ndim < 2)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "the array has shape %s: an image needs at least two axes",
                     cyto_layout_shape(layout, shape));
  for (unsigned i = 0; i < layout->ndim; i++)
    if (layout->shape[i] == 0)
      return cyto_fail(err, CYTO_ERROR_FORMAT, "the image is empty: its shape is %s",
                       cyto_layout_shape(layout, shape));
  if (options->axes && *options->axes)
    return name_all(layout, options->axes, err);
  if (!name_given(layout, options, err))
    return false;
  drop_singletons(layout);
  bool open = position(layout, '?') >= 0;
  name_rest(layout);
  if (position(layout, 'Y') < 0 || position(layout, 'X') < 0)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "with these options no two axes are left for the picture itself in an array "
                     "of shape %s",
                     cyto_layout_shape(layout, shape));
  if (!layout->source[0])
    snprintf(layout->source, sizeof layout->source, "%s",
             layout->ndim == 2            ? "a single plane"
             : open                       ? "shape"
             : position(layout, 'S') >= 0 ? "the file's colour samples"
                                          : "the file's pages");
  return true;
}

/* Strides of the axes that carry a letter, the last the fastest; returns the step above them. */
static bool place(CytoLayout *layout, char letter, size_t *step, size_t *size) {
  *size = 1;
  bool fits = true;
  for (unsigned i = layout->ndim; i-- > 0;) {
    if (layout->axes[i] != letter)
      continue;
    layout->stride[i] = *step;
    fits =
        fits && cyto_mul(*step, layout->shape[i], step) && cyto_mul(*size, layout->shape[i], size);
  }
  return fits;
}

bool cyto_layout_image(CytoLayout *layout, size_t limit, CytoImage **out, CytoError *err) {
  size_t nt, nz, nc, ns, ny, nx, bytes, step = 1;
  char shape[192];
  memset(layout->stride, 0, sizeof layout->stride);
  if (!place(layout, 'X', &step, &nx) || !place(layout, 'Y', &step, &ny) ||
      !place(layout, 'S', &step, &ns) || !place(layout, 'C', &step, &nc) ||
      !place(layout, 'Z', &step, &nz) || !place(layout, 'T', &step, &nt))
    return cyto_fail(err, CYTO_ERROR_LIMIT,
                     "the image claims to be %s pixels, more than any memory holds",
                     cyto_layout_shape(layout, shape));
  nc *= ns;
  if (!cyto_image_bytes(layout->dtype, (size_t[5]){nt, nz, nc, ny, nx}, limit, &bytes, err))
    return false;
  CytoImage *image = cyto_image_new(layout->dtype, nt, nz, nc, ny, nx, err);
  if (!image)
    return false;
  size_t used = 0;
  for (unsigned i = 0; i < layout->ndim; i++)
    if (layout->axes[i] != '1')
      image->axes[used++] = layout->axes[i];
  snprintf(image->axes_source, sizeof image->axes_source, "%s", layout->source);
  image->rgb = layout->rgb && nc == 3;
  *out = image;
  return true;
}
