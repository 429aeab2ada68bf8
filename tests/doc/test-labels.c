/* The table of cells, their colours, and choosing among them. */
#include "doc-help.h"
#include "doc/change.h"
#include "doc/labels.h"
#include "doc/shape.h"
#include "doc/table.h"

enum { NY = 70, NX = 90 };

static void table_and_colours_follow_the_pixels(void) {
  for (uint64_t seed = 1; seed <= 20; seed++) {
    rng_seed(seed);
    uint32_t *map = calloc(NY * NX, 4);
    scene(map, NY, NX, 60, seed % 2 ? 6 : 20);
    CytoCells cells = {0};
    REQUIRE(cyto_cells_init(&cells, map, NY, NX, NULL));
    CHECK(table_is_true(&cells));
    REQUIRE(cyto_cells_colour(&cells, NULL));
    CHECK(colours_differ(&cells));
    CytoCells again = {0};
    REQUIRE(cyto_cells_init(&again, map, NY, NX, NULL));
    REQUIRE(cyto_cells_colour(&again, NULL));
    CHECK(memcmp(again.cell, cells.cell, (cells.top + 1) * sizeof *cells.cell) == 0);
    cyto_cells_clear(&again);
    cyto_cells_clear(&cells);
    free(map);
  }
}

static void colours_reach_exactly_as_far_as_promised(void) {
  /* Two single pixels, at every offset: near ones are seen, others are not. */
  for (int dy = -5; dy <= 5; dy++)
    for (int dx = -5; dx <= 5; dx++) {
      uint32_t map[20 * 20] = {0}, row[20] = {0};
      if (dy == 0 && dx == 0)
        continue;
      map[10 * 20 + 10] = 1;
      map[(10 + dy) * 20 + 10 + dx] = 2;
      CytoCells cells = {0};
      bool used[256] = {false};
      REQUIRE(cyto_cells_init(&cells, map, 20, 20, NULL));
      cells.cell[2].colour = 5;
      cyto_colours_near(&cells, 1, cells.cell[1].box, row, used);
      CHECK(used[5] == (abs(dy) <= CYTO_NEAR && abs(dx) <= CYTO_NEAR));
      CHECK(!used[0]);
      for (int x = 0; x < 20; x++)
        CHECK(row[x] == 0);
      cyto_cells_clear(&cells);
    }
}

static void a_crowd_gets_more_colours(void) {
  /* One long cell among 40 small ones that all touch it and each other's neighbourhood. */
  uint32_t map[3 * 40] = {0};
  for (uint32_t x = 0; x < 40; x++) {
    map[x] = 2 + x;
    map[40 + x] = map[80 + x] = 1;
  }
  CytoCells cells = {0};
  REQUIRE(cyto_cells_init(&cells, map, 3, 40, NULL));
  REQUIRE(cyto_cells_colour(&cells, NULL));
  CHECK(colours_differ(&cells));
  cyto_cells_clear(&cells);
}

static void numbers_far_apart_are_closed_up(void) {
  uint32_t data[8] = {0, 4000000000u, 7, 7, 0, 4000000000u, 900000, 0};
  CytoLabels labels = {1, 2, 4, data};
  REQUIRE(cyto_labels_compact(&labels, NULL));
  const uint32_t expected[8] = {0, 3, 1, 1, 0, 3, 2, 0};
  CHECK(memcmp(data, expected, sizeof data) == 0);
  uint32_t kept[4] = {9, 0, 60000, 1};
  labels = (CytoLabels){1, 2, 2, kept};
  REQUIRE(cyto_labels_compact(&labels, NULL));
  CHECK(kept[0] == 9 && kept[2] == 60000);
}

static void numbers_and_planes_too_large_are_refused(void) {
  uint32_t map[4] = {1, 0, CYTO_ID_MAX + 1u, 0};
  CytoCells cells = {.top = 77};
  CytoError err = {0};
  CHECK(!cyto_cells_init(&cells, map, 2, 2, &err) && err.code == CYTO_ERROR_LIMIT);
  CHECK(cells.top == 77);
  CHECK(!cyto_cells_init(&cells, map, 0, 2, &err));
  CHECK(!cyto_cells_init(&cells, map, 1u << 20, 1u << 20, &err));
}

static bool listed(const uint32_t *ids, size_t n, uint32_t id) {
  for (size_t i = 0; i < n; i++)
    if (ids[i] == id)
      return true;
  return false;
}

static void choosing_agrees_with_every_pixel(void) {
  rng_seed(5);
  uint32_t *map = calloc(NY * NX, 4);
  scene(map, NY, NX, 40, 9);
  CytoCells cells = {0};
  REQUIRE(cyto_cells_init(&cells, map, NY, NX, NULL));
  for (int round = 0; round < 60; round++) {
    CytoRect rect = {rng_below(NY), rng_below(NX), 0, 0};
    rect.y1 = rect.y0 + rng_below(NY - rect.y0 + 1);
    rect.x1 = rect.x0 + rng_below(NX - rect.x0 + 1);
    uint32_t *part = NULL, *whole = NULL;
    size_t parts = 0, wholes = 0;
    REQUIRE(cyto_cells_in_rect(&cells, rect, false, &part, &parts, NULL));
    REQUIRE(cyto_cells_in_rect(&cells, rect, true, &whole, &wholes, NULL));
    for (uint32_t id = 1; id <= cells.top; id++) {
      size_t in = 0, all = 0;
      for (uint32_t i = 0; i < NY * NX; i++) {
        uint32_t y = i / NX, x = i % NX;
        all += map[i] == id;
        in += map[i] == id && y >= rect.y0 && y < rect.y1 && x >= rect.x0 && x < rect.x1;
      }
      CHECK(listed(part, parts, id) == (in > 0));
      CHECK(listed(whole, wholes, id) == (all > 0 && in == all));
    }
    free(part);
    free(whole);
  }
  uint32_t *ids = NULL;
  size_t n = 0;
  REQUIRE(cyto_cells_by_area(&cells, 20, 60, &ids, &n, NULL));
  for (uint32_t id = 1; id <= cells.top; id++)
    CHECK(listed(ids, n, id) ==
          (cells.cell[id].id && cells.cell[id].area >= 20 && cells.cell[id].area <= 60));
  free(ids);
  REQUIRE(cyto_cells_touching_edge(&cells, &ids, &n, NULL));
  for (uint32_t id = 1; id <= cells.top; id++) {
    bool edge = false;
    for (uint32_t i = 0; i < NY * NX; i++) {
      uint32_t y = i / NX, x = i % NX;
      edge |= map[i] == id && (y == 0 || x == 0 || y == NY - 1 || x == NX - 1);
    }
    CHECK(listed(ids, n, id) == edge);
  }
  free(ids);
  cyto_cells_clear(&cells);
  free(map);
}

static void positions_are_in_image_coordinates(void) {
  uint32_t map[12] = {0, 5, 5, 0, 0, 5, 5, 0, 0, 0, 0, 0};
  CytoCells cells = {0};
  REQUIRE(cyto_cells_init(&cells, map, 3, 4, NULL));
  double y, x;
  cyto_cell_centre(cyto_cells_get(&cells, 5), &y, &x);
  CHECK_NEAR(y, 1, 0);
  CHECK_NEAR(x, 2, 0);
  CHECK(cyto_cells_at(&cells, 0, 1) == 5 && cyto_cells_at(&cells, 0, 3) == 0);
  CHECK(cyto_cells_at(&cells, -1, 1) == 0 && cyto_cells_at(&cells, 0, 4) == 0);
  CHECK(!cyto_cells_get(&cells, 4) && !cyto_cells_get(&cells, 6) && !cyto_cells_get(&cells, 0));
  cyto_cells_clear(&cells);
}

static void rectangles(void) {
  CytoRect a = {1, 2, 3, 4}, none = {0}, far = {7, 1, 9, 2};
  CytoRect both = cyto_rect_union(a, far);
  CHECK(both.y0 == 1 && both.x0 == 1 && both.y1 == 9 && both.x1 == 4);
  both = cyto_rect_union(none, a);
  CHECK(memcmp(&both, &a, sizeof a) == 0);
  both = cyto_rect_grow(a, 2, 4, 100);
  CHECK(both.y0 == 0 && both.x0 == 0 && both.y1 == 4 && both.x1 == 6);
  both = cyto_rect_grow(a, UINT32_MAX, 4, 100);
  CHECK(both.y0 == 0 && both.x1 == 100);
}

/* At least half of its pixels, counted one by one with the outline's own pixels. */
static void choosing_by_an_outline_agrees_with_every_pixel(void) {
  rng_seed(31);
  uint32_t *map = calloc(NY * NX, 4);
  scene(map, NY, NX, 60, 9);
  CytoCells cells = {0};
  REQUIRE(cyto_cells_init(&cells, map, NY, NX, NULL));
  for (int round = 0; round < 40; round++) {
    CytoPoint outline[8];
    uint32_t *ids = NULL;
    size_t n = 0, expected = 0;
    for (int i = 0; i < 8; i++)
      outline[i] = (CytoPoint){rng_real(-20, NY + 20), rng_real(-20, NX + 20)};
    CytoSpans spans = {0};
    REQUIRE(cyto_shape_outline(outline, 8, false, NY, NX, &spans, NULL));
    REQUIRE(cyto_cells_in_shape(&cells, outline, 8, &ids, &n, NULL));
    for (uint32_t id = 1; id <= cells.top; id++) {
      size_t inside = 0, area = 0;
      for (size_t i = 0; i < NY * NX; i++)
        area += map[i] == id;
      for (size_t k = 0; k < spans.count; k++)
        for (uint32_t x = spans.span[k].x0; x < spans.span[k].x1; x++)
          inside += map[spans.span[k].y * NX + x] == id;
      if (area && 2 * inside >= area) {
        CHECK(expected < n && ids[expected] == id);
        expected++;
      }
    }
    CHECK(n == expected);
    free(ids);
    cyto_spans_clear(&spans);
  }
  cyto_cells_clear(&cells);
  free(map);
}

int main(void) {
  return check_main((CheckTest[]){TEST(table_and_colours_follow_the_pixels),
                                  TEST(colours_reach_exactly_as_far_as_promised),
                                  TEST(a_crowd_gets_more_colours),
                                  TEST(numbers_far_apart_are_closed_up),
                                  TEST(numbers_and_planes_too_large_are_refused),
                                  TEST(choosing_agrees_with_every_pixel),
                                  TEST(choosing_by_an_outline_agrees_with_every_pixel),
                                  TEST(positions_are_in_image_coordinates),
                                  TEST(rectangles),
                                  {0}});
}
