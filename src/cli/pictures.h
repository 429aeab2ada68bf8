/* Pictures of the network's answer, as _seg.npy and the TIFFs of flows hold them (algorithm.md
 * §12.3, 12.5). */
#pragma once
#include "../cyto/seg/segment.h"

/* Colours of the flows of every plane, nearest-resized to the labels: (planes,ny,nx,3). */
bool cli_flow_pictures(const CytoSegmented *result, uint8_t **rgb, CytoError *err);

/* 0..255 from the 1st to the 99th percentile of cellprob, resized likewise: (planes,ny,nx). */
bool cli_cellprob_pictures(const CytoSegmented *result, uint8_t **grey, CytoError *err);

/* The image as it should be seen, (ny,nx,3): its three colours; or the chosen channels in the
 * colours of their numbers; or grey. Each is stretched from its 1st to its 99th percentile (§11.4).
 */
bool cli_image_picture(const CytoImage *image, CytoChannels channels, uint8_t **rgb,
                       CytoError *err);
