#include "scribe-preview.h"
#include <math.h>
#include <string.h>

enum {
  ROOM = 768,                  /* most pixels of a side */
  PAUSE = G_USEC_PER_SEC / 10, /* between two looks */
  SHADES = 256,                /* of logits from -RANGE to RANGE */
  RANGE = 6,
};

struct ScribePreview {
  gatomicrefcount refs;
  guint pictures;
  GMutex lock;
  guint begun;    /* pictures so far */
  gsize h, w;     /* of the small picture */
  guint32 *pixel; /* BGRA, premultiplied */
  guint32 shade[SHADES];
  gboolean fresh;
  gint64 looked; /* main thread */
};

/* Yellow where cells are likely; elsewhere a breath of dark tells that a tile was there. */
static guint32 colour_of(double logit) {
  double p = 1 / (1 + exp(-logit)), alpha = 0.1 + 0.5 * p;
  guint red = (guint)(255 * alpha * p), green = (guint)(205 * alpha * p);
  return (guint)(255 * alpha) << 24 | red << 16 | green << 8 | (guint)(20 * alpha * p);
}

static guint shade_of(double logit) {
  double at = (logit + RANGE) * (SHADES - 1) / (2.0 * RANGE);
  return at > 0 ? at < SHADES - 1 ? (guint)at : SHADES - 1 : 0;
}

ScribePreview *scribe_preview_new(guint pictures) {
  ScribePreview *preview = g_new0(ScribePreview, 1);
  g_atomic_ref_count_init(&preview->refs);
  g_mutex_init(&preview->lock);
  preview->pictures = MAX(pictures, 1);
  for (guint i = 0; i < SHADES; i++)
    preview->shade[i] = colour_of((2.0 * i / (SHADES - 1) - 1) * RANGE);
  return preview;
}

ScribePreview *scribe_preview_ref(ScribePreview *preview) {
  g_atomic_ref_count_inc(&preview->refs);
  return preview;
}

void scribe_preview_unref(ScribePreview *preview) {
  if (!preview || !g_atomic_ref_count_dec(&preview->refs))
    return;
  g_free(preview->pixel);
  g_mutex_clear(&preview->lock);
  g_free(preview);
}

static void begin_picture(ScribePreview *preview, const CytoSoFar *s) {
  gsize most = MAX(s->ny, s->nx), by = (most + ROOM - 1) / ROOM;
  preview->begun++;
  preview->h = (s->ny + by - 1) / by;
  preview->w = (s->nx + by - 1) / by;
  g_free(preview->pixel);
  preview->pixel = g_try_new0(guint32, preview->h * preview->w);
}

/* Small pixels show the pixel in their middle. */
void scribe_preview_add(void *data, const CytoSoFar *s) {
  ScribePreview *preview = data;
  g_mutex_lock(&preview->lock);
  if (s->first)
    begin_picture(preview, s);
  gsize h = preview->h, w = preview->w;
  for (gsize i = s->y0 * h / s->ny; preview->pixel && i < h; i++) {
    gsize y = MIN((2 * i + 1) * s->ny / (2 * h), s->ny - 1);
    for (gsize j = 0; j < w && y >= s->y0 && y < s->y1; j++) {
      gsize x = MIN((2 * j + 1) * s->nx / (2 * w), s->nx - 1), at = y * s->pitch + x;
      if (s->weight[at] > 0)
        preview->pixel[i * w + j] = preview->shade[shade_of(s->sum[at] / s->weight[at])];
    }
    if (y >= s->y1)
      break;
  }
  preview->fresh = TRUE;
  g_mutex_unlock(&preview->lock);
}

GdkTexture *scribe_preview_take(ScribePreview *preview, guint *plane) {
  gint64 now = g_get_monotonic_time();
  GBytes *bytes = NULL;
  gsize h, w;
  if (now - preview->looked < PAUSE)
    return NULL;
  g_mutex_lock(&preview->lock);
  h = preview->h;
  w = preview->w;
  *plane = preview->begun ? (preview->begun - 1) / preview->pictures : 0;
  if (preview->fresh && preview->pixel)
    bytes = g_bytes_new(preview->pixel, h * w * sizeof *preview->pixel);
  preview->fresh = FALSE;
  g_mutex_unlock(&preview->lock);
  if (!bytes)
    return NULL;
  preview->looked = now;
  GdkTexture *texture =
      gdk_memory_texture_new((int)w, (int)h, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, bytes, w * 4);
  g_bytes_unref(bytes);
  return texture;
}
