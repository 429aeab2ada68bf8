/* Scenes that nobody draws on purpose: odd sizes, views far away, numbers out of range. Every
 * picture must come out, opaque and the same in parts, or be refused in a sentence. */
#include "scene-make.h"

static CytoRenderer *renderer;
static CytoJob job;

/* Draws the scene, in one piece and in two, and compares. */
static void survives(const CytoScene *scene, CytoView view, int width, int height) {
  CytoPixels a = made_pixels(width, height), b = made_pixels(width, height);
  CytoError err = {0};
  CHECKF(cyto_render(renderer, scene, view, a, &job, &err), "%s", err.text);
  int half = height / 2;
  CHECK(cyto_render_rect(renderer, scene, view, b, (CytoViewRect){0, half, width, INT32_MAX}, NULL,
                         &err));
  CHECK(cyto_render_rect(renderer, scene, view, b,
                         (CytoViewRect){-5, INT32_MIN, INT32_MAX, INT32_MAX}, NULL, &err));
  CHECK(cyto_render_rect(renderer, scene, view, b, (CytoViewRect){0, 0, width, half}, NULL, &err));
  CHECK(made_differences(a, b) == 0);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      CHECK(a.data[(size_t)y * a.stride / 4 + (size_t)x] >> 24 == 255);
  free(a.data);
  free(b.data);
}

static void odd_sizes(void) {
  static const size_t sizes[][2] = {{1, 1}, {1, 30000}, {30000, 1}, {2, 3}, {255, 257}};
  static const CytoDtype dtypes[] = {CYTO_U8, CYTO_F32, CYTO_U16};
  for (int k = 0; k < 5; k++)
    for (int d = 0; d < 3; d++) {
      Made *m = made_scene(sizes[k][0], sizes[k][1], dtypes[d], 1, 3);
      for (double scale = CYTO_VIEW_MIN_SCALE; scale <= 64; scale *= 2.3) {
        CytoArea all = {0, 0, (double)sizes[k][1], (double)sizes[k][0]};
        survives(&m->scene,
                 cyto_view_centre((CytoView){scale, 0, 0}, all.x1 / 2, all.y1 / 2, 97, 64), 97, 64);
        survives(&m->scene, (CytoView){scale, -3.3, -1.2}, 31, 120);
      }
      survives(&m->scene, (CytoView){1, 0, 0}, 1, 1);
      survives(&m->scene, (CytoView){1, 0, 0}, 0, 50);
      survives(&m->scene, (CytoView){1, 0, 0}, 50, 0);
      made_free(m);
    }
}

static void a_thin_picture_stays_visible(void) {
  uint32_t label = 1;
  uint8_t white = 255;
  CytoError err;
  CytoChannelView channel = {
      cyto_pyramid_new((CytoPlane){CYTO_U8, &white, 1, 1, 1, 1}, NULL, 0, &err),
      {0, 255, 1, false},
      0xffffff,
      true};
  CytoScene scene = {.ny = 1, .nx = 1, .channels = &channel, .channel_count = 1, .labels = &label};
  CytoPixels pixels = made_pixels(3, 3);
  CHECK(cyto_render(renderer, &scene, (CytoView){CYTO_VIEW_MIN_SCALE, -1, -1}, pixels, &job, &err));
  for (int y = 0; y < 3; y++)
    for (int x = 0; x < 3; x++)
      CHECK(pixels.data[(size_t)y * pixels.stride / 4 + (size_t)x] ==
            (x == 1 && y == 1 ? 0xffffffff : 0xff000000));
  free(pixels.data);
  cyto_pyramid_free(channel.pyramid);
}

static void views_of_nowhere(void) {
  static const double odd[] = {NAN, INFINITY, -INFINITY, 0, -3, 1e300, -1e300, 1e15, 2147483647.0};
  Made *m = made_scene(30, 40, CYTO_U16, 2, 3);
  for (int a = 0; a < 9; a++)
    for (int b = 0; b < 9; b++) {
      survives(&m->scene, (CytoView){odd[a], odd[b], odd[a]}, 40, 30);
      survives(&m->scene, (CytoView){1, odd[b], odd[a]}, 40, 30);
      m->scene.disk.diameter = odd[a];
      m->scene.disk.x = odd[b];
      survives(&m->scene, (CytoView){2, -9, -9}, 40, 30);
      m->scene.disk.x = 8;
      m->scene.disk.y = odd[b];
      m->scene.bar.pixel_size = odd[a];
      survives(&m->scene, (CytoView){2, -9, -9}, 140, 130);
      m->channel[0].levels = (CytoLevels){odd[a], odd[b], odd[a], a % 2};
      survives(&m->scene, (CytoView){0.7, -9, -9}, 40, 30);
    }
  made_free(m);
}

static void values_out_of_range(void) {
  static const float odd[] = {NAN, INFINITY, -INFINITY, 3e38f, -3e38f, 1e-45f, 0, 1};
  static const double bounds[] = {NAN, INFINITY, -INFINITY, 1e308, -1e308, 0, 1, 1e-320};
  float x[16 * 16];
  for (size_t i = 0; i < 256; i++)
    x[i] = odd[i * 7 % 8];
  CytoError err;
  CytoChannelView channel = {
      cyto_pyramid_new((CytoPlane){CYTO_F32, x, 16, 16, 1, 16}, NULL, 0, &err),
      {0, 1, 1, false},
      0xffffff,
      true};
  CytoScene scene = {.ny = 16, .nx = 16, .channels = &channel, .channel_count = 1};
  for (int a = 0; a < 8; a++)
    for (int b = 0; b < 8; b++)
      for (int show = 0; show < 4; show++) {
        scene.show = (CytoShow)show;
        channel.levels = (CytoLevels){bounds[a], bounds[b], bounds[a], b % 2};
        survives(&scene, (CytoView){0.4, -1, -1}, 9, 9);
        survives(&scene, (CytoView){1.5, -1, -1}, 20, 20);
      }
  cyto_pyramid_free(channel.pyramid);
}

static void labels_without_tables(void) {
  uint32_t labels[] = {1, 1, 7, 0xffffffff, 2, 2, 0, 0xfffffffe, 5, 5, 5, 5};
  uint8_t one[2] = {0, CYTO_LOOK_HIDDEN}, colour[2] = {0, 255}, reason[2] = {0, 255};
  CytoCellMark marks[] = {{1, 0xffffffff, NAN, INFINITY, 0, 0, 4, 3},
                          {2, 1, -5, 1e30f, 3, 2, 1, 0},
                          {9, 0, 2, 2, 0xffffffff, 0, 0, 0xffffffff},
                          {9, 12, 2, 2, 0, 0, 0xffffffff, 0xffffffff}};
  CytoScene scene = {.ny = 3,
                     .nx = 4,
                     .labels = labels,
                     .ghosts = labels,
                     .masks = true,
                     .outlines = true,
                     .hatch = true,
                     .opacity = 255,
                     .marks = marks,
                     .mark_count = 4,
                     .text_scale = 0xffffffff};
  for (int k = 0; k < 4; k++) {
    scene.cell_count = k > 1;
    scene.ghost_count = k > 2;
    scene.flags = k ? one : NULL;
    scene.colour = k ? colour : NULL;
    scene.ghost_reason = k ? reason : NULL;
    survives(&scene, (CytoView){0.3, -3, -3}, 12, 12);
    survives(&scene, (CytoView){31, -9, -9}, 130, 110);
    scene.text_scale = (unsigned)k;
    survives(&scene, (CytoView){60, 5, 5}, 230, 170);
  }
  scene = (CytoScene){0}; /* no image at all: background */
  scene.background = 0x123456;
  survives(&scene, (CytoView){1, 0, 0}, 20, 20);
}

static void refused(void) {
  Made *m = made_scene(20, 20, CYTO_U8, 1, 3);
  CytoPixels pixels = made_pixels(8, 8), before = made_pixels(8, 8);
  CytoView view = {1, 0, 0};
  CytoError err = {0};
  CytoPixels odd = pixels;
  odd.stride = 31;
  CHECK(!cyto_render(renderer, &m->scene, view, odd, &job, &err));
  CHECK(err.code == CYTO_ERROR_ARGUMENT);
  odd.stride = 16;
  CHECK(!cyto_render(renderer, &m->scene, view, odd, &job, &err));
  odd = (CytoPixels){pixels.data, 40000, 1, 160000};
  CHECK(!cyto_render(renderer, &m->scene, view, odd, &job, &err));
  m->scene.nx = 21; /* not the size of the channel */
  CHECK(!cyto_render(renderer, &m->scene, view, pixels, &job, &err));
  CHECK(err.code == CYTO_ERROR_ARGUMENT && strstr(err.text, "20") && strstr(err.text, "21"));
  CHECK(
      !cyto_render_pan(renderer, &m->scene, view, pixels, (CytoView){1, 1, 0}, pixels, &job, &err));
  m->scene.nx = 20;
  CHECK(made_differences(pixels, before) == 0); /* a refusal draws nothing */
  CytoJob stopped = {0};
  atomic_store(&stopped.cancel, 1);
  CHECK(!cyto_render(renderer, &m->scene, view, pixels, &stopped, &err));
  CHECK(err.code == CYTO_ERROR_CANCELLED);
  free(pixels.data);
  free(before.data);
  made_free(m);
}

int main(void) {
  CytoError err;
  renderer = cyto_renderer_new(&err);
  job.pool = cyto_pool_new(2, &err);
  int status = check_main((CheckTest[]){TEST(odd_sizes),
                                        TEST(a_thin_picture_stays_visible),
                                        TEST(views_of_nowhere),
                                        TEST(values_out_of_range),
                                        TEST(labels_without_tables),
                                        TEST(refused),
                                        {0}});
  cyto_renderer_free(renderer);
  cyto_pool_free(job.pool);
  return status;
}
