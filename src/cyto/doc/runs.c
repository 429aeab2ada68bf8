#include "runs.h"

enum { COORDINATE_MAX = INT32_MAX };

static size_t put(uint8_t *to, uint64_t value) {
  size_t n = 0;
  for (; value >= 128; value >>= 7)
    to[n++] = (uint8_t)(value | 128);
  to[n++] = (uint8_t)value;
  return n;
}

void cyto_put_number(CytoStr *bytes, uint64_t value) {
  uint8_t buffer[10];
  cyto_str_add_bytes(bytes, buffer, put(buffer, value));
}

bool cyto_take_number(const uint8_t **at, const uint8_t *end, uint64_t *value) {
  uint64_t sum = 0;
  for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
    uint8_t byte = *(*at)++;
    if (shift == 63 && byte > 1)
      return false;
    sum |= (uint64_t)(byte & 127) << shift;
    if (byte < 128) {
      *value = sum;
      return true;
    }
  }
  return false;
}

static uint64_t difference(uint32_t value, uint32_t last) {
  return cyto_fold((int64_t)value - (int64_t)last);
}

bool cyto_runs_put(CytoRunWriter *writer, CytoPixelRun run) {
  uint8_t buffer[50];
  const CytoPixelRun *last = &writer->last;
  bool new_row = run.y != last->y;
  size_t n = put(buffer, run.y - last->y);
  n += put(buffer + n, new_row ? difference(run.x0, writer->row_start) : run.x0 - last->x1);
  n += put(buffer + n, run.x1 - run.x0 - 1);
  n += put(buffer + n, difference(run.before, last->before));
  n += put(buffer + n, difference(run.after, last->after));
  cyto_str_add_bytes(&writer->bytes, buffer, n);
  if (writer->bytes.failed)
    return false;
  if (new_row || writer->runs == 0)
    writer->row_start = run.x0;
  writer->last = run;
  writer->runs++;
  return true;
}

/* base + signed difference, when that is an unsigned number of 32 bits. */
static bool add_signed(uint32_t base, uint64_t folded, uint32_t *out) {
  int64_t difference = cyto_unfold(folded);
  if (difference < -(int64_t)UINT32_MAX || difference > (int64_t)UINT32_MAX)
    return false;
  int64_t sum = (int64_t)base + difference;
  if (sum < 0 || sum > (int64_t)UINT32_MAX)
    return false;
  *out = (uint32_t)sum;
  return true;
}

static bool take_run(CytoRunReader *reader, CytoPixelRun *run) {
  const CytoPixelRun *last = &reader->last;
  uint64_t rows, column, length, before, after;
  if (!cyto_take_number(&reader->at, reader->end, &rows) ||
      !cyto_take_number(&reader->at, reader->end, &column) ||
      !cyto_take_number(&reader->at, reader->end, &length) ||
      !cyto_take_number(&reader->at, reader->end, &before) ||
      !cyto_take_number(&reader->at, reader->end, &after))
    return false;
  if (rows > COORDINATE_MAX - last->y || length >= COORDINATE_MAX)
    return false;
  uint32_t x0 = 0;
  if (rows != 0) {
    if (!add_signed(reader->row_start, column, &x0))
      return false;
  } else {
    if (column > COORDINATE_MAX)
      return false;
    x0 = last->x1 + (uint32_t)column;
  }
  if (x0 >= COORDINATE_MAX || length >= COORDINATE_MAX - x0)
    return false;
  *run = (CytoPixelRun){last->y + (uint32_t)rows, x0, x0 + (uint32_t)length + 1, 0, 0};
  return add_signed(last->before, before, &run->before) &&
         add_signed(last->after, after, &run->after);
}

bool cyto_runs_next(CytoRunReader *reader, CytoPixelRun *run) {
  if (reader->bad || reader->at >= reader->end)
    return false;
  if (!take_run(reader, run)) {
    reader->bad = true;
    return false;
  }
  if (run->y != reader->last.y || reader->last.x1 == 0)
    reader->row_start = run->x0;
  reader->last = *run;
  return true;
}
