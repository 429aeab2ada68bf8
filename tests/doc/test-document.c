/* Documents: opening, observers, strokes, saving. */
#include "session.h"
#include "io/seg_npy.h"
#include <malloc.h>
#include <unistd.h>

static void labels_come_in_with_their_flags(void) {
  uint32_t *data = calloc(30, 4);
  data[0] = data[1] = 2;
  data[9] = 5;
  data[29] = 9;
  CytoLabels labels = {1, 5, 6, data};
  bool manual[3] = {true, false, true};
  CytoDocumentOptions options = {.nz = 1,
                                 .ny = 5,
                                 .nx = 6,
                                 .labels = &labels,
                                 .manual = manual,
                                 .n_manual = 3,
                                 .model = "nuclei"};
  CytoDocument *doc = cyto_document_new(&options, NULL);
  REQUIRE(doc);
  CHECK(labels.data == NULL);
  const CytoCells *cells = cyto_document_cells(doc, 0);
  CHECK(cells->count == 3 && cells->cell[2].flags == CYTO_CELL_MANUAL);
  CHECK(cells->cell[5].flags == 0 && cells->cell[9].flags == CYTO_CELL_MANUAL);
  CHECK(!cyto_document_cells(doc, 1) && cyto_document_planes(doc) == 1);
  const char *model, *settings;
  cyto_document_provenance(doc, &model, &settings);
  CHECK_STR(model, "nuclei");
  CHECK(!settings && !cyto_document_image_path(doc) && !cyto_document_dirty(doc));
  cyto_document_free(doc, true);
}

static void labels_of_another_size_are_refused(void) {
  CytoLabels labels = {0};
  REQUIRE(cyto_labels_init(&labels, 1, 5, 6, NULL));
  CytoDocumentOptions options = {.nz = 1, .ny = 6, .nx = 5, .labels = &labels};
  CytoError err = {0};
  CHECK(!cyto_document_new(&options, &err) && strstr(err.text, "5x6") && strstr(err.text, "6x5"));
  CHECK(labels.data != NULL);
  cyto_labels_clear(&labels);
  options = (CytoDocumentOptions){.nz = 0, .ny = 6, .nx = 5};
  CHECK(!cyto_document_new(&options, &err));
  options = (CytoDocumentOptions){.nz = SIZE_MAX / 2, .ny = SIZE_MAX / 2, .nx = 5};
  CHECK(!cyto_document_new(&options, &err));
}

static void an_empty_document_costs_no_memory(void) {
  mallopt(M_PERTURB, 0); /* a test runner's filling of fresh memory would touch all of it */
  CytoDocumentOptions options = {.nz = 1, .ny = 30000, .nx = 30000};
  CytoDocument *doc = cyto_document_new(&options, NULL);
  REQUIRE(doc);
  CytoPoint square[4] = {{9, 9}, {9, 20}, {20, 20}, {20, 9}};
  CytoEdit edit = {.kind = CYTO_EDIT_DRAW, .points = square, .n_points = 4};
  CHECK(cyto_document_apply(doc, &edit, NULL, NULL));
  CHECK(cyto_document_undo(doc, NULL, NULL));
  FILE *f = fopen("/proc/self/statm", "r");
  long pages = 0, resident = 0;
  if (f && fscanf(f, "%ld %ld", &pages, &resident) == 2)
    CHECKF(resident * sysconf(_SC_PAGESIZE) < 400L << 20, "%ld pages", resident);
  if (f)
    fclose(f);
  cyto_document_free(doc, true);
}

/* What one image says is what another reads: saved, loaded, and saved again. */
static void saving_numbers_cells_one_to_n(void) {
  for (uint64_t seed = 1; seed <= 8; seed++) {
    rng_seed(seed);
    CytoDocument *doc = random_document(NULL);
    REQUIRE(doc);
    for (int i = 0; i < 120; i++)
      random_edit(doc);
    CytoLabels labels = {0};
    bool *manual = NULL;
    size_t n = 0;
    uint64_t state = 0;
    REQUIRE(cyto_document_gather(doc, &labels, &manual, &n, &state, NULL));
    CHECK(cyto_labels_max(&labels) == n && state == cyto_document_history(doc)->now);
    uint32_t id_of[4000] = {0};
    for (size_t i = 0; i < PLANES * SIDE_Y * SIDE_X; i++) {
      const CytoCells *cells = cyto_document_cells(doc, i / (SIDE_Y * SIDE_X));
      uint32_t id = cells->map[i % (SIDE_Y * SIDE_X)], label = labels.data[i];
      REQUIRE((id == 0) == (label == 0) && label < 4000);
      CHECK(!label || !id_of[label] || id_of[label] == id);
      id_of[label] = id;
    }
    for (size_t label = 2; label <= n; label++)
      CHECK(id_of[label] > id_of[label - 1]);
    for (size_t label = 1; label <= n; label++) {
      bool by_hand = false;
      for (size_t z = 0; z < PLANES; z++) {
        const CytoCell *cell = cyto_cells_get(cyto_document_cells(doc, z), id_of[label]);
        by_hand |= cell && (cell->flags & CYTO_CELL_MANUAL);
      }
      CHECK(manual[label - 1] == by_hand);
    }
    cyto_document_saved(doc, state);
    CHECK(!cyto_document_dirty(doc));
    free(manual);
    cyto_labels_clear(&labels);
    cyto_document_free(doc, true);
  }
}

static void masks_are_identical_after_saving_and_opening(void) {
  static uint32_t map[SIDE_Y * SIDE_X];
  char path[] = "/tmp/cyto-doc-XXXXXX_seg.npy";
  int fd = mkstemps(path, 8);
  REQUIRE(fd >= 0);
  close(fd);
  rng_seed(3);
  scene(map, SIDE_Y, SIDE_X, 30, 9);
  CytoDocument *doc = document_of(map, 1, SIDE_Y, SIDE_X, NULL);
  REQUIRE(doc);
  CytoPoint square[4] = {{9, 9}, {9, 30}, {30, 30}, {30, 9}};
  CytoEdit edit = {.kind = CYTO_EDIT_DRAW, .points = square, .n_points = 4, .steal = true};
  CHECK(cyto_document_apply(doc, &edit, NULL, NULL));
  CytoSeg seg = {.filename = (char *)"cells.tif",
                 .diameter = 30,
                 .flow_threshold = 0.4,
                 .cellprob_threshold = 0};
  uint64_t state;
  REQUIRE(cyto_document_gather(doc, &seg.masks, &seg.ismanual, &seg.n_ismanual, &state, NULL));
  CytoError err = {0};
  REQUIREF(cyto_seg_write(&seg, path, &err), "%s", err.text);
  CytoSeg back = {0};
  REQUIREF(cyto_seg_read(path, 0, &back, NULL, &err), "%s", err.text);
  CytoDocumentOptions options = {.nz = 1,
                                 .ny = SIDE_Y,
                                 .nx = SIDE_X,
                                 .labels = &back.masks,
                                 .manual = back.ismanual,
                                 .n_manual = back.n_ismanual};
  CytoDocument *again = cyto_document_new(&options, &err);
  REQUIREF(again, "%s", err.text);
  CytoLabels labels = {0};
  bool *manual = NULL;
  size_t n = 0;
  REQUIRE(cyto_document_gather(again, &labels, &manual, &n, &state, NULL));
  CHECK(n == seg.n_ismanual && memcmp(manual, seg.ismanual, n) == 0 && manual[n - 1]);
  CHECK(memcmp(labels.data, seg.masks.data, SIDE_Y * SIDE_X * 4) == 0);
  free(manual);
  free(seg.ismanual);
  cyto_labels_clear(&labels);
  cyto_labels_clear(&seg.masks);
  cyto_seg_clear(&back);
  cyto_document_free(doc, true);
  cyto_document_free(again, true);
  unlink(path);
}

typedef struct Watch {
  unsigned calls, reverted, without_patch;
  uint64_t counter;
  uint32_t *map;    /* what a redraw of the dirty rectangles alone would show */
  uint8_t *colours; /* colour and flags of the cell there */
} Watch;

static uint8_t look(const CytoCells *cells, size_t i) {
  const CytoCell *cell = cyto_cells_get(cells, cells->map[i]);
  return cell ? (uint8_t)(cell->colour * 4 + cell->flags) : 255;
}

static void watch(void *data, const CytoDocument *doc, const CytoChange *change) {
  Watch *w = data;
  w->calls++;
  w->reverted += change->reverted;
  w->without_patch += !change->patch;
  CHECK(change->counter >= w->counter);
  w->counter = change->counter;
  for (size_t z = change->z0; z < change->z1; z++) {
    const CytoCells *cells = cyto_document_cells(doc, z);
    for (size_t y = change->dirty.y0; y < change->dirty.y1; y++)
      for (size_t x = change->dirty.x0; x < change->dirty.x1; x++) {
        size_t i = y * SIDE_X + x;
        w->map[z * SIDE_Y * SIDE_X + i] = cells->map[i];
        w->colours[z * SIDE_Y * SIDE_X + i] = look(cells, i);
      }
  }
}

static void redrawing_the_dirty_rectangles_shows_everything(void) {
  Watch w = {.map = calloc(PLANES * SIDE_Y * SIDE_X, 4),
             .colours = calloc(PLANES * SIDE_Y * SIDE_X, 1)};
  rng_seed(21);
  CytoDocument *doc = random_document(NULL);
  REQUIRE(doc);
  for (size_t i = 0; i < PLANES * SIDE_Y * SIDE_X; i++) {
    const CytoCells *cells = cyto_document_cells(doc, i / (SIDE_Y * SIDE_X));
    w.map[i] = cells->map[i % (SIDE_Y * SIDE_X)];
    w.colours[i] = look(cells, i % (SIDE_Y * SIDE_X));
  }
  cyto_document_observe(doc, watch, &w);
  for (int round = 0; round < 1500; round++) {
    random_edit(doc);
    if (rng_below(4) == 0)
      cyto_document_undo(doc, NULL, NULL);
    if (rng_below(8) == 0)
      cyto_document_redo(doc, NULL, NULL);
    bool same = true;
    for (size_t i = 0; i < PLANES * SIDE_Y * SIDE_X; i++) {
      const CytoCells *cells = cyto_document_cells(doc, i / (SIDE_Y * SIDE_X));
      same &= w.map[i] == cells->map[i % (SIDE_Y * SIDE_X)];
      same &= w.colours[i] == look(cells, i % (SIDE_Y * SIDE_X));
    }
    REQUIREF(same, "round %d left something undrawn", round);
  }
  CHECK(w.calls > 1000 && w.reverted > 100 && w.without_patch > 100);
  cyto_document_free(doc, true);
  free(w.map);
  free(w.colours);
}

static void a_stroke_paints_free_pixels_and_is_one_step(void) {
  static uint32_t map[SIDE_Y * SIDE_X], expected[SIDE_Y * SIDE_X];
  for (uint64_t seed = 1; seed <= 40; seed++) {
    rng_seed(seed);
    memset(map, 0, sizeof map);
    scene(map, SIDE_Y, SIDE_X, 20, 9);
    memcpy(expected, map, sizeof map);
    CytoDocument *doc = document_of(map, 1, SIDE_Y, SIDE_X, NULL);
    REQUIRE(doc);
    const CytoCells *cells = cyto_document_cells(doc, 0);
    CytoBrush brush = {0, seed % 2, seed % 3 ? map[rng_below(SIDE_Y * SIDE_X)] : 0, seed % 5 == 0};
    uint32_t id = brush.erase || brush.id ? brush.id : cells->top + 1;
    REQUIRE(cyto_document_stroke_begin(doc, brush, NULL));
    CytoPoint at = {rng_real(0, SIDE_Y), rng_real(0, SIDE_X)};
    double radius = rng_real(0.5, 7);
    bool any = false;
    for (int i = 0; i < 5; i++) {
      CytoPoint to = {at.y + rng_real(-9, 9), at.x + rng_real(-9, 9)};
      CytoSpans spans = {0};
      REQUIRE(cyto_shape_sweep(at, to, radius, SIDE_Y, SIDE_X, &spans, NULL));
      for (size_t k = 0; k < spans.count; k++)
        for (size_t x = spans.span[k].x0; x < spans.span[k].x1; x++) {
          uint32_t *pixel = &expected[spans.span[k].y * SIDE_X + x];
          bool takes = brush.erase ? (brush.id ? *pixel == brush.id : *pixel != 0)
                                   : *pixel != id && (brush.steal || *pixel == 0);
          any |= takes;
          *pixel = takes ? (brush.erase ? 0 : id) : *pixel;
        }
      cyto_spans_clear(&spans);
      CytoChange change;
      CHECK(cyto_document_stroke_to(doc, at, to, radius, &change, NULL));
      CHECK(memcmp(cells->map, expected, sizeof expected) == 0);
      CHECK(cyto_document_stroking(doc) && cyto_document_dirty(doc));
      at = to;
    }
    CytoChange change;
    CHECK(cyto_document_stroke_end(doc, &change, NULL) == any);
    CHECK(any || change.refusal == CYTO_REFUSED_NOTHING);
    CHECK(table_is_true(cells) && colours_differ(cells));
    CHECK(cyto_document_history(doc)->n_done == any);
    if (any && !brush.erase)
      CHECK(cells->cell[id].flags & CYTO_CELL_MANUAL);
    cyto_document_undo(doc, NULL, NULL);
    CHECK(memcmp(cells->map, map, sizeof map) == 0);
    cyto_document_free(doc, true);
  }
}

static void strokes_cannot_get_stuck(void) {
  CytoDocument *doc = document_of(NULL, 1, SIDE_Y, SIDE_X, NULL);
  REQUIRE(doc);
  CytoError err = {0};
  CytoPoint a = {20, 20}, b = {30, 40};
  CHECK(!cyto_document_stroke_to(doc, a, b, 3, NULL, &err) &&
        !cyto_document_stroke_end(doc, NULL, &err));
  cyto_document_stroke_cancel(doc, NULL);
  CHECK(!cyto_document_stroke_begin(doc, (CytoBrush){.id = 5}, &err));
  CHECK(!cyto_document_stroke_begin(doc, (CytoBrush){.z = 1}, &err));
  size_t size;
  uint8_t *empty = image_of(doc, &size);
  CHECK(cyto_document_stroke_begin(doc, (CytoBrush){0}, NULL));
  CHECK(cyto_document_stroke_to(doc, a, b, 3, NULL, NULL));
  CHECK(!cyto_document_stroke_to(doc, a, b, NAN, NULL, &err)); /* and goes on */
  CHECK(cyto_document_stroke_to(doc, b, a, 3, NULL, NULL));
  CytoChange change;
  cyto_document_stroke_cancel(doc, &change);
  CHECK(same_image(doc, empty, size) && change.dirty.y1 > 30 && !cyto_document_dirty(doc));
  /* A new stroke, an edit and undo each end the one before. */
  CHECK(cyto_document_stroke_begin(doc, (CytoBrush){0}, NULL));
  CHECK(cyto_document_stroke_to(doc, a, b, 3, NULL, NULL));
  CHECK(cyto_document_stroke_begin(doc, (CytoBrush){0}, NULL));
  CHECK(cyto_document_cells(doc, 0)->count == 1 && cyto_document_history(doc)->n_done == 1);
  CHECK(cyto_document_stroke_to(doc, (CytoPoint){60, 60}, (CytoPoint){60, 60}, 3, NULL, NULL));
  CHECK(cyto_document_undo(doc, NULL, NULL) && !cyto_document_stroking(doc));
  CHECK(cyto_document_cells(doc, 0)->count == 1);
  CHECK(cyto_document_undo(doc, NULL, NULL) && same_image(doc, empty, size));
  CHECK(cyto_document_stroke_begin(doc, (CytoBrush){0}, NULL));
  CHECK(cyto_document_stroke_to(doc, a, b, 3, NULL, NULL));
  free(empty);
  cyto_document_free(doc, true); /* with a stroke under way */
}

static void numbers_are_shared_by_the_planes_of_a_stack(void) {
  CytoDocument *doc = document_of(NULL, 3, SIDE_Y, SIDE_X, NULL);
  REQUIRE(doc);
  CytoPoint square[4] = {{9, 9}, {9, 20}, {20, 20}, {20, 9}};
  CytoChange change;
  for (uint32_t i = 0; i < 3; i++) {
    CytoEdit edit = {.kind = CYTO_EDIT_DRAW, .z = i, .points = square, .n_points = 4};
    CHECK(cyto_document_apply(doc, &edit, &change, NULL));
    CHECK(change.id == i + 1 && change.z0 == i && change.z1 == i + 1);
  }
  CytoEdit clear = {.kind = CYTO_EDIT_CLEAR, .z = CYTO_ALL_PLANES};
  CHECK(cyto_document_apply(doc, &clear, &change, NULL) && change.z0 == 0 && change.z1 == 3);
  CHECK(change.patch->count == 3 && cyto_document_undo(doc, NULL, NULL));
  for (size_t z = 0; z < 3; z++)
    CHECK(cyto_document_cells(doc, z)->count == 1);
  cyto_document_free(doc, true);
}

int main(void) {
  return check_main((CheckTest[]){TEST(labels_come_in_with_their_flags),
                                  TEST(labels_of_another_size_are_refused),
                                  TEST(an_empty_document_costs_no_memory),
                                  TEST(saving_numbers_cells_one_to_n),
                                  TEST(masks_are_identical_after_saving_and_opening),
                                  TEST(redrawing_the_dirty_rectangles_shows_everything),
                                  TEST(a_stroke_paints_free_pixels_and_is_one_step),
                                  TEST(strokes_cannot_get_stuck),
                                  TEST(numbers_are_shared_by_the_planes_of_a_stack),
                                  {0}});
}
