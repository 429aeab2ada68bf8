#include "scribe-review.h"
#include "../cyto/doc/labels.h"
#include "../cyto/doc/review.h"
#include <glib/gi18n.h>

enum { PIXELS_AT_ONCE = 1 << 19 }; /* some milliseconds */

struct _ScribeReview {
  GObject parent;
  ScribeDocument *document;
  GSignalGroup *signals;
  CytoReview core;
  GArray *place; /* guint32 [id]: 1 + its place in core.list, 0 = not there */
  guint idle;
  gboolean stale; /* the cells are others than when the list was made */
};

G_DEFINE_FINAL_TYPE(ScribeReview, scribe_review, G_TYPE_OBJECT)

static guint changed;

static void note_places(ScribeReview *self) {
  const CytoCells *cells = scribe_document_get_cells(self->document);
  g_array_set_size(self->place, 0);
  g_array_set_size(self->place, cells->top + 1);
  for (gsize i = 0; i < self->core.n; i++)
    g_array_index(self->place, guint32, self->core.list[i].id) = (guint32)i + 1;
}

/* Looks at some more shapes. TRUE: there are more. */
static gboolean look(ScribeReview *self) {
  if (!self->document)
    return FALSE;
  if (!cyto_review_update(&self->core, scribe_document_get_cells(self->document), PIXELS_AT_ONCE,
                          NULL))
    return FALSE;
  self->stale = FALSE;
  note_places(self);
  return self->core.left > 0;
}

static gboolean on_idle(gpointer data) {
  ScribeReview *self = data;
  if (look(self))
    return G_SOURCE_CONTINUE;
  self->idle = 0;
  g_signal_emit(self, changed, 0);
  return G_SOURCE_REMOVE;
}

static void plan(ScribeReview *self) {
  self->stale = TRUE;
  if (!self->idle && self->document)
    self->idle = g_idle_add_full(G_PRIORITY_LOW, on_idle, self, NULL);
}

/* A stroke of the brush is looked at when it has ended. */
static void on_changed(ScribeReview *self) {
  if (!scribe_document_is_stroking(self->document))
    plan(self);
}

static void on_plane(ScribeReview *self) {
  cyto_review_clear(&self->core);
  g_array_set_size(self->place, 0);
  plan(self);
}

void scribe_review_set_document(ScribeReview *self, ScribeDocument *document) {
  if (document == self->document)
    return;
  g_clear_handle_id(&self->idle, g_source_remove);
  g_signal_group_set_target(self->signals, document);
  g_set_object(&self->document, document);
  on_plane(self);
  g_signal_emit(self, changed, 0);
}

static void scribe_review_dispose(GObject *object) {
  ScribeReview *self = SCRIBE_REVIEW(object);
  g_clear_handle_id(&self->idle, g_source_remove);
  g_clear_object(&self->signals);
  g_clear_object(&self->document);
  G_OBJECT_CLASS(scribe_review_parent_class)->dispose(object);
}

static void scribe_review_finalize(GObject *object) {
  ScribeReview *self = SCRIBE_REVIEW(object);
  cyto_review_clear(&self->core);
  g_array_unref(self->place);
  G_OBJECT_CLASS(scribe_review_parent_class)->finalize(object);
}

static void scribe_review_class_init(ScribeReviewClass *klass) {
  G_OBJECT_CLASS(klass)->dispose = scribe_review_dispose;
  G_OBJECT_CLASS(klass)->finalize = scribe_review_finalize;
  changed = g_signal_new("changed", SCRIBE_TYPE_REVIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                         G_TYPE_NONE, 0);
}

static void scribe_review_init(ScribeReview *self) {
  self->place = g_array_new(FALSE, TRUE, sizeof(guint32));
  self->signals = g_signal_group_new(SCRIBE_TYPE_DOCUMENT);
  g_signal_group_connect_swapped(self->signals, "image-changed", G_CALLBACK(on_plane), self);
  g_signal_group_connect_swapped(self->signals, "state-changed", G_CALLBACK(on_changed), self);
}

ScribeReview *scribe_review_new(void) {
  return g_object_new(SCRIBE_TYPE_REVIEW, NULL);
}

static guint place_of(ScribeReview *self, guint32 id) {
  return id < self->place->len ? g_array_index(self->place, guint32, id) : 0;
}

const CytoOddity *scribe_review_get(ScribeReview *self, guint32 id) {
  guint place = place_of(self, id);
  return place ? &self->core.list[place - 1] : NULL;
}

void scribe_review_count(ScribeReview *self, guint *seen, guint *all) {
  *seen = *all = 0;
  if (!self->document)
    return;
  const CytoCells *cells = scribe_document_get_cells(self->document);
  *all = cells->count;
  for (guint32 id = 1; id <= cells->top; id++)
    *seen += cells->cell[id].id && cells->cell[id].flags & CYTO_CELL_REVIEWED;
}

guint32 scribe_review_next(ScribeReview *self, guint32 id, int step) {
  if (!self->document)
    return 0;
  if (self->stale)
    look(self);
  const CytoCells *cells = scribe_document_get_cells(self->document);
  gsize n = self->core.n, place = place_of(self, id);
  gsize at = place ? place - 1 : step > 0 ? n - 1 : 0;
  for (gsize i = 0; i < n; i++) {
    at = (at + (step > 0 ? 1 : n - 1)) % n;
    guint32 next = self->core.list[at].id;
    const CytoCell *cell = cyto_cells_get(cells, next);
    if (cell && !(cell->flags & CYTO_CELL_REVIEWED) &&
        !scribe_document_is_hidden(self->document, next))
      return next;
  }
  return 0;
}

char *scribe_review_explain(const CytoOddity *oddity) {
  static const struct {
    unsigned reason;
    const char *text;
  } words[] = {
      {CYTO_ODD_TINY, N_("much smaller than the others")},
      {CYTO_ODD_HUGE, N_("much larger than the others")},
      {CYTO_ODD_PARTS, N_("in more than one piece")},
      {CYTO_ODD_HOLES, N_("has a hole")},
      {CYTO_ODD_HOLLOW, N_("dented")},
      {CYTO_ODD_EDGE, N_("cut off by the edge of the image")},
  };
  g_autoptr(GPtrArray) said = g_ptr_array_new();
  for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
    if (oddity->reasons & words[i].reason)
      g_ptr_array_add(said, (gpointer)(guintptr)_(words[i].text));
  if (said->len == 0)
    return NULL;
  g_ptr_array_add(said, NULL);
  /* Translators: between the reasons why a cell looks doubtful */
  return g_strjoinv(_(", "), (char **)said->pdata);
}
