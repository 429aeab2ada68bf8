/* libcytoscribe: cells in microscope images, from pixels to masks.
 *
 * One picture, start to end (error handling left out; data/examples/segment.c has it all):
 *
 *   CytoscribeError error;
 *   CytoscribeModel *model;   cytoscribe_model_open("nuclei", &model, &error);
 *   CytoscribeImage *image;   cytoscribe_image_read("cells.tif", &image, &error);
 *   CytoscribeOptions options = cytoscribe_options();
 *   options.diameter = 17;
 *   CytoscribeResult *result; cytoscribe_segment(model, image, &options, &result, &error);
 *   printf("%u cells\n", cytoscribe_result_count(result, 0));
 *   cytoscribe_result_save_masks(result, "cells_masks.png", &error);
 *
 * Errors. Every function that can fail returns false, fills *error (which may be NULL) with a code
 * and a sentence in UTF-8, and leaves its outputs untouched. No function exits, aborts or prints.
 * Ownership. Objects made here are freed with their *_free, which accepts NULL. Pointers returned
 * by getters live as long as their object. Threads. A model may serve several threads at once; an
 * image too; other objects belong to one thread at a time. Results are the same bits for any number
 * of threads and any locale. Arrays are in C order; sizes are in pixels, intensities in the file's
 * own units. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#define CYTOSCRIBE_API __attribute__((visibility("default")))

typedef enum {
  CYTOSCRIBE_OK = 0,
  CYTOSCRIBE_ERROR_ARGUMENT,    /* an option makes no sense */
  CYTOSCRIBE_ERROR_IO,          /* missing file, no permission, disk full */
  CYTOSCRIBE_ERROR_FORMAT,      /* damaged, or not what it claims to be */
  CYTOSCRIBE_ERROR_UNSUPPORTED, /* a sound file of a kind that is not handled */
  CYTOSCRIBE_ERROR_LIMIT,       /* above the memory limit */
  CYTOSCRIBE_ERROR_MEMORY,      /* out of memory */
  CYTOSCRIBE_ERROR_CANCELLED,   /* progress() returned false */
} CytoscribeErrorCode;

typedef struct CytoscribeError {
  CytoscribeErrorCode code;
  char text[1024];
} CytoscribeError;

CYTOSCRIBE_API const char *cytoscribe_version(void); /* "0.1.0" */

/* ---- Models ---------------------------------------------------------------------------------- */

typedef struct CytoscribeModel CytoscribeModel;

/* A built-in name ("nuclei", "cyto"), a model of the user's or of Cellpose's folder, or the path of
 * a model file (safetensors, or a PyTorch checkpoint of Cellpose 1 to 3). */
CYTOSCRIBE_API bool cytoscribe_model_open(const char *name_or_path, CytoscribeModel **model,
                                          CytoscribeError *error);
CYTOSCRIBE_API void cytoscribe_model_free(CytoscribeModel *model);
CYTOSCRIBE_API const char *cytoscribe_model_name(const CytoscribeModel *model);
/* Median diameter of the cells it was trained on, in pixels. */
CYTOSCRIBE_API double cytoscribe_model_diameter(const CytoscribeModel *model);

/* ---- Images ---------------------------------------------------------------------------------- */

typedef struct CytoscribeImage CytoscribeImage;

/* TIFF, PNG, JPEG or NPY, told apart by content. */
CYTOSCRIBE_API bool cytoscribe_image_read(const char *path, CytoscribeImage **image,
                                          CytoscribeError *error);

typedef enum { CYTOSCRIBE_U8, CYTOSCRIBE_U16, CYTOSCRIBE_F32 } CytoscribeType;
/* Copies pixels (channels, height, width). */
CYTOSCRIBE_API bool cytoscribe_image_new(const void *pixels, CytoscribeType type, size_t channels,
                                         size_t height, size_t width, CytoscribeImage **image,
                                         CytoscribeError *error);
CYTOSCRIBE_API void cytoscribe_image_free(CytoscribeImage *image);
CYTOSCRIBE_API size_t cytoscribe_image_planes(const CytoscribeImage *image); /* z × t */
CYTOSCRIBE_API size_t cytoscribe_image_channels(const CytoscribeImage *image);
CYTOSCRIBE_API size_t cytoscribe_image_height(const CytoscribeImage *image);
CYTOSCRIBE_API size_t cytoscribe_image_width(const CytoscribeImage *image);

/* ---- Segmentation ---------------------------------------------------------------------------- */

/* Start from cytoscribe_options() and change what differs; the names are Cellpose's. */
typedef struct CytoscribeOptions {
  unsigned channel;          /* 0 = grey (mean of all), 1.. = that channel; default 0 */
  unsigned nucleus;          /* 0 = none, 1.. = channel with nuclei; default 0 */
  double diameter;           /* pixels; 0 = estimate from the image; default 30 */
  double flow_threshold;     /* 0 = no check; default 0.4 */
  double cellprob_threshold; /* default 0 */
  double niter;              /* 0 = from the diameter */
  int64_t min_size;          /* pixels; default 15 */
  bool normalize, invert, resample, augment, exclude_on_edges; /* on, off, on, off, off */
  double percentile_low, percentile_high;                      /* 1, 99 */
  unsigned threads;                                            /* 0 = all processors */
  /* Called from the calling thread; return false to stop within a second. May be NULL. */
  bool (*progress)(void *data, const char *stage, size_t done, size_t total);
  void *data;
} CytoscribeOptions;
CYTOSCRIBE_API CytoscribeOptions cytoscribe_options(void);

typedef struct CytoscribeResult CytoscribeResult;
CYTOSCRIBE_API bool cytoscribe_segment(const CytoscribeModel *model, const CytoscribeImage *image,
                                       const CytoscribeOptions *options, CytoscribeResult **result,
                                       CytoscribeError *error);
CYTOSCRIBE_API void cytoscribe_result_free(CytoscribeResult *result);

/* (planes, height, width): 0 = background, 1.. = cells, numbered anew in each plane. */
CYTOSCRIBE_API const uint32_t *cytoscribe_result_labels(const CytoscribeResult *result);
CYTOSCRIBE_API uint32_t cytoscribe_result_count(const CytoscribeResult *result, size_t plane);
CYTOSCRIBE_API double cytoscribe_result_diameter(const CytoscribeResult *result, size_t plane);
/* (planes, 3, h, w): flow down, flow right (unit flow × 5) and cell probability (logit). NULL for a
 * model without flows. */
CYTOSCRIBE_API const float *cytoscribe_result_flows(const CytoscribeResult *result, size_t *h,
                                                    size_t *w);
/* 16-bit PNG for "*.png" (one plane, at most 65535 cells), zlib TIFF otherwise. Atomic. */
CYTOSCRIBE_API bool cytoscribe_result_save_masks(const CytoscribeResult *result, const char *path,
                                                 CytoscribeError *error);

#ifdef __cplusplus
}
#endif
