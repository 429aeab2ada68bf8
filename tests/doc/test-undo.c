/* Undo all gives the start byte for byte, redo all the end. */
#include "session.h"

/* The whole journey of a session: edits with some steps back and forth among them. */
static void ten_thousand_edits_there_and_back(uint64_t seed) {
  rng_seed(seed);
  CytoDocument *doc = random_document(NULL);
  REQUIRE(doc);
  size_t n0, n1;
  uint8_t *first = image_of(doc, &n0);
  unsigned done = 0;
  for (int i = 0; i < 10000; i++) {
    done += random_edit(doc);
    if (rng_below(12) == 0)
      cyto_document_undo(doc, NULL, NULL);
    if (rng_below(24) == 0)
      cyto_document_redo(doc, NULL, NULL);
    if (i % 100 == 0)
      for (size_t z = 0; z < PLANES; z++) {
        REQUIRE(table_is_true(cyto_document_cells(doc, z)));
        REQUIRE(colours_differ(cyto_document_cells(doc, z)));
      }
  }
  const CytoUndo *history = cyto_document_history(doc);
  CHECKF(done > 4000, "only %u edits did anything", done);
  CHECK(history->dropped == 0);
  while (cyto_document_redo(doc, NULL, NULL)) {
  }
  uint8_t *last = image_of(doc, &n1);
  size_t steps = 0;
  for (; cyto_document_undo(doc, NULL, NULL); steps++) {
  }
  CHECK(history->n_done == 0 && history->n_undone == steps);
  CHECK(same_image(doc, first, n0));
  CHECK(!cyto_document_dirty(doc));
  for (size_t i = 0; i < steps; i++)
    CHECK(cyto_document_redo(doc, NULL, NULL));
  CHECK(same_image(doc, last, n1));
  CHECK(cyto_document_dirty(doc));
  free(first);
  free(last);
  cyto_document_free(doc, true);
}

static void undo_all_redo_all_seed_1(void) {
  ten_thousand_edits_there_and_back(1);
}
static void undo_all_redo_all_seed_2(void) {
  ten_thousand_edits_there_and_back(2);
}
static void undo_all_redo_all_seed_3(void) {
  ten_thousand_edits_there_and_back(3);
}

static void every_single_step_goes_back_to_where_it_was(void) {
  rng_seed(11);
  CytoDocument *doc = random_document(NULL);
  REQUIRE(doc);
  for (int i = 0; i < 400; i++) {
    size_t before_size, after_size, steps = cyto_document_history(doc)->n_done;
    uint8_t *before = image_of(doc, &before_size);
    if (random_edit(doc) && cyto_document_history(doc)->n_done == steps + 1) {
      uint8_t *after = image_of(doc, &after_size);
      CHECK(cyto_document_undo(doc, NULL, NULL) && same_image(doc, before, before_size));
      CHECK(cyto_document_redo(doc, NULL, NULL) && same_image(doc, after, after_size));
      free(after);
    }
    free(before);
  }
  cyto_document_free(doc, true);
}

static CytoDocument *drawn(size_t budget, int cells) {
  CytoError err = {0};
  CytoDocumentOptions options = {.nz = 1, .ny = 100, .nx = 100, .undo_budget = budget};
  CytoDocument *doc = cyto_document_new(&options, &err);
  for (int i = 0; doc && i < cells; i++) {
    double y = 2 + 8 * (i / 12), x = 2 + 8 * (i % 12);
    CytoPoint square[4] = {{y, x}, {y, x + 5}, {y + 5, x + 5}, {y + 5, x}};
    CytoEdit edit = {.kind = CYTO_EDIT_DRAW, .points = square, .n_points = 4};
    CHECK(cyto_document_apply(doc, &edit, NULL, &err));
  }
  return doc;
}

static void the_budget_drops_the_oldest_and_never_the_newest(void) {
  CytoDocument *doc = drawn(1, 5);
  REQUIRE(doc);
  const CytoUndo *history = cyto_document_history(doc);
  CHECK(history->n_done == 1 && history->dropped == 4);
  CHECK(cyto_document_undo(doc, NULL, NULL));
  CytoChange change;
  CytoError err = {0};
  CHECK(!cyto_document_undo(doc, &change, &err) && change.refusal == CYTO_REFUSED_NO_STEP);
  CHECK_STR(err.text, "there is nothing to undo");
  CHECK(cyto_document_cells(doc, 0)->count == 4);
  CHECK(cyto_document_dirty(doc));
  cyto_document_free(doc, true);
  doc = drawn(0, 3);
  size_t each = cyto_document_history(doc)->done[0].patch->bytes;
  cyto_document_free(doc, true);
  doc = drawn(10 * each + each / 2, 60);
  history = cyto_document_history(doc);
  CHECKF(history->n_done >= 9 && history->n_done <= 11, "%zu steps", history->n_done);
  CHECK(history->n_done + history->dropped == 60 && history->bytes <= history->budget);
  cyto_document_free(doc, true);
}

static void the_saved_state_is_found_again_on_either_side(void) {
  CytoDocument *doc = drawn(0, 6);
  REQUIRE(doc);
  CHECK(cyto_document_dirty(doc));
  cyto_document_saved(doc, cyto_document_history(doc)->now);
  CHECK(!cyto_document_dirty(doc));
  cyto_document_undo(doc, NULL, NULL);
  CHECK(cyto_document_dirty(doc));
  cyto_document_undo(doc, NULL, NULL);
  cyto_document_redo(doc, NULL, NULL);
  cyto_document_redo(doc, NULL, NULL);
  CHECK(!cyto_document_dirty(doc));
  cyto_document_undo(doc, NULL, NULL);
  CytoEdit clear = {.kind = CYTO_EDIT_CLEAR};
  CHECK(cyto_document_apply(doc, &clear, NULL, NULL));
  cyto_document_undo(doc, NULL, NULL);
  CHECK(cyto_document_dirty(doc)); /* the saved state cannot come back */
  cyto_document_free(doc, true);
}

static void a_run_and_a_bulk_delete_are_one_step_each(void) {
  static uint32_t result[100 * 100];
  CytoDocument *doc = drawn(0, 8);
  REQUIRE(doc);
  size_t size;
  uint8_t *before = image_of(doc, &size);
  rng_seed(4);
  scene(result, 100, 100, 40, 9);
  CytoLabels labels = {1, 100, 100, result};
  CytoEdit run = {.kind = CYTO_EDIT_RUN, .labels = &labels};
  CytoChange change;
  CHECK(cyto_document_apply(doc, &run, &change, NULL));
  CHECK(change.patch && change.patch->kind == CYTO_STEP_RUN);
  for (uint32_t id = 1; id <= 8; id++)
    CHECK(cyto_cells_get(cyto_document_cells(doc, 0), id)); /* hand-drawn ones stay */
  uint32_t *ids = NULL;
  size_t n = 0;
  REQUIRE(cyto_cells_by_area(cyto_document_cells(doc, 0), 0, 100, &ids, &n, NULL));
  CytoEdit bulk = {.kind = CYTO_EDIT_DELETE, .ids = ids, .n_ids = n};
  CHECK(n > 8 && cyto_document_apply(doc, &bulk, &change, NULL));
  CHECK(change.patch->count == n);
  CHECK(cyto_document_undo(doc, NULL, NULL) && cyto_document_undo(doc, &change, NULL));
  CHECK(change.reverted && change.patch->kind == CYTO_STEP_RUN);
  CHECK(same_image(doc, before, size));
  free(ids);
  free(before);
  cyto_document_free(doc, true);
}

static void a_dragged_slider_leaves_one_step(void) {
  CytoDocument *doc = drawn(0, 9);
  REQUIRE(doc);
  size_t steps = cyto_document_history(doc)->n_done, size;
  uint8_t *before = image_of(doc, &size);
  for (unsigned amount = 1; amount <= 3; amount++) {
    CytoEdit grow = {.kind = CYTO_EDIT_GROW, .amount = amount, .again = true};
    CHECK(cyto_document_apply(doc, &grow, NULL, NULL));
    CHECK(cyto_document_history(doc)->n_done == steps + 1);
  }
  uint64_t area = cyto_document_cells(doc, 0)->cell[1].area;
  CytoEdit bad = {.kind = CYTO_EDIT_GROW, .amount = 0, .again = true};
  CHECK(!cyto_document_apply(doc, &bad, NULL, NULL));
  CHECK(cyto_document_history(doc)->n_done == steps + 1);
  CHECK(cyto_document_cells(doc, 0)->cell[1].area == area);
  CHECK(cyto_document_undo(doc, NULL, NULL) && same_image(doc, before, size));
  /* A result like what was there before takes the step away. */
  uint32_t *map = malloc(100 * 100 * 4);
  CytoLabels labels = {1, 100, 100, map};
  memset(map, 0, 100 * 100 * 4);
  map[0] = 1;
  CytoEdit run = {.kind = CYTO_EDIT_RUN, .labels = &labels, .again = true};
  CHECK(cyto_document_apply(doc, &run, NULL, NULL));
  map[0] = 0;
  CytoChange change;
  CHECK(cyto_document_apply(doc, &run, &change, NULL));
  CHECK(change.refusal == CYTO_REFUSED_NOT && change.dirty.y1 == 1);
  CHECK(same_image(doc, before, size) && cyto_document_history(doc)->n_done == steps);
  free(map);
  free(before);
  cyto_document_free(doc, true);
}

int main(void) {
  return check_main((CheckTest[]){TEST(undo_all_redo_all_seed_1),
                                  TEST(undo_all_redo_all_seed_2),
                                  TEST(undo_all_redo_all_seed_3),
                                  TEST(every_single_step_goes_back_to_where_it_was),
                                  TEST(the_budget_drops_the_oldest_and_never_the_newest),
                                  TEST(the_saved_state_is_found_again_on_either_side),
                                  TEST(a_run_and_a_bulk_delete_are_one_step_each),
                                  TEST(a_dragged_slider_leaves_one_step),
                                  {0}});
}
