#!/usr/bin/env bash
# Tells which lines of the C# files, the shell scripts and the Makefile are longer than 150 columns, and fails if any is.
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8 # a column is a character, not a byte

limit=150
status=0
while IFS= read -r match; do
  text=${match#*:*:}
  echo "${match%":$text"} has ${#text} columns; the limit is $limit."
  status=1
done < <(git ls-files -z '*.cs' '*.sh' Makefile .ci/run | xargs -0 grep -aHnE "^.{$((limit + 1)),}")
exit "$status"
