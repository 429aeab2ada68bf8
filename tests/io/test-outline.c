#include "check.h"
#include "label-pictures.h"
#include "io/outline.h"
#include "base/file.h"
#include <unistd.h>

/* Naive oracle 1: a pixel is on an outer contour when one of its four neighbours is reached from
 * outside the label's box by steps over other pixels to the four sides. */
static void outer_pixels(const uint32_t *labels, int ny, int nx, uint32_t label, uint8_t *map) {
  const int py = ny + 2, px = nx + 2;
  uint8_t *outside = calloc((size_t)(py * px), 1);
  int *stack = malloc(sizeof(int) * (size_t)(4 * py * px)), depth = 0;
  stack[depth++] = 0;
  outside[0] = 1;
  static const int DY[4] = {0, 0, 1, -1}, DX[4] = {1, -1, 0, 0};
  while (depth) {
    const int i = stack[--depth];
    for (int d = 0; d < 4; d++) {
      const int y = i / px + DY[d], x = i % px + DX[d];
      if (y < 0 || x < 0 || y >= py || x >= px || outside[y * px + x])
        continue;
      if (y > 0 && x > 0 && y <= ny && x <= nx && labels[(y - 1) * nx + x - 1] == label)
        continue;
      outside[y * px + x] = 1;
      stack[depth++] = y * px + x;
    }
  }
  for (int y = 1; y <= ny; y++)
    for (int x = 1; x <= nx; x++)
      if (labels[(y - 1) * nx + x - 1] == label)
        for (int d = 0; d < 4; d++)
          if (outside[(y + DY[d]) * px + x + DX[d]])
            map[(y - 1) * nx + x - 1] = 1;
  free(outside);
  free(stack);
}

/* Naive oracle 2: the border from the first pixel of a part, found by turning around each pixel
 * until the start is left the same way again (Moore's neighbours). */
static size_t walk_part(const uint32_t *labels, int ny, int nx, int y0, int x0) {
  static const int DY[8] = {0, 1, 1, 1, 0, -1, -1, -1}, DX[8] = {1, 1, 0, -1, -1, -1, 0, 1};
  const uint32_t label = labels[y0 * nx + x0];
  int y = y0, x = x0, back = 4, first = -1;
  size_t count = 0;
  for (;;) {
    int d = -1;
    for (int k = 1; k <= 8 && d < 0; k++) {
      const int try = (back + 8 - k) & 7, vy = y + DY[try], vx = x + DX[try];
      if (vy >= 0 && vx >= 0 && vy < ny && vx < nx && labels[vy * nx + vx] == label)
        d = try;
    }
    if (d < 0)
      return 1;
    if (y == y0 && x == x0) {
      if (first == d)
        return count;
      if (first < 0)
        first = d;
    }
    count++;
    y += DY[d];
    x += DX[d];
    back = (d + 4) & 7;
  }
}

static bool connected(const uint32_t *labels, int ny, int nx, uint32_t label) {
  uint8_t *seen = calloc((size_t)(ny * nx), 1);
  int *stack = malloc(sizeof(int) * (size_t)(8 * ny * nx + 1)), depth = 0, parts = 0;
  for (int i = 0; i < ny * nx; i++) {
    if (labels[i] != label || seen[i])
      continue;
    parts++;
    seen[i] = 1;
    stack[depth++] = i;
    while (depth) {
      const int j = stack[--depth];
      for (int y = j / nx - 1; y <= j / nx + 1; y++)
        for (int x = j % nx - 1; x <= j % nx + 1; x++)
          if (y >= 0 && x >= 0 && y < ny && x < nx && labels[y * nx + x] == label &&
              !seen[y * nx + x]) {
            seen[y * nx + x] = 1;
            stack[depth++] = y * nx + x;
          }
    }
  }
  free(seen);
  free(stack);
  return parts == 1;
}

static void map_equals_flooding_from_outside(void) {
  enum { NY = 37, NX = 41 };
  static uint32_t labels[NY * NX];
  static uint8_t map[NY * NX], expected[NY * NX];
  for (unsigned seed = 0; seed < 60; seed++)
    for (unsigned kind = 0; kind < PICTURE_KINDS; kind++) {
      picture_draw(labels, NY, NX, kind, seed);
      CytoError err = {0};
      REQUIREF(cyto_outline_map(labels, NY, NX, map, &err), "%s", err.text);
      memset(expected, 0, sizeof expected);
      for (uint32_t k = 1; k < 20; k++)
        outer_pixels(labels, NY, NX, k, expected);
      REQUIREF(memcmp(map, expected, sizeof map) == 0, "kind %u seed %u", kind, seed);
    }
}

static void check_polygon(const CytoPolygon *polygon, const uint32_t *labels, int ny, int nx,
                          const uint8_t *map) {
  for (size_t i = 0; i < polygon->count; i++) {
    const int32_t *a = polygon->xy + 2 * i, *b = polygon->xy + 2 * ((i + 1) % polygon->count);
    REQUIRE(a[0] >= 0 && a[1] >= 0 && a[0] < nx && a[1] < ny);
    CHECK(labels[a[1] * nx + a[0]] == polygon->label && map[a[1] * nx + a[0]]);
    CHECKF(abs(a[0] - b[0]) <= 1 && abs(a[1] - b[1]) <= 1, "steps further than a neighbour");
  }
}

static void polygons_are_the_longest_outer_contours(void) {
  enum { NY = 33, NX = 47 };
  static uint32_t labels[NY * NX];
  static uint8_t map[NY * NX];
  size_t whole = 0;
  for (unsigned seed = 0; seed < 60; seed++)
    for (unsigned kind = 0; kind < PICTURE_KINDS; kind++) {
      picture_draw(labels, NY, NX, kind, seed);
      CytoError err = {0};
      CytoOutlines outlines = {0};
      REQUIREF(cyto_outlines_trace(labels, NY, NX, &outlines, &err), "%s", err.text);
      REQUIRE(cyto_outline_map(labels, NY, NX, map, &err));
      for (size_t k = 0; k < outlines.count; k++) {
        const CytoPolygon *polygon = &outlines.polygon[k];
        CHECK(k == 0 || polygon->label > outlines.polygon[k - 1].label);
        check_polygon(polygon, labels, NY, NX, map);
        if (!connected(labels, NY, NX, polygon->label))
          continue;
        whole++;
        int first = 0;
        while (labels[first] != polygon->label)
          first++;
        const size_t expected = walk_part(labels, NY, NX, first / NX, first % NX);
        CHECKF(polygon->count == (expected > 4 ? expected : 0),
               "kind %u seed %u: %zu points, not %zu", kind, seed, polygon->count, expected);
      }
      cyto_outlines_clear(&outlines);
    }
  printf("# %zu labels of one part\n", whole);
  CHECK(whole > 500);
}

static void known_shapes(void) {
  /* a 3×3 square: 8 border pixels, counter-clockwise from the top left as OpenCV gives them */
  uint32_t square[25] = {0};
  for (int y = 1; y < 4; y++)
    for (int x = 1; x < 4; x++)
      square[y * 5 + x] = 7;
  CytoOutlines outlines = {0};
  CytoError err = {0};
  REQUIRE(cyto_outlines_trace(square, 5, 5, &outlines, &err));
  static const int32_t EXPECTED[16] = {1, 1, 1, 2, 1, 3, 2, 3, 3, 3, 3, 2, 3, 1, 2, 1};
  CHECK(outlines.count == 1 && outlines.polygon[0].label == 7 && outlines.polygon[0].count == 8);
  CHECK(memcmp(outlines.polygon[0].xy, EXPECTED, sizeof EXPECTED) == 0);
  cyto_outlines_clear(&outlines);
  /* four pixels or fewer: present, empty */
  uint32_t small[9] = {5, 5, 0, 5, 5, 0, 0, 0, 4000000000u};
  REQUIRE(cyto_outlines_trace(small, 3, 3, &outlines, &err));
  CHECK(outlines.count == 2 && outlines.polygon[0].count == 0 && outlines.polygon[1].count == 0);
  CHECK(outlines.polygon[1].label == 4000000000u);
  cyto_outlines_clear(&outlines);
  uint32_t nothing[1] = {0};
  REQUIRE(cyto_outlines_trace(nothing, 1, 1, &outlines, &err));
  CHECK(outlines.count == 0);
  cyto_outlines_clear(&outlines);
}

static void text_has_one_line_a_label(void) {
  uint32_t labels[6 * 6] = {0};
  for (int y = 0; y < 2; y++)
    for (int x = 0; x < 3; x++)
      labels[y * 6 + x] = 1;
  labels[35] = 2;
  CytoOutlines outlines = {0};
  CytoError err = {0};
  REQUIRE(cyto_outlines_trace(labels, 6, 6, &outlines, &err));
  char path[] = "/tmp/cyto-outline-XXXXXX";
  close(mkstemp(path));
  REQUIREF(cyto_outlines_write_text(&outlines, path, &err), "%s", err.text);
  uint8_t *text = NULL;
  size_t size = 0;
  REQUIRE(cyto_file_read(path, 0, &text, &size, &err));
  CHECK_STR((char *)text, "0,0,0,1,1,1,2,1,2,0,1,0\n\n");
  free(text);
  unlink(path);
  CHECK(!cyto_outlines_write_text(&outlines, "/nowhere/at/all.txt", &err));
  cyto_outlines_clear(&outlines);
}

static void many_labels_take_one_pass(void) {
  enum { N = 2000 };
  uint32_t *labels = malloc(sizeof *labels * N * N);
  uint8_t *map = malloc((size_t)N * N);
  for (uint32_t i = 0; i < N * N; i++)
    labels[i] = 1 + i / N / 4 * (N / 4) + i % N / 4;
  CytoError err = {0};
  REQUIRE(cyto_outline_map(labels, N, N, map, &err));
  size_t on = 0;
  for (size_t i = 0; i < (size_t)N * N; i++)
    on += map[i];
  CHECK(on == (size_t)N * N / 16 * 12);
  free(labels);
  free(map);
}

int main(void) {
  return check_main((CheckTest[]){TEST(known_shapes),
                                  TEST(map_equals_flooding_from_outside),
                                  TEST(polygons_are_the_longest_outer_contours),
                                  TEST(text_has_one_line_a_label),
                                  TEST(many_labels_take_one_pass),
                                  {0}});
}
