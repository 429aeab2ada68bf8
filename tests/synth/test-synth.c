#include "synth/synth.h"
#include "check.h"
#include <string.h>

static CytoSynthOptions options_of(CytoSynthKind kind, uint64_t seed, size_t ny, size_t nx) {
  return (CytoSynthOptions){
      .kind = kind, .seed = seed, .ny = ny, .nx = nx, .smallest = 10, .largest = 40};
}

/* Pixels of the label reached from `start` over its four sides. */
static size_t flood(const CytoSynthImage *image, size_t start, uint8_t *seen, size_t *stack) {
  size_t top = 0, reached = 0, nx = image->nx;
  uint32_t label = image->labels[start];
  stack[top++] = start;
  seen[start] = 1;
  while (top > 0) {
    size_t i = stack[--top], y = i / nx, x = i % nx;
    const size_t next[4] = {i - nx, i + nx, i - 1, i + 1};
    const bool there[4] = {y > 0, y + 1 < image->ny, x > 0, x + 1 < nx};
    reached++;
    for (int k = 0; k < 4; k++)
      if (there[k] && !seen[next[k]] && image->labels[next[k]] == label) {
        seen[next[k]] = 1;
        stack[top++] = next[k];
      }
  }
  return reached;
}

/* Labels 1..count, each one part of at least 12 pixels. */
static void check_labels(const CytoSynthImage *image, const char *kind, uint64_t seed) {
  size_t n = image->ny * image->nx;
  uint8_t *seen = calloc(n, 1);
  size_t *stack = malloc(n * sizeof *stack);
  uint32_t *parts = calloc((size_t)image->count + 1, sizeof *parts);
  REQUIRE(seen && stack && parts);
  CHECKF(image->count >= 1, "%s %llu has no cell", kind, (unsigned long long)seed);
  for (size_t i = 0; i < n; i++) {
    if (seen[i] || !image->labels[i])
      continue;
    REQUIRE(image->labels[i] <= image->count);
    parts[image->labels[i]]++;
    size_t area = flood(image, i, seen, stack);
    CHECKF(area >= 12, "%s %llu: a part of %zu pixels", kind, (unsigned long long)seed, area);
  }
  for (uint32_t k = 1; k <= image->count; k++)
    CHECKF(parts[k] == 1, "%s %llu: label %u has %u parts", kind, (unsigned long long)seed, k,
           parts[k]);
  free(seen);
  free(stack);
  free(parts);
}

/* Darkest and brightest differ: there is something to see. */
static bool shows_something(const uint16_t *plane, size_t n) {
  uint16_t low = UINT16_MAX, high = 0;
  for (size_t i = 0; i < n; i++) {
    low = plane[i] < low ? plane[i] : low;
    high = plane[i] > high ? plane[i] : high;
  }
  return high > low + 1000;
}

static void every_kind_has_sound_labels(void) {
  static const size_t sizes[][2] = {{32, 32}, {160, 131}, {256, 256}, {33, 700}};
  unsigned with_nuclei = 0, drawn = 0;
  for (CytoSynthKind kind = 0; kind < CYTO_SYNTH_KINDS; kind++) {
    for (uint64_t seed = 0; seed < 16; seed++) {
      const size_t *size = sizes[seed % 4];
      CytoSynthOptions options = options_of(kind, seed, size[0], size[1]);
      CytoSynthImage image = {0};
      CytoError err = {0};
      REQUIRE(cyto_synth_draw(&options, &image, &err));
      check_labels(&image, cyto_synth_name(kind), seed);
      size_t n = size[0] * size[1];
      CHECKF(shows_something(image.cell, n), "%s %d is empty", cyto_synth_name(kind), (int)seed);
      CHECK(shows_something(image.nucleus, n) == image.has_nucleus);
      CHECK(kind != CYTO_SYNTH_PARTICLES || !image.has_nucleus);
      with_nuclei += image.has_nucleus;
      drawn++;
      cyto_synth_clear(&image);
    }
  }
  printf("# %u of %u images show nuclei\n", with_nuclei, drawn);
  CHECK(with_nuclei > drawn / 4 && with_nuclei < 3 * drawn / 4);
}

/* Cells must not look like what is between them: mean light differs beyond the noise of it, or the
 * outlines do. Here: light within two pixels of a border against that further inside and outside,
 * and inside against outside. */
static void cells_can_be_seen(void) {
  for (CytoSynthKind kind = 0; kind < CYTO_SYNTH_KINDS; kind++) {
    unsigned seen = 0;
    for (uint64_t seed = 100; seed < 112; seed++) {
      CytoSynthOptions options = options_of(kind, seed, 192, 192);
      options.smallest = options.largest = 30;
      CytoSynthImage image = {0};
      CytoError err = {0};
      REQUIRE(cyto_synth_draw(&options, &image, &err));
      double sum[3] = {0}, squares = 0, count[3] = {0};
      for (size_t i = 0; i < 192 * 192; i++) {
        size_t y = i / 192, x = i % 192;
        bool edge =
            y < 190 && x < 190 && y > 1 && x > 1 &&
            (image.labels[i] != image.labels[i + 2] || image.labels[i] != image.labels[i - 2] ||
             image.labels[i] != image.labels[i + 384] || image.labels[i] != image.labels[i - 384]);
        int k = edge ? 2 : image.labels[i] != 0;
        sum[k] += image.cell[i];
        squares += (double)image.cell[i] * image.cell[i];
        count[k]++;
      }
      double mean = (sum[0] + sum[1] + sum[2]) / (192 * 192), most = 0;
      double sigma = sqrt(squares / (192 * 192) - mean * mean);
      for (int a = 0; a < 3; a++)
        for (int b = 0; b < a; b++)
          if (count[a] > 500 && count[b] > 500)
            most = fmax(most, fabs(sum[a] / count[a] - sum[b] / count[b]));
      seen += most > 0.2 * sigma;
      cyto_synth_clear(&image);
    }
    printf("# %s: cells stand out in %u of 12\n", cyto_synth_name(kind), seen);
    CHECK(seen >= 9);
  }
}

static void a_seed_is_an_image(void) {
  for (CytoSynthKind kind = 0; kind < CYTO_SYNTH_KINDS; kind++) {
    CytoSynthImage image[3] = {0};
    CytoError err = {0};
    for (int k = 0; k < 3; k++) {
      CytoSynthOptions options = options_of(kind, k == 2 ? 8 : 7, 96, 120);
      REQUIRE(cyto_synth_draw(&options, &image[k], &err));
    }
    size_t n = 96 * 120;
    CHECK(memcmp(image[0].cell, image[1].cell, n * sizeof(uint16_t)) == 0);
    CHECK(memcmp(image[0].nucleus, image[1].nucleus, n * sizeof(uint16_t)) == 0);
    CHECK(memcmp(image[0].labels, image[1].labels, n * sizeof(uint32_t)) == 0);
    CHECK(memcmp(image[0].labels, image[2].labels, n * sizeof(uint32_t)) != 0);
    for (int k = 0; k < 3; k++)
      cyto_synth_clear(&image[k]);
  }
}

/* Every cell grown or painted around given nuclei; sources without a usable one are left aside. */
static void nuclei_of_others(void) {
  enum { SIDE = 90 };
  static uint32_t labels[SIDE * SIDE];
  static float picture[SIDE * SIDE];
  for (int style = 0; style < 3; style++) {
    for (int i = 0; i < SIDE * SIDE; i++) {
      int y = i / SIDE % 30 - 15, x = i % SIDE % 30 - 15;
      bool here = style < 2 && y * y + x * x < 100;
      /* Two discs share each number, and numbers are far apart. */
      labels[i] = here ? 4000000000u - (uint32_t)(i / SIDE / 30) * (style + 1) * 1000u : 0;
      labels[i] =
          style == 1 && here ? (uint32_t)(i / SIDE / 30 * 3 + i % SIDE / 30 + 5) : labels[i];
      picture[i] = here ? 0.8f : 0.1f;
    }
    CytoSynthNuclei nuclei = {SIDE, SIDE, labels, picture};
    for (uint64_t seed = 0; seed < 12; seed++) {
      CytoSynthOptions options =
          options_of((CytoSynthKind)(seed % CYTO_SYNTH_KINDS), seed, 128, 128);
      options.nuclei = &nuclei;
      CytoSynthImage image = {0};
      CytoError err = {0};
      REQUIRE(cyto_synth_draw(&options, &image, &err));
      check_labels(&image, cyto_synth_name(options.kind), seed);
      cyto_synth_clear(&image);
    }
  }
}

static void senseless_options_are_refused(void) {
  CytoSynthOptions good = options_of(CYTO_SYNTH_FILLED, 1, 64, 64), bad[9];
  uint32_t label = 1;
  float light = 1;
  CytoSynthNuclei tiny = {1, 1, &label, &light};
  for (int k = 0; k < 9; k++)
    bad[k] = good;
  bad[0].ny = 31;
  bad[1].nx = 0;
  bad[2].nx = SIZE_MAX;
  bad[3].ny = 16385;
  bad[4].smallest = 5;
  bad[5].largest = 9;
  bad[6].largest = NAN;
  bad[7].kind = CYTO_SYNTH_KINDS;
  bad[8].nuclei = &tiny;
  for (int k = 0; k < 9; k++) {
    CytoSynthImage image = {0};
    CytoError err = {0};
    CHECK(!cyto_synth_draw(&bad[k], &image, &err) && err.code == CYTO_ERROR_ARGUMENT);
    CHECK(image.labels == NULL);
  }
  CytoSynthKind kind;
  CHECK(cyto_synth_kind("phase", &kind) && kind == CYTO_SYNTH_PHASE);
  CHECK(!cyto_synth_kind("Phase", &kind) && !cyto_synth_kind("", &kind));
}

int main(void) {
  return check_main((CheckTest[]){TEST(every_kind_has_sound_labels),
                                  TEST(cells_can_be_seen),
                                  TEST(a_seed_is_an_image),
                                  TEST(nuclei_of_others),
                                  TEST(senseless_options_are_refused),
                                  {0}});
}
