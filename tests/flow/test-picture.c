#include "flow/picture.h"
#include "base/stats.h"
#include "flow-help.h"
#include "npy.h"

/* algorithm.md §11.1 word for word, with the angle. */
static void naive_picture(const float *flow, size_t n, uint8_t *rgb) {
  static const double percent[2] = {1, 99};
  float *m = malloc(n * sizeof *m);
  double range[2];
  for (size_t i = 0; i < n; i++)
    m[i] = sqrtf(flow[i] * flow[i] + flow[n + i] * flow[n + i]);
  cyto_percentiles(m, n, percent, 2, range, NULL);
  for (size_t i = 0; i < n; i++) {
    double strength = (m[i] - range[0]) / (range[1] - range[0]);
    strength = range[1] - range[0] > 1e-3 ? fmin(fmax(strength, 0), 1) * 255 / 2 : 0;
    double a = atan2((double)flow[n + i], (double)flow[i]) + M_PI;
    for (int c = 0; c < 3; c++)
      rgb[3 * i + (size_t)c] = (uint8_t)(strength * (cos(a + 2 * M_PI * c / 3) + 1));
  }
  free(m);
}

static void reference_pictures(void) {
  if (!reference_path("circ_0", "rgb.npy"))
    SKIP("no reference vectors");
  for (int k = 0; k < 2; k++) {
    char circ[32], eval[32];
    snprintf(circ, sizeof circ, "circ_%d", k);
    snprintf(eval, sizeof eval, "eval_%d_raw17", k);
    Npy r = npy_load(reference_path(circ, "rgb.npy"));
    Npy f = npy_load(reference_path(eval, "flows.npy"));
    float *flow = npy_f32(&f);
    uint8_t *rgb = malloc(r.count);
    CytoError err = {0};
    CHECK(cyto_flow_picture(flow, f.shape[1], f.shape[2], rgb, &err));
    int worst = 0;
    size_t different = 0;
    for (size_t i = 0; i < r.count; i++) {
      int off = abs((int)rgb[i] - (int)npy_at(&r, i));
      worst = off > worst ? off : worst;
      different += off != 0;
    }
    /* the reference was drawn before its flows were rounded to half precision */
    printf("# %s: at most %d grey levels off, %zu of %zu values not identical\n", circ, worst,
           different, r.count);
    CHECK(worst <= 1);
    CHECK((double)different < 0.005 * (double)r.count);
    free(flow);
    free(rgb);
    npy_free(&r);
    npy_free(&f);
  }
}

static void colours_equal_the_naive_form(void) {
  enum { N = 3000 };
  float flow[2 * N];
  uint8_t ours[3 * N], naive[3 * N];
  uint64_t seed = 4;
  CytoError err = {0};
  for (int i = 0; i < 2 * N; i++)
    flow[i] = (float)(next_random(&seed) % 2001) / 100 - 10;
  flow[0] = flow[N] = 0;
  CHECK(cyto_flow_picture(flow, 30, 100, ours, &err));
  naive_picture(flow, N, naive);
  size_t different = 0;
  for (int i = 0; i < 3 * N; i++) {
    CHECK(abs(ours[i] - naive[i]) <= 1);
    different += ours[i] != naive[i];
  }
  printf("# %zu of %d values differ from the naive form by a grey level\n", different, 3 * N);
  CHECK(different < 3 * N / 200);
}

static void flat_and_broken_fields(void) {
  float flow[] = {1, 1, 1, 1, NAN, INFINITY, 3, -INFINITY};
  uint8_t rgb[12];
  CytoError err = {0};
  CHECK(cyto_flow_picture(flow, 1, 2, rgb, &err));
  for (int i = 0; i < 6; i++)
    CHECK(rgb[i] == 0);
  CHECK(cyto_flow_picture(flow, 2, 2, rgb, &err));
  CHECK(cyto_flow_picture(flow, 1, 1, rgb, &err) && rgb[0] == 0);
}

int main(void) {
  return check_main((CheckTest[]){TEST(reference_pictures),
                                  TEST(colours_equal_the_naive_form),
                                  TEST(flat_and_broken_fields),
                                  {0}});
}
