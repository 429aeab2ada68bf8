#include "scribe-display.h"
#include <math.h>

struct _ScribeDisplay {
  GObject parent;
  ScribeColourMode mode;
  ScribeView view;
  ScribeLook look;
  ScribeChannel *channel;
  guint n;
  CytoImage *image;
  guint plane;
};

G_DEFINE_FINAL_TYPE(ScribeDisplay, scribe_display, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_COLOUR_MODE,
  PROP_VIEW,
  PROP_SHOW_MASKS,
  PROP_SHOW_OUTLINES,
  PROP_SHOW_IDS,
  PROP_HATCH_MANUAL,
  PROP_SHOW_DISK,
  PROP_SHOW_BAR,
  PROP_LOCK_CONTRAST,
  PROP_PEEK,
  PROP_MASK_OPACITY,
  PROP_SEED,
  PROP_DIAMETER,
  N_PROPS
};
static GParamSpec *props[N_PROPS];
enum { CHANGED, CHANNELS_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* Pixels a histogram looks at; more are sampled evenly, so that opening never stalls the window. */
enum { SAMPLE = 1 << 21 };

static gboolean *flag_of(ScribeDisplay *self, guint id) {
  switch (id) {
  case PROP_SHOW_MASKS:
    return &self->look.masks;
  case PROP_SHOW_OUTLINES:
    return &self->look.outlines;
  case PROP_SHOW_IDS:
    return &self->look.ids;
  case PROP_HATCH_MANUAL:
    return &self->look.hatch;
  case PROP_SHOW_DISK:
    return &self->look.disk;
  case PROP_SHOW_BAR:
    return &self->look.bar;
  case PROP_LOCK_CONTRAST:
    return &self->look.lock;
  case PROP_PEEK:
    return &self->look.peek;
  default:
    return NULL;
  }
}

static guint *number_of(ScribeDisplay *self, guint id) {
  switch (id) {
  case PROP_COLOUR_MODE:
    return (guint *)&self->mode;
  case PROP_VIEW:
    return (guint *)&self->view;
  case PROP_MASK_OPACITY:
    return &self->look.opacity;
  case PROP_SEED:
    return &self->look.seed;
  default:
    return NULL;
  }
}

static void scribe_display_get_property(GObject *object, guint id, GValue *value,
                                        GParamSpec *pspec) {
  ScribeDisplay *self = SCRIBE_DISPLAY(object);
  if (flag_of(self, id))
    g_value_set_boolean(value, *flag_of(self, id));
  else if (number_of(self, id))
    g_value_set_uint(value, *number_of(self, id));
  else if (id == PROP_DIAMETER)
    g_value_set_double(value, self->look.diameter);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void tell(ScribeDisplay *self) {
  g_signal_emit(self, signals[CHANGED], 0);
}

static gboolean store(ScribeDisplay *self, guint id, const GValue *value) {
  if (flag_of(self, id)) {
    gboolean *flag = flag_of(self, id), old = *flag;
    *flag = g_value_get_boolean(value);
    return old != *flag;
  }
  if (number_of(self, id)) {
    guint *number = number_of(self, id), old = *number;
    *number = g_value_get_uint(value);
    return old != *number;
  }
  double old = self->look.diameter;
  self->look.diameter = g_value_get_double(value);
  if (old != self->look.diameter)
    self->look.spread_low = self->look.spread_high = 0;
  return old != self->look.diameter;
}

static void scribe_display_set_property(GObject *object, guint id, const GValue *value,
                                        GParamSpec *pspec) {
  ScribeDisplay *self = SCRIBE_DISPLAY(object);
  if (!store(self, id, value))
    return;
  g_object_notify_by_pspec(object, pspec);
  if (id == PROP_COLOUR_MODE && self->view != SCRIBE_VIEW_IMAGE)
    g_object_set(self, "view", SCRIBE_VIEW_IMAGE, NULL);
  tell(self);
}

static void clear_channels(ScribeDisplay *self) {
  for (guint c = 0; c < self->n; c++)
    g_free(self->channel[c].name);
  g_clear_pointer(&self->channel, g_free);
  self->n = 0;
}

static void scribe_display_finalize(GObject *object) {
  ScribeDisplay *self = SCRIBE_DISPLAY(object);
  clear_channels(self);
  cyto_image_unref(self->image);
  G_OBJECT_CLASS(scribe_display_parent_class)->finalize(object);
}

static GParamSpec *boolean(const char *name, gboolean value) {
  return g_param_spec_boolean(name, NULL, NULL, value,
                              G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
}

static GParamSpec *number(const char *name, guint max, guint value) {
  return g_param_spec_uint(name, NULL, NULL, 0, max, value,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
}

static void scribe_display_class_init(ScribeDisplayClass *klass) {
  GObjectClass *object = G_OBJECT_CLASS(klass);
  object->finalize = scribe_display_finalize;
  object->get_property = scribe_display_get_property;
  object->set_property = scribe_display_set_property;
  props[PROP_COLOUR_MODE] = number("colour-mode", SCRIBE_COLOUR_MODES - 1, SCRIBE_COLOUR_RGB);
  props[PROP_VIEW] = number("view", SCRIBE_VIEWS - 1, SCRIBE_VIEW_IMAGE);
  props[PROP_SHOW_MASKS] = boolean("show-masks", TRUE);
  props[PROP_SHOW_OUTLINES] = boolean("show-outlines", FALSE);
  props[PROP_SHOW_IDS] = boolean("show-ids", FALSE);
  props[PROP_HATCH_MANUAL] = boolean("hatch-manual", FALSE);
  props[PROP_SHOW_DISK] = boolean("show-disk", TRUE);
  props[PROP_SHOW_BAR] = boolean("show-bar", TRUE);
  props[PROP_LOCK_CONTRAST] = boolean("lock-contrast", FALSE);
  props[PROP_PEEK] = boolean("peek", FALSE);
  props[PROP_MASK_OPACITY] = number("mask-opacity", 255, 128);
  props[PROP_SEED] = number("seed", G_MAXUINT, 0);
  props[PROP_DIAMETER] =
      g_param_spec_double("diameter", NULL, NULL, 0, 1e6, 30,
                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties(object, N_PROPS, props);
  signals[CHANGED] = g_signal_new("changed", SCRIBE_TYPE_DISPLAY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  signals[CHANNELS_CHANGED] = g_signal_new("channels-changed", SCRIBE_TYPE_DISPLAY,
                                           G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void scribe_display_init(ScribeDisplay *self) {
  self->look = (ScribeLook){.masks = TRUE,
                            .disk = TRUE,
                            .bar = TRUE,
                            .opacity = 128,
                            .diameter = 30,
                            .disk_x = NAN,
                            .disk_y = NAN};
}

ScribeDisplay *scribe_display_new(void) {
  return g_object_new(SCRIBE_TYPE_DISPLAY, NULL);
}

static void measure(ScribeDisplay *self) {
  CytoImage *image = self->image;
  for (guint c = 0; c < self->n; c++) {
    CytoPlane plane = cyto_plane(image, self->plane / image->nz, self->plane % image->nz, c);
    gsize every = 1;
    while ((plane.ny / every) * (plane.nx / every) > SAMPLE)
      every++;
    plane.ny = MAX(plane.ny / every, 1);
    plane.nx = MAX(plane.nx / every, 1);
    plane.step *= every;
    plane.pitch *= every;
    if (!cyto_histogram(&plane, &self->channel[c].histogram, NULL, NULL))
      self->channel[c].histogram = (CytoHistogram){0};
  }
}

/* 8-bit colour pictures are made to be looked at as they are. */
static CytoLevels automatic(ScribeDisplay *self, guint c, gboolean fresh) {
  if (fresh && self->image->rgb && self->image->dtype == CYTO_U8)
    return (CytoLevels){0, 255, 1, false};
  return cyto_histogram_auto(&self->channel[c].histogram, 1, 99);
}

static void new_channels(ScribeDisplay *self, gboolean keep_levels) {
  gsize n = self->image->nc;
  ScribeChannel *channel = g_new0(ScribeChannel, n);
  for (gsize c = 0; c < n; c++) {
    channel[c].name = self->image->channel_names ? g_strdup(self->image->channel_names[c]) : NULL;
    channel[c].colour = cyto_channel_colour(c, n);
    channel[c].visible = TRUE;
    if (keep_levels) {
      channel[c].levels = self->channel[c].levels;
      channel[c].colour = self->channel[c].colour;
      channel[c].visible = self->channel[c].visible;
    }
  }
  clear_channels(self);
  self->channel = channel;
  self->n = (guint)n;
}

void scribe_display_set_image(ScribeDisplay *self, CytoImage *image, guint plane) {
  gboolean fresh = image != self->image;
  if (fresh) {
    cyto_image_unref(self->image);
    self->image = image ? cyto_image_ref(image) : NULL;
    self->look.disk_x = self->look.disk_y = NAN;
  }
  self->plane = plane;
  if (!image) {
    g_signal_emit(self, signals[CHANNELS_CHANGED], 0);
    return;
  }
  gboolean keep = self->look.lock && self->n == image->nc;
  if (fresh)
    new_channels(self, keep);
  measure(self);
  for (guint c = 0; c < self->n && fresh && !keep; c++)
    self->channel[c].levels = automatic(self, c, TRUE);
  g_signal_emit(self, signals[CHANNELS_CHANGED], 0);
  tell(self);
}

guint scribe_display_get_n_channels(ScribeDisplay *self) {
  return self->n;
}

const ScribeChannel *scribe_display_get_channel(ScribeDisplay *self, guint c) {
  return c < self->n ? &self->channel[c] : NULL;
}

void scribe_display_set_levels(ScribeDisplay *self, guint c, CytoLevels levels) {
  if (c >= self->n)
    return;
  CytoLevels *old = &self->channel[c].levels;
  if (old->min == levels.min && old->max == levels.max && old->gamma == levels.gamma &&
      old->invert == levels.invert)
    return;
  *old = levels;
  tell(self);
}

void scribe_display_set_channel_colour(ScribeDisplay *self, guint c, guint32 colour) {
  if (c >= self->n || self->channel[c].colour == colour)
    return;
  self->channel[c].colour = colour;
  tell(self);
}

void scribe_display_set_channel_visible(ScribeDisplay *self, guint c, gboolean visible) {
  if (c >= self->n || self->channel[c].visible == visible)
    return;
  self->channel[c].visible = visible;
  tell(self);
}

void scribe_display_auto_contrast(ScribeDisplay *self, guint channel) {
  for (guint c = 0; c < self->n; c++)
    if (c == channel || channel >= self->n)
      self->channel[c].levels = automatic(self, c, FALSE);
  if (self->n)
    tell(self);
}

ScribeColourMode scribe_display_get_colour_mode(ScribeDisplay *self) {
  return self->mode;
}

ScribeView scribe_display_get_view(ScribeDisplay *self) {
  return self->view;
}

void scribe_display_step_colour(ScribeDisplay *self, int step) {
  guint n = SCRIBE_COLOUR_MODES;
  g_object_set(self, "colour-mode", (guint)((int)(self->mode + n) + step) % n, NULL);
}

void scribe_display_step_view(ScribeDisplay *self, int step) {
  g_object_set(self, "view", (guint)((int)(self->view + SCRIBE_VIEWS) + step) % SCRIBE_VIEWS, NULL);
}

void scribe_display_toggle_colour(ScribeDisplay *self, ScribeColourMode mode) {
  g_object_set(self, "colour-mode", self->mode == mode ? SCRIBE_COLOUR_RGB : mode, NULL);
}

const ScribeLook *scribe_display_get_look(ScribeDisplay *self) {
  return &self->look;
}

static gboolean blank(const ScribeChannel *channel) {
  return !(channel->histogram.max > channel->histogram.min);
}

gboolean scribe_display_shows(ScribeDisplay *self, guint c, guint32 *colour) {
  static const guint32 pure[] = {0xff0000, 0x00ff00, 0x0000ff};
  if (c >= self->n)
    return FALSE;
  *colour = self->channel[c].colour;
  if (self->mode >= SCRIBE_COLOUR_RED && self->mode <= SCRIBE_COLOUR_BLUE) {
    guint which = self->mode - SCRIBE_COLOUR_RED;
    *colour = pure[which];
    return self->n == 1 || c == which;
  }
  if (!self->channel[c].visible)
    return FALSE;
  if (self->mode == SCRIBE_COLOUR_RGB || !blank(&self->channel[c]))
    return TRUE;
  for (guint k = 0; k < self->n; k++)
    if (self->channel[k].visible && !blank(&self->channel[k]))
      return FALSE;
  return TRUE;
}

void scribe_display_set_disk(ScribeDisplay *self, double x, double y, double diameter) {
  ScribeLook *look = &self->look;
  gboolean moved = isnan(x) ? !isnan(look->disk_x) : x != look->disk_x || y != look->disk_y;
  look->disk_x = x;
  look->disk_y = y;
  if (diameter != look->diameter)
    g_object_set(self, "diameter", diameter, NULL);
  else if (moved)
    tell(self);
}

void scribe_display_set_spread(ScribeDisplay *self, double low, double high) {
  self->look.spread_low = low;
  self->look.spread_high = high;
  tell(self);
}

/* algorithm.md §11.6 */
void scribe_look_disk_centre(const ScribeLook *look, gsize ny, double *x, double *y) {
  double p = (int)look->diameter, q = (int)(1.25 * p);
  gboolean home = isnan(look->disk_x);
  *x = home ? p / 2 + 1 : look->disk_x;
  *y = home ? (double)ny + q / 2 - 1 : look->disk_y;
}
