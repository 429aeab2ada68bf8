/* From an image of any kind to the planes a network reads (algorithm.md §3.2). */
#pragma once
#include "../base/image.h"

/* Which channels feed the network. 0 = grey (arithmetic mean of all channels in f32), k >= 1 = the
 * k-th channel. nucleus 0 = none (a zero plane). With segment = 0, nucleus is not used. */
typedef struct CytoChannels {
  unsigned segment, nucleus;
} CytoChannels;

/* out is (2,Y,X) f32, caller's. Error when the image has no such channel (says how many it has). */
bool cyto_select_channels(const CytoImage *image, size_t t, size_t z, CytoChannels channels,
                          float *out, CytoError *err);

/* First n channels as they are; missing ones become zero planes. out is (n,Y,X). */
void cyto_select_first(const CytoImage *image, size_t t, size_t z, size_t n, float *out);
