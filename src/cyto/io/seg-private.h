/* What reading and writing _seg.npy share. */
#pragma once
#include "../base/job.h"
#include "../base/pickle.h"
#include "seg_npy.h"

/* Copy of a name in which bytes that are no UTF-8 become the lone surrogates that Python's
 * os.fsencode turns back into them. */
char *seg_text_escape(const char *text, CytoError *err);

/* What the pickles of NumPy and pathlib name; ended by NULL. */
extern const char *const seg_globals[];

/* An array found in a pickle; points into it. */
typedef struct SegArray {
  char kind;      /* 'b', 'u', 'i', 'f'; 'U' = text of four bytes a character */
  unsigned width; /* bytes of an element */
  bool big_endian;
  bool fortran;
  unsigned ndim;
  size_t shape[8];
  size_t count; /* elements */
  const uint8_t *data;
  uint8_t *owned; /* where data had to be decoded; freed by seg_array_clear */
} SegArray;

/* False without a word when the value is not a numeric array whose data are all there. */
bool seg_array(const CytoPkl *value, SegArray *array);
void seg_array_clear(SegArray *array);
/* The same of text of one length, filled up with zeros. */
bool seg_text_array(const CytoPkl *value, SegArray *array);
/* The object in an array of no dimension, or NULL. */
const CytoPkl *seg_object(const CytoPkl *value);
/* A list, a tuple, or the list in an array of objects; NULL when it is none of these. */
const CytoPkl *seg_items(const CytoPkl *value);
/* Removes axes of one element, the first ones first, while there are more than `ndim`. */
void seg_array_squeeze(SegArray *array, unsigned ndim);
/* Element at a position in C order; integers above 2^53 lose digits in the first. */
double seg_array_number(const SegArray *array, size_t i);
bool seg_array_integer(const SegArray *array, size_t i,
                       int64_t *out); /* false: not whole, too big */
/* A number in any of the ways Python writes one: int, float, NumPy scalar, array of one. */
bool seg_number(const CytoPkl *value, double *out);
/* A str or a pathlib path as a heap copy; NULL when it is neither. */
char *seg_text(const CytoPkl *value);

/* Outlines alone, as the first versions wrote them: fills their areas into new masks. */
bool seg_masks_from_outlines(const CytoPkl *dict, const CytoPkl *outlines, size_t max_memory,
                             CytoLabels *masks, CytoError *err);

/* cyto_seg_read on the bytes of a file. */
bool seg_read_bytes(const uint8_t *data, size_t size, size_t max_memory, CytoSeg *out, CytoJob *job,
                    CytoError *err);
