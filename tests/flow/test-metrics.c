#include "flow/metrics.h"
#include "flow/match.h"
#include "flow-help.h"
#include "npy.h"

static void reference_scores(void) {
  if (!reference_path("metrics", "a.npy"))
    SKIP("no reference vectors");
  Npy na = npy_load(reference_path("metrics", "a.npy")),
      nb = npy_load(reference_path("metrics", "b.npy"));
  Npy ap = npy_load(reference_path("metrics", "ap.npy")),
      tp = npy_load(reference_path("metrics", "tp.npy"));
  Npy fp = npy_load(reference_path("metrics", "fp.npy")),
      fn = npy_load(reference_path("metrics", "fn.npy"));
  Npy ja = npy_load(reference_path("metrics", "aji.npy"));
  Npy bs = npy_load(reference_path("metrics", "boundary.npy"));
  uint32_t *a = npy_u32(&na), *b = npy_u32(&nb);
  size_t ny = na.shape[0], nx = na.shape[1];
  double thresholds[10], aji;
  CytoScore s[10];
  CytoError err = {0};
  for (int k = 0; k < 10; k++)
    thresholds[k] = 0.5 + 0.05 * k;
  REQUIRE(cyto_average_precision(a, b, ny, nx, thresholds, 10, s, &err));
  for (size_t k = 0; k < 10; k++) {
    CHECK((float)s[k].ap == (float)npy_at(&ap, k));
    CHECK(s[k].tp == npy_at(&tp, k) && s[k].fp == npy_at(&fp, k) && s[k].fn == npy_at(&fn, k));
  }
  REQUIRE(cyto_aggregated_jaccard(a, b, ny, nx, &aji, &err));
  printf("# AP at 0.5 %.9g, expected %.9g; aggregated Jaccard off by %.3g\n", s[0].ap,
         npy_at(&ap, 0), aji - npy_at(&ja, 0));
  CHECK_NEAR(aji, npy_at(&ja, 0), 1e-15);
  for (size_t k = 0; k < 2; k++) {
    double p, r, f;
    REQUIRE(cyto_boundary_score(a, b, ny, nx, 0.5 + 0.5 * (double)k, &p, &r, &f, &err));
    printf("# boundary at scale %g: precision, recall, F off by %.3g, %.3g, %.3g\n",
           0.5 + 0.5 * (double)k, p - npy_at(&bs, k), r - npy_at(&bs, 2 + k),
           f - npy_at(&bs, 4 + k));
    CHECK_NEAR(p, npy_at(&bs, k), 1e-15);
    CHECK_NEAR(r, npy_at(&bs, 2 + k), 1e-15);
    CHECK_NEAR(f, npy_at(&bs, 4 + k), 1e-15);
  }
  free(a);
  free(b);
  Npy *all[] = {&na, &nb, &ap, &tp, &fp, &fn, &ja, &bs};
  for (int i = 0; i < 8; i++)
    npy_free(all[i]);
}

/* Best sum over all one-to-one matchings, by trying them all. */
static double naive_match(const double *weight, size_t na, size_t nb, size_t a, uint32_t used) {
  if (a == na)
    return 0;
  double best = naive_match(weight, na, nb, a + 1, used);
  for (size_t b = 0; b < nb; b++)
    if (!(used >> b & 1) && weight[a * nb + b] > 0)
      best = fmax(best, weight[a * nb + b] + naive_match(weight, na, nb, a + 1, used | 1u << b));
  return best;
}

static void matching_is_optimal(void) {
  uint64_t seed = 99;
  for (int round = 0; round < 1500; round++) {
    size_t na = next_random(&seed) % 7 + 1, nb = next_random(&seed) % 7 + 1, edges = 0;
    uint32_t kinds = round % 3 == 0 ? 3 : 1000, often = next_random(&seed) % 10 + 1;
    double weight[49] = {0}, sum = 0;
    CytoEdge edge[49];
    for (size_t i = 0; i < na * nb; i++)
      if (next_random(&seed) % 10 < often) {
        weight[i] = (next_random(&seed) % kinds + 1) / (double)kinds;
        edge[edges++] = (CytoEdge){(uint32_t)(i / nb), (uint32_t)(i % nb), weight[i]};
      }
    size_t mate[7];
    bool taken[7] = {false};
    CytoError err = {0};
    REQUIRE(cyto_match(edge, edges, na, nb, mate, &err));
    for (size_t a = 0; a < na; a++) {
      if (mate[a] == edges)
        continue;
      REQUIRE(mate[a] < edges && edge[mate[a]].a == a && !taken[edge[mate[a]].b]);
      taken[edge[mate[a]].b] = true;
      sum += edge[mate[a]].weight;
    }
    CHECK_NEAR(sum, naive_match(weight, na, nb, 0, 0), 1e-9);
  }
}

/* Truth and prediction of one random problem of up to 6 cells each, scored by trying all
 * assignments with the cost of §10.2. */
static double naive_cost(const double *iou, size_t na, size_t nb, double t, size_t a, uint32_t used,
                         size_t left, uint32_t *tp) {
  if (left == 0 || a == na) {
    *tp = 0;
    return left == 0 ? 0 : INFINITY;
  }
  double best = naive_cost(iou, na, nb, t, a + 1, used, left, tp);
  for (size_t b = 0; b < nb; b++) {
    if (used >> b & 1)
      continue;
    uint32_t below;
    double v = iou[a * nb + b], cost = -(v >= t) - v / (2.0 * (double)(na < nb ? na : nb));
    cost += naive_cost(iou, na, nb, t, a + 1, used | 1u << b, left - 1, &below);
    if (cost < best) {
      best = cost;
      *tp = below + (v >= t);
    }
  }
  return best;
}

static void scores_equal_the_naive_form(void) {
  uint64_t seed = 3;
  static const double thresholds[] = {-1, 0, 0.01, 0.1, 0.25, 1.0 / 3, 0.5, 0.51, 0.75, 1, 1.1};
  enum { T = sizeof thresholds / sizeof *thresholds };
  for (int round = 0; round < 60; round++) {
    uint32_t a[30], b[30], na = next_random(&seed) % 5, nb = next_random(&seed) % 5;
    size_t top_a = 0, top_b = 0;
    for (int i = 0; i < 30; i++) {
      a[i] = next_random(&seed) % (na + 1) * (round % 2 + 1); /* gaps count as cells */
      b[i] = next_random(&seed) % 3 ? a[i] / (round % 2 + 1) : next_random(&seed) % (nb + 1);
      top_a = a[i] > top_a ? a[i] : top_a;
      top_b = b[i] > top_b ? b[i] : top_b;
    }
    double iou[100] = {0};
    for (size_t i = 1; i <= top_a; i++)
      for (size_t j = 1; j <= top_b; j++) {
        int both = 0, either = 0;
        for (int k = 0; k < 30; k++) {
          both += a[k] == i && b[k] == j;
          either += a[k] == i || b[k] == j;
        }
        iou[(i - 1) * top_b + j - 1] = either ? (double)both / either : 0;
      }
    CytoScore s[T];
    CytoError err = {0};
    REQUIRE(cyto_average_precision(a, b, 5, 6, thresholds, T, s, &err));
    for (int k = 0; k < T; k++) {
      uint32_t tp = 0;
      size_t left = top_a < top_b ? top_a : top_b;
      naive_cost(iou, top_a, top_b, thresholds[k], 0, 0, left, &tp);
      CHECKF(s[k].tp == tp && s[k].fn == top_a - tp && s[k].fp == top_b - tp,
             "round %d threshold %g: %u true, expected %u", round, thresholds[k], s[k].tp, tp);
    }
  }
}

static void nothing_to_score(void) {
  uint32_t empty[6] = {0}, full[6] = {1, 1, 1, 1, 1, 1}, sparse[6] = {0, 4000000000u, 0, 0, 0, 1};
  const double t[2] = {0.5, 0};
  double aji, p, r, f;
  CytoScore s[2];
  CytoError err = {0};
  CHECK(cyto_average_precision(empty, empty, 2, 3, t, 2, s, &err) && s[0].ap == 1);
  CHECK(cyto_average_precision(empty, full, 2, 3, t, 2, s, &err));
  CHECK(s[0].ap == 0 && s[0].fp == 1 && s[0].fn == 0 && s[1].tp == 0);
  CHECK(cyto_average_precision(full, empty, 2, 3, t, 2, s, &err) && s[0].fn == 1 && s[0].ap == 0);
  CHECK(cyto_average_precision(sparse, sparse, 2, 3, t, 2, s, &err));
  CHECK(s[0].tp == 2 && s[0].fn == 3999999998u);
  CHECK(cyto_aggregated_jaccard(empty, empty, 2, 3, &aji, &err) && aji == 1);
  CHECK(cyto_aggregated_jaccard(full, empty, 2, 3, &aji, &err) && aji == 0);
  CHECK(cyto_aggregated_jaccard(sparse, sparse, 2, 3, &aji, &err) && aji == 1);
  CHECK(cyto_boundary_score(empty, empty, 2, 3, 1, &p, &r, &f, &err) && f == 1);
  CHECK(cyto_boundary_score(full, empty, 2, 3, 1e300, &p, &r, &f, &err) && f == 0 && r == 0);
  CHECK(cyto_boundary_score(sparse, sparse, 2, 3, NAN, &p, &r, &f, &err) && f == 1);
}

/* Outer contours only, holes ignored, dilated by a disk: against distances to every outline pixel.
 */
static void boundaries_equal_the_naive_form(void) {
  enum { NY = 24, NX = 31 };
  for (uint64_t seed = 0; seed < 4; seed++) {
    uint32_t *l[2] = {disk_labels(NY, NX, 4, 14, 0.5, seed),
                      disk_labels(NY, NX, 4, 14, 0.5, seed + 9)};
    uint8_t grown[2][NY * NX];
    double diameter = 0, scale = 0.1 + 0.2 * (double)seed, p, r, f;
    for (int k = 1; k >= 0; k--) {
      uint8_t edge[NY * NX] = {0};
      for (int i = 0; i < NY * NX; i++) {
        int y = i / NX, x = i % NX; /* disks have no holes: any other neighbour is outside */
        edge[i] = l[k][i] &&
                  (y == 0 || x == 0 || y == NY - 1 || x == NX - 1 || l[k][i - 1] != l[k][i] ||
                   l[k][i + 1] != l[k][i] || l[k][i - NX] != l[k][i] || l[k][i + NX] != l[k][i]);
      }
      uint32_t area[2000] = {0}, n = 0;
      double root[2000];
      for (int i = 0; i < NY * NX; i++)
        area[l[0][i]]++;
      for (int i = 1; i < 2000; i++)
        if (area[i])
          root[n++] = sqrt(area[i]);
      for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j + 1 < n; j++)
          if (root[j] > root[j + 1]) {
            double kept = root[j];
            root[j] = root[j + 1];
            root[j + 1] = kept;
          }
      diameter = (root[n / 2] + root[(n - 1) / 2]) / 2 / (sqrt(M_PI) / 2);
      double radius = fmax(1, scale * diameter);
      for (int i = 0; i < NY * NX; i++) {
        grown[k][i] = 0;
        for (int j = 0; j < NY * NX; j++)
          grown[k][i] |= edge[j] && hypot(i / NX - j / NX, i % NX - j % NX) <= radius;
      }
    }
    int both = 0, truths = 0, preds = 0;
    for (int i = 0; i < NY * NX; i++) {
      both += grown[0][i] & grown[1][i];
      truths += grown[0][i];
      preds += grown[1][i];
    }
    CytoError err = {0};
    CHECK(cyto_boundary_score(l[0], l[1], NY, NX, scale, &p, &r, &f, &err));
    CHECK_NEAR(p, (double)both / preds, 1e-15);
    CHECK_NEAR(r, (double)both / truths, 1e-15);
    free(l[0]);
    free(l[1]);
  }
}

static void holes_have_no_boundary(void) {
  size_t ny, nx;
  uint32_t *ring = drawn_labels("111111111|111111111|11.....11|11.....11|11..2..11|11.....11|"
                                "11.....11|111111111|111111111",
                                &ny, &nx);
  uint32_t *plate = drawn_labels("111111111|111111111|111111111|111111111|111121111|111111111|"
                                 "111111111|111111111|111111111",
                                 &ny, &nx);
  double p, r, f;
  CytoError err = {0};
  CHECK(cyto_boundary_score(ring, plate, ny, nx, 0, &p, &r, &f, &err));
  CHECK(p == 1 && r == 1 && f == 1);
  free(ring);
  free(plate);
}

/* 10 000 cells against a shifted and cut copy, all of them connected by overlaps. */
static void crowded_images_are_fast(void) {
  enum { SIDE = 1000 };
  uint32_t *a = malloc(SIDE * SIDE * 4), *b = malloc(SIDE * SIDE * 4);
  for (uint32_t i = 0; i < SIDE * SIDE; i++) {
    uint32_t y = i / SIDE, x = i % SIDE;
    a[i] = y / 10 * 100 + x / 10 + 1;
    b[i] = (y + 5) % SIDE / 10 * 100 + (x + 4 + y / 200) % SIDE / 10 + 1;
  }
  const double t[3] = {0.01, 0.2, 0.5};
  CytoScore s[3];
  double aji;
  CytoError err = {0};
  CHECK(cyto_average_precision(a, b, SIDE, SIDE, t, 3, s, &err));
  CHECK(cyto_aggregated_jaccard(a, b, SIDE, SIDE, &aji, &err));
  printf("# 10000 cells: %u, %u, %u true at 0.01, 0.2, 0.5; aggregated Jaccard %.4f\n", s[0].tp,
         s[1].tp, s[2].tp, aji);
  CHECK(s[0].tp == 10000 && s[2].tp == 0 && aji > 0.2 && aji < 0.5);
  free(a);
  free(b);
}

int main(void) {
  return check_main((CheckTest[]){TEST(reference_scores),
                                  TEST(matching_is_optimal),
                                  TEST(scores_equal_the_naive_form),
                                  TEST(nothing_to_score),
                                  TEST(boundaries_equal_the_naive_form),
                                  TEST(holes_have_no_boundary),
                                  TEST(crowded_images_are_fast),
                                  {0}});
}
