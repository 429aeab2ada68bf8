#include "scribe-flow-look.h"
#include "../cyto/flow/picture.h"
#include <string.h>

struct ScribeFlowLook {
  gatomicrefcount refs; /* the owner's, that of the pending call */
  const float *flow;
  gsize fy, fx, ny, nx;
  guint8 *rgb; /* (ny,nx,3) */
  float *prob; /* (ny,nx) */
  CytoPyramid *pyramid[4];
  CytoJob job;
  GThread *thread;
  gboolean done;  /* main thread: may be used */
  gboolean owned; /* main thread: the owner has not let go */
  void (*ready)(gpointer data);
  gpointer data;
};

static void unref(gpointer data) {
  ScribeFlowLook *look = data;
  if (!g_atomic_ref_count_dec(&look->refs))
    return;
  for (guint c = 0; c < G_N_ELEMENTS(look->pyramid); c++)
    cyto_pyramid_free(look->pyramid[c]);
  g_free(look->rgb);
  g_free(look->prob);
  g_free(look);
}

static gboolean on_built(gpointer data) {
  ScribeFlowLook *look = data;
  look->done = TRUE;
  if (look->owned && look->ready)
    look->ready(look->data);
  return G_SOURCE_REMOVE;
}

/* The network may have seen the image at another size: the nearest pixel stands for each. */
static gsize nearest(gsize i, gsize n, gsize of) {
  return n == of ? i : MIN((gsize)((i + 0.5) * (double)of / (double)n), of - 1);
}

/* The thread's own from here to build(). */
static void make_directions(ScribeFlowLook *look) {
  gsize ny = look->ny, nx = look->nx, fy = look->fy, fx = look->fx;
  g_autofree guint8 *small = g_try_malloc_n(fy * fx, 3);
  guint8 *rgb = look->rgb = g_try_malloc_n(ny * nx, 3);
  if (!small || !rgb || !cyto_flow_picture(look->flow, fy, fx, small, NULL))
    return;
  for (gsize y = 0; y < ny; y++)
    for (gsize x = 0; x < nx; x++)
      memcpy(rgb + (y * nx + x) * 3, small + (nearest(y, ny, fy) * fx + nearest(x, nx, fx)) * 3, 3);
  for (gsize c = 0; c < 3; c++)
    look->pyramid[c] = cyto_pyramid_new(cyto_plane_rgb(rgb, ny, nx, c), NULL, 0, NULL);
}

static void make_probability(ScribeFlowLook *look) {
  gsize ny = look->ny, nx = look->nx, fy = look->fy, fx = look->fx;
  const float *logit = look->flow + 2 * fy * fx;
  float *prob = look->prob = g_try_malloc_n(ny * nx, sizeof *prob);
  if (!prob)
    return;
  for (gsize y = 0; y < ny; y++)
    for (gsize x = 0; x < nx; x++)
      prob[y * nx + x] = logit[nearest(y, ny, fy) * fx + nearest(x, nx, fx)];
  CytoPlane plane = {CYTO_F32, prob, ny, nx, 1, nx};
  look->pyramid[3] = cyto_pyramid_new(plane, NULL, 0, NULL);
}

static gpointer build(gpointer data) {
  ScribeFlowLook *look = data;
  make_directions(look);
  if (!cyto_job_cancelled(&look->job))
    make_probability(look);
  for (guint c = 0; c < G_N_ELEMENTS(look->pyramid); c++)
    if (look->pyramid[c] && !cyto_job_cancelled(&look->job))
      cyto_pyramid_build(look->pyramid[c], CYTO_PYRAMID_LEVELS - 1, &look->job, NULL);
  g_idle_add_full(G_PRIORITY_DEFAULT, on_built, look, unref);
  return NULL;
}

ScribeFlowLook *scribe_flow_look_new(const float *flow, gsize fy, gsize fx, gsize ny, gsize nx,
                                     void (*ready)(gpointer data), gpointer data) {
  ScribeFlowLook *look = g_new0(ScribeFlowLook, 1);
  g_atomic_ref_count_init(&look->refs);
  g_atomic_ref_count_inc(&look->refs);
  look->flow = flow;
  look->fy = fy;
  look->fx = fx;
  look->ny = ny;
  look->nx = nx;
  look->owned = TRUE;
  look->ready = ready;
  look->data = data;
  look->thread = g_thread_new("flows", build, look);
  return look;
}

void scribe_flow_look_free(ScribeFlowLook *look) {
  if (!look)
    return;
  atomic_store(&look->job.cancel, 1);
  g_thread_join(look->thread);
  look->owned = FALSE;
  unref(look);
}

gboolean scribe_flow_look_is_ready(ScribeFlowLook *look) {
  return look->done;
}

CytoPyramid *scribe_flow_look_get(ScribeFlowLook *look, guint c) {
  return look->done ? look->pyramid[c] : NULL;
}
