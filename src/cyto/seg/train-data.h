/* Images with masks, read from folders and made ready for training (algorithm.md §9.5, 9.9). */
#pragma once
#include "../base/image.h"
#include "../io/listing.h"
#include "../io/reader.h"
#include "../pix/channels.h"
#include "../pix/normalize.h"

typedef struct CytoTrainSource {
  const char *const *folder;
  size_t folders;
  const CytoFileList *files; /* these images instead of those of the folders; NULL = none */
  const double *file_weight; /* of each of these, or NULL */
  const char *img_filter;    /* NULL = all */
  const char *mask_filter;   /* "_masks", or "_seg.npy" */
  bool one_level_down;
  CytoReadOptions reading;
  size_t nchan; /* of the network */
  CytoChannels channels;
  bool all_channels;
  CytoNormalize normalize;
  uint32_t min_masks;  /* images with fewer cells are left out */
  bool no_flow_cache;  /* neither read nor write <image>_flows.tif */
  bool keep_labels;    /* for scores */
  size_t classes;      /* outputs of a basic U-Net, which learns classes (§15.3); 0 = flows */
  const char *weights; /* "name=2,other=0.5": images of a folder or whose names begin so; NULL */
} CytoTrainSource;

typedef struct CytoTrainImage {
  char *path;
  size_t ny, nx, planes; /* planes after these are 0 everywhere */
  float *x;              /* (planes,ny,nx) normalised */
  uint8_t *inside;       /* (ny,nx) 1 in cells */
  float *flows;          /* (2,ny,nx); NULL for classes */
  float *distance;       /* (ny,nx) squared, to the cell's contour, for three classes; else NULL */
  uint32_t *labels;      /* (ny,nx) or NULL */
  uint32_t masks;
  double diameter; /* 0 without cells */
  double weight;
} CytoTrainImage;

typedef struct CytoTrainSet {
  size_t count;
  CytoTrainImage *image;
  size_t left_out; /* images that could not be used; each was named in a warning */
  size_t classes;  /* of the source */
} CytoTrainSet;

/* Reads every image, in parallel. What cannot be used is left out with one warning each; error when
 * nothing is left, or all of it does not fit job's memory. Missing flows are computed and, where
 * the folder may be written, kept for the next time. */
bool cyto_train_set_read(const CytoTrainSource *source, CytoTrainSet *out, CytoJob *job,
                         CytoError *err);
void cyto_train_set_clear(CytoTrainSet *set);

/* Moves a share of the images (at least one, chosen by the seed) to `held`, and drops the labels of
 * the others. Error when fewer than two images are there. */
bool cyto_train_set_hold_out(CytoTrainSet *set, double share, uint32_t seed, CytoTrainSet *held,
                             CytoError *err);

/* Moves images 0, every, 2·every … to `held` (§15.3); of a single image none. */
bool cyto_train_set_hold_every(CytoTrainSet *set, size_t every, CytoTrainSet *held, CytoError *err);

/* Mean of the diameters, images without cells left out; 0 when there is none with cells. */
double cyto_train_set_diameter(const CytoTrainSet *set);
