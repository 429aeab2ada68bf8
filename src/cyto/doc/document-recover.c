/* After a crash: journals read back, step by step. Nothing in a file is believed unchecked. */
#include "document-private.h"
#include "../base/mem.h"
#include "table.h"
#include <string.h>
#include <unistd.h>

typedef struct Survey {
  uint64_t now, saved;
  size_t steps; /* since the saved state was last the present one */
  bool based;
} Survey;

static bool survey_record(void *data, CytoRecordKind kind, uint64_t state, const uint8_t *bytes,
                          size_t size, CytoError *err) {
  Survey *survey = data;
  (void)bytes, (void)size, (void)err;
  switch (kind) {
  case CYTO_RECORD_BASE:
    *survey = (Survey){.now = state, .saved = state, .based = true};
    return true;
  case CYTO_RECORD_SAVED:
    survey->saved = state;
    survey->steps += survey->now != state && survey->steps == 0;
    break;
  case CYTO_RECORD_PROVENANCE:
    break;
  default:
    survey->now = state;
    survey->steps++;
  }
  if (survey->now == survey->saved)
    survey->steps = 0;
  return true;
}

void cyto_lost_free(CytoLost *lost, size_t n) {
  for (size_t i = 0; i < n; i++) {
    free(lost[i].path);
    cyto_journal_head_clear(&lost[i].head);
  }
  free(lost);
}

/* Looks into one journal. One with nothing to lose is taken away; one that cannot be read stays
 * where it is and is passed over. */
static bool look_into(char **path, CytoLost **lost, size_t *n, CytoError *err) {
  Survey survey = {0};
  size_t good = 0;
  CYTO_CLEANUP(cyto_journal_head_clear) CytoJournalHead head = {0};
  if (!cyto_journal_read(*path, &head, survey_record, &survey, &good, NULL))
    return true;
  if (survey.based && survey.steps == 0) {
    unlink(*path);
    return true;
  }
  if (!survey.based)
    return true;
  CytoLost *grown = cyto_realloc(*lost, *n + 1, sizeof *grown, err);
  if (!grown)
    return false;
  *lost = grown;
  grown[(*n)++] = (CytoLost){cyto_steal(path), head, survey.steps};
  head = (CytoJournalHead){0};
  return true;
}

bool cyto_document_find_lost(const char *folder, CytoLost **lost, size_t *n, CytoError *err) {
  char **paths = NULL;
  size_t count = 0, found = 0;
  CytoLost *list = NULL;
  if (!cyto_journal_list(folder, &paths, &count, err))
    return false;
  bool ok = true;
  for (size_t i = 0; ok && i < count; i++)
    ok = look_into(&paths[i], &list, &found, err);
  cyto_journal_list_free(paths, count);
  if (!ok) {
    cyto_lost_free(list, found);
    return false;
  }
  *lost = list;
  *n = found;
  return true;
}

static bool damaged(CytoError *err) {
  return cyto_fail(err, CYTO_ERROR_FORMAT, "the journal of changes is damaged");
}

static void drop_patch(CytoPatch **patch) {
  cyto_patch_free(*patch);
}

static void put_step(CytoUndoStep *step, size_t *n, CytoPatch **patch, uint64_t before,
                     uint64_t after, size_t *bytes) {
  *bytes += (*patch)->bytes;
  step[(*n)++] = (CytoUndoStep){cyto_steal(patch), before, after};
}

/* A step that was taken back or done again. When the stack has it the copy is not needed; when it
 * is older than the base it comes from the record. */
static bool replay_move(CytoDocument *doc, bool redo, uint64_t state, CytoPatch **patch) {
  CytoUndo *undo = &doc->undo;
  size_t n = redo ? undo->n_undone : undo->n_done;
  const CytoUndoStep *last = !n ? NULL : redo ? &undo->undone[n - 1] : &undo->done[n - 1];
  if (last && (redo ? last->after : last->before) == state) {
    cyto_undo_move(undo, redo);
    return true;
  }
  if (redo)
    put_step(undo->done, &undo->n_done, patch, undo->now, state, &undo->bytes);
  else
    put_step(undo->undone, &undo->n_undone, patch, state, undo->now, &undo->bytes);
  undo->now = state;
  return true;
}

static void replay_do(CytoDocument *doc, uint64_t state, CytoPatch **patch) {
  CytoUndo *undo = &doc->undo;
  cyto_undo_push(undo, cyto_steal(patch));
  undo->done[undo->n_done - 1].after = state;
  undo->now = state;
}

static bool replay_patch(CytoDocument *doc, CytoRecordKind kind, uint64_t state,
                         const uint8_t *bytes, size_t size, CytoError *err) {
  CYTO_CLEANUP(drop_patch) CytoPatch *patch = cyto_patch_unpack(bytes, size, err);
  if (!patch || !cyto_undo_reserve(&doc->undo, err) ||
      !cyto_patch_replay(patch, doc->plane, doc->labels.nz, kind == CYTO_RECORD_UNDO, err))
    return false;
  if (kind == CYTO_RECORD_BASE)
    doc->undo.now = doc->undo.saved = state;
  else if (kind == CYTO_RECORD_DO)
    replay_do(doc, state, &patch);
  else
    replay_move(doc, kind == CYTO_RECORD_REDO, state, &patch);
  if (doc->undo.next <= state)
    doc->undo.next = state + 1;
  return true;
}

static bool replay_provenance(CytoDocument *doc, const uint8_t *bytes, size_t size,
                              CytoError *err) {
  const char *text = (const char *)bytes;
  size_t model = size ? strnlen(text, size) : 0;
  if (model >= size || text[size - 1] != 0)
    return damaged(err);
  return cyto_document_set_provenance(doc, text, model + 1 < size ? text + model + 1 : "", err);
}

typedef struct Replay {
  CytoDocument *doc;
  bool based;
} Replay;

static bool replay_record(void *data, CytoRecordKind kind, uint64_t state, const uint8_t *bytes,
                          size_t size, CytoError *err) {
  Replay *replay = data;
  if (replay->based == (kind == CYTO_RECORD_BASE))
    return damaged(err);
  if (kind == CYTO_RECORD_BASE && !replay_patch(replay->doc, kind, state, bytes, size, err))
    return false;
  replay->based = true;
  if (kind == CYTO_RECORD_SAVED)
    replay->doc->undo.saved = state;
  else if (kind == CYTO_RECORD_PROVENANCE)
    return replay_provenance(replay->doc, bytes, size, err);
  else if (kind != CYTO_RECORD_BASE)
    return replay_patch(replay->doc, kind, state, bytes, size, err);
  return true;
}

/* The table as the records have it must be the one the pixels tell. */
static bool table_is_true(const CytoDocument *doc, CytoError *err) {
  for (size_t z = 0; z < doc->labels.nz; z++) {
    const CytoCells *cells = &doc->plane[z];
    CytoCells fresh = {0};
    if (!cyto_cells_init(&fresh, cells->map, cells->ny, cells->nx, err))
      return false;
    bool same = fresh.top == cells->top && fresh.count == cells->count;
    for (uint32_t id = 1; same && id <= fresh.top; id++) {
      CytoCell told = cells->cell[id], found = fresh.cell[id];
      found.flags = told.flags;
      found.category = told.category;
      found.colour = told.colour;
      same = memcmp(&told, &found, sizeof told) == 0;
    }
    cyto_cells_clear(&fresh);
    if (!same)
      return damaged(err);
  }
  return true;
}

static void drop_document(CytoDocument **doc) {
  cyto_document_free(*doc, false);
}

static bool ignore_record(void *data, CytoRecordKind kind, uint64_t state, const uint8_t *bytes,
                          size_t size, CytoError *err) {
  (void)data, (void)kind, (void)state, (void)bytes, (void)size, (void)err;
  return true;
}

/* Without a journal of its own; `good`: bytes of the file up to the last record that fits. */
static CytoDocument *replay_journal(const char *path, size_t undo_budget, size_t *good,
                                    CytoError *err) {
  CYTO_CLEANUP(cyto_journal_head_clear) CytoJournalHead head = {0}, again = {0};
  if (!cyto_journal_read(path, &head, ignore_record, NULL, good, err))
    return NULL;
  CYTO_CLEANUP(drop_document)
  CytoDocument *doc =
      cyto_document_blank(*head.image ? head.image : NULL, head.nz, head.ny, head.nx, err);
  if (!doc)
    return NULL;
  size_t budget = undo_budget ? undo_budget : doc->undo.budget;
  doc->undo.budget = 0;
  Replay replay = {.doc = doc};
  CytoError why = {0};
  bool whole = cyto_journal_read(path, &again, replay_record, &replay, good, &why);
  if (whole && !replay.based)
    cyto_fail(&why, CYTO_ERROR_FORMAT, "%s holds no change", path);
  /* A record that does not fit ends the replay; what came before it is still good. */
  if (!replay.based || (!whole && why.code != CYTO_ERROR_FORMAT)) {
    cyto_fail(err, why.code, "%s", why.text);
    return NULL;
  }
  if (!table_is_true(doc, err))
    return NULL;
  doc->undo.budget = budget;
  cyto_undo_trim(&doc->undo);
  return cyto_steal(&doc);
}

CytoDocument *cyto_document_read_lost(const char *path, CytoError *err) {
  size_t good = 0;
  return replay_journal(path, 0, &good, err);
}

CytoDocument *cyto_document_recover(const char *path, size_t undo_budget, CytoError *err) {
  size_t good = 0;
  CYTO_CLEANUP(drop_document) CytoDocument *doc = replay_journal(path, undo_budget, &good, err);
  if (!doc)
    return NULL;
  doc->journal = cyto_journal_resume(path, good, err);
  return doc->journal ? cyto_steal(&doc) : NULL;
}
