/* bench-view [SIZE]: time to compose 1920 × 1080 pixels of a SIZE × SIZE (16000) 16-bit picture
 * with masks, outlines and numbers of 10 000 cells, to pan it by a few pixels and to redraw a small
 * part, at zooms from 1/32 to 17. Medians of a few rounds; target: 16 ms a picture, 8 ms a pan
 * step. */
#include "base/mem.h"
#include "view/histogram.h"
#include "view/render.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { WIDTH = 1920, HEIGHT = 1080, ROUNDS = 15, ACROSS = 100, CELLS = ACROSS * ACROSS };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

typedef struct World {
  size_t size;
  uint16_t *pixels;
  uint32_t *labels;
  uint8_t colour[CELLS + 1];
  uint8_t flags[CELLS + 1];
  CytoCellMark mark[CELLS];
} World;

/* Round cells on a jittered grid that touch here and there, on a noisy background. */
static void draw_row(void *context, size_t y, unsigned worker) {
  World *w = context;
  (void)worker;
  double pitch = (double)w->size / ACROSS;
  uint32_t noise = (uint32_t)y * 2654435761u + 1;
  for (size_t x = 0; x < w->size; x++) {
    size_t cx = (size_t)((double)x / pitch), cy = (size_t)((double)y / pitch);
    uint32_t label = (uint32_t)(cy * ACROSS + cx + 1);
    const CytoCellMark *mark = &w->mark[label - 1];
    double dx = (double)x - (double)mark->x, dy = (double)y - (double)mark->y;
    bool in = dx * dx + dy * dy < 0.25 * pitch * pitch * 0.98;
    noise = noise * 1664525u + 1013904223u;
    w->labels[y * w->size + x] = in ? label : 0;
    w->pixels[y * w->size + x] = (uint16_t)((in ? 9000 : 800) + (noise >> 21));
  }
}

static void make_cells(World *w) {
  double pitch = (double)w->size / ACROSS;
  for (uint32_t k = 0; k < CELLS; k++) {
    CytoCellMark *m = &w->mark[k];
    uint32_t h = (k + 1) * 2654435761u;
    m->label = m->number = k + 1;
    m->x0 = (uint32_t)((k % ACROSS) * pitch);
    m->y0 = (uint32_t)((k / ACROSS) * pitch);
    m->x1 = m->x0 + (uint32_t)pitch;
    m->y1 = m->y0 + (uint32_t)pitch;
    m->x = (float)(m->x0 + pitch * (0.4 + 0.2 * (h >> 8 & 255) / 255));
    m->y = (float)(m->y0 + pitch * (0.4 + 0.2 * (h >> 16 & 255) / 255));
    w->colour[k + 1] = (uint8_t)((k + k / ACROSS * 5) % 12);
    w->flags[k + 1] = k % 7 == 0 ? CYTO_LOOK_MANUAL : 0;
  }
  w->flags[5050] |= CYTO_LOOK_SELECTED;
}

static int by_time(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

typedef struct Spread {
  double best, median;
} Spread;

typedef struct Times {
  double first;
  Spread full, pan, part;
} Times;

static Spread spread(double *t) {
  qsort(t, ROUNDS, sizeof *t, by_time);
  return (Spread){t[0], t[ROUNDS / 2]};
}

static bool measure(CytoRenderer *r, const CytoScene *scene, double scale, CytoPixels a,
                    CytoPixels b, CytoJob *job, Times *times, CytoError *err) {
  double t[3][ROUNDS];
  CytoView view = cyto_view_centre((CytoView){scale, 0, 0}, (double)scene->nx / 2,
                                   (double)scene->ny / 2, WIDTH, HEIGHT);
  double start = now();
  bool fine = cyto_render(r, scene, view, a, job, err);
  times->first = now() - start;
  for (int k = 0; k < ROUNDS && fine; k++) {
    start = now();
    fine = cyto_render(r, scene, view, a, job, err);
    t[0][k] = now() - start;
    CytoView moved = cyto_view_pan(view, 13 - 2 * k, k - 9);
    start = now();
    fine = fine && cyto_render_pan(r, scene, view, a, moved, b, job, err);
    t[1][k] = now() - start;
    start = now();
    fine =
        fine && cyto_render_rect(r, scene, moved, b, (CytoViewRect){700, 400, 200, 200}, job, err);
    t[2][k] = now() - start;
    view = moved;
    CytoPixels swap = a;
    a = b;
    b = swap;
  }
  times->full = spread(t[0]);
  times->pan = spread(t[1]);
  times->part = spread(t[2]);
  return fine;
}

static bool run(World *w, CytoJob *job, CytoError *err) {
  size_t n = w->size * w->size;
  CYTO_AUTOFREE uint16_t *pixels = w->pixels = cyto_alloc(n, sizeof *pixels, err);
  CYTO_AUTOFREE uint32_t *labels = w->labels = cyto_alloc(n, sizeof *labels, err);
  CYTO_AUTOFREE uint32_t *first = cyto_alloc(WIDTH * HEIGHT, 4, err);
  CYTO_AUTOFREE uint32_t *second = cyto_alloc(WIDTH * HEIGHT, 4, err);
  if (!pixels || !labels || !first || !second)
    return false;
  make_cells(w);
  cyto_parallel(job, w->size, draw_row, w, NULL, err);
  CytoPlane plane = {CYTO_U16, pixels, w->size, w->size, 1, w->size};
  CytoHistogram histogram;
  double start = now();
  if (!cyto_histogram(&plane, &histogram, job, err))
    return false;
  printf("%-34s %8.1f ms\n", "histogram", now() - start);
  CytoPyramid *pyramid = cyto_pyramid_new(plane, NULL, 0, err);
  CytoRenderer *renderer = cyto_renderer_new(err);
  start = now();
  bool fine = pyramid && renderer && cyto_pyramid_build(pyramid, 8, job, err);
  printf("%-34s %8.1f ms\n", "pyramid", now() - start);
  CytoChannelView channel = {pyramid, cyto_histogram_auto(&histogram, 1, 99), 0xffffff, true};
  CytoScene scene = {.ny = w->size,
                     .nx = w->size,
                     .channels = &channel,
                     .channel_count = 1,
                     .show = CYTO_SHOW_GRAY,
                     .background = 0x202020,
                     .labels = labels,
                     .colour = w->colour,
                     .flags = w->flags,
                     .cell_count = CELLS,
                     .masks = true,
                     .outlines = true,
                     .hatch = true,
                     .opacity = 128,
                     .outline_colour = 0xc8c8ff,
                     .marks = w->mark,
                     .mark_count = CELLS,
                     .bar = {0.325, true},
                     .disk = {30, 40, 40, 0xff0000, 40, 255}};
  static const double scales[] = {1 / 32.0, 0.1, 0.125, 0.3, 0.5, 0.75, 1, 1.25, 3, 17, 64};
  CytoPixels a = {first, WIDTH, HEIGHT, WIDTH * 4}, b = {second, WIDTH, HEIGHT, WIDTH * 4};
  printf("%8s %12s %16s %16s %16s\n", "zoom", "first, ms", "full best/median", "pan", "200 x 200");
  for (size_t k = 0; k < sizeof scales / sizeof *scales && fine; k++) {
    Times t;
    fine = measure(renderer, &scene, scales[k], a, b, job, &t, err);
    printf("%8.4g %12.2f %8.2f %7.2f %8.2f %7.2f %8.2f %7.2f\n", scales[k], t.first, t.full.best,
           t.full.median, t.pan.best, t.pan.median, t.part.best, t.part.median);
  }
  cyto_renderer_free(renderer);
  cyto_pyramid_free(pyramid);
  return fine;
}

int main(int count, char **words) {
  CytoError err = {0};
  World *world = cyto_calloc(1, sizeof *world, &err);
  CytoJob job = {.pool = cyto_pool_new(0, &err)};
  world->size = count > 1 ? strtoul(words[1], NULL, 10) : 16000;
  bool fine = world->size >= ACROSS && world->size <= 60000 && run(world, &job, &err);
  if (!fine)
    fprintf(stderr, "bench-view: %s\n", err.text[0] ? err.text : "SIZE is 100 to 60000");
  cyto_pool_free(job.pool);
  free(world);
  return !fine;
}
