#pragma once
#include <stdint.h>

/* First colour of the label's wish list among those used least. */
unsigned colour_least_used(const uint64_t *used, uint32_t label, uint32_t seed);
