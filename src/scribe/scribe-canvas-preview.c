/* What a run has found so far, over the picture. */
#include "scribe-canvas-private.h"

void scribe_canvas_set_preview(ScribeCanvas *self, GdkTexture *texture) {
  if (g_set_object(&self->preview, texture))
    gtk_widget_queue_draw(GTK_WIDGET(self));
}

/* The canvas is clipped around this; the texture is small and stretched over the image. */
void scribe_canvas_draw_preview(ScribeCanvas *self, GtkSnapshot *snapshot) {
  gsize ny, nx;
  double x0, y0, x1, y1;
  int s = scribe_canvas_factor(self);
  if (!self->preview || scribe_display_get_look(self->display)->peek ||
      !scribe_frame_get_image_size(self->frame, &ny, &nx))
    return;
  scribe_frame_to_device(self->frame, 0, 0, &x0, &y0);
  scribe_frame_to_device(self->frame, (double)nx, (double)ny, &x1, &y1);
  gtk_snapshot_append_texture(snapshot, self->preview,
                              &GRAPHENE_RECT_INIT((float)(x0 / s), (float)(y0 / s),
                                                  (float)((x1 - x0) / s), (float)((y1 - y0) / s)));
}
