/* Which cells look wrong. */
#include "doc-help.h"
#include "doc/review.h"

enum { SIDE = 200 };
static uint32_t map[SIDE * SIDE];

static void disk(double y, double x, double r, uint32_t id) {
  for (int v = 0; v < SIDE; v++)
    for (int u = 0; u < SIDE; u++)
      if ((v - y) * (v - y) + (u - x) * (u - x) < r * r)
        map[v * SIDE + u] = id;
}

static const CytoOddity *find(const CytoOddity *list, size_t n, uint32_t id) {
  for (size_t i = 0; i < n; i++)
    if (list[i].id == id)
      return &list[i];
  return NULL;
}

static void each_fault_is_named_and_round_cells_come_last(void) {
  memset(map, 0, sizeof map);
  for (uint32_t i = 0; i < 9; i++)
    disk(20, 20 + 19 * i, 8, 1 + i); /* sound ones */
  disk(60, 20, 3, 20);               /* tiny */
  disk(110, 110, 40, 21);            /* huge */
  disk(60, 60, 8, 22);
  disk(60, 60, 2, 0); /* with a hole */
  disk(170, 20, 6, 23);
  disk(170, 50, 6, 23);  /* torn, and so not convex either */
  disk(199, 100, 8, 24); /* at the edge */
  disk(170, 150, 8, 25);
  disk(170, 155, 7, 0); /* a crescent */
  CytoCells cells = {0};
  CytoOddity *list = NULL;
  size_t n = 0;
  REQUIRE(cyto_cells_init(&cells, map, SIDE, SIDE, NULL));
  REQUIRE(cyto_review_score(&cells, &list, &n, NULL));
  REQUIRE(n == cells.count && n == 15);
  for (uint32_t id = 1; id <= 9; id++)
    CHECK(find(list, n, id)->reasons == 0 && find(list, n, id)->score == 0);
  CHECK(find(list, n, 20)->reasons == CYTO_ODD_TINY);
  CHECK(find(list, n, 21)->reasons == CYTO_ODD_HUGE);
  CHECK(find(list, n, 22)->reasons == CYTO_ODD_HOLES);
  CHECK(find(list, n, 23)->reasons == (CYTO_ODD_PARTS | CYTO_ODD_HOLLOW));
  CHECK(find(list, n, 24)->reasons == CYTO_ODD_EDGE);
  CHECK(find(list, n, 25)->reasons & CYTO_ODD_HOLLOW);
  CHECK(list[0].id == 23);
  for (size_t i = 1; i < n; i++)
    CHECK(list[i - 1].score > list[i].score ||
          (list[i - 1].score == list[i].score && list[i - 1].id < list[i].id));
  for (size_t i = 6; i < n; i++)
    CHECK(list[i].id == i - 5);
  free(list);
  cyto_cells_clear(&cells);
}

/* Pixels and corners by the definition of a convex hull: no line through two corners has all of the
 * cell's squares on one side beyond it. */
static double naive_hull(uint32_t id) {
  static int64_t p[4 * 900][2];
  size_t n = 0, count = 0;
  int64_t hull[400][2], sum = 0;
  for (int i = 0; i < SIDE * SIDE; i++)
    for (int k = 0; map[i] == id && k < 4; k++, n++) {
      p[n][0] = i % SIDE + (k & 1);
      p[n][1] = i / SIDE + (k >> 1);
    }
  size_t start = 0;
  for (size_t i = 1; i < n; i++)
    if (p[i][1] < p[start][1] || (p[i][1] == p[start][1] && p[i][0] < p[start][0]))
      start = i;
  size_t at = start;
  do { /* wraps a string around it */
    hull[count][0] = p[at][0];
    hull[count++][1] = p[at][1];
    size_t next = at;
    for (size_t i = 0; i < n; i++) {
      int64_t ay = p[next][1] - p[at][1], ax = p[next][0] - p[at][0];
      int64_t by = p[i][1] - p[at][1], bx = p[i][0] - p[at][0], cross = ax * by - ay * bx;
      bool farther = bx * bx + by * by > ax * ax + ay * ay;
      if ((bx || by) && ((!ax && !ay) || cross < 0 || (cross == 0 && farther)))
        next = i;
    }
    at = next;
  } while ((p[at][0] != p[start][0] || p[at][1] != p[start][1]) && count < 400);
  for (size_t i = 0; i < count; i++) {
    size_t k = (i + 1) % count;
    sum += hull[i][0] * hull[k][1] - hull[k][0] * hull[i][1];
  }
  return fabs((double)sum) / 2;
}

static void solidity_is_area_over_hull(void) {
  memset(map, 0, sizeof map);
  rng_seed(4);
  for (uint32_t id = 1; id <= 40; id++)
    for (int part = 0; part < 3; part++)
      disk(15 + 24 * ((id - 1) / 8) + rng_real(-7, 7), 15 + 24 * ((id - 1) % 8) + rng_real(-7, 7),
           rng_real(1, 5), id);
  CytoCells cells = {0};
  CytoOddity *list = NULL;
  size_t n = 0;
  REQUIRE(cyto_cells_init(&cells, map, SIDE, SIDE, NULL));
  REQUIRE(cyto_review_score(&cells, &list, &n, NULL));
  REQUIRE(n > 30);
  for (size_t i = 0; i < n; i++)
    CHECK_NEAR(list[i].solidity, (double)cells.cell[list[i].id].area / naive_hull(list[i].id),
               1e-12);
  free(list);
  cyto_cells_clear(&cells);
}

static bool same_list(const CytoReview *review, const CytoCells *cells) {
  CytoOddity *list = NULL;
  size_t n = 0;
  bool same = cyto_review_score(cells, &list, &n, NULL) && n == review->n;
  for (size_t i = 0; i < n && same; i++)
    same = list[i].id == review->list[i].id && list[i].reasons == review->list[i].reasons &&
           list[i].score == review->list[i].score && list[i].solidity == review->list[i].solidity;
  free(list);
  return same;
}

static void kept_up_bit_by_bit_it_is_the_list_made_afresh(void) {
  memset(map, 0, sizeof map);
  rng_seed(9);
  CytoReview review = {0};
  for (int round = 0; round < 12; round++) {
    for (int k = 0; k < 6; k++)
      disk(rng_real(0, SIDE), rng_real(0, SIDE), rng_real(1, 20),
           (uint32_t)rng_real(0, 30) * (round % 3 != 2)); /* every third round takes away */
    CytoCells cells = {0};
    REQUIRE(cyto_cells_init(&cells, map, SIDE, SIDE, NULL));
    size_t left = SIZE_MAX, rounds = 0;
    do {
      REQUIRE(cyto_review_update(&review, &cells, 300, NULL));
      CHECK(review.left < left || review.left == 0);
      CHECK(review.n == cells.count);
      left = review.left;
    } while (left && ++rounds < 100);
    CHECK(left == 0 && same_list(&review, &cells));
    cyto_cells_clear(&cells);
  }
  cyto_review_clear(&review);
}

static void no_cells_no_list(void) {
  uint32_t none[4] = {0};
  CytoCells cells = {0};
  CytoOddity *list = NULL;
  size_t n = 7;
  REQUIRE(cyto_cells_init(&cells, none, 2, 2, NULL));
  CHECK(cyto_review_score(&cells, &list, &n, NULL) && n == 0);
  free(list);
  cyto_cells_clear(&cells);
}

int main(void) {
  return check_main((CheckTest[]){TEST(each_fault_is_named_and_round_cells_come_last),
                                  TEST(solidity_is_area_over_hull),
                                  TEST(kept_up_bit_by_bit_it_is_the_list_made_afresh),
                                  TEST(no_cells_no_list),
                                  {0}});
}
