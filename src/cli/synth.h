/* cytoscribe synth: a folder of made-up images and their masks. */
#pragma once
#include "../cyto/synth/synth.h"

typedef struct CliSynth {
  const char *folder;
  CytoSynthKind kind[CYTO_SYNTH_KINDS]; /* image i is of kind i modulo kinds */
  size_t kinds, count;
  uint64_t seed;
  size_t ny, nx;
  double smallest, largest;
  const char *nuclei; /* folder of images with masks, or NULL */
  bool png;
} CliSynth;

/* Makes the folder and writes every image, in parallel. Refuses to replace a file. */
bool cli_synth(const CliSynth *synth, CytoJob *job, CytoError *err);
