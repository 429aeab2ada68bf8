/* What a stroke leaves behind: one pass over its rows. */
#include "doc-help.h"
#include "doc/fill.h"
#include "doc/patch-private.h"
#include <math.h>

enum { NY = 420, NX = 1800 };

static CytoDocument *scene_document(uint32_t *map, int cells) {
  scene(map, NY, NX, cells, 60);
  CytoLabels labels = {1, NY, NX, malloc(NY * NX * sizeof *map)};
  memcpy(labels.data, map, NY * NX * sizeof *map);
  CytoDocumentOptions options = {.nz = 1, .ny = NY, .nx = NX, .labels = &labels};
  return cyto_document_new(&options, NULL);
}

/* Waves across the image and back: later dabs lie partly on earlier ones. */
static void draw(CytoDocument *doc, CytoBrush brush) {
  CytoPoint at = {200, 100};
  CHECK(cyto_document_stroke_begin(doc, brush, NULL));
  for (int i = 0; i < 200; i++) {
    CytoPoint to = {200 + 120 * sin(i / 9.0), i < 100 ? 100 + 15 * i : 3100 - 15 * i};
    CHECK(cyto_document_stroke_to(doc, at, to, 70, NULL, NULL));
    at = to;
  }
}

static void a_stroke_is_taken_back_in_one_pass(void) {
  static uint32_t before[NY * NX], after[NY * NX];
  for (int round = 0; round < 6; round++) {
    rng_seed((uint64_t)round + 1);
    memset(before, 0, sizeof before);
    CytoDocument *doc = scene_document(before, round < 2 ? 0 : 40);
    REQUIRE(doc);
    const CytoCells *cells = cyto_document_cells(doc, 0);
    CytoBrush brush = {.erase = round % 2, .steal = round == 4, .id = round == 3 ? cells->top : 0};
    draw(doc, brush);
    cyto_document_stroke_cancel(doc, NULL);
    CHECK(memcmp(cells->map, before, sizeof before) == 0 && table_is_true(cells));
    draw(doc, brush);
    memcpy(after, cells->map, sizeof after);
    bool any = memcmp(after, before, sizeof after) != 0;
    CHECK(cyto_document_stroke_end(doc, NULL, NULL) == any && any == (round != 1));
    if (any) {
      const CytoPatch *patch = cyto_undo_peek(cyto_document_history(doc), false);
      CHECK(patch->strips == 1);
      CHECKF(round || patch->strip[0].runs <= 3 * NY, "%zu runs", patch->strip[0].runs);
      CHECK(cyto_document_undo(doc, NULL, NULL));
      CHECK(memcmp(cells->map, before, sizeof before) == 0 && table_is_true(cells));
      CHECK(cyto_document_redo(doc, NULL, NULL));
      CHECK(memcmp(cells->map, after, sizeof after) == 0 && table_is_true(cells));
    }
    cyto_document_free(doc, true);
  }
}

static void add_strip(CytoPatch *patch, size_t z, const CytoPixelRun *run, size_t n) {
  CytoRunWriter writer = {0};
  CytoRect box = {0};
  for (size_t i = 0; i < n; i++) {
    REQUIRE(cyto_runs_put(&writer, run[i]));
    box = cyto_rect_union(box, (CytoRect){run[i].y, run[i].x0, run[i].y + 1, run[i].x1});
  }
  REQUIRE(cyto_patch_add_strip(patch, z, box, &writer, NULL));
}

static void strips_join_where_they_touch(void) {
  CytoPatch *patch = cyto_patch_new(CYTO_STEP_BRUSH, NULL);
  REQUIRE(patch);
  add_strip(patch, 0, (CytoPixelRun[]){{2, 5, 9, 0, 3}, {4, 0, 2, 1, 3}}, 2);
  CHECK(!cyto_patch_join(patch));
  add_strip(patch, 0, (CytoPixelRun[]){{2, 9, 11, 0, 3}, {3, 1, 2, 0, 3}, {4, 2, 4, 2, 3}}, 3);
  CHECK(cyto_patch_join(patch) && patch->strips == 1 && patch->strip[0].runs == 4);
  CytoRect box = patch->strip[0].box;
  CHECK(box.y0 == 2 && box.y1 == 5 && box.x0 == 0 && box.x1 == 11);
  static const CytoPixelRun joined[] = {
      {2, 5, 11, 0, 3}, {3, 1, 2, 0, 3}, {4, 0, 2, 1, 3}, {4, 2, 4, 2, 3}};
  CytoRunReader reader = {.at = patch->strip[0].bytes,
                          .end = patch->strip[0].bytes + patch->strip[0].size};
  CytoPixelRun run;
  for (size_t i = 0; i < 4; i++)
    CHECK(cyto_runs_next(&reader, &run) && memcmp(&run, &joined[i], sizeof run) == 0);
  CHECK(!cyto_runs_next(&reader, &run) && !reader.bad);
  add_strip(patch, 0, (CytoPixelRun[]){{4, 3, 5, 3, 7}}, 1); /* (4,3) changes again */
  CHECK(!cyto_patch_join(patch) && patch->strips == 2);
  add_strip(patch, 1, (CytoPixelRun[]){{9, 3, 5, 3, 7}}, 1);
  CHECK(!cyto_patch_join(patch) && patch->strips == 3);
  cyto_patch_free(patch);
}

static void filling_stays_within_its_run(void) {
  enum { N = 2200 };
  static uint32_t row[N + 64];
  for (size_t from = 0; from < 40; from++)
    for (size_t n = 0; n < N - 40; n = n < 40 ? n + 1 : n + 171) {
      memset(row, 0xff, sizeof row);
      cyto_fill(row + from, n, 7);
      cyto_filled();
      for (size_t i = 0; i < N; i++)
        REQUIREF(row[i] == (i >= from && i < from + n ? 7 : UINT32_MAX), "%zu of %zu from %zu", i,
                 n, from);
    }
}

int main(void) {
  return check_main((CheckTest[]){TEST(a_stroke_is_taken_back_in_one_pass),
                                  TEST(strips_join_where_they_touch),
                                  TEST(filling_stays_within_its_run),
                                  {0}});
}
