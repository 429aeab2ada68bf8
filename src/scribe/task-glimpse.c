#include "task-glimpse.h"
#include "scribe-thumbnail.h"
#include "task-axes.h"
#include "../cyto/doc/document.h"

typedef struct Glimpse {
  ScribeGlimpse out; /* first: the job's data is seen as this */
  guint side;
} Glimpse;

static void glimpse_free(gpointer data) {
  Glimpse *glimpse = data;
  g_free(glimpse->out.journal);
  g_free(glimpse->out.image);
  g_free(glimpse->out.rgb);
  g_free(glimpse);
}

/* The plane that was worked on last. */
static gsize plane_of(const CytoDocument *doc) {
  gsize z0 = 0, z1;
  const CytoPatch *patch = cyto_undo_peek(cyto_document_history(doc), false);
  if (patch)
    cyto_patch_dirty(patch, &z0, &z1);
  return z0;
}

/* Worker's thread. */
static bool run_glimpse(gpointer data, CytoJob *core, CytoError *err) {
  Glimpse *glimpse = data;
  ScribeGlimpse *out = &glimpse->out;
  CytoImage *image = NULL;
  g_autofree char *axes = NULL;
  if (!scribe_read_image(out->image, NULL, &image, &axes, core, err))
    return false;
  CytoDocument *doc = cyto_document_read_lost(out->journal, err);
  gsize z = doc ? plane_of(doc) : 0;
  const CytoCells *cells = doc ? cyto_document_cells(doc, z) : NULL;
  bool fits =
      cells && z < image->nt * image->nz && cells->ny == image->ny && cells->nx == image->nx;
  if (fits)
    out->rgb = scribe_thumbnail_cells(image, (guint)z, cells->map, glimpse->side, &out->width,
                                      &out->height);
  else if (doc)
    cyto_fail(err, CYTO_ERROR_FORMAT, "the image %s has changed since", out->image);
  cyto_document_free(doc, false);
  cyto_image_unref(image);
  return fits;
}

ScribeJob *scribe_task_glimpse(const char *journal, const char *image, guint side, gpointer owner,
                               ScribeJobFinish finish) {
  Glimpse *glimpse = g_new0(Glimpse, 1);
  glimpse->out.journal = g_strdup(journal);
  glimpse->out.image = g_strdup(image);
  glimpse->side = side;
  return scribe_job_new("glimpse", owner, run_glimpse, finish, glimpse, glimpse_free);
}

ScribeGlimpse *scribe_task_glimpsed(ScribeJob *job) {
  return scribe_job_get_data(job);
}
