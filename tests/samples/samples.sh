#!/bin/sh
# samples.sh CYTOSCRIBE MAKE_SAMPLES: the shipped samples are what the generator makes, and are
# segmented well and wholly the way `./dev run` does it.
set -u
program=$1 make_samples=$2
samples=$(dirname "$0")/../../data/samples
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
count=0
check() {
  count=$((count + 1))
  if [ "$1" -eq 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; fi
}

"$make_samples" --check "$samples"
check $? 'every pixel of the samples comes from the generator'
sh "$samples/segment.sh" "$program" "$out" >"$out/log" 2>&1
check $? 'all samples are segmented'
sed 's/^/# /' "$out/log"
"$make_samples" --score "$out"
check $? 'every sample reaches AP 0.9 at IoU 0.5 against its exact labels'
for suffix in _seg.npy _cp_masks.png _cp_outlines.txt _rois.zip _outlines_cp_masks.png; do
  found=0
  for image in "$samples"/*/*.tif "$samples"/*/*.png; do
    name=$(basename "${image%.*}")
    test -s "$out/$(basename "$(dirname "$image")")/$name$suffix" && found=$((found + 1))
  done
  test "$found" -eq 5
  check $? "each of the five samples has its $suffix"
done
echo "1..$count"
