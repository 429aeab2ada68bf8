/* Results made ready beside the document: the same end as on the straight road, and no other. */
#include "doc/ready.h"
#include "session.h"

typedef struct Twin {
  CytoDocument *straight, *beside;
} Twin;

static Twin twins(uint64_t seed, const char *journal) {
  Twin twin;
  rng_seed(seed);
  twin.straight = random_document(NULL);
  rng_seed(seed);
  twin.beside = random_document(journal);
  CHECK(twin.straight && twin.beside);
  return twin;
}

static void part(Twin *twin) {
  cyto_document_free(twin->straight, true);
  cyto_document_free(twin->beside, true);
}

static bool same(const Twin *twin) {
  size_t n = 0;
  uint8_t *bytes = image_of(twin->straight, &n);
  bool equal = same_image(twin->beside, bytes, n);
  free(bytes);
  return equal;
}

/* The same history, told by the names and sizes of its steps. */
static bool same_history(const Twin *twin) {
  const CytoUndo *a = cyto_document_history(twin->straight),
                 *b = cyto_document_history(twin->beside);
  bool equal = a->n_done == b->n_done && a->n_undone == b->n_undone && a->bytes == b->bytes &&
               a->now == b->now && a->saved == b->saved;
  for (size_t i = 0; equal && i < a->n_done; i++)
    equal = a->done[i].patch->kind == b->done[i].patch->kind &&
            a->done[i].patch->count == b->done[i].patch->count &&
            a->done[i].before == b->done[i].before && a->done[i].after == b->done[i].after;
  return equal;
}

static void result_of(CytoLabels *labels, const CytoDocument *doc, int cells) {
  const CytoCells *plane = cyto_document_cells(doc, 0);
  size_t nz = cyto_document_planes(doc), pixels = plane->ny * plane->nx;
  REQUIRE(cyto_labels_init(labels, nz, plane->ny, plane->nx, NULL));
  for (size_t z = 0; z < nz; z++)
    scene(labels->data + z * pixels, plane->ny, plane->nx, cells, 9);
}

static CytoReady *copied(CytoDocument *doc, size_t rows) {
  CytoReady *ready = cyto_ready_new(doc, NULL);
  bool done = false;
  CHECK(ready);
  while (ready && !done)
    CHECK(cyto_ready_copy(ready, rows, &done, NULL));
  return ready;
}

/* One edit on both roads; whether the ready one was swift. */
static bool both(Twin *twin, const CytoEdit *edit) {
  CytoChange a = {0}, b = {0};
  CytoError err = {0};
  bool swift = false;
  CytoReady *ready = copied(twin->beside, 1 + rng_below(50));
  CHECK(cyto_ready_apply(ready, edit, &err));
  bool did = cyto_document_apply(twin->straight, edit, &a, NULL);
  CHECK(cyto_ready_take(ready, twin->beside, edit, &swift, &b, &err) == did);
  CHECK(a.refusal == b.refusal && (did || err.text[0]));
  CHECK(!did || a.id == b.id);
  cyto_ready_free(ready);
  CHECK(same(twin) && same_history(twin));
  return swift;
}

static void a_ready_result_is_the_straight_one_byte_for_byte(void) {
  for (uint64_t seed = 1; seed <= 30; seed++) {
    Twin twin = twins(seed, NULL);
    CytoLabels labels = {0};
    result_of(&labels, twin.straight, 12);
    CytoEdit edit = {.kind = CYTO_EDIT_RUN,
                     .z = CYTO_ALL_PLANES,
                     .labels = &labels,
                     .policy = (CytoRunPolicy)(seed % 3)};
    CHECK(both(&twin, &edit));
    CHECK(both(&twin, &edit)); /* a second time: refused on both roads, or done on both */
    for (size_t z = 0; z < cyto_document_planes(twin.beside); z++)
      CHECK(table_is_true(cyto_document_cells(twin.beside, z)) &&
            colours_differ(cyto_document_cells(twin.beside, z)));
    while (cyto_document_undo(twin.straight, NULL, NULL))
      CHECK(cyto_document_undo(twin.beside, NULL, NULL) && same(&twin));
    while (cyto_document_redo(twin.straight, NULL, NULL))
      CHECK(cyto_document_redo(twin.beside, NULL, NULL) && same(&twin));
    cyto_labels_clear(&labels);
    part(&twin);
  }
}

static void a_moved_threshold_takes_the_place_of_the_step(void) {
  for (uint64_t seed = 1; seed <= 20; seed++) {
    Twin twin = twins(seed, NULL);
    CytoLabels first = {0}, second = {0};
    result_of(&first, twin.straight, 14);
    result_of(&second, twin.straight, 6);
    CytoEdit edit = {.kind = CYTO_EDIT_RUN,
                     .z = CYTO_ALL_PLANES,
                     .labels = &first,
                     .policy = CYTO_RUN_KEEP_MANUAL};
    CHECK(both(&twin, &edit));
    size_t steps = cyto_document_history(twin.beside)->n_done;
    edit.again = true;
    edit.labels = &second;
    CHECK(both(&twin, &edit));
    CHECK(cyto_document_history(twin.beside)->n_done == steps);
    /* Nothing of the model is left: the step goes too. */
    CytoLabels none = {0};
    result_of(&none, twin.straight, 0);
    edit.labels = &none;
    CHECK(both(&twin, &edit));
    cyto_labels_clear(&first);
    cyto_labels_clear(&second);
    cyto_labels_clear(&none);
    part(&twin);
  }
}

static void cells_changed_meanwhile_are_kept(void) {
  for (uint64_t seed = 1; seed <= 20; seed++) {
    Twin twin = twins(seed, NULL);
    CytoLabels labels = {0};
    bool swift = true;
    result_of(&labels, twin.straight, 12);
    CytoEdit edit = {.kind = CYTO_EDIT_RUN,
                     .z = CYTO_ALL_PLANES,
                     .labels = &labels,
                     .policy = CYTO_RUN_KEEP_MANUAL};
    CytoPoint square[4] = {{4, 4}, {4, 19}, {19, 19}, {19, 4}};
    CytoEdit drawn = {.kind = CYTO_EDIT_DRAW, .points = square, .n_points = 4, .steal = true};
    CytoReady *ready = copied(twin.beside, 7);
    REQUIRE(cyto_ready_apply(ready, &edit, NULL));
    REQUIRE(cyto_document_apply(twin.straight, &drawn, NULL, NULL));
    REQUIRE(cyto_document_apply(twin.beside, &drawn, NULL, NULL));
    bool did = cyto_document_apply(twin.straight, &edit, NULL, NULL);
    CHECK(cyto_ready_take(ready, twin.beside, &edit, &swift, NULL, NULL) == did);
    CHECK(!swift && same(&twin) && same_history(&twin));
    cyto_ready_free(ready);
    cyto_labels_clear(&labels);
    part(&twin);
  }
}

static void a_change_while_copying_begins_again_and_a_stroke_waits(void) {
  Twin twin = twins(3, NULL);
  CytoLabels labels = {0};
  result_of(&labels, twin.straight, 12);
  CytoEdit edit = {.kind = CYTO_EDIT_RUN,
                   .z = CYTO_ALL_PLANES,
                   .labels = &labels,
                   .policy = CYTO_RUN_EMPTY_ONLY};
  CytoReady *ready = cyto_ready_new(twin.beside, NULL);
  bool done = false, swift = false;
  REQUIRE(ready && cyto_ready_copy(ready, 20, &done, NULL) && !done);
  CHECK(!cyto_ready_apply(ready, &edit, NULL));
  CytoEdit clear = {.kind = CYTO_EDIT_CLEAR, .z = CYTO_ALL_PLANES};
  REQUIRE(cyto_document_apply(twin.straight, &clear, NULL, NULL));
  REQUIRE(cyto_document_apply(twin.beside, &clear, NULL, NULL));
  REQUIRE(cyto_document_stroke_begin(twin.beside, (CytoBrush){.z = 0}, NULL));
  CHECK(cyto_document_stroke_to(twin.beside, (CytoPoint){9, 9}, (CytoPoint){9, 20}, 4, NULL, NULL));
  for (int i = 0; i < 1000; i++)
    CHECK(cyto_ready_copy(ready, 20, &done, NULL) && !done);
  cyto_document_stroke_cancel(twin.beside, NULL);
  while (!done)
    REQUIRE(cyto_ready_copy(ready, 20, &done, NULL));
  REQUIRE(cyto_ready_apply(ready, &edit, NULL));
  CHECK(cyto_document_apply(twin.straight, &edit, NULL, NULL));
  CHECK(cyto_ready_take(ready, twin.beside, &edit, &swift, NULL, NULL) && swift);
  CHECK(same(&twin));
  cyto_ready_free(ready);
  cyto_labels_clear(&labels);
  part(&twin);
}

int main(void) {
  return check_main((CheckTest[]){TEST(a_ready_result_is_the_straight_one_byte_for_byte),
                                  TEST(a_moved_threshold_takes_the_place_of_the_step),
                                  TEST(cells_changed_meanwhile_are_kept),
                                  TEST(a_change_while_copying_begins_again_and_a_stroke_waits),
                                  {0}});
}
