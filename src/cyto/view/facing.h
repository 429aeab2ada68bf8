/* Finds labels that face each other; shared by the two ways of choosing colours. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { FACING_GAP = 8 }; /* background pixels two neighbours may have between them */

/* What was last seen in each column: label and row; zeroed before the first row. */
typedef struct FacingColumn {
  uint32_t label, row;
} FacingColumn;

/* Calls found(context, a, b) for the pairs of different labels that follow each other along row y
 * or down a column with at most FACING_GAP background pixels between; a pair may come many times.
 * `row` points at column 0 of n columns. */
typedef void (*FacingFound)(void *context, uint32_t a, uint32_t b);
void facing_row(const uint32_t *row, size_t n, size_t y, FacingColumn *columns, FacingFound found,
                void *context);
