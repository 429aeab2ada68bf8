/* The network against the reference vectors, for every kernel, thread count and container. */
#include "base/parallel.h"
#include "check.h"
#include "net/unet-private.h"
#include "npy.h"

static CytoUnet *open_net(const char *path, const CytoKernel *kernel) {
  CytoWeights *weights = NULL;
  CytoUnet *net = NULL;
  CytoError err = {0};
  bool ok = cyto_weights_read(path, &weights, &err) &&
            cyto_unet_new_with(weights, kernel, &net, NULL, &err);
  if (!ok)
    printf("# %s: %s\n", path, err.text);
  cyto_weights_free(weights);
  return net;
}

static double largest_difference(const float *a, const Npy *b) {
  double worst = 0;
  for (size_t i = 0; i < b->count; i++) {
    double d = fabs(a[i] - npy_at(b, i));
    worst = d >= worst ? d : isnan(d) ? INFINITY : worst;
  }
  return worst;
}

static void compare(const char *model, const char *folder, const CytoKernel *kernel,
                    unsigned threads) {
  CytoUnet *net = open_net(reference_path("", model), kernel);
  REQUIRE(net != NULL);
  Npy x = npy_load(reference_path(folder, "x.npy")), y = npy_load(reference_path(folder, "y.npy")),
      style = npy_load(reference_path(folder, "style.npy"));
  float *input = npy_f32(&x), *output = malloc(y.count * sizeof *output),
        *found = malloc(style.count * sizeof *found);
  CytoError err = {0};
  CytoJob job = {.pool = cyto_pool_new(threads, &err)};
  size_t h = x.shape[x.ndim - 2], w = x.shape[x.ndim - 1], n = x.ndim == 4 ? x.shape[0] : 1;
  CHECKF(cyto_unet_forward(net, input, n, h, w, output, found, &job, &err), "%s", err.text);
  double dy = largest_difference(output, &y), ds = largest_difference(found, &style);
  printf("# %s %s, %s, %u threads: output %.2g, style %.2g\n", folder, model, kernel->name, threads,
         dy, ds);
  CHECK(dy < 1e-3);
  CHECK(ds < 1e-4);
  cyto_pool_free(job.pool);
  cyto_unet_free(net);
  npy_free(&x);
  npy_free(&y);
  npy_free(&style);
  free(input);
  free(output);
  free(found);
}

static void outputs_equal_the_reference(void) {
  if (!reference_path("", "manifest.json"))
    SKIP("../shared/reference is missing");
  static const char *const small[] = {"net_small_64x64", "net_small_160x96", "net_small_224x224"};
  for (const CytoKernel *const *k = cyto_kernels(); *k; k++) {
    if (!(*k)->usable())
      continue;
    for (int i = 0; i < 3; i++) {
      compare("cpnet_small_random.pth", small[i], *k, 2);
      compare("cpnet_small_random_legacy.pth", small[i], *k, 1);
    }
    compare("nuclei.pth", "net_full_224x224", *k, 1);
    compare("nuclei.pth", "net_full_224x224", *k, 2);
  }
}

/* A batch gives each tile the bits it gets alone, whatever the number of threads: few tiles, which
 * go one after the other, and many, most of them side by side. */
static void threads_and_batches_change_no_bit(void) {
  CytoUnet *net = open_net(SOURCE_ROOT "/models/nuclei.safetensors", cyto_kernel_best());
  REQUIRE(net != NULL);
  enum { FEW = 3, TILES = 11, H = 48, W = 64, X = 2 * H * W, Y = 3 * H * W, S = 256 };
  float *x = malloc(TILES * X * sizeof *x), *y = malloc(TILES * Y * sizeof *y),
        *again = malloc(Y * sizeof *again), style[TILES * S], style_again[S];
  for (size_t i = 0; i < TILES * X; i++)
    x[i] = (float)((i * 2654435761u >> 7) % 1000) / 1000.0f;
  CytoError err = {0};
  for (unsigned threads = 1; threads <= 4; threads++) {
    CytoJob job = {.pool = cyto_pool_new(threads, &err)};
    for (size_t n = FEW; n <= TILES; n += TILES - FEW) {
      REQUIRE(cyto_unet_forward(net, x, n, H, W, y, style, &job, &err));
      for (size_t t = 0; t < n; t++) {
        REQUIRE(cyto_unet_forward(net, x + t * X, 1, H, W, again, style_again, NULL, &err));
        CHECK(memcmp(y + t * Y, again, Y * sizeof *y) == 0);
        CHECK(memcmp(style + t * S, style_again, S * sizeof *style) == 0);
      }
    }
    cyto_pool_free(job.pool);
  }
  cyto_unet_free(net);
  free(x);
  free(y);
  free(again);
}

static void cancelled_jobs_and_odd_tiles_say_so(void) {
  CytoUnet *net = open_net(SOURCE_ROOT "/models/nuclei.safetensors", cyto_kernel_best());
  REQUIRE(net != NULL);
  float *x = calloc(2 * 64 * 64, sizeof *x), *y = calloc(3 * 64 * 64, sizeof *y), style[256];
  CytoError err = {0};
  CHECK(!cyto_unet_forward(net, x, 1, 64, 60, y, style, NULL, &err));
  CHECK(err.code == CYTO_ERROR_ARGUMENT);
  CytoJob job = {.pool = NULL};
  atomic_store(&job.cancel, 1);
  CHECK(!cyto_unet_forward(net, x, 1, 64, 64, y, style, &job, &err));
  CHECK(err.code == CYTO_ERROR_CANCELLED);
  CHECK(cyto_unet_forward(net, x, 1, 64, 64, y, style, NULL, &err));
  for (int i = 0; i < 256; i++)
    CHECK(isfinite(style[i]));
  cyto_unet_free(net);
  free(x);
  free(y);
}

int main(void) {
  return check_main((CheckTest[]){TEST(outputs_equal_the_reference),
                                  TEST(threads_and_batches_change_no_bit),
                                  TEST(cancelled_jobs_and_odd_tiles_say_so),
                                  {0}});
}
