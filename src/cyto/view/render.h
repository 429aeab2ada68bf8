/* Composes exactly the visible device pixels. Every pixel is a function of the scene and of its
 * place in the enlarged picture, so a part redrawn alone, a panned picture and any number of
 * threads give the same bytes as drawing everything afresh. */
#pragma once
#include "scene.h"
#include "transform.h"

/* The caller's pixels: 0xAARRGGBB words, all opaque (cairo's ARGB32, GDK_MEMORY_DEFAULT on
 * little-endian machines: B8G8R8A8 premultiplied). */
typedef struct CytoPixels {
  uint32_t *data;
  int width, height; /* 0 is fine: nothing is drawn; at most 32768 */
  size_t stride;     /* bytes between rows, a multiple of 4 */
} CytoPixels;

/* Keeps the contrast tables of the last scenes and scratch memory; one thread at a time. */
typedef struct CytoRenderer CytoRenderer;
CytoRenderer *cyto_renderer_new(CytoError *err);
void cyto_renderer_free(CytoRenderer *renderer); /* NULL is fine */

/* The whole viewport. Pixels stay as they are on failure, but are half drawn after a cancel. */
bool cyto_render(CytoRenderer *renderer, const CytoScene *scene, CytoView view, CytoPixels pixels,
                 CytoJob *job, CytoError *err);

/* Only the pixels of `rect` (clipped to the viewport), for instance cyto_view_dirty of an edit. */
bool cyto_render_rect(CytoRenderer *renderer, const CytoScene *scene, CytoView view,
                      CytoPixels pixels, CytoViewRect rect, CytoJob *job, CytoError *err);

/* The viewport after a pan: copies what `previous` (the same scene and sizes drawn at view `from`)
 * already shows and draws the rest. previous may be the same memory as pixels.data, or have its own
 * stride. A different scale or size draws everything. On failure draw everything next. */
bool cyto_render_pan(CytoRenderer *renderer, const CytoScene *scene, CytoView from,
                     CytoPixels previous, CytoView view, CytoPixels pixels, CytoJob *job,
                     CytoError *err);
