#!/usr/bin/env bash
# Compares README.md's tables of inputs and outputs with variables.tf and outputs.tf; exit status 1, and the difference, where they differ.
#   docs.sh --write    writes them instead
# It needs no Terraform, but the layout of `terraform fmt`, and of an object one field a line with its comments above.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

inputs() {
  echo '| input | type | default | what |'
  echo '|---|---|---|---|'
  awk '
    function text(line) { sub(/^[^"]*"/, "", line); sub(/"$/, "", line); gsub(/\\"/, "\"", line); gsub(/\|/, "\\|", line); return line }
    function row(name, type, value, what) { rows = rows "| `" name "` | " type " | " (value == "" ? "required" : "`" value "`") " | " what " |\n" }
    /^variable / { name = $2; gsub(/"/, "", name); value = ""; fields = ""; comment = ""; rows = "" }
    /^  description / { what = text($0) }
    /^  default / { value = $0; sub(/^[^=]*= */, "", value) }
    /^  type / { type = $0; sub(/^[^=]*= */, "", type); sub(/\({$/, "", type); sub(/\(object$/, " of objects", type); inside = /\($|\({$/ }
    /^  }\)/ { inside = 0 }
    inside && /^    # / { line = $0; sub(/^ *# /, "", line); gsub(/\|/, "\\|", line); comment = comment (comment == "" ? "" : " ") line }
    inside && /^    [a-z]/ {
      field = $1; kind = $0; sub(/^[^=]*= */, "", kind); preset = ""
      if (kind ~ /^optional\(/) {
        sub(/^optional\(/, "", kind); sub(/\)$/, "", kind); preset = "null"
        if (match(kind, /^[a-z]+(\([a-z]+\))?, /)) { preset = substr(kind, RLENGTH + 1); kind = substr(kind, 1, RLENGTH - 2) }
      }
      sub(/\(\{.*/, "", kind)
      row(name (type ~ /^list/ ? "[]." : ".") field, kind, preset, comment); comment = ""
    }
    /^}/ && name != "" { own = rows; rows = ""; row(name, type, value, what); printf "%s%s", rows, own; name = "" }' variables.tf
}

outputs() {
  echo '| output | what |'
  echo '|---|---|'
  awk '
    /^output / { name = $2; gsub(/"/, "", name) }
    /^  description / { what = $0; sub(/^[^"]*"/, "", what); sub(/"$/, "", what); print "| `" name "` | " what " |" }' outputs.tf
}

# README.md with its tables made anew.
readme() {
  awk -v inputs="$(inputs)" -v outputs="$(outputs)" '
    /^<!-- end -->$/ { skip = 0 }
    !skip { print }
    /^<!-- inputs: / { print inputs; skip = 1 }
    /^<!-- outputs: / { print outputs; skip = 1 }' README.md
}

if [ "${1:-}" = --write ]; then
  written=$(readme)
  printf '%s\n' "$written" >README.md
elif ! diff -u README.md <(readme); then
  echo "README.md differs from variables.tf or outputs.tf: run terraform/tests/docs.sh --write." >&2
  exit 1
fi
