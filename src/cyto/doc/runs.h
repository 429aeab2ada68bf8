/* Runs of changed pixels as bytes, written and read one after another. A run is five numbers of
 * seven bits a byte, low first, most of them one byte long:
 *   rows since the last run; columns since its end, or in a new row since the start of the last
 *   row (signed); length - 1; id before and id after, each minus that of the last run (signed). */
#pragma once
#include "../base/text.h"

typedef struct CytoPixelRun {
  uint32_t y, x0, x1; /* pixels x0..x1-1 of row y */
  uint32_t before, after;
} CytoPixelRun;

/* Both start from nothing: zero-initialise, then set what is below. */
typedef struct CytoRunWriter {
  CytoStr bytes;
  CytoPixelRun last;
  uint32_t row_start;
  size_t runs;
} CytoRunWriter;
/* Runs come in raster order and do not overlap. False when memory is short. */
bool cyto_runs_put(CytoRunWriter *writer, CytoPixelRun run);

typedef struct CytoRunReader {
  const uint8_t *at, *end;
  CytoPixelRun last;
  uint32_t row_start;
  bool bad; /* the bytes are not runs */
} CytoRunReader;
/* False at the end, or with `bad` set. Coordinates stay below 2^31. */
bool cyto_runs_next(CytoRunReader *reader, CytoPixelRun *run);

/* Numbers in front of the runs of a file: one number, signed ones folded (0,-1,1,-2 → 0,1,2,3). */
void cyto_put_number(CytoStr *bytes, uint64_t value);
bool cyto_take_number(const uint8_t **at, const uint8_t *end, uint64_t *value);
static inline uint64_t cyto_fold(int64_t value) {
  return (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
}
static inline int64_t cyto_unfold(uint64_t value) {
  return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}
