#include "weights-private.h"
#include <string.h>

size_t cyto_stored_size(CytoStored kind) {
  static const unsigned char size[] = {4, 8, 2, 2, 8, 4, 2, 1, 1};
  return size[kind];
}

bool cyto_stored_native(CytoStored kind, const uint8_t *src) {
  bool little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
  return little && kind == CYTO_STORED_F32 && (uintptr_t)src % sizeof(float) == 0;
}

bool cyto_stored_integer(CytoStored kind) {
  return kind >= CYTO_STORED_I64;
}

static float from_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static uint32_t to_bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

/* Exact. A subnormal half is its mantissa times 2^-24. */
static float half_to_float(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16;
  uint32_t exponent = half >> 10 & 31, mantissa = half & 0x3ff;
  if (exponent == 31)
    return from_bits(sign | 0x7f800000 | mantissa << 13);
  if (exponent)
    return from_bits(sign | (exponent + 112) << 23 | mantissa << 13);
  float value = (float)mantissa * 0x1p-24f;
  return sign ? -value : value;
}

static uint16_t float_to_half(float value) {
  uint32_t bits = to_bits(value), sign = bits >> 16 & 0x8000, size = bits & 0x7fffffff;
  if (size >= 0x7f800000) /* infinity or NaN */
    return (uint16_t)(sign | 0x7c00 | (size > 0x7f800000 ? 0x200 | (size >> 13 & 0x3ff) : 0));
  if (size >= 0x477ff000) /* 65520 and above round to infinity */
    return (uint16_t)(sign | 0x7c00);
  if (size < 0x38800000) { /* below 2^-14: adding 0.5 leaves round(value·2^24) in the last bits */
    uint32_t units = to_bits(from_bits(size) + 0.5f) - 0x3f000000;
    return (uint16_t)(sign | units);
  }
  uint32_t rounded = size + 0xfff + (size >> 13 & 1) - ((uint32_t)112 << 23);
  return (uint16_t)(sign | rounded >> 13);
}

int64_t cyto_to_i64(float value) {
  return value >= -0x1p62f && value <= 0x1p62f ? (int64_t)value : 0;
}

bool cyto_to_f16(const float *x, size_t n, uint16_t *out) {
  bool fits = true;
  for (size_t i = 0; i < n; i++) {
    out[i] = float_to_half(x[i]);
    fits = fits && ((out[i] & 0x7fff) != 0x7c00 || (to_bits(x[i]) & 0x7fffffff) == 0x7f800000);
  }
  return fits;
}

static double decode_one(CytoStored kind, const uint8_t *src) {
  uint64_t bits = 0;
  double f64;
  for (size_t i = cyto_stored_size(kind); i-- > 0;)
    bits = bits << 8 | src[i];
  switch (kind) {
  case CYTO_STORED_F32:
    return from_bits((uint32_t)bits);
  case CYTO_STORED_F64:
    memcpy(&f64, &bits, sizeof f64);
    return f64;
  case CYTO_STORED_F16:
    return half_to_float((uint16_t)bits);
  case CYTO_STORED_BF16:
    return from_bits((uint32_t)bits << 16);
  case CYTO_STORED_I64:
    return (double)(int64_t)bits;
  case CYTO_STORED_I32:
    return (int32_t)(uint32_t)bits;
  case CYTO_STORED_I16:
    return (int16_t)(uint16_t)bits;
  case CYTO_STORED_I8:
    return (int8_t)(uint8_t)bits;
  case CYTO_STORED_U8:
    return (double)bits;
  }
  return 0;
}

void cyto_stored_decode(CytoStored kind, const uint8_t *src, size_t n, float *out) {
  size_t width = cyto_stored_size(kind);
  if (kind == CYTO_STORED_F32 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) {
    if (n)
      memcpy(out, src, n * width);
    return;
  }
  for (size_t i = 0; i < n; i++)
    out[i] = (float)decode_one(kind, src + i * width);
}

void cyto_stored_decode_f64(CytoStored kind, const uint8_t *src, size_t n, double *out) {
  size_t width = cyto_stored_size(kind);
  for (size_t i = 0; i < n; i++)
    out[i] = decode_one(kind, src + i * width);
}
