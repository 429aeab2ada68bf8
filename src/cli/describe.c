#include "describe.h"
#include "../cyto/base/mem.h"
#include "../cyto/base/stats.h"
#include "../cyto/pix/tile.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define DIAMETER 30             /* a run at the usual model's own diameter: no resizing */
#define MOST_SAMPLES (1u << 24) /* pixels of a channel that percentiles are taken from */

typedef struct Channel {
  double low, high, percentile[2]; /* range; 1st and 99th percentile */
  size_t not_finite;
} Channel;

typedef struct Description {
  const char *path, *format;
  CytoImage *image;
  Channel *channel;
  size_t tiles; /* of one plane */
} Description;

static void description_clear(Description *d) {
  cyto_image_unref(d->image);
  free(d->channel);
}

/* Range of one plane, and every step-th of its pixels behind the `taken` samples. */
static void scan_plane(Channel *channel, const float *plane, size_t n, size_t step, float *sample,
                       size_t *taken) {
  for (size_t i = 0; i < n; i++) {
    double value = (double)plane[i];
    if (!isfinite(value)) {
      channel->not_finite++;
      continue;
    }
    channel->low = value < channel->low ? value : channel->low;
    channel->high = value > channel->high ? value : channel->high;
  }
  for (size_t i = 0; i < n; i += step)
    sample[(*taken)++] = plane[i];
}

static bool scan_channel(const CytoImage *image, size_t c, Channel *channel, CytoJob *job,
                         CytoError *err) {
  size_t n = image->ny * image->nx, planes = image->nt * image->nz, taken = 0;
  size_t step = planes * n / MOST_SAMPLES + 1;
  CYTO_AUTOFREE float *plane = cyto_alloc(n, sizeof *plane, err);
  CYTO_AUTOFREE float *sample = cyto_alloc(planes * ((n - 1) / step + 1), sizeof *sample, err);
  if (!plane || !sample)
    return false;
  *channel = (Channel){.low = INFINITY, .high = -INFINITY};
  for (size_t k = 0; k < planes; k++) {
    if (!cyto_job_step(job, "measuring", c * planes + k, image->nc * planes, err))
      return false;
    cyto_image_plane_f32(image, k / image->nz, k % image->nz, c, plane);
    scan_plane(channel, plane, n, step, sample, &taken);
  }
  if (channel->low > channel->high)
    channel->low = channel->high = 0;
  return cyto_percentiles(sample, taken, (double[]){1, 99}, 2, channel->percentile, err);
}

static bool count_tiles(Description *d, CytoError *err) {
  CytoTiling tiling;
  if (!cyto_tiling_init(&tiling, d->image->ny, d->image->nx, 224, 0.1, false, err))
    return false;
  d->tiles = cyto_tiling_count(&tiling);
  cyto_tiling_clear(&tiling);
  return true;
}

static bool understand(Description *d, const CytoReadOptions *options, CytoJob *job,
                       CytoError *err) {
  if (!cyto_image_read(d->path, options, &d->image, job, err))
    return false;
  d->format = cyto_image_format(d->path, err);
  d->channel = cyto_calloc(d->image->nc, sizeof *d->channel, err);
  if (!d->format || !d->channel)
    return false;
  for (size_t c = 0; c < d->image->nc; c++)
    if (!scan_channel(d->image, c, &d->channel[c], job, err))
      return false;
  return count_tiles(d, err);
}

static const char *channel_name(const CytoImage *image, size_t c) {
  static const char *const colours[] = {"red", "green", "blue"};
  if (image->channel_names && image->channel_names[c][0])
    return image->channel_names[c];
  return image->rgb && c < 3 ? colours[c] : "";
}

/* Six significant digits, '.' in any locale. */
static char *number(double value, char text[32]) {
  if (value != 0 && isfinite(value)) {
    double scale = pow(10, 5 - floor(log10(fabs(value))));
    value = isfinite(scale) && scale > 0 ? round(value * scale) / scale : value;
  }
  return cyto_format_double(value, text);
}

static void add_pixel_size(CytoStr *out, const CytoImage *image) {
  char x[32], y[32], z[32];
  cyto_str_add(out, "  pixel size  ");
  if (image->pixel_x > 0 && image->pixel_y > 0)
    cyto_str_printf(out, "%s × %s µm", number(image->pixel_x, x), number(image->pixel_y, y));
  else
    cyto_str_add(out, "not known");
  if (image->pixel_z > 0)
    cyto_str_printf(out, ", planes %s µm apart", number(image->pixel_z, z));
  cyto_str_add(out, "\n");
}

static void add_channels(CytoStr *out, const Description *d) {
  char low[32], high[32], p1[32], p99[32];
  for (size_t c = 0; c < d->image->nc; c++) {
    const Channel *channel = &d->channel[c];
    const char *name = channel_name(d->image, c);
    cyto_str_printf(out, "  channel %-3zu %s%s%s to %s, 1 %% to 99 %%: %s to %s", c + 1, name,
                    *name ? ": " : "", number(channel->low, low), number(channel->high, high),
                    number(channel->percentile[0], p1), number(channel->percentile[1], p99));
    if (channel->not_finite)
      cyto_str_printf(out, ", %zu pixels are not numbers", channel->not_finite);
    cyto_str_add(out, "\n");
  }
}

static void add_run(CytoStr *out, const Description *d) {
  const CytoImage *image = d->image;
  size_t planes = image->nt * image->nz;
  cyto_str_add(out, "  a run       would take ");
  if (image->nc == 1)
    cyto_str_add(out, "the one channel");
  else
    cyto_str_printf(out, "grey = the mean of the %zu channels (--chan and --chan2 choose)",
                    image->nc);
  cyto_str_printf(out, ", %s%zu tile%s of 224×224%s at diameter %d\n", d->tiles > 1 ? "about " : "",
                  d->tiles, d->tiles == 1 ? "" : "s", planes > 1 ? " for each plane" : "",
                  DIAMETER);
}

static void write_text(const Description *d, CytoStr *out) {
  const CytoImage *image = d->image;
  cyto_str_printf(out, "%s\n  format      %s\n", d->path, d->format);
  cyto_str_printf(out, "  axes        %s, from %s\n", image->axes, image->axes_source);
  cyto_str_add(out, "  shape       ");
  if (image->nt > 1)
    cyto_str_printf(out, "%zu time points, ", image->nt);
  if (image->nz > 1)
    cyto_str_printf(out, "%zu planes, ", image->nz);
  cyto_str_printf(out, "%zu channel%s, %zu rows × %zu columns\n", image->nc,
                  image->nc == 1 ? "" : "s", image->ny, image->nx);
  cyto_str_printf(out, "  type        %s%s\n", cyto_dtype_name(image->dtype),
                  image->rgb ? ", colour (RGB)" : "");
  add_pixel_size(out, image);
  add_channels(out, d);
  add_run(out, d);
}

/* JSON holds UTF-8 alone; a name in another coding shows '?' for each byte outside ASCII. */
static json_t *text_value(const char *text) {
  json_t *value = json_string(text);
  if (value)
    return value;
  CytoStr ascii = {0};
  for (const char *p = text; *p; p++)
    cyto_str_add_bytes(&ascii, (unsigned char)*p < 0x80 ? p : "?", 1);
  value = json_string(ascii.text ? ascii.text : "");
  cyto_str_clear(&ascii);
  return value;
}

static json_t *length_value(double micrometres) {
  return micrometres > 0 ? json_real(micrometres) : json_null();
}

static json_t *channel_values(const Description *d) {
  json_t *list = json_array();
  for (size_t c = 0; c < d->image->nc; c++) {
    const Channel *channel = &d->channel[c];
    json_array_append_new(
        list, json_pack("{s:o, s:f, s:f, s:f, s:f, s:I}", "name",
                        text_value(channel_name(d->image, c)), "min", channel->low, "max",
                        channel->high, "percentile_1", channel->percentile[0], "percentile_99",
                        channel->percentile[1], "not_finite", (json_int_t)channel->not_finite));
  }
  return list;
}

static bool write_json(const Description *d, CytoStr *out, CytoError *err) {
  const CytoImage *image = d->image;
  json_t *shape =
      json_pack("{s:I, s:I, s:I, s:I, s:I}", "T", (json_int_t)image->nt, "Z", (json_int_t)image->nz,
                "C", (json_int_t)image->nc, "Y", (json_int_t)image->ny, "X", (json_int_t)image->nx);
  json_t *pixel = json_pack("{s:o, s:o, s:o}", "x", length_value(image->pixel_x), "y",
                            length_value(image->pixel_y), "z", length_value(image->pixel_z));
  json_t *run = json_pack("{s:s, s:I, s:I, s:i}", "grey",
                          image->nc == 1 ? "the one channel" : "mean of the channels", "planes",
                          (json_int_t)(image->nt * image->nz), "tiles_per_plane",
                          (json_int_t)d->tiles, "diameter", DIAMETER);
  json_t *root =
      json_pack("{s:o, s:s, s:s, s:s, s:o, s:s, s:b, s:o, s:o, s:o}", "file", text_value(d->path),
                "format", d->format, "axes", image->axes, "axes_source", image->axes_source,
                "shape", shape, "type", cyto_dtype_name(image->dtype), "rgb", image->rgb,
                "channels", channel_values(d), "pixel_size_um", pixel, "run", run);
  char *text = root ? json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) : NULL;
  json_decref(root);
  if (!text)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory to write the description");
  cyto_str_add(out, text);
  cyto_str_add(out, "\n");
  free(text);
  return true;
}

bool cli_describe(const char *path, const CytoReadOptions *options, bool json, CytoStr *out,
                  CytoJob *job, CytoError *err) {
  CYTO_CLEANUP(description_clear) Description d = {.path = path};
  if (!understand(&d, options, job, err))
    return false;
  if (json && !write_json(&d, out, err))
    return false;
  if (!json)
    write_text(&d, out);
  return !out->failed ||
         cyto_fail(err, CYTO_ERROR_MEMORY, "not enough memory to write the description");
}
