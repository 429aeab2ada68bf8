#include "augment.h"
#include <math.h>
#include <string.h>

enum { BITS = 10, FINE = 5, STEPS = 1 << FINE }; /* of fixed-point coordinates */

CytoCrop cyto_crop_draw(CytoRandom *random, size_t ny, size_t nx, size_t size, double scale_range,
                        double shrink) {
  CytoCrop crop = {.flip = cyto_random_double(random) > 0.5};
  crop.theta = cyto_random_double(random) * M_PI * 2;
  double range = scale_range < 0 ? 0 : scale_range > 2 ? 2 : scale_range;
  crop.scale = (float)((1 - range / 2) + range * cyto_random_double(random));
  crop.scale = (float)((double)crop.scale * (1 / shrink));
  double room_x = (double)nx * crop.scale - (double)size;
  double room_y = (double)ny * crop.scale - (double)size;
  crop.dx = (cyto_random_double(random) - 0.5) * (room_x > 0 ? room_x : 0);
  crop.dy = (cyto_random_double(random) - 0.5) * (room_y > 0 ? room_y : 0);
  return crop;
}

void cyto_crop_skip(CytoRandom *random, size_t n) {
  for (size_t i = 0; i < 5 * n; i++)
    cyto_random_double(random);
}

/* Solves a·x = b, three unknowns, by elimination with the largest pivot of each column. Both are
 * destroyed. */
static void solve(double a[3][3], double b[3], double x[3]) {
  for (int i = 0; i < 3; i++) {
    int pivot = i;
    for (int k = i + 1; k < 3; k++)
      if (fabs(a[k][i]) > fabs(a[pivot][i]))
        pivot = k;
    for (int k = 0; k < 3 && pivot != i; k++) {
      double kept = a[i][k];
      a[i][k] = a[pivot][k];
      a[pivot][k] = kept;
    }
    double kept = b[i], inverse = -1 / a[i][i];
    b[i] = b[pivot];
    b[pivot] = kept;
    for (int row = i + 1; row < 3; row++) {
      double factor = a[row][i] * inverse;
      for (int k = i + 1; k < 3; k++)
        a[row][k] += factor * a[i][k];
      b[row] += factor * b[i];
    }
  }
  x[2] = b[2] / a[2][2];
  x[1] = (b[1] - a[1][2] * x[2]) / a[1][1];
  x[0] = (b[0] - a[0][1] * x[1] - a[0][2] * x[2]) / a[0][0];
}

/* From crop to image: x' = m0·x + m1·y + m2, y' = m3·x + m4·y + m5. Three pairs of points, rounded
 * to f32, fix the way there; its inverse is the way back. */
static void inverse_matrix(const CytoCrop *crop, size_t ny, size_t nx, size_t size, double m[6]) {
  double cx = (double)nx / 2, cy = (double)ny / 2;
  double tx = cx - ((double)nx - (double)size) / 2 + crop->dx;
  double ty = cy - ((double)ny - (double)size) / 2 + crop->dy;
  double s = crop->scale, turn = M_PI / 2 + crop->theta;
  const float from[3][2] = {
      {(float)cx, (float)cy}, {(float)(cx + 1), (float)cy}, {(float)cx, (float)(cy + 1)}};
  const float to[3][2] = {{(float)tx, (float)ty},
                          {(float)(tx + s * cos(crop->theta)), (float)(ty + s * sin(crop->theta))},
                          {(float)(tx + s * cos(turn)), (float)(ty + s * sin(turn))}};
  double f[6];
  for (int axis = 0; axis < 2; axis++) {
    double a[3][3], b[3];
    for (int i = 0; i < 3; i++) {
      a[i][0] = from[i][0];
      a[i][1] = from[i][1];
      a[i][2] = 1;
      b[i] = to[i][axis];
    }
    solve(a, b, f + 3 * axis);
  }
  double det = f[0] * f[4] - f[1] * f[3];
  det = det != 0 ? 1 / det : 0;
  m[0] = f[4] * det;
  m[4] = f[0] * det;
  m[1] = f[1] * -det;
  m[3] = f[3] * -det;
  m[2] = -m[0] * f[2] - m[1] * f[5];
  m[5] = -m[3] * f[2] - m[4] * f[5];
}

/* Rounds half to even; what lies beyond 32 bits is far outside every image. */
static int64_t fixed(double value) {
  value = rint(value);
  return !(value > INT32_MIN) ? INT32_MIN : value > INT32_MAX ? INT32_MAX : (int64_t)value;
}

/* Fixed-point source coordinates of a crop. */
typedef struct Grid {
  double m[6];
  int64_t x, y; /* of the start of the present row, rounding added */
} Grid;

static void start_row(Grid *grid, size_t row, int64_t rounding) {
  grid->x = fixed((grid->m[1] * (double)row + grid->m[2]) * (1 << BITS)) + rounding;
  grid->y = fixed((grid->m[4] * (double)row + grid->m[5]) * (1 << BITS)) + rounding;
}

static void at_column(const Grid *grid, size_t column, int64_t *x, int64_t *y) {
  *x = grid->x + fixed(grid->m[0] * (double)column * (1 << BITS));
  *y = grid->y + fixed(grid->m[3] * (double)column * (1 << BITS));
}

/* A plane to read from, mirrored or not; `gain` is -1 for the X flow of a mirrored image. */
typedef struct Source {
  const float *plane;
  size_t ny, nx;
  bool flip;
  float gain, offset;
} Source;

static float pixel(const Source *source, int64_t y, int64_t x) {
  if (y < 0 || x < 0 || y >= (int64_t)source->ny || x >= (int64_t)source->nx)
    return 0;
  size_t column = source->flip ? source->nx - 1 - (size_t)x : (size_t)x;
  return source->offset + source->gain * source->plane[(size_t)y * source->nx + column];
}

static float between(const Source *source, int64_t x, int64_t y) {
  float fx = (float)(x & (STEPS - 1)) / STEPS, fy = (float)(y & (STEPS - 1)) / STEPS;
  int64_t left = x >> FINE, top = y >> FINE;
  return pixel(source, top, left) * ((1 - fy) * (1 - fx)) +
         pixel(source, top, left + 1) * ((1 - fy) * fx) +
         pixel(source, top + 1, left) * (fy * (1 - fx)) +
         pixel(source, top + 1, left + 1) * (fy * fx);
}

static void warp(const CytoCrop *crop, const Source *source, size_t size, float *out) {
  Grid grid;
  inverse_matrix(crop, source->ny, source->nx, size, grid.m);
  for (size_t row = 0; row < size; row++) {
    start_row(&grid, row, 1 << (BITS - FINE - 1));
    for (size_t column = 0; column < size; column++) {
      int64_t x, y;
      at_column(&grid, column, &x, &y);
      out[row * size + column] = between(source, x >> (BITS - FINE), y >> (BITS - FINE));
    }
  }
}

void cyto_crop_plane(const CytoCrop *crop, const float *plane, size_t ny, size_t nx, size_t size,
                     CytoTone tone, float *out) {
  const Source source = {plane, ny, nx, crop->flip, tone.gain, tone.offset};
  warp(crop, &source, size, out);
}

void cyto_crop_inside(const CytoCrop *crop, const uint8_t *inside, size_t ny, size_t nx,
                      size_t size, float *out) {
  Grid grid;
  inverse_matrix(crop, ny, nx, size, grid.m);
  for (size_t row = 0; row < size; row++) {
    start_row(&grid, row, 1 << (BITS - 1));
    for (size_t column = 0; column < size; column++) {
      int64_t x, y;
      at_column(&grid, column, &x, &y);
      x >>= BITS;
      y >>= BITS;
      bool in = x >= 0 && y >= 0 && x < (int64_t)nx && y < (int64_t)ny;
      if (in && crop->flip)
        x = (int64_t)nx - 1 - x;
      out[row * size + column] = in ? inside[(size_t)y * nx + (size_t)x] : 0;
    }
  }
}

void cyto_crop_flows(const CytoCrop *crop, const float *flows, size_t ny, size_t nx, size_t size,
                     float *out) {
  float *y = out, *x = out + size * size;
  float sine = (float)sin(-crop->theta), cosine = (float)cos(-crop->theta);
  const Source down = {flows, ny, nx, crop->flip, 1, 0};
  const Source across = {flows + ny * nx, ny, nx, crop->flip, crop->flip ? -1 : 1, 0};
  warp(crop, &down, size, y);
  warp(crop, &across, size, x);
  for (size_t i = 0; i < size * size; i++) {
    float was_y = y[i], was_x = x[i];
    y[i] = -was_x * sine + was_y * cosine;
    x[i] = was_x * cosine + was_y * sine;
  }
}

/* One pass along `step`; the other axis has stride `across`. */
static void blur_lines(const float *in, float *out, size_t size, size_t step, size_t across,
                       const float *kernel, int radius) {
  for (size_t line = 0; line < size; line++)
    for (size_t i = 0; i < size; i++) {
      float sum = 0;
      for (int k = -radius; k <= radius; k++) {
        int64_t at = (int64_t)i + k;
        size_t from = at < 0 ? 0 : at >= (int64_t)size ? size - 1 : (size_t)at;
        sum += kernel[k < 0 ? -k : k] * in[line * across + from * step];
      }
      out[line * across + i * step] = sum;
    }
}

void cyto_crop_blur(float *plane, size_t size, double sigma, float *scratch) {
  enum { LARGEST = 32 };
  float kernel[LARGEST + 1];
  double total = 1;
  if (!(sigma > 0.01))
    return;
  int radius = (int)fmin(ceil(3 * sigma), LARGEST);
  for (int k = 1; k <= radius; k++)
    total += 2 * exp(-0.5 * k * k / (sigma * sigma));
  for (int k = 0; k <= radius; k++)
    kernel[k] = (float)(exp(-0.5 * k * k / (sigma * sigma)) / total);
  blur_lines(plane, scratch, size, 1, size, kernel, radius);
  blur_lines(scratch, plane, size, size, 1, kernel, radius);
}
