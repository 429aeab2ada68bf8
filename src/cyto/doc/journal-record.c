/* Heads and records as bytes. */
#include "journal-private.h"
#include <string.h>
#include <zlib.h>

static void put_fixed(CytoStr *out, uint64_t value, size_t bytes) {
  uint8_t buffer[8];
  for (size_t i = 0; i < bytes; i++)
    buffer[i] = (uint8_t)(value >> (8 * i));
  cyto_str_add_bytes(out, buffer, bytes);
}

static void put_check(CytoStr *out, size_t from) {
  if (!out->failed)
    put_fixed(out, crc32_z(0, (const uint8_t *)out->text + from, out->length - from), 4);
}

void cyto_journal_put_record(CytoStr *out, CytoRecordKind kind, uint64_t state,
                             const uint8_t *bytes, size_t size) {
  size_t from = out->length;
  put_fixed(out, size, 8);
  put_fixed(out, kind, 1);
  put_fixed(out, state, 8);
  if (size)
    cyto_str_add_bytes(out, bytes, size);
  put_check(out, from);
}

void cyto_journal_put_head(CytoStr *out, const CytoJournalHead *head) {
  size_t from = out->length, name = head->image ? strlen(head->image) : 0;
  cyto_str_add_bytes(out, CYTO_JOURNAL_MAGIC, 8);
  put_fixed(out, CYTO_JOURNAL_VERSION, 4);
  put_fixed(out, head->nz, 8);
  put_fixed(out, head->ny, 8);
  put_fixed(out, head->nx, 8);
  put_fixed(out, head->start_hash, 8);
  put_fixed(out, (uint64_t)head->started, 8);
  put_fixed(out, name, 4);
  cyto_str_add_bytes(out, head->image ? head->image : "", name);
  put_check(out, from);
}
