#!/bin/sh
# Sizes the code holds itself to: files of 400 lines, lines of 100 columns, functions of 90 lines.
# A report, not a verdict: a good reason beats a number.
set -u
cd "$(dirname "$0")/../.." || exit 1
over=0
report() { [ -z "$2" ] || { printf '%s:\n%s\n' "$1" "$2"; over=1; }; }

report 'files above 400 lines' "$(find src tests \( -name '*.c' -o -name '*.h' \) -exec wc -l {} + |
  awk '$2 != "total" && $1 > 400 {print "  " $1 "  " $2}')"
report 'lines above 100 columns' "$(LC_ALL=C.UTF-8 grep -rnE --include='*.[ch]' \
  '^.{101,}$' src tests | LC_ALL=C.UTF-8 cut -c1-100)"
if ctags --version 2>/dev/null | grep -q Universal; then
  report 'functions above 90 lines' "$(find src -name '*.c' |
    ctags -f - -L - --languages=C --kinds-C=f --fields=+ne | awk -F'\t' '{
      for (i = 3; i <= NF; i++) {
        if ($i ~ /^line:/) from = substr($i, 6)
        if ($i ~ /^end:/) to = substr($i, 5)
      }
      if (to - from > 89) print "  " to - from + 1 "  " $1 " in " $2
    }')"
fi
[ "$over" -ne 0 ] || echo "sizes: every file, line and function is within its bound"
