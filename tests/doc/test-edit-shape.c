/* Edits of a cell's shape against slow versions of what they say. */
#include "edit-help.h"

static Tried tried;
static uint32_t start[NP], expected[NP];

/* Cells with holes, tails and torn-off parts. */
static void rough_scene(uint64_t seed) {
  rng_seed(seed);
  memset(start, 0, sizeof start);
  scene(start, NY, NX, 9, 13);
  for (int i = 0; i < NP; i++)
    if (rng_below(100) < (seed % 2 ? 12 : 3))
      start[i] = seed % 3 ? 0 : start[rng_below(NP)];
  memcpy(expected, start, sizeof start);
}

static uint32_t top_of(const uint32_t *map) {
  uint32_t top = 0;
  for (int i = 0; i < NP; i++)
    top = map[i] > top ? map[i] : top;
  return top;
}

static size_t area_of(const uint32_t *map, uint32_t id) {
  size_t n = 0;
  for (int i = 0; i < NP; i++)
    n += map[i] == id;
  return n;
}

static void holes_are_filled_with_background_alone(void) {
  for (uint64_t seed = 1; seed <= 40; seed++) {
    rough_scene(seed);
    for (uint32_t id = 1, top = top_of(start); id <= top; id++) {
      uint8_t in[NP];
      for (int i = 0; i < NP; i++)
        in[i] = expected[i] != id;
      for (int i = 0; i < NP; i++)
        if (in[i] == 1 && (i / NX == 0 || i / NX == NY - 1 || i % NX == 0 || i % NX == NX - 1))
          naive_flood(in, i, false);
      for (int i = 0; i < NP; i++)
        if (in[i] == 1 && expected[i] == 0)
          expected[i] = id;
    }
    CytoEdit edit = {.kind = CYTO_EDIT_FILL_HOLES};
    try_edit(start, NULL, &edit, &tried);
    CHECK(left(&tried, start, expected));
  }
}

static void the_largest_part_stays(void) {
  for (uint64_t seed = 1; seed <= 40; seed++) {
    rough_scene(seed);
    for (uint32_t id = 1, top = top_of(start); id <= top; id++) {
      uint8_t in[NP];
      size_t best = 0;
      int at = -1;
      for (int i = 0; i < NP; i++)
        in[i] = start[i] == id;
      for (int i = 0; i < NP; i++) {
        if (in[i] != 1)
          continue;
        size_t n = naive_flood(in, i, true);
        for (int k = 0; k < NP; k++)
          in[k] = in[k] == 2 ? 3 : in[k];
        if (n > best) {
          best = n;
          at = i;
        }
      }
      if (at < 0)
        continue;
      for (int i = 0; i < NP; i++)
        in[i] = start[i] == id;
      naive_flood(in, at, true);
      for (int i = 0; i < NP; i++)
        if (in[i] == 1)
          expected[i] = 0;
    }
    CytoEdit edit = {.kind = CYTO_EDIT_KEEP_LARGEST};
    try_edit(start, NULL, &edit, &tried);
    CHECK(left(&tried, start, expected));
  }
}

static void smoothing_is_a_vote_of_weighted_neighbours(void) {
  for (uint64_t seed = 1; seed <= 20; seed++) {
    rough_scene(seed);
    int amount = 1 + (int)(seed % 4), reach = 2 * amount;
    for (uint32_t id = 1, top = top_of(start); id <= top; id++) {
      int verdict[NP], stay = 0;
      for (int i = 0; i < NP; i++) {
        long cell = 0, all = 0;
        for (int dy = -reach; dy <= reach; dy++)
          for (int dx = -reach; dx <= reach; dx++) {
            int v = i / NX + dy, u = i % NX + dx;
            if (v < 0 || v >= NY || u < 0 || u >= NX)
              continue;
            long weight = (reach + 1 - abs(dy)) * (reach + 1 - abs(dx));
            all += weight;
            cell += start[v * NX + u] == id ? weight : 0;
          }
        bool in = start[i] == id;
        verdict[i] = 2 * cell == all ? in : 2 * cell > all;
        stay += in && verdict[i];
      }
      for (int i = 0; i < NP && stay; i++)
        if (expected[i] == 0 && verdict[i])
          expected[i] = id;
      for (int i = 0; i < NP && stay; i++)
        if (start[i] == id && !verdict[i])
          expected[i] = 0;
    }
    CytoEdit edit = {.kind = CYTO_EDIT_SMOOTH, .amount = (unsigned)amount};
    try_edit(start, NULL, &edit, &tried);
    CHECKF(left(&tried, start, expected), "smoothing differs for seed %d", (int)seed);
  }
}

/* Squared distance to the nearest pixel whose being in `id` is `in`. */
static int naive_distance(int at, uint32_t id, bool in) {
  int best = 1 << 20;
  for (int i = 0; i < NP; i++) {
    int dy = i / NX - at / NX, dx = i % NX - at % NX;
    if ((start[i] == id) == in && dy * dy + dx * dx < best)
      best = dy * dy + dx * dx;
  }
  return best;
}

static void shrinking_leaves_what_is_farther_in(void) {
  for (uint64_t seed = 1; seed <= 12; seed++) {
    rough_scene(seed * 2);
    int amount = 1 + (int)(seed % 3);
    for (uint32_t id = 1, top = top_of(start); id <= top; id++) {
      static uint32_t less[NP];
      memcpy(less, expected, sizeof less);
      for (int i = 0; i < NP; i++)
        if (start[i] == id && naive_distance(i, id, false) <= amount * amount)
          less[i] = 0;
      if (area_of(less, id))
        memcpy(expected, less, sizeof less);
    }
    CytoEdit edit = {.kind = CYTO_EDIT_SHRINK, .amount = (unsigned)amount};
    try_edit(start, NULL, &edit, &tried);
    CHECK(left(&tried, start, expected));
  }
}

static void growing_shares_the_background(void) {
  for (uint64_t seed = 1; seed <= 12; seed++) {
    static int distance[64][NP];
    rng_seed(seed);
    memset(start, 0, sizeof start);
    scene(start, NY, NX, 8, 7);
    memcpy(expected, start, sizeof start);
    int amount = 1 + (int)(seed % 5);
    uint32_t top = top_of(start), ids[64], n = 0;
    REQUIRE(top < 64);
    for (uint32_t id = 1; id <= top; id++)
      if (area_of(start, id) && (seed % 2 || id % 2))
        ids[n++] = id;
    for (uint32_t k = 0; k < n; k++)
      for (int i = 0; i < NP; i++)
        distance[k][i] = naive_distance(i, ids[k], true);
    for (uint32_t k = 0; k < n; k++) {
      uint8_t in[NP] = {0};
      for (int i = 0; i < NP; i++) {
        bool nearest = distance[k][i] <= amount * amount;
        for (uint32_t j = 0; j < n; j++)
          nearest &= distance[j][i] >= distance[k][i];
        in[i] = start[i] == ids[k] ? 1 : nearest && expected[i] == 0 ? 3 : 0;
      }
      bool more = true; /* spreads by sides only, from the cell into its share */
      while (more) {
        more = false;
        for (int i = 0; i < NP; i++) {
          bool touches = (i % NX && in[i - 1] == 1) || (i % NX < NX - 1 && in[i + 1] == 1) ||
                         (i >= NX && in[i - NX] == 1) || (i < NP - NX && in[i + NX] == 1);
          if (in[i] == 3 && touches) {
            in[i] = 1;
            more = true;
          }
        }
      }
      for (int i = 0; i < NP; i++)
        if (in[i] == 1)
          expected[i] = ids[k];
    }
    CytoEdit edit = {.kind = CYTO_EDIT_GROW, .amount = (unsigned)amount, .ids = ids, .n_ids = n};
    try_edit(start, NULL, &edit, &tried);
    CHECKF(left(&tried, start, expected), "growing differs for seed %d", (int)seed);
  }
}

/* Steps by corners or sides through `open` from pixels marked 0; -1 = not reached. */
static void naive_steps(int *steps, const bool *open) {
  for (int step = 0, more = 1; more; step++) {
    more = 0;
    for (int i = 0; i < NP; i++)
      for (int dy = -1; open[i] && steps[i] < 0 && dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++) {
          int v = i / NX + dy, u = i % NX + dx;
          if (v >= 0 && v < NY && u >= 0 && u < NX && steps[v * NX + u] == step) {
            steps[i] = step + 1;
            more = 1;
            break;
          }
        }
  }
}

static void splitting_shares_the_cell_among_its_pieces(void) {
  int cuts = 0;
  for (uint64_t seed = 1; seed <= 120; seed++) {
    rng_seed(seed);
    memset(start, 0, sizeof start);
    scene(start, NY, NX, 3, 18);
    uint32_t at = 0, top = top_of(start);
    while (!start[at])
      at = rng_below(NP);
    uint32_t id = start[at];
    double turn = rng_real(0, 6.28), reach = rng_real(5, 40);
    CytoPoint line[2] = {{at / NX - reach * sin(turn), at % NX - reach * cos(turn)},
                         {at / NX + reach * sin(turn), at % NX + reach * cos(turn)}};
    CytoEdit edit = {
        .kind = CYTO_EDIT_SPLIT, .ids = &id, .n_ids = 1, .points = line, .n_points = 2};
    try_edit(start, NULL, &edit, &tried);
    /* The pieces: what the line leaves of the cell, apart from scraps. */
    CytoSpans spans = {0};
    uint8_t in[NP];
    static int piece[NP];
    for (int i = 0; i < NP; i++)
      in[i] = start[i] == id;
    int parts = 0;
    for (int i = 0; i < NP; i++)
      if (in[i] == 1) {
        naive_flood(in, i, true);
        parts++;
      }
    REQUIRE(cyto_shape_line(line, 2, true, NY, NX, &spans, NULL));
    for (int i = 0; i < NP; i++)
      in[i] = start[i] == id;
    for (size_t i = 0; i < spans.count; i++)
      memset(in + spans.span[i].y * NX + spans.span[i].x0, 0, spans.span[i].x1 - spans.span[i].x0);
    cyto_spans_clear(&spans);
    int n = 0;
    for (int i = 0; i < NP; i++)
      piece[i] = -1;
    for (int i = 0; i < NP; i++) {
      if (in[i] != 1)
        continue;
      size_t size = naive_flood(in, i, true);
      for (int k = 0; k < NP; k++)
        if (in[k] == 2) {
          piece[k] = size >= CYTO_MIN_PART ? n : -1;
          in[k] = 0;
        }
      n += size >= CYTO_MIN_PART;
    }
    if (parts > 1)
      continue; /* cells in one part are enough here */
    CHECK(tried.done == (n > 1));
    if (!tried.done) {
      CHECK(tried.why == CYTO_REFUSED_NO_CUT);
      continue;
    }
    cuts++;
    /* Every pixel of the cell goes to a piece that is as near as any, along the cell. */
    static int steps[8][NP];
    bool open[NP];
    uint32_t name[8] = {0};
    REQUIRE(n <= 8);
    for (int k = 0; k < n; k++) {
      for (int i = 0; i < NP; i++) {
        open[i] = start[i] == id && piece[i] < 0;
        steps[k][i] = piece[i] == k ? 0 : -1;
        if (piece[i] == k && !name[k])
          name[k] = tried.map[i];
      }
      naive_steps(steps[k], open);
    }
    size_t largest = 0, kept = 0;
    for (int k = 0; k < n; k++) {
      size_t size = 0;
      for (int i = 0; i < NP; i++)
        size += piece[i] == k;
      largest = size > largest ? size : largest;
      kept = name[k] == id ? size : kept;
      CHECK(name[k] == id || name[k] > top);
      for (int j = 0; j < k; j++)
        CHECK(name[j] != name[k]);
      CHECK(tried.cell[name[k]].flags & CYTO_CELL_MANUAL);
    }
    CHECK(kept == largest);
    for (int i = 0; i < NP; i++) {
      if (start[i] != id) {
        CHECK(tried.map[i] == start[i]);
        continue;
      }
      int nearest = 1 << 20, mine = -1;
      for (int k = 0; k < n; k++) {
        if (steps[k][i] >= 0 && steps[k][i] < nearest)
          nearest = steps[k][i];
        if (tried.map[i] == name[k])
          mine = steps[k][i];
      }
      CHECK(mine == nearest);
    }
  }
  CHECKF(cuts > 20, "only %d lines cut", cuts);
}

static void a_line_over_many_cells_cuts_each_it_crosses(void) {
  memset(start, 0, sizeof start);
  for (int y = 4; y < 40; y++)
    for (int x = 0; x < NX; x++)
      start[y * NX + x] = 1 + (uint32_t)x / 8;
  CytoPoint line[3] = {{20, -2}, {20, 30.5}, {21, 34}}; /* ends within the fifth */
  CytoEdit edit = {.kind = CYTO_EDIT_SPLIT, .points = line, .n_points = 3};
  try_edit(start, NULL, &edit, &tried);
  CHECK(tried.done && tried.count == 4 && tried.top == 7 + 4);
  char name[64];
  CHECK_STR(cyto_step_name(tried.kind, tried.count, name), "Split 4 cells");
  CytoPoint away[2] = {{1, 1}, {1, 50}};
  edit = (CytoEdit){.kind = CYTO_EDIT_SPLIT, .points = away, .n_points = 2};
  try_edit(start, NULL, &edit, &tried);
  CHECK(!tried.done && tried.why == CYTO_REFUSED_NO_CUT);
}

static void amounts_are_checked(void) {
  rough_scene(1);
  static const CytoEditKind kinds[] = {CYTO_EDIT_SMOOTH, CYTO_EDIT_GROW, CYTO_EDIT_SHRINK};
  for (int i = 0; i < 3; i++) {
    CytoEdit edit = {.kind = kinds[i]};
    try_edit(start, NULL, &edit, &tried);
    CHECK(!tried.done && tried.why == CYTO_REFUSED_ARGUMENT);
    edit.amount = CYTO_MAX_AMOUNT + 1;
    try_edit(start, NULL, &edit, &tried);
    CHECK(!tried.done && tried.why == CYTO_REFUSED_ARGUMENT);
    edit.amount = CYTO_MAX_AMOUNT;
    try_edit(start, NULL, &edit, &tried);
    CHECK(tried.why != CYTO_REFUSED_ARGUMENT);
  }
}

int main(void) {
  return check_main((CheckTest[]){TEST(holes_are_filled_with_background_alone),
                                  TEST(the_largest_part_stays),
                                  TEST(smoothing_is_a_vote_of_weighted_neighbours),
                                  TEST(shrinking_leaves_what_is_farther_in),
                                  TEST(growing_shares_the_background),
                                  TEST(splitting_shares_the_cell_among_its_pieces),
                                  TEST(a_line_over_many_cells_cuts_each_it_crosses),
                                  TEST(amounts_are_checked),
                                  {0}});
}
