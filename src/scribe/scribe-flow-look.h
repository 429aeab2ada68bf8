/* What the network said as pictures: directions in colour and the cell probability, at every power
 * of two, made in a thread of their own when they are first looked at. */
#pragma once
#include "../cyto/view/pyramid.h"
#include <glib.h>

typedef struct ScribeFlowLook ScribeFlowLook;

/* flow is (3,fy,fx) and stays until the free; the image has ny rows of nx. ready(data) is called
 * from the main loop once there is something to draw; not after the free. */
ScribeFlowLook *scribe_flow_look_new(const float *flow, gsize fy, gsize fx, gsize ny, gsize nx,
                                     void (*ready)(gpointer data), gpointer data);
/* NULL is fine; waits for a picture under way, which does not outlive the flow. */
void scribe_flow_look_free(ScribeFlowLook *look);

gboolean scribe_flow_look_is_ready(ScribeFlowLook *look);
/* Red, green and blue of the directions, or the probability (3); NULL while it is not made, or when
 * memory is short. */
CytoPyramid *scribe_flow_look_get(ScribeFlowLook *look, guint c);
