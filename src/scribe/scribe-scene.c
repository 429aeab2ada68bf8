#include "scribe-scene.h"
#include "scribe-flow-look.h"
#include "scribe-pyramids.h"
#include <math.h>
#include <string.h>

_Static_assert((int)SCRIBE_CELL_SELECTED == (int)CYTO_LOOK_SELECTED &&
                   (int)SCRIBE_CELL_MANUAL == (int)CYTO_LOOK_MANUAL &&
                   (int)SCRIBE_CELL_HIDDEN == (int)CYTO_LOOK_HIDDEN &&
                   (int)SCRIBE_CELL_HOVER == (int)CYTO_LOOK_HOVER,
               "the renderer's flags");

enum { CELLPROB_RANGE = 6 }; /* logits beyond are as sure as it gets */

struct ScribeScene {
  CytoImage *image;
  guint plane, n;
  ScribePyramids *pyramids; /* of the image */
  void (*ready)(gpointer data);
  gpointer ready_data;
  const float *flow;
  gsize fy, fx;
  ScribePyramids *look;     /* of the flow; NULL until looked at */
  CytoChannelView *channel; /* room for n + 3 */
  CytoCellMark *mark;
  gsize mark_room;
  CytoScene out;
};

ScribeScene *scribe_scene_new(void (*ready)(gpointer data), gpointer data) {
  ScribeScene *scene = g_new0(ScribeScene, 1);
  scene->ready = ready;
  scene->ready_data = data;
  return scene;
}

static void drop_flow(ScribeScene *scene) {
  g_clear_pointer(&scene->look, scribe_pyramids_stop);
  scene->flow = NULL;
}

static void drop_image(ScribeScene *scene) {
  g_clear_pointer(&scene->pyramids, scribe_pyramids_free);
  g_clear_pointer(&scene->channel, g_free);
  g_clear_pointer(&scene->image, cyto_image_unref);
  scene->n = 0;
}

void scribe_scene_free(ScribeScene *scene) {
  drop_flow(scene);
  drop_image(scene);
  g_free(scene->mark);
  g_free(scene);
}

void scribe_scene_set_image(ScribeScene *scene, CytoImage *image, guint plane) {
  CytoImage *old = scene->image ? cyto_image_ref(scene->image) : NULL;
  drop_flow(scene);
  drop_image(scene);
  if (image) {
    scene->image = cyto_image_ref(image);
    scene->plane = plane;
    scene->n = (guint)image->nc;
    scene->channel = g_new0(CytoChannelView, scene->n + 3);
    scene->pyramids = scribe_pyramids_new(image, plane, scene->ready, scene->ready_data);
  }
  cyto_image_unref(old);
}

void scribe_scene_set_flow(ScribeScene *scene, const float *flow, gsize fy, gsize fx) {
  drop_flow(scene);
  scene->flow = flow;
  scene->fy = fy;
  scene->fx = fx;
}

/* Made when first looked at; FALSE while it is not there yet. */
static gboolean has_flow(ScribeScene *scene) {
  if (!scene->flow)
    return TRUE; /* nothing will come */
  if (!scene->look)
    scene->look = scribe_flow_look_new(scene->flow, scene->fy, scene->fx, scene->image->ny,
                                       scene->image->nx, scene->ready, scene->ready_data);
  return scribe_pyramids_are_ready(scene->look);
}

static CytoPyramid *flow_pyramid(ScribeScene *scene, guint c) {
  return scene->look ? scribe_pyramids_get(scene->look, c) : NULL;
}

static void add_channel(ScribeScene *scene, CytoPyramid *pyramid, CytoLevels levels,
                        guint32 colour) {
  if (pyramid)
    scene->channel[scene->out.channel_count++] = (CytoChannelView){pyramid, levels, colour, true};
}

static void fill_image(ScribeScene *scene, ScribeDisplay *display) {
  ScribeColourMode mode = scribe_display_get_colour_mode(display);
  scene->out.show = mode == SCRIBE_COLOUR_GRAY       ? CYTO_SHOW_GRAY
                    : mode == SCRIBE_COLOUR_SPECTRAL ? CYTO_SHOW_SPECTRAL
                                                     : CYTO_SHOW_COLOUR;
  for (guint c = 0; c < scene->n; c++) {
    guint32 colour;
    if (scribe_display_shows(display, c, &colour))
      add_channel(scene, scribe_pyramids_get(scene->pyramids, c),
                  scribe_display_get_channel(display, c)->levels, colour);
  }
}

static void fill_flow(ScribeScene *scene) {
  static const guint32 pure[3] = {0xff0000, 0x00ff00, 0x0000ff};
  scene->out.show = CYTO_SHOW_COLOUR;
  for (guint c = 0; c < 3; c++)
    add_channel(scene, flow_pyramid(scene, c), (CytoLevels){0, 255, 1, false}, pure[c]);
}

static void fill_prob(ScribeScene *scene) {
  scene->out.show = CYTO_SHOW_BLUE_WHITE_RED;
  add_channel(scene, flow_pyramid(scene, 3),
              (CytoLevels){-CELLPROB_RANGE, CELLPROB_RANGE, 1, false}, 0xffffff);
}

static void fill_marks(ScribeScene *scene, const ScribeCellsLook *cells) {
  if (scene->mark_room < cells->marks) {
    g_free(scene->mark);
    scene->mark_room = cells->marks + cells->marks / 2;
    scene->mark = g_new(CytoCellMark, scene->mark_room);
  }
  for (gsize i = 0; i < cells->marks; i++) {
    const ScribeCellMark *m = &cells->mark[i];
    scene->mark[i] =
        (CytoCellMark){m->id, m->id, (float)m->x, (float)m->y, m->x0, m->y0, m->x1, m->y1};
  }
  scene->out.marks = scene->mark;
  scene->out.mark_count = cells->marks;
}

static void fill_cells(ScribeScene *scene, const ScribeSceneInput *input) {
  const ScribeCellsLook *cells = input->cells;
  const ScribeLook *look = scribe_display_get_look(input->display);
  CytoScene *out = &scene->out;
  out->masks = look->masks;
  out->outlines = look->outlines;
  out->hatch = look->hatch;
  out->opacity = (uint8_t)look->opacity;
  out->outline_colour = 0xc8c8ff;
  if (cells && cells->map && cells->ny == out->ny && cells->nx == out->nx) {
    out->labels = cells->map;
    out->colour = cells->colour;
    out->flags = cells->flags;
    out->cell_count = cells->count;
    if (look->ids)
      fill_marks(scene, cells);
  }
  out->ghosts = input->ghosts;
  out->ghost_reason = input->ghost_reason;
  out->ghost_count = input->ghost_count;
}

static void fill_disk(ScribeScene *scene, const ScribeLook *look) {
  if (!look->disk || !(look->diameter > 0))
    return;
  scene->out.disk.diameter = look->diameter;
  scribe_look_disk_centre(look, scene->out.ny, &scene->out.disk.x, &scene->out.disk.y);
  scene->out.disk.colour = 0xff0000;
  scene->out.disk.fill = isnan(look->disk_x) ? 190 : 70; /* over a cell, the cell shows through */
  scene->out.disk.line = 255;
}

const CytoScene *scribe_scene_fill(ScribeScene *scene, const ScribeSceneInput *input) {
  CytoScene *out = &scene->out;
  *out = (CytoScene){.background = input->background, .text_scale = input->text_scale};
  if (!scene->image)
    return out;
  const ScribeLook *look = scribe_display_get_look(input->display);
  out->ny = scene->image->ny;
  out->nx = scene->image->nx;
  out->channels = scene->channel;
  ScribeView view = look->peek ? SCRIBE_VIEW_IMAGE : scribe_display_get_view(input->display);
  if (view != SCRIBE_VIEW_IMAGE && !has_flow(scene))
    view = SCRIBE_VIEW_IMAGE; /* until it is there */
  if (view == SCRIBE_VIEW_FLOWS)
    fill_flow(scene);
  else if (view == SCRIBE_VIEW_CELLPROB)
    fill_prob(scene);
  else
    fill_image(scene, input->display);
  out->raw = look->peek;
  fill_cells(scene, input);
  fill_disk(scene, look);
  out->bar.pixel_size = scene->image->pixel_x;
  out->bar.show = look->bar && scene->image->pixel_x > 0;
  return out;
}

CytoArea scribe_scene_area(const ScribeScene *scene, ScribeDisplay *display) {
  if (!scene->image)
    return (CytoArea){0, 0, 0, 0};
  const ScribeLook *look = scribe_display_get_look(display);
  double room = look->disk ? (int)(1.25 * (int)look->diameter) : 0;
  return (CytoArea){0, 0, (double)scene->image->nx, (double)scene->image->ny + room};
}

double scribe_scene_value(const ScribeScene *scene, guint c, gsize y, gsize x) {
  if (!scene->image || c >= scene->n)
    return 0;
  CytoPlane plane =
      cyto_plane(scene->image, scene->plane / scene->image->nz, scene->plane % scene->image->nz, c);
  float value;
  cyto_plane_row_f32(&plane, y, x, 1, &value);
  return value;
}
