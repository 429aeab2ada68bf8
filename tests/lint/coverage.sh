#!/bin/sh
# coverage.sh BUILD: share of the lines of each file of src/cyto that the tests ran.
set -eu
cd "$(dirname "$0")/../.."
find "$1" -name '*.gcda' -path '*src/cyto*' -exec gcov -n {} + 2>/dev/null | awk -F"[':% ]+" '
  /^File/ {file = $2; sub(/^.*src\/cyto\//, "", file)}
  /^Lines executed/ && file ~ /^[a-z]+\/[a-z0-9_-]+\.c$/ {
    lines = $NF
    printf "%6.1f %%  %5d lines  %s\n", $3, lines, file
    ran += lines * $3 / 100
    all += lines
    file = ""
  }
  END {if (all) printf "%6.1f %%  %5d lines  in all\n", 100 * ran / all, all}' | sort -k4
