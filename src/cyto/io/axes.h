/* Which axis of a file's array is what (algorithm.md §3.2, made sane).
 *
 * The first of these that speaks decides:
 *  1. the option `axes` names all of them;
 *  2. the options channel_axis and z_axis name one or two (not in a 2-D array, as in Cellpose);
 *  3. the file's metadata; what it leaves open falls to
 *  4. the shape: axes of size 1 are dropped while more than two are left. Unless channels are
 * known, the smallest of at most 4 among the last axis and those before the last two is the channel
 *     axis (the last on a tie). The last two of the rest are Y and X, never swapped, however short.
 *     What is left in front is Z, then T. */
#pragma once
#include "reader.h"

#define CYTO_MAX_AXES 8

typedef struct CytoLayout {
  CytoDtype dtype;
  unsigned ndim;
  size_t shape[CYTO_MAX_AXES];
  char axes[CYTO_MAX_AXES + 1]; /* T Z C Y X, S = samples of a pixel, '?' = not known */
  char source[48];              /* what named them; empty while nothing did */
  bool rgb;                     /* the samples are red, green, blue */
  size_t stride[CYTO_MAX_AXES]; /* of each axis in the image's buffer, in elements */
} CytoLayout;

/* Names every axis: afterwards letters of TZCYXS, or '1' for a dropped axis of size 1. Several T
 * axes, and C beside S, are merged, the earlier one slower. */
bool cyto_layout_resolve(CytoLayout *layout, const CytoReadOptions *options, CytoError *err);

/* Checks the memory limit, allocates the image of a resolved layout and sets the strides. */
bool cyto_layout_image(CytoLayout *layout, size_t limit, CytoImage **out, CytoError *err);

/* "(3, 512, 512)" as NumPy writes it; returns buffer. */
char *cyto_layout_shape(const CytoLayout *layout, char buffer[192]);
