#!/bin/sh
# fine-tune.sh TRAIN TEST GROUP [OPTION...]: what five images are good for. Trains our cyto on five
# images of TRAIN whose names begin with GROUP_, 100 epochs of small crops, and scores TEST's images
# of the group before and after, each at its true diameter.
# Folders hold <name>.png and <name>_masks.png and are not written to; the options go to cytoscribe
# train. The program is $CYTOSCRIBE, else the one that is installed; the model, its log and the masks
# stay in $OUT if that is set.
set -eu
[ $# -ge 3 ] || { sed -n '2,7s/^# //p' "$0" >&2; exit 2; }
program=${CYTOSCRIBE:-cytoscribe} train=${1%/} test=${2%/} group=$3
shift 3
if [ -z "${OUT:-}" ]; then
  OUT=$(mktemp -d)
  trap 'rm -rf "$OUT"' EXIT
fi
mkdir -p "$OUT/truth"

# Five images from all over the group, and links to those that are scored.
ls "$train/${group}_"*_masks.png | sed 's/_masks\.png$/.png/' |
  awk '{ name[NR] = $0 } END { for (i = 0; i < 5 && i < NR; i++) print name[int(i * NR / 5) + 1] }' \
    >"$OUT/five.txt"
ln -sf "$(cd "$test" && pwd)/${group}_"*.png "$OUT/truth/"

# score NAME MODEL
score() {
  "$program" segment --pretrained_model "$2" --true_diameter --no_npy --save_png --quiet \
    --savedir "$OUT/$1" "$OUT/truth"
}
score before cyto
begun=$(date +%s)
"$program" train --file_list "$OUT/five.txt" --pretrained_model cyto --no_flow_cache --n_epochs 100 \
  --nimg_per_epoch 8 --crop 112 --optimizer adamw --learning_rate 0.0005 --schedule cosine \
  --savedir "$OUT" --model_name_out "$group" "$@"
echo "trained for $(($(date +%s) - begun)) s"
score after "$OUT/models/$group"
"$program" eval --means "$OUT/truth" "$OUT/before" "$OUT/after"
