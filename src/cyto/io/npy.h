/* NumPy's .npy files: the header, and numeric arrays. */
#pragma once
#include "../base/error.h"
#include "samples.h"

#define CYTO_NPY_AXES 8

typedef struct CytoNpy {
  bool object;         /* pickled Python objects ('|O'): data is the pickle */
  CytoSampleKind kind; /* bool counts as UINT of 8 bits */
  unsigned bits;       /* of one element: 8, 16, 32 or 64 */
  bool swap;           /* bytes in the other order than this machine's */
  bool fortran;        /* first axis the fastest */
  unsigned ndim;
  size_t shape[CYTO_NPY_AXES];
  size_t count;        /* elements */
  const uint8_t *data; /* points into the file */
  size_t size;         /* bytes from there to the end of the file */
} CytoNpy;

/* Reads the header of a file in memory (versions 1 to 3). Refuses structured, complex, text and
 * other types by name, and numeric arrays shorter than their header says. */
bool cyto_npy_parse(const uint8_t *data, size_t size, CytoNpy *out, CytoError *err);
