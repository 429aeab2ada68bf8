#!/bin/sh
# run.sh [SECONDS [TARGET]]: builds the core with clang, libFuzzer and sanitizers, makes a corpus of
# small sound files, and lets every fuzz target (or one) damage them for that long.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-60}
only=${2:-}
build="build-fuzz"
core="io net seg flow pix base"

[ -f "$build/build.ninja" ] || CC=clang meson setup "$build" --buildtype=debugoptimized \
  -Db_sanitize=address,undefined -Db_lundef=false \
  '-Dc_args=-fsanitize=fuzzer-no-link -fno-sanitize-recover=undefined -Wno-unknown-warning-option'
libraries=
for layer in $core; do
  libraries="$libraries $build/src/cyto/$layer/libcyto-$layer.a"
done
# shellcheck disable=SC2046,SC2086 # lists of words
ninja -C "$build" $(for layer in $core; do echo "src/cyto/$layer/libcyto-$layer.a"; done)

# compile NAME FLAGS…: tests/fuzz/NAME.c against the core
compile() {
  name=$1
  shift
  # shellcheck disable=SC2046,SC2086 # lists of words
  clang -g -O1 -std=gnu17 -D_GNU_SOURCE "$@" -I src/cyto -I tests/fixtures "tests/fuzz/$name.c" \
    -Wl,--start-group $libraries -Wl,--end-group \
    $(pkg-config --libs libtiff-4 libpng libjpeg zlib libzip jansson expat) -lm -lpthread \
    -o "$build/$name"
}

compile make-corpus -fsanitize=address,undefined
"$build/make-corpus" "$build/corpus"
export ASAN_OPTIONS=allocator_may_return_null=1
crashed=
for source in tests/fuzz/fuzz-*.c; do
  name=$(basename "$source" .c)
  target=${name#fuzz-}
  [ -z "$only" ] || [ "$only" = "$target" ] || continue
  compile "$name" -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined
  mkdir -p "$build/corpus/$target" "$build/crashes"
  if "$build/$name" "$build/corpus/$target" -max_total_time="$seconds" -timeout=10 \
    -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 \
    -artifact_prefix="$build/crashes/$target-" >"$build/$name.log" 2>&1; then
    found=clean
  else
    found="CRASHED, see $build/$name.log and $build/crashes"
    crashed=yes
  fi
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$name.log")
  printf '%-12s %10s runs  %s\n' "$target" "${runs:-0}" "$found"
done
[ -z "$crashed" ]
