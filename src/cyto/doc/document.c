#include "document-private.h"
#include "../base/mem.h"
#include "table.h"
#include <string.h>
#include <time.h>

enum { DEFAULT_BUDGET = 256 << 20 };

size_t cyto_document_planes(const CytoDocument *doc) {
  return doc->labels.nz;
}

const CytoCells *cyto_document_cells(const CytoDocument *doc, size_t z) {
  return z < doc->labels.nz ? &doc->plane[z] : NULL;
}

const char *cyto_document_image_path(const CytoDocument *doc) {
  return doc->image_path;
}

const CytoUndo *cyto_document_history(const CytoDocument *doc) {
  return &doc->undo;
}

bool cyto_document_dirty(const CytoDocument *doc) {
  return doc->stroking || cyto_undo_dirty(&doc->undo);
}

CytoJournal *cyto_document_journal(const CytoDocument *doc) {
  return doc->journal;
}

void cyto_document_free(CytoDocument *doc, bool discard_journal) {
  if (!doc)
    return;
  cyto_making_abort(&doc->stroke);
  cyto_spans_clear(&doc->stroke_last);
  cyto_journal_close(doc->journal, discard_journal);
  cyto_undo_clear(&doc->undo);
  for (size_t z = 0; doc->plane && z < doc->labels.nz; z++)
    cyto_cells_clear(&doc->plane[z]);
  free(doc->plane);
  cyto_labels_clear(&doc->labels);
  free(doc->image_path);
  free(doc->model);
  free(doc->settings);
  free(doc);
}

static void drop_document(CytoDocument **doc) {
  cyto_document_free(*doc, false);
}

/* Plain calloc: the system hands out cleared pages when they are first drawn on, so a large image
 * without cells costs nothing. */
static bool empty_labels(CytoLabels *labels, size_t nz, size_t ny, size_t nx, CytoError *err) {
  size_t plane, pixels;
  if (!nz || !ny || !nx || !cyto_mul(ny, nx, &plane) || !cyto_mul(plane, nz, &pixels))
    return cyto_fail(err, CYTO_ERROR_LIMIT, "%zu planes of %zux%zu pixels make no document", nz, ny,
                     nx);
  uint32_t *data = calloc(pixels, sizeof *data);
  if (!data)
    return cyto_fail(err, CYTO_ERROR_MEMORY,
                     "out of memory: %zu planes of %zux%zu labels could not be allocated", nz, ny,
                     nx);
  *labels = (CytoLabels){nz, ny, nx, data};
  return true;
}

/* Tables for doc->labels, which are read unless they are new. */
static bool init_planes(CytoDocument *doc, bool blank, CytoError *err) {
  size_t nz = doc->labels.nz, pixels = doc->labels.ny * doc->labels.nx;
  doc->plane = cyto_calloc(nz, sizeof *doc->plane, err);
  for (size_t z = 0; doc->plane && z < nz; z++) {
    CytoCells *cells = &doc->plane[z];
    uint32_t *map = doc->labels.data + z * pixels;
    size_t ny = doc->labels.ny, nx = doc->labels.nx;
    if (!(blank ? cyto_cells_blank(cells, map, ny, nx, err)
                : cyto_cells_init(cells, map, ny, nx, err) && cyto_cells_colour(cells, err)))
      return false;
  }
  return doc->plane != NULL;
}

static bool copy_text(char **to, const char *text, CytoError *err) {
  char *copy = text ? cyto_strdup(text, err) : NULL;
  if (text && !copy)
    return false;
  free(*to);
  *to = copy;
  return true;
}

CytoDocument *cyto_document_blank(const char *image_path, size_t nz, size_t ny, size_t nx,
                                  CytoError *err) {
  CYTO_CLEANUP(drop_document) CytoDocument *doc = cyto_calloc(1, sizeof *doc, err);
  if (!doc || !copy_text(&doc->image_path, image_path, err) ||
      !empty_labels(&doc->labels, nz, ny, nx, err) || !init_planes(doc, true, err))
    return NULL;
  cyto_undo_init(&doc->undo, DEFAULT_BUDGET);
  return cyto_steal(&doc);
}

/* `manual` goes by place among the labels; a list as long as the highest label goes by number. */
static bool set_manual(CytoDocument *doc, const bool *manual, size_t n, CytoError *err) {
  uint32_t count = 0;
  CYTO_AUTOFREE uint32_t *number = cyto_cells_number(doc->plane, doc->labels.nz, &count, err);
  if (!number)
    return false;
  for (size_t z = 0; z < doc->labels.nz; z++) {
    CytoCells *cells = &doc->plane[z];
    for (uint32_t id = 1; id <= cells->top; id++) {
      size_t place = n > count ? id - 1 : number[id] - 1;
      if (cells->cell[id].id && place < n && manual[place])
        cells->cell[id].flags |= CYTO_CELL_MANUAL;
    }
  }
  return true;
}

static bool open_journal(CytoDocument *doc, const char *folder, CytoError *err) {
  CytoPatch *base = cyto_patch_snapshot(doc->plane, doc->labels.nz, err);
  CYTO_AUTOFREE uint8_t *bytes = NULL;
  size_t size = 0;
  bool ok = base && cyto_patch_pack(base, &bytes, &size, err);
  cyto_patch_free(base);
  if (!ok)
    return false;
  uint64_t hash = 14695981039346656037u;
  for (size_t i = 0; i < size; i++)
    hash = (hash ^ bytes[i]) * 1099511628211u;
  CytoJournalHead head = {doc->image_path, doc->labels.nz, doc->labels.ny,
                          doc->labels.nx,  hash,           (int64_t)time(NULL)};
  doc->journal = cyto_journal_new(folder, &head, bytes, size, err);
  if (doc->journal)
    cyto_document_note_provenance(doc);
  return doc->journal != NULL;
}

CytoDocument *cyto_document_new(const CytoDocumentOptions *options, CytoError *err) {
  CytoLabels *labels = options->labels;
  if (labels &&
      (labels->nz != options->nz || labels->ny != options->ny || labels->nx != options->nx)) {
    cyto_fail(err, CYTO_ERROR_ARGUMENT,
              "the labels have %zu planes of %zux%zu pixels, the image %zu of %zux%zu", labels->nz,
              labels->ny, labels->nx, options->nz, options->ny, options->nx);
    return NULL;
  }
  CYTO_CLEANUP(drop_document) CytoDocument *doc = cyto_calloc(1, sizeof *doc, err);
  if (!doc || !copy_text(&doc->image_path, options->image_path, err) ||
      !copy_text(&doc->model, options->model, err) ||
      !copy_text(&doc->settings, options->settings, err))
    return NULL;
  cyto_undo_init(&doc->undo, options->undo_budget ? options->undo_budget : DEFAULT_BUDGET);
  if (labels) {
    if (!cyto_labels_compact(labels, err))
      return NULL;
    doc->labels = *labels;
    *labels = (CytoLabels){0};
  } else if (!empty_labels(&doc->labels, options->nz, options->ny, options->nx, err)) {
    return NULL;
  }
  if (!init_planes(doc, !labels, err) ||
      (options->manual && !set_manual(doc, options->manual, options->n_manual, err)) ||
      (options->journal_folder && !open_journal(doc, options->journal_folder, err)))
    return NULL;
  return cyto_steal(&doc);
}

void cyto_document_provenance(const CytoDocument *doc, const char **model, const char **settings) {
  *model = doc->model;
  *settings = doc->settings;
}

bool cyto_document_set_provenance(CytoDocument *doc, const char *model, const char *settings,
                                  CytoError *err) {
  if (!copy_text(&doc->model, model, err) || !copy_text(&doc->settings, settings, err))
    return false;
  cyto_document_note_provenance(doc);
  return true;
}

void cyto_document_observe(CytoDocument *doc, CytoObserver observer, void *data) {
  doc->observer = observer;
  doc->observer_data = data;
}
