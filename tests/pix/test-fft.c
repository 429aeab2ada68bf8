#include "pix/fft.h"
#include "check.h"
#include "random.h"

enum { LONGEST = 300 };

static double difference(size_t n, size_t lanes) {
  CytoComplex *x = malloc(n * lanes * sizeof *x), *y = malloc(n * lanes * sizeof *y);
  uint32_t state = (uint32_t)n;
  for (size_t i = 0; i < n * lanes; i++)
    y[i] = x[i] = (CytoComplex){random_unit(&state) - 0.5, random_unit(&state) - 0.5};
  CytoError err;
  CytoFft *fft = cyto_fft_new(n, &err);
  CytoComplex *scratch = malloc(cyto_fft_scratch(fft) * lanes * sizeof *scratch);
  cyto_fft_run(fft, y, scratch, lanes);
  double worst = 0;
  for (size_t b = 0; b < lanes; b++)
    for (size_t k = 0; k < n; k++) {
      double re = 0, im = 0;
      for (size_t j = 0; j < n; j++) {
        double angle = -2 * M_PI * (double)(j * k % n) / (double)n;
        CytoComplex v = x[j * lanes + b];
        re += v.re * cos(angle) - v.im * sin(angle);
        im += v.re * sin(angle) + v.im * cos(angle);
      }
      worst = fmax(worst, hypot(re - y[k * lanes + b].re, im - y[k * lanes + b].im));
    }
  free(scratch);
  free(x);
  free(y);
  cyto_fft_free(fft);
  return worst;
}

static void like_the_sum(void) {
  double worst = 0;
  for (size_t n = 1; n <= LONGEST; n += n < 70 ? 1 : 7)
    worst = fmax(worst, difference(n, 1));
  static const size_t special[] = {96, 97, 121, 128, 169, 240, 256, 263, 289};
  for (size_t k = 0; k < sizeof special / sizeof *special; k++)
    worst = fmax(worst, difference(special[k], k % 2 ? 8 : 3));
  printf("# largest difference %.2g\n", worst);
  CHECK(worst < 1e-12);
}

static void back_again(void) {
  static const size_t sizes[] = {1, 2, 2048, 1999, 3000, 4099};
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    size_t n = sizes[s];
    CytoError err;
    CytoFft *fft = cyto_fft_new(n, &err);
    CytoComplex *x = malloc(n * sizeof *x);
    CytoComplex *scratch = malloc(cyto_fft_scratch(fft) * sizeof *scratch);
    for (size_t i = 0; i < n; i++)
      x[i] = (CytoComplex){(double)(i * i % 101), (double)(i % 7)};
    cyto_fft_run(fft, x, scratch, 1);
    for (size_t i = 0; i < n; i++)
      x[i].im = -x[i].im;
    cyto_fft_run(fft, x, scratch, 1);
    double worst = 0;
    for (size_t i = 0; i < n; i++)
      worst = fmax(worst, hypot(x[i].re / (double)n - (double)(i * i % 101),
                                -x[i].im / (double)n - (double)(i % 7)));
    CHECKF(worst < 1e-10, "n %zu: %g", n, worst);
    free(scratch);
    free(x);
    cyto_fft_free(fft);
  }
}

static void no_values(void) {
  CytoError err = {0};
  CHECK(!cyto_fft_new(0, &err) && err.code == CYTO_ERROR_LIMIT);
}

int main(void) {
  return check_main((CheckTest[]){TEST(like_the_sum), TEST(back_again), TEST(no_values), {0}});
}
