/* A cell filled in on the planes between two that show it. */
#include "doc-help.h"
#include "doc/document.h"
#include <math.h>

enum { NZ = 7, SIDE = 80 };

static CytoDocument *stack(void) {
  CytoDocumentOptions options = {.nz = NZ, .ny = SIDE, .nx = SIDE};
  return cyto_document_new(&options, NULL);
}

static uint32_t draw(CytoDocument *doc, size_t z, double y, double x, double r) {
  CytoPoint outline[90];
  for (int i = 0; i < 90; i++)
    outline[i] = (CytoPoint){y + r * sin(i * 0.0698), x + r * cos(i * 0.0698)};
  CytoEdit edit = {.kind = CYTO_EDIT_DRAW, .z = z, .points = outline, .n_points = 90};
  CytoChange change = {0};
  return cyto_document_apply(doc, &edit, &change, NULL) ? change.id : 0;
}

static bool fill(CytoDocument *doc, size_t z, uint32_t id, unsigned per_stack, CytoChange *change) {
  CytoEdit edit = {
      .kind = CYTO_EDIT_INTERPOLATE, .z = z, .ids = &id, .n_ids = 1, .amount = per_stack};
  return cyto_document_apply(doc, &edit, change, NULL);
}

static const CytoCell *cell_on(const CytoDocument *doc, size_t z, uint32_t id) {
  return cyto_cells_get(cyto_document_cells(doc, z), id);
}

static bool round_at(const CytoCell *cell, double y, double x, double r) {
  double cy, cx;
  if (!cell)
    return false;
  cyto_cell_centre(cell, &cy, &cx);
  return hypot(cy - y, cx - x) < 1 && fabs(sqrt((double)cell->area / M_PI) - r) < 1;
}

static void centre_and_size_change_evenly_and_one_step_takes_it_back(void) {
  CytoDocument *doc = stack();
  uint32_t low = draw(doc, 1, 30, 25, 10), high = draw(doc, 5, 38, 37, 18);
  REQUIRE(low && high && low != high);
  uint32_t *before = malloc(NZ * SIDE * SIDE * 4);
  for (size_t z = 0; z < NZ; z++)
    memcpy(before + z * SIDE * SIDE, cyto_document_cells(doc, z)->map, SIDE * SIDE * 4);
  for (int way = 0; way < 2; way++) {
    CytoChange change = {0};
    uint32_t id = way ? high : low;
    REQUIRE(fill(doc, way ? 5 : 1, id, 0, &change));
    CHECK(change.id == id && change.patch->count == 3 && change.z0 <= 2 && change.z1 >= 5);
    for (size_t z = 1; z <= 5; z++) {
      double t = (double)(z - 1) / 4;
      CHECK(round_at(cell_on(doc, z, id), 30 + 8 * t, 25 + 12 * t, 10 + 8 * t));
      CHECK(cell_on(doc, z, id)->flags & CYTO_CELL_MANUAL);
      CHECK(table_is_true(cyto_document_cells(doc, z)));
    }
    CHECK(!cell_on(doc, 0, id) && !cell_on(doc, 6, id));
    CHECK(cyto_document_cells(doc, 1)->count == 1 && cyto_document_cells(doc, 5)->count == 1);
    REQUIRE(cyto_document_undo(doc, NULL, NULL));
    for (size_t z = 0; z < NZ; z++)
      CHECK(memcmp(before + z * SIDE * SIDE, cyto_document_cells(doc, z)->map, SIDE * SIDE * 4) ==
            0);
  }
  free(before);
  cyto_document_free(doc, true);
}

static void neighbours_are_not_painted_over(void) {
  CytoDocument *doc = stack();
  uint32_t id = draw(doc, 0, 40, 40, 20), wall = draw(doc, 2, 40, 67, 12);
  REQUIRE(draw(doc, 4, 40, 40, 20) && wall);
  uint64_t area = cell_on(doc, 2, wall)->area;
  REQUIRE(fill(doc, 0, id, 0, NULL));
  for (size_t z = 1; z < 4; z++)
    CHECK(cell_on(doc, z, id));
  CHECK(cell_on(doc, 2, wall)->area == area);
  CHECK(cell_on(doc, 2, id)->area < cell_on(doc, 1, id)->area);
  cyto_document_free(doc, true);
}

static void without_a_gap_it_says_so(void) {
  CytoDocument *doc = stack();
  CytoChange change = {0};
  uint32_t id = draw(doc, 2, 40, 40, 15);
  CHECK(!fill(doc, 2, id, 0, &change) && change.refusal == CYTO_REFUSED_NO_PLANE);
  REQUIRE(draw(doc, 3, 41, 40, 15)); /* the plane beside shows it */
  REQUIRE(draw(doc, 6, 41, 40, 15));
  CHECK(!fill(doc, 2, id, 0, &change) && change.refusal == CYTO_REFUSED_NO_PLANE);
  CHECK(!fill(doc, 2, 77, 0, &change) && change.refusal == CYTO_REFUSED_NO_CELL);
  CHECK(!fill(doc, CYTO_ALL_PLANES, id, 0, &change) && change.refusal == CYTO_REFUSED_ARGUMENT);
  cyto_document_free(doc, true);
}

static void a_series_is_not_filled_across_its_moments(void) {
  CytoDocument *doc = stack();
  CytoChange change = {0};
  uint32_t id = draw(doc, 1, 40, 40, 15);
  REQUIRE(draw(doc, 4, 40, 40, 15)); /* of the second stack of three */
  CHECK(!fill(doc, 1, id, 3, &change) && change.refusal == CYTO_REFUSED_NO_PLANE);
  CHECK(fill(doc, 1, id, 0, &change));
  cyto_document_free(doc, true);
}

int main(void) {
  return check_main((CheckTest[]){TEST(centre_and_size_change_evenly_and_one_step_takes_it_back),
                                  TEST(neighbours_are_not_painted_over),
                                  TEST(without_a_gap_it_says_so),
                                  TEST(a_series_is_not_filled_across_its_moments),
                                  {0}});
}
