/* Everything the renderer needs, gathered from image, cells and display, with the pyramids and the
 * pictures of the network's output kept between frames. Plain memory; main thread. */
#pragma once
#include "../cyto/view/scene.h"
#include "../cyto/view/transform.h"
#include "scribe-cells-look.h"
#include "scribe-display.h"

typedef struct ScribeScene ScribeScene;

/* ready(data): a large image, black until then, can be drawn now. */
ScribeScene *scribe_scene_new(void (*ready)(gpointer data), gpointer data);
void scribe_scene_free(ScribeScene *scene);

/* Another image or plane; NULL: none. */
void scribe_scene_set_image(ScribeScene *scene, CytoImage *image, guint plane);
/* (3,fy,fx) borrowed until the next call, or NULL. Pictures of it are made when first looked at. */
void scribe_scene_set_flow(ScribeScene *scene, const float *flow, gsize fy, gsize fx);

typedef struct ScribeSceneInput {
  ScribeDisplay *display;
  const ScribeCellsLook *cells; /* may be NULL */
  const guint32 *ghosts;        /* may be NULL */
  const guint8 *ghost_reason;
  guint ghost_count;
  guint32 background;
  guint text_scale;
} ScribeSceneInput;

/* Borrowed until the next call. */
const CytoScene *scribe_scene_fill(ScribeScene *scene, const ScribeSceneInput *input);

/* The image, and below it the room of the disk when that is shown (algorithm.md §11.6). */
CytoArea scribe_scene_area(const ScribeScene *scene, ScribeDisplay *display);
/* The value of channel c at a pixel inside the image. */
double scribe_scene_value(const ScribeScene *scene, guint c, gsize y, gsize x);
