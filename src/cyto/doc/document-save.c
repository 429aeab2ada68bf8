/* Documents and disks: what is written to files, and what comes back after a crash. */
#include "document-private.h"
#include "../base/mem.h"
#include "table.h"
#include <string.h>
#include <unistd.h>

static void number_plane(const CytoCells *cells, const uint32_t *number, uint32_t *out) {
  size_t n = cells->ny * cells->nx;
  uint32_t last = 0, label = 0;
  for (size_t i = 0; i < n; i++) {
    if (cells->map[i] != last) {
      last = cells->map[i];
      label = last ? number[last] : 0;
    }
    out[i] = label;
  }
}

bool cyto_document_gather(const CytoDocument *doc, CytoLabels *labels, bool **manual, size_t *n,
                          uint64_t *state, CytoError *err) {
  uint32_t count = 0;
  size_t nz = doc->labels.nz, ny = doc->labels.ny, nx = doc->labels.nx;
  CYTO_AUTOFREE uint32_t *number = cyto_cells_number(doc->plane, nz, &count, err);
  CYTO_AUTOFREE bool *by_hand = number ? cyto_calloc(count, sizeof *by_hand, err) : NULL;
  CYTO_AUTOFREE uint32_t *data = by_hand ? cyto_alloc(nz * ny * nx, sizeof *data, err) : NULL;
  if (!data)
    return false;
  for (size_t z = 0; z < nz; z++) {
    const CytoCells *cells = &doc->plane[z];
    number_plane(cells, number, data + z * ny * nx);
    for (uint32_t id = 1; id <= cells->top; id++)
      if (cells->cell[id].id && (cells->cell[id].flags & CYTO_CELL_MANUAL))
        by_hand[number[id] - 1] = true;
  }
  *labels = (CytoLabels){nz, ny, nx, cyto_steal(&data)};
  *manual = cyto_steal(&by_hand);
  *n = count;
  *state = doc->undo.now;
  return true;
}

void cyto_document_saved(CytoDocument *doc, uint64_t state) {
  doc->undo.saved = state;
  if (doc->journal)
    cyto_journal_add(doc->journal, CYTO_RECORD_SAVED, state, NULL, 0, NULL);
  if (doc->observer) {
    CytoChange change = {.counter = doc->counter};
    doc->observer(doc->observer_data, doc, &change);
  }
}

/* A stroke under way is left out: the base is the state before it, and it comes as its own step. */
static void rebase(CytoDocument *doc) {
  CYTO_AUTOFREE uint8_t *bytes = NULL;
  size_t size = 0;
  CytoPatch *base = cyto_patch_snapshot(doc->plane, doc->labels.nz, NULL);
  if (base && cyto_patch_pack(base, &bytes, &size, NULL) &&
      cyto_journal_rebase(doc->journal, doc->undo.now, bytes, size, NULL)) {
    cyto_journal_add(doc->journal, CYTO_RECORD_SAVED, doc->undo.saved, NULL, 0, NULL);
    cyto_document_note_provenance(doc);
  }
  cyto_patch_free(base);
}

CytoJournalWrite *cyto_document_journal_take(CytoDocument *doc) {
  if (!doc->journal)
    return NULL;
  if (cyto_journal_wants_rebase(doc->journal) && !doc->stroking)
    rebase(doc);
  return cyto_journal_take(doc->journal);
}

bool cyto_document_journal_done(CytoDocument *doc, CytoJournalWrite *write, CytoError *err) {
  return cyto_journal_done(doc->journal, write, err);
}
