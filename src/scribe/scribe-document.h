/* One image and its cells: a GObject around CytoDocument that tells everybody what changed. Lives
 * in the main thread; the worker makes its parts (task-open.c) and never sees it afterwards.
 *
 * Signals
 *   "image-changed" ()                      another plane of the stack is shown
 *   "labels-changed" (int x, y, w, h)       pixels of the present plane, or colours inside that
 *                                           rectangle, look different; w = 0: everywhere
 *   "selection-changed" ()
 *   "ghosts-changed" ()                     rejected candidates, see scribe_document_get_ghosts
 *   "flow-changed" ()                       the kept network output came or went
 *   "state-changed" ()                      dirty, undo names, counts, title */
#pragma once
#include "../cyto/base/image.h"
#include <glib-object.h>

typedef struct CytoDocument CytoDocument; /* doc/document.h */
typedef struct CytoCells CytoCells;       /* doc/labels.h */
typedef struct CytoEdit CytoEdit;         /* doc/edit.h */
typedef struct CytoBrush CytoBrush;
typedef struct CytoPoint CytoPoint;

#define SCRIBE_TYPE_DOCUMENT (scribe_document_get_type())
G_DECLARE_FINAL_TYPE(ScribeDocument, scribe_document, SCRIBE, DOCUMENT, GObject)

/* Takes the reference to the image and the document. path may be NULL. */
ScribeDocument *scribe_document_new(const char *path, CytoImage *image, CytoDocument *core);

const char *scribe_document_get_path(ScribeDocument *doc);   /* NULL: no file */
const char *scribe_document_get_name(ScribeDocument *doc);   /* last part of the path, for titles */
CytoImage *scribe_document_get_image(ScribeDocument *doc);   /* borrowed; never NULL */
CytoDocument *scribe_document_get_core(ScribeDocument *doc); /* to read, not to change */

/* Planes are t*nz+z; a 2-D image has one. */
guint scribe_document_get_n_planes(ScribeDocument *doc);
guint scribe_document_get_plane(ScribeDocument *doc);
void scribe_document_set_plane(ScribeDocument *doc, guint plane);
const CytoCells *scribe_document_get_cells(ScribeDocument *doc); /* of the present plane */

/* Network output of the present plane, (3,fy,fx) dY, dX, cellprob; NULL when there is none. */
const float *scribe_document_get_flow(ScribeDocument *doc, gsize *fy, gsize *fx);

/* Candidates that the thresholds rejected, present plane: labels (ny,nx) and a reason for each,
 * reason[0..count] as in view/scene.h (1 flow error, 2 too small, 3 edge, 4 too large, 0 kept).
 * NULL when there are none to show. */
const guint32 *scribe_document_get_ghosts(ScribeDocument *doc, const guint8 **reason, guint *count);

/* The selection: ids of cells of the present plane, ascending. Ids that no longer exist leave it by
 * themselves. */
const guint32 *scribe_document_get_selection(ScribeDocument *doc, guint *n);
gboolean scribe_document_is_selected(ScribeDocument *doc, guint32 id);
void scribe_document_select(ScribeDocument *doc, const guint32 *ids, guint n); /* these alone */
void scribe_document_select_one(ScribeDocument *doc, guint32 id);              /* 0 = none */
void scribe_document_toggle_selected(ScribeDocument *doc, guint32 id);

/* Cells that are not drawn and not clicked on: how the picture is shown, no edit, not saved. */
void scribe_document_set_hidden(ScribeDocument *doc, const guint32 *ids, guint n, gboolean hidden);
void scribe_document_show_all(ScribeDocument *doc);
gboolean scribe_document_is_hidden(ScribeDocument *doc, guint32 id);
guint scribe_document_count_hidden(ScribeDocument *doc);

/* Edits: FALSE means nothing changed and *why (g_free it; may be NULL) is a translated sentence for
 * the canvas, or NULL when there is nothing to say. `made` (may be NULL): the cell made or worked
 * on, 0 = none or many. */
gboolean scribe_document_apply(ScribeDocument *doc, const CytoEdit *edit, guint32 *made,
                               char **why);
gboolean scribe_document_undo(ScribeDocument *doc, char **why);
gboolean scribe_document_redo(ScribeDocument *doc, char **why);
/* "Delete 12 cells", translated, g_free it; NULL when there is nothing to undo or redo. */
char *scribe_document_undo_name(ScribeDocument *doc);
char *scribe_document_redo_name(ScribeDocument *doc);

/* Brush and eraser: see doc/document.h. Each segment shows at once; end makes one step. */
gboolean scribe_document_stroke_begin(ScribeDocument *doc, const CytoBrush *brush, char **why);
gboolean scribe_document_stroke_to(ScribeDocument *doc, CytoPoint const *from, CytoPoint const *to,
                                   double radius, char **why);
gboolean scribe_document_stroke_end(ScribeDocument *doc, guint32 *made, char **why);
void scribe_document_stroke_cancel(ScribeDocument *doc);
gboolean scribe_document_is_stroking(ScribeDocument *doc);

gboolean scribe_document_is_dirty(ScribeDocument *doc);
guint scribe_document_count_cells(ScribeDocument *doc); /* all planes */
