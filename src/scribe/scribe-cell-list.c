#include "scribe-cell-list.h"
#include "../cyto/doc/labels.h"
#include "../cyto/doc/review.h"

G_DEFINE_FINAL_TYPE(ScribeCellItem, scribe_cell_item, G_TYPE_OBJECT)

static void scribe_cell_item_class_init(ScribeCellItemClass *klass) {
  (void)klass;
}

static void scribe_cell_item_init(ScribeCellItem *self) {
  (void)self;
}

struct _ScribeCellList {
  GObject parent;
  GPtrArray *items;
};

static GType cell_list_item_type(GListModel *model) {
  (void)model;
  return SCRIBE_TYPE_CELL_ITEM;
}

static guint cell_list_n_items(GListModel *model) {
  return SCRIBE_CELL_LIST(model)->items->len;
}

static gpointer cell_list_item(GListModel *model, guint i) {
  ScribeCellList *self = SCRIBE_CELL_LIST(model);
  return i < self->items->len ? g_object_ref(self->items->pdata[i]) : NULL;
}

static void list_model_init(GListModelInterface *iface) {
  iface->get_item_type = cell_list_item_type;
  iface->get_n_items = cell_list_n_items;
  iface->get_item = cell_list_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE(ScribeCellList, scribe_cell_list, G_TYPE_OBJECT,
                              G_IMPLEMENT_INTERFACE(G_TYPE_LIST_MODEL, list_model_init))

static void scribe_cell_list_finalize(GObject *object) {
  g_ptr_array_unref(SCRIBE_CELL_LIST(object)->items);
  G_OBJECT_CLASS(scribe_cell_list_parent_class)->finalize(object);
}

static void scribe_cell_list_class_init(ScribeCellListClass *klass) {
  G_OBJECT_CLASS(klass)->finalize = scribe_cell_list_finalize;
}

static void scribe_cell_list_init(ScribeCellList *self) {
  self->items = g_ptr_array_new_with_free_func(g_object_unref);
}

ScribeCellList *scribe_cell_list_new(void) {
  return g_object_new(SCRIBE_TYPE_CELL_LIST, NULL);
}

/* What there is to say of a cell. */
typedef struct Facts {
  const CytoCell *cell;
  double x, y, doubt;
  unsigned reasons;
  gboolean manual, reviewed, hidden;
} Facts;

static Facts facts_of(const CytoCell *cell, ScribeDocument *document, ScribeReview *review) {
  const CytoOddity *oddity = scribe_review_get(review, cell->id);
  Facts facts = {.cell = cell,
                 .doubt = oddity ? oddity->score : 0,
                 .reasons = oddity ? oddity->reasons : 0,
                 .manual = (cell->flags & CYTO_CELL_MANUAL) != 0,
                 .reviewed = (cell->flags & CYTO_CELL_REVIEWED) != 0,
                 .hidden = scribe_document_is_hidden(document, cell->id)};
  cyto_cell_centre(cell, &facts.y, &facts.x);
  return facts;
}

static gboolean passes(const Facts *facts, const ScribeCellFilter *filter) {
  if (facts->cell->area < filter->min_area || facts->cell->area > filter->max_area)
    return FALSE;
  switch (filter->state) {
  case SCRIBE_LIST_TO_SEE:
    return !facts->reviewed;
  case SCRIBE_LIST_SEEN:
    return facts->reviewed;
  case SCRIBE_LIST_DOUBTFUL:
    return facts->doubt > 0;
  case SCRIBE_LIST_MANUAL:
    return facts->manual;
  case SCRIBE_LIST_PREDICTED:
    return !facts->manual;
  case SCRIBE_LIST_HIDDEN:
    return facts->hidden;
  case SCRIBE_LIST_ALL:
    break;
  }
  return TRUE;
}

static gboolean same(const ScribeCellItem *item, const Facts *facts) {
  return item->id == facts->cell->id && item->area == facts->cell->area && item->x == facts->x &&
         item->y == facts->y && item->manual == facts->manual &&
         item->reviewed == facts->reviewed && item->hidden == facts->hidden &&
         item->doubt == facts->doubt && item->reasons == facts->reasons;
}

static ScribeCellItem *make(const Facts *facts) {
  ScribeCellItem *item = g_object_new(SCRIBE_TYPE_CELL_ITEM, NULL);
  item->id = facts->cell->id;
  item->area = facts->cell->area;
  item->x = facts->x;
  item->y = facts->y;
  item->manual = facts->manual;
  item->reviewed = facts->reviewed;
  item->hidden = facts->hidden;
  item->doubt = facts->doubt;
  item->reasons = facts->reasons;
  return item;
}

/* Both lists ascend by id, so one walk finds the items that can stay. */
static GPtrArray *renew(GPtrArray *old, ScribeDocument *document, ScribeReview *review,
                        const ScribeCellFilter *filter) {
  GPtrArray *items = g_ptr_array_new_with_free_func(g_object_unref);
  const CytoCells *cells = document ? scribe_document_get_cells(document) : NULL;
  guint at = 0;
  for (guint32 id = 1; cells && id <= cells->top; id++) {
    const CytoCell *cell = cyto_cells_get(cells, id);
    if (!cell)
      continue;
    Facts facts = facts_of(cell, document, review);
    if (!passes(&facts, filter))
      continue;
    while (at < old->len && ((ScribeCellItem *)old->pdata[at])->id < id)
      at++;
    if (at < old->len && same(old->pdata[at], &facts))
      g_ptr_array_add(items, g_object_ref(old->pdata[at]));
    else
      g_ptr_array_add(items, make(&facts));
  }
  return items;
}

void scribe_cell_list_update(ScribeCellList *self, ScribeDocument *document, ScribeReview *review,
                             const ScribeCellFilter *filter) {
  GPtrArray *old = self->items, *new = renew(old, document, review, filter);
  guint head = 0, tail = 0, least = MIN(old->len, new->len);
  while (head < least && old->pdata[head] == new->pdata[head])
    head++;
  while (tail < least - head && old->pdata[old->len - 1 - tail] == new->pdata[new->len - 1 - tail])
    tail++;
  self->items = new;
  guint removed = old->len - head - tail, added = new->len - head - tail;
  if (removed || added)
    g_list_model_items_changed(G_LIST_MODEL(self), head, removed, added);
  g_ptr_array_unref(old);
}
