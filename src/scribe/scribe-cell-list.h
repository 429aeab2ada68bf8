/* The cells of the present plane as a GListModel of ScribeCellItem, ascending by id. An update
 * keeps the items of cells that did not change, so that a list shown keeps its place. */
#pragma once
#include <gio/gio.h>

typedef struct CytoCells CytoCells; /* doc/labels.h */

#define SCRIBE_TYPE_CELL_ITEM (scribe_cell_item_get_type())
G_DECLARE_FINAL_TYPE(ScribeCellItem, scribe_cell_item, SCRIBE, CELL_ITEM, GObject)

struct _ScribeCellItem {
  GObject parent;
  guint32 id;
  guint64 area;
  double x, y; /* centre, image coordinates */
  gboolean manual, reviewed;
};

#define SCRIBE_TYPE_CELL_LIST (scribe_cell_list_get_type())
G_DECLARE_FINAL_TYPE(ScribeCellList, scribe_cell_list, SCRIBE, CELL_LIST, GObject)

ScribeCellList *scribe_cell_list_new(void);
/* Cells of min_area to max_area pixels; cells NULL: none. */
void scribe_cell_list_update(ScribeCellList *list, const CytoCells *cells, guint64 min_area,
                             guint64 max_area);
