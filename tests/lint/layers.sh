#!/bin/sh
# Who may include whom: reads the #include lines of src/ and fails on one that crosses a layer.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0

# check FOLDER PATTERN: every #include "…" of the folder's files must match the pattern.
check() {
  found=$(grep -rnE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' "$1" |
    grep -vE "include[[:space:]]*\"($2)\"")
  [ -z "$found" ] || { printf '%s may not include:\n%s\n' "$1" "$found"; bad=1; }
}

# deny FOLDER PATTERN: no #include of any kind may match.
deny() {
  found=$(grep -rnE --include='*.[ch]' "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($2)" "$1")
  [ -z "$found" ] || { printf '%s must not see:\n%s\n' "$1" "$found"; bad=1; }
}

own='[a-z0-9_-]+\.h'
check src/cyto/base "$own"
for layer in io pix net flow synth; do
  check "src/cyto/$layer" "$own|\.\./base/$own"
done
check src/cyto/seg "$own|\.\./(base|io|pix|net|flow)/$own"
[ ! -d src/cyto/doc ] || check src/cyto/doc "$own|\.\./(base|io)/$own"
[ ! -d src/cyto/view ] || check src/cyto/view "$own|\.\./base/$own|\.\./doc/labels\.h"
check src/cli "$own|(\.\./)?cyto/([a-z]+/)?$own"
deny src/cyto 'glib|gtk|gdk|gio|cairo|omp\.h'
for layer in base io pix flow seg synth; do
  deny "src/cyto/$layer" 'cblas|openblas'
done
for layer in base pix net flow seg synth; do
  deny "src/cyto/$layer" 'tiff|png\.h|jpeglib'
done

# The core neither ends the program nor talks to the terminal, and one file alone knows threads.
# A line that is a comment may say what it likes.
said=$(grep -rnE --include='*.[ch]' '(^|[^_a-zA-Z0-9.>])(exit|abort|printf|puts|perror)[[:space:]]*\(' \
  src/cyto | grep -vE '^[^:]+:[0-9]+:[[:space:]]*(\*|/\*|//)')
[ -z "$said" ] || { printf 'the core must not call:\n%s\n' "$said"; bad=1; }
threads=$(grep -rlE --include='*.[ch]' 'include[[:space:]]*<(pthread|threads)\.h>' src/cyto |
  grep -v '^src/cyto/base/parallel\.c$')
[ -z "$threads" ] || { printf 'only base/parallel.c knows threads:\n%s\n' "$threads"; bad=1; }

[ "$bad" -ne 0 ] || echo "layers: every include of src/ stays in its layer"
exit "$bad"
