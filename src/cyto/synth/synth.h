/* Made-up microscope images with exact masks: pictures for tests, and food for training where no
 * labelled ones are to be had. A seed gives the same image on any number of threads. */
#pragma once
#include "../base/job.h"

typedef enum {
  CYTO_SYNTH_FILLED,      /* fluorescent cytoplasm, granular or smooth, dim or bright nuclei */
  CYTO_SYNTH_MEMBRANE,    /* single cells and groups whose outlines glow */
  CYTO_SYNTH_EPITHELIUM,  /* a sheet of cells, membranes uneven and with gaps */
  CYTO_SYNTH_TEXTURED,    /* densely packed, told apart by their texture */
  CYTO_SYNTH_PHASE,       /* phase contrast: halo, dark or bright bodies, spindles */
  CYTO_SYNTH_BRIGHTFIELD, /* bright field, relief, defocus, stain */
  CYTO_SYNTH_PARTICLES,   /* round things as electron microscopes show them */
  CYTO_SYNTH_KINDS,
} CytoSynthKind;

const char *cyto_synth_name(CytoSynthKind kind); /* "filled", … */
bool cyto_synth_kind(const char *name, CytoSynthKind *kind);

/* Real nuclei to grow cells around: labels of any numbering and the picture, both (ny,nx). */
typedef struct CytoSynthNuclei {
  size_t ny, nx;
  const uint32_t *labels;
  const float *picture; /* 0..1 */
} CytoSynthNuclei;

typedef struct CytoSynthOptions {
  CytoSynthKind kind;
  uint64_t seed;
  size_t ny, nx;                 /* 32..16384 each */
  double smallest, largest;      /* diameter of the cells; one between them holds for an image */
  const CytoSynthNuclei *nuclei; /* borrowed; NULL = own ones. Particles have none */
} CytoSynthOptions;

/* Zero-initialise; cyto_synth_clear when done. All planes (ny,nx). */
typedef struct CytoSynthImage {
  size_t ny, nx;
  uint16_t *cell;    /* what shows the cells */
  uint16_t *nucleus; /* what shows the nuclei; all 0 where has_nucleus is false */
  bool has_nucleus;
  uint32_t *labels; /* 1..count, each one 4-connected part without holes */
  uint32_t count;   /* >= 1 */
} CytoSynthImage;

/* Bytes that drawing one such image takes at its peak, and then writing it. */
size_t cyto_synth_memory(size_t ny, size_t nx);

bool cyto_synth_draw(const CytoSynthOptions *options, CytoSynthImage *out, CytoError *err);
void cyto_synth_clear(CytoSynthImage *image);
