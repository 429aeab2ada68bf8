#include "oracle.h"

static CytoRenderer *renderer;
static CytoJob job;

static Oracle oracle_of(const CytoScene *scene, CytoView view, CytoPixels pixels) {
  view = cyto_view_snap(view);
  int ts = scene->text_scale ? (int)scene->text_scale : 1;
  return (Oracle){scene, view.scale, (int64_t)view.x, (int64_t)view.y, pixels.width, pixels.height,
                  ts,    false};
}

static int part_difference(uint32_t a, uint32_t b) {
  int worst = 0;
  for (int shift = 0; shift < 32; shift += 8) {
    int d = abs((int)(a >> shift & 255) - (int)(b >> shift & 255));
    worst = d > worst ? d : worst;
  }
  return worst;
}

/* Draws a view and compares each pixel; where pixels were averaged, the mean may have been rounded
 * the other way, which is `tolerance` of light at most. */
static void compare(const CytoScene *scene, CytoView view, int width, int height, int tolerance) {
  CytoPixels pixels = made_pixels(width, height);
  CytoError err = {0};
  Oracle o = oracle_of(scene, view, pixels);
  REQUIREF(cyto_render(renderer, scene, view, pixels, &job, &err), "%s", err.text);
  size_t wrong = 0, rounded = 0;
  for (int j = 0; j < height; j++)
    for (int i = 0; i < width; i++) {
      uint32_t is = pixels.data[(size_t)j * pixels.stride / 4 + (size_t)i];
      uint32_t should = oracle_at(&o, i, j);
      int d = part_difference(is, should);
      rounded += d > 0;
      if (d > (o.box ? tolerance : 0) && wrong++ == 0)
        printf("# scale %g, pixel (%d,%d) of %dx%d: %08x, expected %08x\n", view.scale, i, j, width,
               height, is, should);
    }
  CHECKF(wrong == 0, "%zu of %d pixels differ at scale %g", wrong, width * height, view.scale);
  CHECKF(!o.box || rounded * 50 <= (size_t)(width * height), "%zu pixels rounded the other way",
         rounded);
  free(pixels.data);
}

static void plain(Made *m) { /* numbers and bar have tests of their own */
  m->scene.marks = NULL;
  m->scene.bar.show = false;
}

static const double scales[] = {1 / 256.0, 0.013, 1 / 32.0, 0.1, 0.125, 0.3, 0.5, 0.7, 0.999,
                                1,         1.01,  1.25,     2,   2.7,   3,   8,   17,  64};

static void like_the_oracle(void) {
  static const CytoDtype dtypes[] = {CYTO_U8, CYTO_U16, CYTO_I16, CYTO_F32};
  for (size_t d = 0; d < 4; d++) {
    Made *m = made_scene(97, 131, dtypes[d], 1, 5);
    plain(m);
    for (size_t k = 0; k < sizeof scales / sizeof *scales; k++) {
      CytoView view = cyto_view_centre((CytoView){scales[k], 0, 0}, 61.3, 47.8, 83, 61);
      compare(&m->scene, view, 83, 61, 2);
      view.x -= 31.4;
      view.y += 17.6;
      m->scene.text_scale = k % 3;
      compare(&m->scene, view, 70, 33, 2);
    }
    made_free(m);
  }
}

static void every_kind_of_colour(void) {
  static const CytoShow shows[] = {CYTO_SHOW_COLOUR, CYTO_SHOW_GRAY, CYTO_SHOW_SPECTRAL,
                                   CYTO_SHOW_BLUE_WHITE_RED};
  for (size_t channels = 0; channels <= 3; channels++)
    for (size_t k = 0; k < 4; k++) {
      Made *m = made_scene(40, 55, k % 2 ? CYTO_U8 : CYTO_U16, channels, 77);
      plain(m);
      m->scene.show = shows[k];
      /* A step of one in the mean is up to ten in the spectral map. */
      compare(&m->scene, (CytoView){3.3, -5, 9}, 90, 70, 0);
      compare(&m->scene, (CytoView){0.6, -5, 3}, 40, 30, 12);
      m->channel[1].visible = false;
      compare(&m->scene, (CytoView){1, -5, 3}, 60, 30, 0);
      made_free(m);
    }
}

static void every_switch(void) {
  Made *m = made_scene(60, 60, CYTO_U16, 2, 9);
  plain(m);
  CytoScene all = m->scene;
  for (unsigned bits = 0; bits < 256; bits++) {
    m->scene = all;
    m->scene.masks = bits & 1;
    m->scene.outlines = bits & 2;
    m->scene.hatch = bits & 4;
    m->scene.raw = bits & 8;
    m->scene.flags = bits & 16 ? all.flags : NULL;
    m->scene.ghosts = bits & 32 ? all.ghosts : NULL;
    m->scene.colour = bits & 64 ? all.colour : NULL;
    m->scene.outline_colour = bits & 128 ? CYTO_OUTLINE_OWN : 0x00ff7f;
    m->scene.opacity = (uint8_t)(bits * 37);
    m->scene.text_scale = bits % 4;
    compare(&m->scene, (CytoView){bits % 2 ? 1.6 : 1, -3, 4.2}, 50, 40, 0);
  }
  made_free(m);
}

/* The budget of the pyramid removes its finest levels: more pixels are averaged, the picture stays
 * that of the oracle. */
static void short_of_memory(void) {
  for (size_t bytes = 1; bytes < 40000; bytes *= 12) {
    Made *m = made_scene(97, 131, CYTO_U16, 1, 5);
    plain(m);
    CytoPlane plane = cyto_pyramid_plane(m->channel[0].pyramid, 0);
    CytoError err;
    cyto_pyramid_free(m->channel[0].pyramid);
    m->channel[0].pyramid = cyto_pyramid_new(plane, NULL, bytes, &err);
    for (size_t k = 0; k < 9; k++)
      compare(&m->scene, (CytoView){scales[k], -2, -3}, 60, 50, 1);
    CHECK(cyto_pyramid_bytes(m->channel[0].pyramid) <= bytes);
    made_free(m);
  }
}

static uint32_t fuzz;

static int pick(int n) {
  return (int)(random_next(&fuzz) % (uint32_t)n);
}

static CytoView some_view(const CytoScene *s, int width, int height) {
  double scale = scales[pick(sizeof scales / sizeof *scales)];
  return cyto_view_centre((CytoView){scale, 0, 0}, random_unit(&fuzz) * (double)s->nx,
                          random_unit(&fuzz) * (double)s->ny, width, height);
}

static void parts_like_the_whole(void) {
  fuzz = 3;
  for (int round = 0; round < 300; round++) {
    Made *m =
        made_scene(90 + (size_t)pick(60), 90, round % 2 ? CYTO_U16 : CYTO_F32, 2, (uint32_t)round);
    int width = 1 + pick(200), height = 1 + pick(160);
    CytoView view = some_view(&m->scene, width, height);
    m->scene.text_scale = (unsigned)pick(3);
    CytoPixels whole = made_pixels(width, height), parts = made_pixels(width, height);
    CytoError err;
    CHECK(cyto_render(renderer, &m->scene, view, whole, NULL, &err));
    /* Something else first, then the whole in pieces, some of them twice. */
    m->scene.raw = true;
    CHECK(cyto_render(renderer, &m->scene, view, parts, &job, &err));
    m->scene.raw = false;
    int step = 1 + pick(50);
    for (int y = -pick(9); y < height; y += step)
      for (int x = -pick(9); x < width; x += step)
        CHECK(cyto_render_rect(renderer, &m->scene, view, parts,
                               (CytoViewRect){x, y, step + pick(5), step + pick(5)}, &job, &err));
    /* The first piece of each row may start inside; the left and upper rims are drawn at last. */
    CHECK(cyto_render_rect(renderer, &m->scene, view, parts, (CytoViewRect){-9, 0, 99, 999}, &job,
                           &err));
    CHECK(cyto_render_rect(renderer, &m->scene, view, parts, (CytoViewRect){0, -9, 999, 99}, &job,
                           &err));
    CHECK(made_differences(whole, parts) == 0);
    free(whole.data);
    free(parts.data);
    made_free(m);
  }
}

static void pan_like_the_whole(void) {
  fuzz = 8;
  for (int round = 0; round < 300; round++) {
    Made *m = made_scene(120, 100, round % 2 ? CYTO_U8 : CYTO_I16, 1, (uint32_t)round);
    int width = 1 + pick(260), height = 1 + pick(200);
    CytoView from = some_view(&m->scene, width, height), to = from;
    m->scene.text_scale = (unsigned)pick(3);
    CytoPixels a = made_pixels(width, height), b = made_pixels(width, height);
    CytoPixels expected = made_pixels(width, height);
    CytoError err;
    CHECK(cyto_render(renderer, &m->scene, from, a, &job, &err));
    for (int step = 0; step < 6; step++) {
      to = cyto_view_pan(from, random_unit(&fuzz) * 90 - 45, random_unit(&fuzz) * 70 - 35);
      if (pick(9) == 0)
        to = cyto_view_zoom_at(to, to.scale * 1.5, 3, 4);
      CHECK(cyto_render_pan(renderer, &m->scene, from, a, to, step % 2 ? a : b, &job, &err));
      CHECK(cyto_render(renderer, &m->scene, to, expected, NULL, &err));
      CHECK(made_differences(expected, step % 2 ? a : b) == 0);
      if (step % 2 == 0) {
        CytoPixels swap = a;
        a = b;
        b = swap;
      }
      from = to;
    }
    free(a.data);
    free(b.data);
    free(expected.data);
    made_free(m);
  }
}

/* An edit changes pixels inside cyto_view_dirty of its box alone. */
static void dirty_is_enough(void) {
  fuzz = 21;
  for (int round = 0; round < 200; round++) {
    Made *m = made_scene(100, 120, CYTO_U8, 1, 4);
    int width = 150, height = 110;
    CytoView view = some_view(&m->scene, width, height);
    view.x += random_unit(&fuzz);
    m->scene.marks = NULL;
    CytoPixels is = made_pixels(width, height), should = made_pixels(width, height);
    CytoError err;
    CHECK(cyto_render(renderer, &m->scene, view, is, &job, &err));
    size_t x0 = (size_t)pick(110), y0 = (size_t)pick(90), size = 1 + (size_t)pick(10);
    for (size_t y = y0; y < y0 + size; y++)
      for (size_t x = x0; x < x0 + size; x++)
        m->labels[y * 120 + x] = 3;
    CytoArea area = {(double)x0, (double)y0, (double)(x0 + size), (double)(y0 + size)};
    CytoViewRect rect = cyto_view_dirty(view, area, width, height);
    CHECK(cyto_render_rect(renderer, &m->scene, view, is, rect, &job, &err));
    CHECK(cyto_render(renderer, &m->scene, view, should, &job, &err));
    CHECK(made_differences(is, should) == 0);
    free(is.data);
    free(should.data);
    made_free(m);
  }
}

/* One rectangular cell: its outline is a rectangle one device pixel wide, at every zoom; and so is
 * the border between two cells. */
static void outlines_are_one_pixel_wide(void) {
  enum { W = 300, H = 260 };
  uint32_t *labels = calloc(64 * 64, sizeof *labels);
  for (size_t y = 10; y < 50; y++)
    for (size_t x = 10; x < 60; x++)
      labels[y * 64 + x] = x < 30 ? 1 : 2;
  CytoScene scene = {
      .ny = 64, .nx = 64, .labels = labels, .outlines = true, .outline_colour = 0xffffff};
  for (double scale = 0.25; scale <= 20; scale = cyto_view_step(scale, 1)) {
    CytoPixels pixels = made_pixels(W, H);
    CytoView view = cyto_view_centre((CytoView){scale, 0, 0}, 30, 25, W, H);
    CytoError err;
    CHECK(cyto_render(renderer, &scene, view, pixels, &job, &err));
    for (int j = 0; j < H; j++) {
      int lit = 0, run = 0, longest = 0;
      double x, y;
      cyto_view_to_image(cyto_view_snap(view), 0, j + 0.5, &x, &y);
      for (int i = 0; i < W; i++) {
        bool on = pixels.data[(size_t)j * pixels.stride / 4 + (size_t)i] == 0xffffffff;
        lit += on;
        run = on ? run + 1 : 0;
        longest = run > longest ? run : longest;
      }
      /* Rows well inside the cells cross their left edge, the border and the right edge. */
      double left = 10 * scale - cyto_view_snap(view).x,
             right = 60 * scale - cyto_view_snap(view).x;
      bool inside = y > 10 + 1.01 / scale && y < 50 - 1.01 / scale;
      if (inside && left > 0 && right < W)
        CHECKF(lit == 3 && longest == 1, "scale %g row %d: %d lit, %d together", scale, j, lit,
               longest);
      if (y < 10 || y > 50)
        CHECK(lit == 0);
    }
    free(pixels.data);
  }
  free(labels);
}

/* Text of numbers stays within its cell, bar and text within bar_rect, and both can be read. */
static void numbers_and_bar(void) {
  Made *m = made_scene(60, 60, CYTO_U8, 1, 4);
  CytoPixels with = made_pixels(400, 400), without = made_pixels(400, 400);
  CytoView view = {6, -20, -20};
  CytoError err;
  for (unsigned ts = 1; ts <= 2; ts++) {
    m->scene.text_scale = ts;
    m->scene.bar.show = true;
    CHECK(cyto_render(renderer, &m->scene, view, with, &job, &err));
    m->scene.mark_count = 0;
    m->scene.bar.show = false;
    CHECK(cyto_render(renderer, &m->scene, view, without, &job, &err));
    m->scene.bar.show = true;
    CytoViewRect bar = bar_rect(&m->scene, 6, 400, 400);
    m->scene.mark_count = 0;
    made_marks(m, 60, 60);
    size_t in_bar = 0, in_cells = 0, elsewhere = 0;
    for (int j = 0; j < 400; j++)
      for (int i = 0; i < 400; i++) {
        size_t at = (size_t)j * with.stride / 4 + (size_t)i;
        if (with.data[at] == without.data[at])
          continue;
        bool cell = false;
        for (size_t k = 0; k < m->scene.mark_count; k++) {
          const CytoCellMark *c = &m->mark[k];
          cell |= i >= c->x0 * 6.0 + 20 && i < c->x1 * 6.0 + 20 && j >= c->y0 * 6.0 + 20 &&
                  j < c->y1 * 6.0 + 20;
        }
        bool inside = i >= bar.x && i < bar.x + bar.width && j >= bar.y && j < bar.y + bar.height;
        in_bar += inside;
        in_cells += cell && !inside;
        elsewhere += !cell && !inside;
      }
    printf("# %zu pixels of the bar, %zu of numbers\n", in_bar, in_cells);
    CHECK(in_bar > 300 && in_cells > 300 && elsewhere == 0);
  }
  free(with.data);
  free(without.data);
  made_free(m);
}

static void letters(void) {
  uint64_t rows[FONT_HEIGHT];
  CHECK(font_rows("", rows) == 0 && rows[3] == 0);
  CHECK(font_rows("1", rows) == 5 && rows[0] == 4 && rows[6] == 14);
  CHECK(font_rows("50 µm", rows) == 5 * FONT_ADVANCE - 1);
  CHECK(font_rows("01234567890123", rows) == 10 * FONT_ADVANCE - 1);
  uint64_t seen[10];
  for (int d = 0; d < 10; d++) { /* all digits differ */
    font_rows((char[]){(char)('0' + d), 0}, rows);
    seen[d] = 0;
    for (int r = 0; r < FONT_HEIGHT; r++)
      seen[d] |= rows[r] << (5 * r);
    for (int e = 0; e < d; e++)
      CHECK(seen[d] != seen[e]);
  }
}

int main(void) {
  CytoError err;
  renderer = cyto_renderer_new(&err);
  job.pool = cyto_pool_new(3, &err);
  int status = check_main((CheckTest[]){TEST(like_the_oracle),
                                        TEST(every_kind_of_colour),
                                        TEST(every_switch),
                                        TEST(short_of_memory),
                                        TEST(parts_like_the_whole),
                                        TEST(pan_like_the_whole),
                                        TEST(dirty_is_enough),
                                        TEST(outlines_are_one_pixel_wide),
                                        TEST(numbers_and_bar),
                                        TEST(letters),
                                        {0}});
  cyto_renderer_free(renderer);
  cyto_pool_free(job.pool);
  return status;
}
