/* What the network said as pictures, made when they are first looked at: red, green and blue of the
 * directions, and the cell probability (3). */
#pragma once
#include "scribe-pyramids.h"

/* flow is (3,fy,fx) and stays until scribe_pyramids_stop; the image has ny rows of nx. */
ScribePyramids *scribe_flow_look_new(const float *flow, gsize fy, gsize fx, gsize ny, gsize nx,
                                     void (*ready)(gpointer data), gpointer data);
