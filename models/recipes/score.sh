#!/bin/sh
# score.sh MODEL FOLDER [OPTION...]: how good a model is on labelled images, once with the true
# diameter of each image and once with the diameter estimated, group by group.
# FOLDER holds <name>.png and <name>_masks.png; the options go to cytoscribe segment. The program is
# $CYTOSCRIBE, else the one that is installed; results stay in $OUT if that is set.
set -eu
[ $# -ge 2 ] || { sed -n '2,5s/^# //p' "$0" >&2; exit 2; }
program=${CYTOSCRIBE:-cytoscribe} model=$1 folder=${2%/}
shift 2
if [ -z "${OUT:-}" ]; then
  OUT=$(mktemp -d)
  trap 'rm -rf "$OUT"' EXIT
fi
mkdir -p "$OUT"

# segment NAME OPTION...: masks to $OUT/NAME, what was used for each image to $OUT/NAME.json.
segment() {
  name=$1
  shift
  "$program" segment --pretrained_model "$model" --no_npy --save_png --savedir "$OUT/$name" --json \
    --quiet "$@" "$folder" >"$OUT/$name.json"
}
segment true_diameter --true_diameter "$@"
segment estimated --diameter 0 "$@"
"$program" eval --group --means --csv "$OUT/scores.csv" "$folder" "$OUT/true_diameter" \
  "$OUT/estimated"

# The diameter that was used beside the one of the true masks; images without cells are left out.
for name in true_diameter estimated; do
  awk '/"path":/ { n = split($0, part, "\""); path = part[n - 1]; sub(/.*\//, "", path)
                   sub(/\.[^.]*$/, "", path) }
       /"diameter":/ { gsub(/[^0-9.e+-]/, "", $2); print path "," $2 }' "$OUT/$name.json" \
    >"$OUT/$name.csv"
done
echo
echo "error of the estimated diameter (median over the images)"
awk -F, 'FNR == NR { used[$1] = $2; next }
         FNR == 1 { for (i = 1; i <= NF; i++) if ($i == "diameter") at = i; next }
         $1 == "image" && $4 ~ /\/estimated$/ && $at > 0 && $2 in used {
           error = used[$2] / $at - 1
           printf "%s %.6f\nall %.6f\n", $3, error < 0 ? -error : error, error < 0 ? -error : error
         }' "$OUT/estimated.csv" "$OUT/scores.csv" | sort -k1,1 -k2,2n |
  awk 'function tell() { if (n) printf "%-12s %5.1f %% of %d images\n", group,
                           100 * (error[int((n + 1) / 2)] + error[int(n / 2) + 1]) / 2, n }
       $1 != group { tell(); group = $1; n = 0 }
       { error[++n] = $2 }
       END { tell() }'
