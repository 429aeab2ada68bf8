/* Numbers as files hold them: packed bits, either byte order, half floats. */
#pragma once
#include "../base/image.h"

typedef enum { CYTO_SAMPLE_UINT, CYTO_SAMPLE_INT, CYTO_SAMPLE_FLOAT } CytoSampleKind;

/* The type that holds such samples: 1..64 bits; floats of 16, 24, 32, 64 bits. False: none does. */
bool cyto_sample_dtype(CytoSampleKind kind, unsigned bits, CytoDtype *dtype);

/* n samples packed without gaps into the type above. Whole-byte samples are in this machine's byte
 * order, or the other when `swap`; others are packed from the most significant bit. */
void cyto_samples_unpack(const uint8_t *packed, size_t n, CytoSampleKind kind, unsigned bits,
                         bool swap, void *out);

/* Bytes that n packed samples take. False: more than fits size_t. */
bool cyto_samples_bytes(size_t n, unsigned bits, size_t *bytes);

/* n elements of 1, 2, 4 or 8 bytes from every src_step-th to every dst_step-th place. */
void cyto_scatter(void *dst, size_t dst_step, const void *src, size_t src_step, size_t n,
                  size_t element);

/* IEEE half (1-5-10) and the 24-bit float (1-7-16) of TIFF. */
float cyto_half(uint16_t bits);
float cyto_float24(uint32_t bits);
