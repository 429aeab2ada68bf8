/* Edits of whole cells against what they say. */
#include "edit-help.h"

static Tried tried;
static uint32_t start[NP], expected[NP];

static void new_scene(uint64_t seed, int cells, double radius) {
  rng_seed(seed);
  memset(start, 0, sizeof start);
  scene(start, NY, NX, cells, radius);
  memcpy(expected, start, sizeof start);
}

static uint32_t top_of(const uint32_t *map) {
  uint32_t top = 0;
  for (int i = 0; i < NP; i++)
    top = map[i] > top ? map[i] : top;
  return top;
}

static void drawing_makes_a_cell_of_the_free_pixels(void) {
  for (uint64_t seed = 1; seed <= 60; seed++) {
    new_scene(seed, 12, 9);
    CytoPoint point[6];
    for (int i = 0; i < 6; i++)
      point[i] = (CytoPoint){rng_real(-4, NY + 4), rng_real(-4, NX + 4)};
    CytoEdit edit = {.kind = CYTO_EDIT_DRAW,
                     .points = point,
                     .n_points = 6,
                     .steal = seed % 2,
                     .even_odd = seed % 3 == 0};
    CytoSpans spans = {0};
    REQUIRE(cyto_shape_outline(point, 6, edit.even_odd, NY, NX, &spans, NULL));
    uint32_t id = top_of(start) + 1;
    size_t taken = 0;
    for (size_t i = 0; i < spans.count; i++)
      for (uint32_t x = spans.span[i].x0; x < spans.span[i].x1; x++)
        if (edit.steal || !start[spans.span[i].y * NX + x]) {
          expected[spans.span[i].y * NX + x] = id;
          taken++;
        }
    cyto_spans_clear(&spans);
    if (taken < CYTO_MIN_DRAWN)
      memcpy(expected, start, sizeof start);
    try_edit(start, NULL, &edit, &tried);
    CHECK(left(&tried, start, expected));
    if (tried.done)
      CHECK(tried.id == id && tried.cell[id].flags == CYTO_CELL_MANUAL &&
            tried.kind == CYTO_STEP_DRAW);
  }
}

static void drawing_says_why_not(void) {
  memset(start, 0, sizeof start);
  for (int y = 0; y < 20; y++)
    for (int x = 0; x < 20; x++)
      start[y * NX + x] = 3;
  CytoPoint square[4] = {{4, 4}, {4, 9}, {9, 9}, {9, 4}};
  CytoEdit edit = {.kind = CYTO_EDIT_DRAW, .points = square, .n_points = 4};
  try_edit(start, NULL, &edit, &tried);
  CHECK(!tried.done && tried.why == CYTO_REFUSED_COVERED);
  edit.steal = true;
  try_edit(start, NULL, &edit, &tried);
  CHECK(tried.done);
  edit.steal = false;
  CytoPoint tiny[4] = {{30, 30}, {30, 32}, {32, 32}, {32, 30}};
  edit.points = tiny;
  try_edit(start, NULL, &edit, &tried);
  CHECK(!tried.done && tried.why == CYTO_REFUSED_SMALL);
  CytoPoint least[4] = {{30, 30}, {30, 34}, {31, 34}, {31, 30}};
  edit.points = least; /* 2 x 5 pixels: just enough */
  try_edit(start, NULL, &edit, &tried);
  CHECK(tried.done);
  CytoPoint outside[3] = {{-9, 0}, {-9, 20}, {-3, 10}};
  edit.points = outside;
  edit.n_points = 3;
  try_edit(start, NULL, &edit, &tried);
  CHECK(!tried.done && tried.why == CYTO_REFUSED_OUTSIDE);
  edit.n_points = 2;
  try_edit(start, NULL, &edit, &tried);
  CHECK(!tried.done && tried.why == CYTO_REFUSED_FEW_POINTS);
  edit.n_points = 3;
  edit.z = 1;
  try_edit(start, NULL, &edit, &tried);
  CHECK(!tried.done && tried.why == CYTO_REFUSED_ARGUMENT);
  edit.z = CYTO_ALL_PLANES;
  try_edit(start, NULL, &edit, &tried);
  CHECK(!tried.done && tried.why == CYTO_REFUSED_ARGUMENT);
}

/* Some ids of the scene, some that do not exist, some twice. */
static size_t some_ids(uint32_t *ids) {
  size_t n = 2 + rng_below(8);
  for (size_t i = 0; i < n; i++)
    ids[i] = rng_below(4) ? start[rng_below(NP)] : rng_below(60);
  return n;
}

static bool among(const uint32_t *ids, size_t n, uint32_t id) {
  for (size_t i = 0; i < n; i++)
    if (id && ids[i] == id)
      return true;
  return false;
}

static bool occurs(uint32_t id) {
  return among(start, NP, id);
}

static void deleting_takes_the_cells_named(void) {
  for (uint64_t seed = 1; seed <= 40; seed++) {
    uint32_t ids[16];
    new_scene(seed, 15, 9);
    size_t n = some_ids(ids);
    for (int i = 0; i < NP; i++)
      expected[i] = among(ids, n, start[i]) ? 0 : start[i];
    CytoEdit edit = {.kind = CYTO_EDIT_DELETE, .ids = ids, .n_ids = n};
    try_edit(start, NULL, &edit, &tried);
    CHECK(left(&tried, start, expected));
    if (!tried.done)
      CHECK(tried.why == CYTO_REFUSED_NO_CELL);
    memset(expected, 0, sizeof expected);
    edit = (CytoEdit){.kind = CYTO_EDIT_CLEAR};
    try_edit(start, NULL, &edit, &tried);
    CHECK(left(&tried, start, expected) && tried.kind == CYTO_STEP_CLEAR);
    try_edit(expected, NULL, &edit, &tried);
    CHECK(!tried.done && tried.why == CYTO_REFUSED_NO_CELL);
  }
}

static void merging_gives_all_to_the_first(void) {
  for (uint64_t seed = 1; seed <= 60; seed++) {
    uint32_t ids[16], first = 0, distinct = 0;
    new_scene(seed, 15, 9);
    size_t n = some_ids(ids);
    for (size_t i = 0; i < n; i++) {
      first = first ? first : occurs(ids[i]) ? ids[i] : 0;
      distinct += occurs(ids[i]) && !among(ids, i, ids[i]);
    }
    for (int i = 0; i < NP && distinct >= 2; i++)
      expected[i] = among(ids, n, start[i]) ? first : start[i];
    CytoEdit edit = {.kind = CYTO_EDIT_MERGE, .ids = ids, .n_ids = n};
    try_edit(start, NULL, &edit, &tried);
    CHECK(left(&tried, start, expected));
    CHECK(tried.done == (distinct >= 2));
    if (tried.done)
      CHECK(tried.id == first && tried.count == distinct &&
            (tried.cell[first].flags & CYTO_CELL_MANUAL));
    else
      CHECK(tried.why == CYTO_REFUSED_ONE_CELL);
  }
}

static void marking_changes_the_table_alone(void) {
  new_scene(9, 15, 9);
  uint32_t a = start[rng_below(NP)], b = 0;
  while (a == 0 || b == 0 || a == b) {
    a = start[rng_below(NP)];
    b = start[rng_below(NP)];
  }
  uint32_t ids[2] = {a, b};
  CytoCell flags[256] = {0};
  flags[a].flags = CYTO_CELL_MANUAL;
  flags[a].category = 7;
  CytoEdit edit = {.kind = CYTO_EDIT_FLAGS,
                   .ids = ids,
                   .n_ids = 2,
                   .flag_mask = CYTO_CELL_REVIEWED,
                   .flags = 255};
  try_edit(start, flags, &edit, &tried);
  CHECK(left(&tried, start, start) && tried.done && tried.count == 2);
  CHECK(tried.cell[a].flags == (CYTO_CELL_MANUAL | CYTO_CELL_REVIEWED));
  CHECK(tried.cell[b].flags == CYTO_CELL_REVIEWED && tried.cell[a].category == 7);
  edit = (CytoEdit){
      .kind = CYTO_EDIT_FLAGS, .ids = ids, .n_ids = 2, .set_category = true, .category = 7};
  try_edit(start, flags, &edit, &tried);
  CHECK(tried.done && tried.count == 1 && tried.id == b && tried.cell[b].category == 7);
  edit.n_ids = 1;
  try_edit(start, flags, &edit, &tried);
  CHECK(!tried.done && tried.why == CYTO_REFUSED_NOTHING);
}

static void renumbering_closes_gaps_and_keeps_what_is_known(void) {
  for (uint64_t seed = 1; seed <= 20; seed++) {
    new_scene(seed, 15, 9);
    uint32_t number[256] = {0}, n = 0;
    CytoCell flags[256] = {0};
    for (uint32_t id = 1; id < 256; id++) {
      number[id] = occurs(id) ? ++n : 0;
      flags[id].flags = id & 3;
      flags[id].category = (uint8_t)id;
    }
    for (int i = 0; i < NP; i++)
      expected[i] = number[start[i]];
    CytoEdit edit = {.kind = CYTO_EDIT_RELABEL};
    try_edit(start, flags, &edit, &tried);
    CHECK(left(&tried, start, expected) && tried.top == n);
    for (uint32_t id = 1; id < 256; id++)
      if (number[id])
        CHECK(tried.cell[number[id]].flags == (id & 3) &&
              tried.cell[number[id]].category == (uint8_t)id);
    try_edit(expected, NULL, &edit, &tried);
    CHECK(!tried.done && tried.why == CYTO_REFUSED_NOTHING);
  }
}

static void numbering_named_cells_leaves_the_others(void) {
  for (uint64_t seed = 1; seed <= 40; seed++) {
    uint32_t number[256] = {0}, ids[256], n = 0;
    bool named[256] = {0}, taken[256] = {0}, there[256] = {0};
    CytoCell flags[256] = {0};
    new_scene(seed, 20, 7);
    for (int i = 0; i < NP; i++)
      there[start[i]] = start[i] != 0;
    for (uint32_t id = 1; id < 256; id++) {
      flags[id].category = (uint8_t)id;
      bool named_too = rng_below(there[id] ? 2 : 20) == 0; /* some do not exist */
      named[id] = named_too && there[id];
      taken[id] = !named_too && there[id];
      if (named_too)
        ids[n++] = id;
    }
    for (uint32_t id = 1; id < 256; id++) {
      number[id] = there[id] ? id : 0;
      for (uint32_t k = 1; named[id] && k < 256; k++)
        if (!taken[k]) {
          number[id] = k;
          taken[k] = true;
          break;
        }
    }
    for (int i = 0; i < NP; i++)
      expected[i] = number[start[i]];
    CytoEdit edit = {.kind = CYTO_EDIT_RELABEL, .ids = ids, .n_ids = n};
    try_edit(start, flags, &edit, &tried);
    CHECK(left(&tried, start, expected));
    for (uint32_t id = 1; tried.done && id < 256; id++)
      if (number[id])
        CHECK(tried.cell[number[id]].category == (uint8_t)id);
  }
}

static bool stays(CytoRunPolicy policy, const CytoCell *flags, uint32_t id) {
  return id && (policy == CYTO_RUN_EMPTY_ONLY ||
                (policy == CYTO_RUN_KEEP_MANUAL && (flags[id].flags & CYTO_CELL_MANUAL)));
}

static void a_run_keeps_what_its_policy_says(void) {
  for (uint64_t seed = 1; seed <= 60; seed++) {
    static uint32_t result[NP];
    CytoCell flags[256] = {0};
    new_scene(seed, 15, 9);
    memset(result, 0, sizeof result);
    scene(result, NY, NX, 12, 9);
    for (uint32_t id = 1; id < 256; id++)
      flags[id].flags = (uint8_t)rng_below(4);
    CytoRunPolicy policy = (CytoRunPolicy)(seed % 3);
    uint32_t first = 1, area[256] = {0}, open[256] = {0}, place[256] = {0}, n = 0, came = 0;
    for (int i = 0; i < NP; i++) {
      area[result[i]]++;
      open[result[i]] += !stays(policy, flags, start[i]);
      if (stays(policy, flags, start[i]) && start[i] >= first)
        first = start[i] + 1;
    }
    for (uint32_t label = 1; label < 256; label++)
      place[label] = area[label] ? n++ : 0;
    for (uint32_t label = 1; label < 256; label++)
      came += area[label] && 2 * open[label] >= area[label];
    for (int i = 0; i < NP; i++) {
      uint32_t label = result[i];
      bool comes = label && 2 * open[label] >= area[label];
      if (!stays(policy, flags, start[i]))
        expected[i] = comes ? first + place[label] : 0;
    }
    CytoLabels labels = {1, NY, NX, result};
    CytoEdit edit = {.kind = CYTO_EDIT_RUN, .labels = &labels, .policy = policy};
    try_edit(start, flags, &edit, &tried);
    CHECKF(left(&tried, start, expected), "run of seed %d differs", (int)seed);
    CHECK(!tried.done || tried.count == came);
    for (uint32_t id = first; id < first + n; id++)
      CHECK(tried.cell[id].flags == 0);
    for (uint32_t id = 1; id < first; id++)
      if (tried.cell[id].id)
        CHECK(tried.cell[id].flags == flags[id].flags);
  }
}

static void a_run_must_fit_the_image(void) {
  new_scene(3, 15, 9);
  CytoLabels labels = {1, NX, NY, start}, stack = {2, NY, NX, start};
  CytoEdit edit = {.kind = CYTO_EDIT_RUN, .labels = &labels};
  try_edit(start, NULL, &edit, &tried);
  CHECK(!tried.done && tried.why == CYTO_REFUSED_ARGUMENT);
  edit.labels = &stack;
  try_edit(start, NULL, &edit, &tried);
  CHECK(!tried.done && tried.why == CYTO_REFUSED_ARGUMENT);
  edit.labels = NULL;
  try_edit(start, NULL, &edit, &tried);
  CHECK(!tried.done && tried.why == CYTO_REFUSED_ARGUMENT);
  edit.kind = (CytoEditKind)99;
  try_edit(start, NULL, &edit, &tried);
  CHECK(!tried.done && tried.why == CYTO_REFUSED_ARGUMENT);
}

static void steps_have_names(void) {
  char name[64];
  CHECK_STR(cyto_step_name(CYTO_STEP_DRAW, 1, name), "Draw cell");
  CHECK_STR(cyto_step_name(CYTO_STEP_DELETE, 12, name), "Delete 12 cells");
  CHECK_STR(cyto_step_name(CYTO_STEP_DELETE, 1, name), "Delete cell");
  CHECK_STR(cyto_step_name(CYTO_STEP_RUN, 100, name), "Run model");
  for (int kind = 0; kind < CYTO_STEPS; kind++)
    CHECK(cyto_step_name((CytoStepKind)kind, UINT32_MAX, name)[0]);
}

int main(void) {
  return check_main((CheckTest[]){TEST(drawing_makes_a_cell_of_the_free_pixels),
                                  TEST(drawing_says_why_not),
                                  TEST(deleting_takes_the_cells_named),
                                  TEST(merging_gives_all_to_the_first),
                                  TEST(marking_changes_the_table_alone),
                                  TEST(renumbering_closes_gaps_and_keeps_what_is_known),
                                  TEST(numbering_named_cells_leaves_the_others),
                                  TEST(a_run_keeps_what_its_policy_says),
                                  TEST(a_run_must_fit_the_image),
                                  TEST(steps_have_names),
                                  {0}});
}
