#include "scribe-snapshot.h"
#include "../cyto/base/mem.h"
#include <string.h>

enum {
  SLICE = 6000, /* microseconds of the main thread at a time */
  ROWS = 32,    /* between two looks at the clock */
  PATIENCE = 8, /* times that changing cells make it begin again; then it is done at once */
  STROKE = 20,  /* milliseconds until a stroke is looked at again */
};

typedef struct Taking {
  ScribeDocument *doc;
  ScribeSnapshot *out;
  ScribeSnapshotDone done;
  gpointer data;
  gsize row; /* of all planes */
  guint64 state;
  guint begun;
} Taking;

void scribe_snapshot_free(ScribeSnapshot *snapshot) {
  if (!snapshot)
    return;
  cyto_labels_clear(&snapshot->labels);
  free(snapshot->number);
  free(snapshot->manual);
  g_free(snapshot);
}

void scribe_snapshot_number(ScribeSnapshot *snapshot) {
  CytoLabels *l = &snapshot->labels;
  gsize n = l->nz * l->ny * l->nx;
  for (gsize i = 0; i < n; i++)
    if (l->data[i])
      l->data[i] = snapshot->number[l->data[i]];
}

static guint64 state_now(ScribeDocument *doc) {
  return cyto_document_history(scribe_document_get_core(doc))->now;
}

/* number and manual, of the cells as they are now; few beside the pixels. */
static bool take_table(Taking *taking, CytoError *err) {
  CytoDocument *core = scribe_document_get_core(taking->doc);
  gsize planes = cyto_document_planes(core);
  guint32 top = 0, n = 0;
  for (gsize z = 0; z < planes; z++)
    top = MAX(top, cyto_document_cells(core, z)->top);
  guint32 *number = cyto_calloc((gsize)top + 1, sizeof *number, err);
  bool *manual = number ? cyto_calloc((gsize)top + 1, sizeof *manual, err) : NULL;
  taking->out->number = number;
  taking->out->manual = manual;
  if (!manual)
    return false;
  for (gsize z = 0; z < planes; z++) {
    const CytoCells *cells = cyto_document_cells(core, z);
    for (guint32 id = 1; id <= cells->top; id++)
      number[id] |= cells->cell[id].id != 0;
  }
  for (guint32 id = 1; id <= top; id++)
    number[id] = number[id] ? ++n : 0;
  for (gsize z = 0; z < planes; z++) {
    const CytoCells *cells = cyto_document_cells(core, z);
    for (guint32 id = 1; id <= cells->top; id++)
      if (cells->cell[id].id && (cells->cell[id].flags & CYTO_CELL_MANUAL))
        manual[number[id] - 1] = true;
  }
  taking->out->n = n;
  taking->out->state = state_now(taking->doc);
  return true;
}

static gboolean finish(Taking *taking) {
  CytoError err = {0};
  gboolean good = take_table(taking, &err);
  if (!good)
    g_clear_pointer(&taking->out, scribe_snapshot_free);
  taking->done(taking->data, taking->out, good ? NULL : &err);
  g_object_unref(taking->doc);
  g_free(taking);
  return G_SOURCE_REMOVE;
}

static gboolean copy_rows(gpointer data);

static gboolean again(gpointer data) {
  g_idle_add_full(G_PRIORITY_DEFAULT_IDLE - 50, copy_rows, data, NULL);
  return G_SOURCE_REMOVE;
}

/* Main thread, between events. */
static gboolean copy_rows(gpointer data) {
  Taking *taking = data;
  CytoLabels *l = &taking->out->labels;
  CytoDocument *core = scribe_document_get_core(taking->doc);
  gint64 end = g_get_monotonic_time() + SLICE;
  if (scribe_document_is_stroking(taking->doc)) { /* its pixels may be taken back */
    g_timeout_add(STROKE, again, taking);
    return G_SOURCE_REMOVE;
  }
  if (taking->begun == 0 || taking->state != state_now(taking->doc)) {
    taking->row = 0;
    taking->state = state_now(taking->doc);
    taking->begun++;
  }
  while (taking->row < l->nz * l->ny) {
    const CytoCells *cells = cyto_document_cells(core, taking->row / l->ny);
    gsize y = taking->row % l->ny, n = MIN(ROWS, l->ny - y);
    memcpy(l->data + taking->row * l->nx, cells->map + y * l->nx, n * l->nx * sizeof *l->data);
    taking->row += n;
    if (g_get_monotonic_time() > end && taking->begun < PATIENCE)
      return G_SOURCE_CONTINUE;
  }
  return finish(taking);
}

/* Main thread: there was no memory for the copy. */
static gboolean fail(gpointer data) {
  Taking *taking = data;
  CytoError err = {0};
  cyto_fail(&err, CYTO_ERROR_MEMORY, "not enough memory for a copy of the cells");
  taking->done(taking->data, NULL, &err);
  g_object_unref(taking->doc);
  g_free(taking);
  return G_SOURCE_REMOVE;
}

void scribe_snapshot_start(ScribeDocument *doc, ScribeSnapshotDone done, gpointer data) {
  CytoDocument *core = scribe_document_get_core(doc);
  const CytoCells *cells = cyto_document_cells(core, 0);
  gsize nz = cyto_document_planes(core);
  Taking *taking = g_new0(Taking, 1);
  *taking = (Taking){.doc = g_object_ref(doc), .done = done, .data = data};
  guint32 *room = cyto_alloc(nz * cells->ny * cells->nx, sizeof *room, NULL);
  if (!room) {
    g_idle_add(fail, taking);
    return;
  }
  taking->out = g_new0(ScribeSnapshot, 1);
  taking->out->labels = (CytoLabels){nz, cells->ny, cells->nx, room};
  again(taking);
}
