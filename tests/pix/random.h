/* Repeatable numbers for tests. */
#pragma once
#include <stdint.h>

static inline uint32_t random_next(uint32_t *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

/* 0 <= value < 1 */
static inline double random_unit(uint32_t *state) {
  return random_next(state) / 16777216.0;
}
