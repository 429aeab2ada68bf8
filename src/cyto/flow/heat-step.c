#include "heat.h"

/* Four neighbouring pixels; the compiler cuts this to what the processor has. */
typedef double Four __attribute__((vector_size(32), aligned(8), may_alias));

static inline const Four *four(const double *p) {
  return (const Four *)p;
}

/* The last four pixels overlap the ones before: out never feeds back, so this costs no bit. */
static inline __attribute__((always_inline)) void smooth_run(const double *middle, size_t stride,
                                                             double *out, size_t n) {
  const double ninth = 1.0 / 9.0, *up = middle - stride, *down = middle + stride;
  if (n < 4) {
    for (size_t i = 0; i < n; i++)
      out[i] = ninth * (middle[i] + up[i] + down[i] + (middle - 1)[i] + middle[i + 1] +
                        (up - 1)[i] + up[i + 1] + (down - 1)[i] + down[i + 1]);
    return;
  }
  for (size_t i = 0; i < n; i += 4) {
    size_t k = i + 4 <= n ? i : n - 4;
    *(Four *)(out + k) =
        ninth * (*four(middle + k) + *four(up + k) + *four(down + k) + *four(middle + k - 1) +
                 *four(middle + k + 1) + *four(up + k - 1) + *four(up + k + 1) +
                 *four(down + k - 1) + *four(down + k + 1));
  }
}

void cyto_smooth_plain(const double *middle, size_t stride, double *out, size_t n) {
  smooth_run(middle, stride, out, n);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void smooth_avx2(const double *middle, size_t stride,
                                                        double *out, size_t n) {
  smooth_run(middle, stride, out, n);
}
#endif

CytoSmooth cyto_smooth_best(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2"))
    return smooth_avx2;
#endif
  return cyto_smooth_plain;
}
