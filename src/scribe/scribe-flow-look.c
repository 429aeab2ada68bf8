#include "scribe-flow-look.h"
#include "../cyto/flow/picture.h"
#include <string.h>

typedef struct Look {
  const float *flow;
  gsize fy, fx, ny, nx;
  guint8 *rgb; /* (ny,nx,3) */
  float *prob; /* (ny,nx) */
} Look;

static void look_free(gpointer data) {
  Look *look = data;
  g_free(look->rgb);
  g_free(look->prob);
  g_free(look);
}

/* The network may have seen the image at another size: the nearest pixel stands for each. */
static gsize nearest(gsize i, gsize n, gsize of) {
  return n == of ? i : MIN((gsize)((i + 0.5) * (double)of / (double)n), of - 1);
}

static void make_directions(Look *look, CytoPyramid **pyramid) {
  gsize ny = look->ny, nx = look->nx, fy = look->fy, fx = look->fx;
  g_autofree guint8 *small = g_try_malloc_n(fy * fx, 3);
  guint8 *rgb = look->rgb = g_try_malloc_n(ny * nx, 3);
  if (!small || !rgb || !cyto_flow_picture(look->flow, fy, fx, small, NULL))
    return;
  for (gsize y = 0; y < ny; y++)
    for (gsize x = 0; x < nx; x++)
      memcpy(rgb + (y * nx + x) * 3, small + (nearest(y, ny, fy) * fx + nearest(x, nx, fx)) * 3, 3);
  for (gsize c = 0; c < 3; c++)
    pyramid[c] = cyto_pyramid_new(cyto_plane_rgb(rgb, ny, nx, c), NULL, 0, NULL);
}

static void make_probability(Look *look, CytoPyramid **pyramid) {
  gsize ny = look->ny, nx = look->nx, fy = look->fy, fx = look->fx;
  const float *logit = look->flow + 2 * fy * fx;
  float *prob = look->prob = g_try_malloc_n(ny * nx, sizeof *prob);
  if (!prob)
    return;
  for (gsize y = 0; y < ny; y++)
    for (gsize x = 0; x < nx; x++)
      prob[y * nx + x] = logit[nearest(y, ny, fy) * fx + nearest(x, nx, fx)];
  CytoPlane plane = {CYTO_F32, prob, ny, nx, 1, nx};
  pyramid[3] = cyto_pyramid_new(plane, NULL, 0, NULL);
}

/* The thread of the pyramids. */
static void fill(CytoPyramid **pyramid, const CytoJob *job, gpointer data) {
  make_directions(data, pyramid);
  if (!cyto_job_cancelled(job))
    make_probability(data, pyramid);
}

ScribePyramids *scribe_flow_look_new(const float *flow, gsize fy, gsize fx, gsize ny, gsize nx,
                                     void (*ready)(gpointer data), gpointer data) {
  Look *look = g_new0(Look, 1);
  *look = (Look){.flow = flow, .fy = fy, .fx = fx, .ny = ny, .nx = nx};
  return scribe_pyramids_make(4, fill, look, look_free, ready, data);
}
