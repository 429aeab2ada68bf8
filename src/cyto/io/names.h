/* Where the files of an image go (algorithm.md §12.5). */
#pragma once
#include "../base/error.h"

typedef struct CytoOutputPlan {
  const char *savedir; /* folder for all files but _seg.npy and ROIs; NULL = beside the image */
  const char *dir;     /* folder the images come from; NULL = each image's own */
  const char
      *output_name; /* what follows the image's name instead of "_cp_masks"; NULL = not given */
  bool dir_above;   /* one folder above the image; savedir goes first */
  bool in_folders;  /* sort into masks, outlines, txt_outlines and flows */
} CytoOutputPlan;

typedef enum {
  CYTO_OUTPUT_SEG,           /* <image>_seg.npy, always beside the image */
  CYTO_OUTPUT_ROIS,          /* <image>_rois.zip, always beside the image */
  CYTO_OUTPUT_MASKS_PNG,     /* <name><suffix>.png */
  CYTO_OUTPUT_MASKS_TIFF,    /* <name><suffix>.tif */
  CYTO_OUTPUT_FIGURE,        /* <name>_cp_output<suffix>.png */
  CYTO_OUTPUT_OUTLINES_TEXT, /* <name>_cp_outlines.txt */
  CYTO_OUTPUT_OUTLINES_PNG,  /* <name>_outlines<suffix>.png */
  CYTO_OUTPUT_FLOWS,         /* <name>_flows<suffix>.tif */
  CYTO_OUTPUT_FLOW_FIELD,    /* <name>_dP<suffix>.tif */
} CytoOutputKind;

/* The path as a heap string; looks at names alone, not at the disk. The suffix is output_name where
 * that is safe: given and not empty, or written to another folder than the images'. Refuses a name
 * with a slash and a path that is the image's own. */
bool cyto_output_path(const CytoOutputPlan *plan, const char *image, CytoOutputKind kind,
                      char **out, CytoError *err);

/* Makes the place ready: savedir must exist, sub-folders of in_folders are created, and the output
 * must not be the image by another name (a link). */
bool cyto_output_prepare(const CytoOutputPlan *plan, const char *image, CytoOutputKind kind,
                         CytoError *err);
