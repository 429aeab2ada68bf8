#include "samples.h"
#include "../base/mem.h"
#include <byteswap.h>
#include <math.h>
#include <string.h>

bool cyto_sample_dtype(CytoSampleKind kind, unsigned bits, CytoDtype *dtype) {
  static const CytoDtype whole[2][4] = {{CYTO_U8, CYTO_U16, CYTO_U32, CYTO_U64},
                                        {CYTO_I8, CYTO_I16, CYTO_I32, CYTO_I64}};
  if (kind == CYTO_SAMPLE_FLOAT) {
    if (bits != 16 && bits != 24 && bits != 32 && bits != 64)
      return false;
    *dtype = bits == 64 ? CYTO_F64 : CYTO_F32;
    return true;
  }
  if (bits < 1 || bits > 64)
    return false;
  *dtype = whole[kind][bits <= 8 ? 0 : bits <= 16 ? 1 : bits <= 32 ? 2 : 3];
  return true;
}

bool cyto_samples_bytes(size_t n, unsigned bits, size_t *bytes) {
  if (!cyto_mul(n, bits, bytes))
    return false;
  *bytes = *bytes / 8 + (*bytes % 8 != 0);
  return true;
}

float cyto_half(uint16_t bits) {
  float sign = bits & 0x8000 ? -1.0f : 1.0f;
  int exponent = bits >> 10 & 31, fraction = bits & 1023;
  if (exponent == 31)
    return fraction ? NAN : sign * INFINITY;
  if (exponent == 0)
    return sign * ldexpf((float)fraction, -24);
  return sign * ldexpf((float)(fraction + 1024), exponent - 25);
}

float cyto_float24(uint32_t bits) {
  float sign = bits & 0x800000 ? -1.0f : 1.0f;
  int exponent = bits >> 16 & 127, fraction = bits & 65535;
  if (exponent == 127)
    return fraction ? NAN : sign * INFINITY;
  if (exponent == 0)
    return sign * ldexpf((float)fraction, -62 - 16);
  return sign * ldexpf((float)(fraction + 65536), exponent - 63 - 16);
}

static bool big_endian(void) {
  return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
}

/* Sample i of whole bytes, as an unsigned number. */
static uint64_t whole_sample(const uint8_t *packed, size_t i, unsigned bytes, bool swap) {
  const uint8_t *p = packed + i * bytes;
  uint64_t value = 0;
  bool big = big_endian() != swap;
  for (unsigned k = 0; k < bytes; k++)
    value |= (uint64_t)p[k] << 8 * (big ? bytes - 1 - k : k);
  return value;
}

/* Sample i of `bits` bits, most significant bit first. */
static uint64_t bit_sample(const uint8_t *packed, size_t i, unsigned bits) {
  size_t byte = i / 8 * bits + i % 8 * bits / 8;
  unsigned skip = (unsigned)(i % 8 * bits % 8), need = bits;
  uint64_t value = 0;
  while (need > 0) {
    unsigned have = 8 - skip, take = have < need ? have : need;
    value = value << take | (packed[byte++] >> (have - take) & ((1u << take) - 1));
    need -= take;
    skip = 0;
  }
  return value;
}

static void store(void *out, size_t i, uint64_t value, CytoSampleKind kind, unsigned bits,
                  size_t size) {
  if (kind == CYTO_SAMPLE_FLOAT) {
    float number = bits == 16 ? cyto_half((uint16_t)value) : cyto_float24((uint32_t)value);
    ((float *)out)[i] = number;
    return;
  }
  if (kind == CYTO_SAMPLE_INT && bits < 64 && value >> (bits - 1))
    value |= UINT64_MAX << bits;
  if (size == 1)
    ((uint8_t *)out)[i] = (uint8_t)value;
  else if (size == 2)
    ((uint16_t *)out)[i] = (uint16_t)value;
  else if (size == 4)
    ((uint32_t *)out)[i] = (uint32_t)value;
  else
    ((uint64_t *)out)[i] = value;
}

static void copy_swapped(const uint8_t *packed, size_t n, size_t size, void *out) {
  memcpy(out, packed, n * size);
  for (size_t i = 0; i < n && size == 2; i++)
    ((uint16_t *)out)[i] = bswap_16(((uint16_t *)out)[i]);
  for (size_t i = 0; i < n && size == 4; i++)
    ((uint32_t *)out)[i] = bswap_32(((uint32_t *)out)[i]);
  for (size_t i = 0; i < n && size == 8; i++)
    ((uint64_t *)out)[i] = bswap_64(((uint64_t *)out)[i]);
}

void cyto_samples_unpack(const uint8_t *packed, size_t n, CytoSampleKind kind, unsigned bits,
                         bool swap, void *out) {
  CytoDtype dtype;
  if (!cyto_sample_dtype(kind, bits, &dtype))
    return;
  size_t size = cyto_dtype_size(dtype);
  if (bits == 8 * size && !swap)
    memcpy(out, packed, n * size);
  else if (bits == 8 * size)
    copy_swapped(packed, n, size, out);
  else if (bits % 8 == 0)
    for (size_t i = 0; i < n; i++)
      store(out, i, whole_sample(packed, i, bits / 8, swap), kind, bits, size);
  else
    for (size_t i = 0; i < n; i++)
      store(out, i, bit_sample(packed, i, bits), kind, bits, size);
}

#define SCATTER(type)                                                                              \
  for (size_t i = 0; i < n; i++)                                                                   \
  memcpy((char *)dst + i * dst_step * sizeof(type),                                                \
         (const char *)src + i * src_step * sizeof(type), sizeof(type))

void cyto_scatter(void *dst, size_t dst_step, const void *src, size_t src_step, size_t n,
                  size_t element) {
  if (dst_step == 1 && src_step == 1)
    memcpy(dst, src, n * element);
  else if (element == 1)
    SCATTER(uint8_t);
  else if (element == 2)
    SCATTER(uint16_t);
  else if (element == 4)
    SCATTER(uint32_t);
  else
    SCATTER(uint64_t);
}
