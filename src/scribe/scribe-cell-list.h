/* The cells of the present plane as a GListModel of ScribeCellItem, ascending by id. An update
 * keeps the items of cells that did not change, so that a list shown keeps its place. */
#pragma once
#include "scribe-review.h"
#include <gio/gio.h>

#define SCRIBE_TYPE_CELL_ITEM (scribe_cell_item_get_type())
G_DECLARE_FINAL_TYPE(ScribeCellItem, scribe_cell_item, SCRIBE, CELL_ITEM, GObject)

struct _ScribeCellItem {
  GObject parent;
  guint32 id;
  guint64 area;
  double x, y; /* centre, image coordinates */
  gboolean manual, reviewed, hidden;
  double doubt;     /* 0 = nothing odd about it */
  unsigned reasons; /* CYTO_ODD_… */
};

/* Which cells are listed; the order of the choices in ui/panel-cells.ui. */
typedef enum {
  SCRIBE_LIST_ALL,
  SCRIBE_LIST_TO_SEE, /* nobody looked at them yet */
  SCRIBE_LIST_SEEN,
  SCRIBE_LIST_DOUBTFUL,
  SCRIBE_LIST_MANUAL,
  SCRIBE_LIST_PREDICTED,
  SCRIBE_LIST_HIDDEN,
} ScribeListState;

typedef struct ScribeCellFilter {
  guint64 min_area, max_area;
  ScribeListState state;
} ScribeCellFilter;

#define SCRIBE_TYPE_CELL_LIST (scribe_cell_list_get_type())
G_DECLARE_FINAL_TYPE(ScribeCellList, scribe_cell_list, SCRIBE, CELL_LIST, GObject)

ScribeCellList *scribe_cell_list_new(void);
/* The cells of its present plane that pass; document NULL: none. */
void scribe_cell_list_update(ScribeCellList *list, ScribeDocument *document, ScribeReview *review,
                             const ScribeCellFilter *filter);
