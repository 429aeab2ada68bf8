#include "save.h"

CytoOutputPlan cli_output_plan(const CliSettings *s) {
  return (CytoOutputPlan){.savedir = s->savedir && *s->savedir ? s->savedir : NULL,
                          .dir = s->dir && *s->dir ? s->dir : NULL,
                          .output_name = s->output_name,
                          .dir_above = s->dir_above,
                          .in_folders = s->in_folders};
}

bool cli_wants(const CliSettings *s, CytoOutputKind kind) {
  switch (kind) {
  case CYTO_OUTPUT_SEG:
    return !s->no_npy;
  case CYTO_OUTPUT_ROIS:
    return s->save_rois;
  case CYTO_OUTPUT_MASKS_PNG:
    return s->save_png;
  case CYTO_OUTPUT_MASKS_TIFF:
    return s->save_tif || s->save_png;
  case CYTO_OUTPUT_FIGURE:
    return s->save_mpl;
  case CYTO_OUTPUT_OUTLINES_TEXT:
    return s->save_txt;
  case CYTO_OUTPUT_OUTLINES_PNG:
    return s->save_outlines;
  case CYTO_OUTPUT_FLOWS:
  case CYTO_OUTPUT_FLOW_FIELD:
    return s->save_flows;
  }
  return false;
}

bool cli_wants_flows(const CliSettings *s) {
  return !s->no_npy || s->save_flows || s->save_mpl;
}
