#!/bin/sh
# segment.sh CYTOSCRIBE OUT: copies the samples to OUT and segments them there, each folder with the
# model that suits it.
set -eu
program=$1
out=$2
samples=$(dirname "$0")

segment() {
  folder=$1
  shift
  mkdir -p "$out/$folder"
  cp "$samples/$folder/"* "$out/$folder"
  "$program" segment "$out/$folder" "$@" --diameter 0 \
    --save_png --save_outlines --save_txt --save_rois
}

segment nuclei --pretrained_model nuclei --chan 0
segment cells --pretrained_model cyto --chan 2 --chan2 3
segment phase --pretrained_model cyto --chan 0
echo "masks, outlines, ROIs and _seg.npy files lie beside the images in $out"
