#include "flow/follow.h"
#include "flow/follow-step.h"
#include "flow/target.h"
#include "road.h"

/* algorithm.md §5.3 and 5.5 word for word, all steps of every point. */
static void naive_follow(const float *flow, const float *cellprob, size_t ny, size_t nx,
                         const CytoFollow *options, int32_t *end_y, int32_t *end_x) {
  size_t n = 0, plane = ny * nx;
  float *field = calloc(2 * plane, sizeof *field);
  for (size_t i = 0; i < plane; i++)
    if (cellprob[i] > (float)options->cellprob_threshold && isfinite(flow[i]) &&
        isfinite(flow[plane + i])) {
      field[i] = flow[i] / 5.0f;
      field[plane + i] = flow[plane + i] / 5.0f;
    }
  for (size_t i = 0; i < plane; i++) {
    if (!(cellprob[i] > (float)options->cellprob_threshold && isfinite(flow[i]) &&
          isfinite(flow[plane + i])))
      continue;
    float p[2] = {(float)(i / nx), (float)(i % nx)}, last[2] = {(float)(ny - 1), (float)(nx - 1)};
    for (unsigned step = 0; step < options->iterations; step++) {
      size_t y0 = (size_t)p[0], x0 = (size_t)p[1];
      size_t y1 = y0 + 1 < ny ? y0 + 1 : ny - 1, x1 = x0 + 1 < nx ? x0 + 1 : nx - 1;
      float fy = p[0] - (float)y0, fx = p[1] - (float)x0, d[2];
      double a = 1.0 - (double)fy, b = 1.0 - (double)fx;
      for (int c = 0; c < 2; c++) {
        const float *f = field + (size_t)c * plane;
        float f10 = f[y1 * nx + x0] * fy, f11 = f[y1 * nx + x1] * fy;
        f11 *= fx;
        double sum = (double)f[y0 * nx + x0] * a * b + (double)f[y0 * nx + x1] * a * (double)fx;
        sum += (double)f10 * b;
        sum += (double)f11;
        d[c] = options->interpolate ? (float)sum : f[y0 * nx + x0];
      }
      for (int c = 0; c < 2; c++)
        p[c] = fminf(last[c], fmaxf(0, p[c] + d[c]));
    }
    end_y[n] = (int32_t)p[0];
    end_x[n++] = (int32_t)p[1];
  }
  free(field);
}

static size_t compare_with_naive(const float *flow, const float *cellprob, size_t ny, size_t nx,
                                 const CytoFollow *options) {
  CytoError err = {0};
  CytoTracks tracks = {0};
  int32_t *y = malloc(ny * nx * 4), *x = malloc(ny * nx * 4);
  naive_follow(flow, cellprob, ny, nx, options, y, x);
  CHECKF(cyto_follow(flow, cellprob, ny, nx, options, &tracks, NULL, &err), "%s", err.text);
  size_t wrong = 0;
  for (size_t i = 0; i < tracks.count; i++)
    wrong += tracks.y[i] != y[i] || tracks.x[i] != x[i];
  cyto_tracks_clear(&tracks);
  free(y);
  free(x);
  return wrong;
}

static float *random_field(size_t n, double scale, uint64_t seed) {
  float *f = malloc(n * sizeof *f);
  for (size_t i = 0; i < n; i++)
    f[i] = (float)(((double)next_random(&seed) / 2147483648.0 - 0.5) * scale);
  return f;
}

static void fields_equal_the_naive_form(void) {
  static const size_t size[][2] = {{40, 53}, {1, 1}, {1, 17}, {23, 1}, {2, 2}};
  static const unsigned steps[] = {0, 1, 11, 12, 13, 200, 333};
  size_t wrong = 0, runs = 0;
  for (size_t s = 0; s < sizeof size / sizeof *size; s++)
    for (size_t k = 0; k < sizeof steps / sizeof *steps; k++)
      for (int interpolate = 0; interpolate < 2; interpolate++) {
        size_t ny = size[s][0], nx = size[s][1];
        float *flow = random_field(2 * ny * nx, 12, 100 * s + k);
        float *cellprob = random_field(ny * nx, 4, 200 * s + k);
        CytoFollow options = {-0.7, steps[k], interpolate};
        wrong += compare_with_naive(flow, cellprob, ny, nx, &options);
        runs++;
        free(flow);
        free(cellprob);
      }
  printf("# %zu end points differ from the naive form in %zu random fields\n", wrong, runs);
  CHECK(wrong == 0);
}

static void smooth_fields_equal_the_naive_form(void) {
  enum { NY = 150, NX = 170 };
  uint32_t *labels = disk_labels(NY, NX, 8, 50, 0.5, 3);
  float *flow = malloc(2 * NY * NX * 4), *cellprob = malloc(NY * NX * 4);
  float *noise = random_field(2 * NY * NX, 3, 4);
  CytoError err = {0};
  CHECK(cyto_flows_from_labels(labels, NY, NX, flow, NULL, &err));
  CytoFollow options = {0, 200, true};
  for (size_t i = 0; i < NY * NX; i++)
    cellprob[i] = labels[i] ? 6 : -6;
  for (int noisy = 0; noisy < 2; noisy++) {
    for (size_t i = 0; i < 2 * NY * NX; i++)
      flow[i] = noisy ? flow[i] + noise[i] : flow[i] * 5;
    size_t wrong = compare_with_naive(flow, cellprob, NY, NX, &options);
    printf("# %zu end points differ from the naive form, %s disks\n", wrong,
           noisy ? "noisy" : "noise-free");
    CHECK(wrong == 0);
  }
  free(labels);
  free(flow);
  free(cellprob);
  free(noise);
}

static void fast_step_has_the_same_bits(void) {
  enum { NY = 37, NX = 41, N = 1003 };
  float *pair = random_field(2 * (NY + 1) * (NX + 1), 3, 9);
  CytoField field = {pair, NX + 1, NY - 1, NX - 1};
  float y[2][N], x[2][N];
  uint64_t seed = 5;
  for (size_t i = 0; i < N; i++) {
    y[0][i] = y[1][i] = (float)(next_random(&seed) % NY);
    x[0][i] = x[1][i] = (float)(next_random(&seed) % NX);
  }
  CytoStep best = cyto_step_best(&field, NY);
  printf("# the fast step %s\n", best == cyto_step_bilinear ? "is not on this processor" : "runs");
  for (int k = 0; k < 60; k++) {
    cyto_step_bilinear(&field, y[0], x[0], N);
    best(&field, y[1], x[1], N);
    CHECK(memcmp(y[0], y[1], sizeof y[0]) == 0 && memcmp(x[0], x[1], sizeof x[0]) == 0);
  }
  free(pair);
}

static void reference_masks(void) {
  if (!reference_path("flows_0", "flows.npy"))
    SKIP("no reference vectors");
  CytoError err = {0};
  CytoJob job = {.pool = cyto_pool_new(2, &err)};
  for (int k = 0; k < 12; k++) {
    char folder[32];
    bool noisy = k >= 6;
    snprintf(folder, sizeof folder, "flows_%d", k % 6);
    Npy l = npy_load(reference_path(folder, "labels.npy"));
    Npy f = npy_load(reference_path(folder, noisy ? "noisy.npy" : "flows.npy"));
    Npy m = npy_load(reference_path(folder, noisy ? "masks_noisy.npy" : "masks.npy"));
    uint32_t *truth = npy_u32(&l), *masks = npy_u32(&m), n, top = 0;
    float *flow = npy_f32(&f);
    for (size_t i = 0; i < f.count && !noisy; i++)
      flow[i] *= 5;
    uint32_t *ours = road_labels(flow, truth, l.shape[0], l.shape[1], &job, &n);
    size_t different = 0;
    for (size_t i = 0; i < m.count; i++) {
      different += ours[i] != masks[i];
      top = masks[i] > top ? masks[i] : top;
    }
    printf("# %s %s: %u masks of %u, %zu of %zu pixels not identical\n", folder,
           noisy ? "noisy" : "noise-free", n, top, different, m.count);
    CHECK(n == top);
    CHECK(different == 0);
    free(truth);
    free(masks);
    free(flow);
    free(ours);
    npy_free(&l);
    npy_free(&f);
    npy_free(&m);
  }
  cyto_pool_free(job.pool);
}

/* NaN and infinity in flow and cellprob are no cells, and points that pass them stay sound. */
static void not_a_number_is_no_cell(void) {
  enum { NY = 30, NX = 30 };
  float *flow = random_field(2 * NY * NX, 10, 1), *cellprob = random_field(NY * NX, 1, 2);
  uint64_t seed = 8;
  for (int i = 0; i < 300; i++) {
    size_t at = next_random(&seed) % (2 * NY * NX);
    flow[at] = i % 3 == 0 ? NAN : i % 3 == 1 ? INFINITY : -3e38f;
    cellprob[next_random(&seed) % (NY * NX)] = i % 2 ? NAN : INFINITY;
  }
  CytoFollow options = {0, 50, true};
  CHECK(compare_with_naive(flow, cellprob, NY, NX, &options) == 0);
  CytoTracks tracks = {0};
  CytoError err = {0};
  REQUIRE(cyto_follow(flow, cellprob, NY, NX, &options, &tracks, NULL, &err));
  for (size_t i = 0; i < tracks.count; i++) {
    CHECK(tracks.y[i] >= 0 && tracks.y[i] < NY && tracks.x[i] >= 0 && tracks.x[i] < NX);
    CHECK(i == 0 || tracks.pixel[i] > tracks.pixel[i - 1]);
    CHECK(!isnan(cellprob[tracks.pixel[i]]) && isfinite(flow[tracks.pixel[i]]));
  }
  options.cellprob_threshold = NAN;
  cyto_tracks_clear(&tracks);
  REQUIRE(cyto_follow(flow, cellprob, NY, NX, &options, &tracks, NULL, &err));
  CHECK(tracks.count == 0);
  cyto_tracks_clear(&tracks);
  free(flow);
  free(cellprob);
}

static void cancel_and_sizes(void) {
  float flow[8] = {0}, cellprob[4] = {1, 1, 1, 1};
  CytoFollow options = {0, 200, true};
  CytoTracks tracks = {0};
  CytoError err = {0};
  CytoJob job = {0};
  atomic_store(&job.cancel, 1);
  CHECK(!cyto_follow(flow, cellprob, 2, 2, &options, &tracks, &job, &err));
  CHECK(err.code == CYTO_ERROR_CANCELLED && tracks.count == 0 && !tracks.pixel);
  CHECK(!cyto_follow(flow, cellprob, 0, 2, &options, &tracks, NULL, &err));
  CHECK(err.code == CYTO_ERROR_LIMIT);
  CHECK(!cyto_follow(flow, cellprob, 70000, 70000, &options, &tracks, NULL, &err));
  CHECK(err.code == CYTO_ERROR_LIMIT);
}

int main(void) {
  return check_main((CheckTest[]){TEST(fields_equal_the_naive_form),
                                  TEST(smooth_fields_equal_the_naive_form),
                                  TEST(fast_step_has_the_same_bits),
                                  TEST(reference_masks),
                                  TEST(not_a_number_is_no_cell),
                                  TEST(cancel_and_sizes),
                                  {0}});
}
