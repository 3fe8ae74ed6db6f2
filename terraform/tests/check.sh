#!/usr/bin/env bash
# Every check of the module: README.md's tables, layout, schema file, validity of module and examples, plans of the examples, tests.
# It needs no network and no credentials.
#   PROVIDER=real check.sh     with the real provider, which `terraform init` downloads
set -euo pipefail

module=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
run=$module/tests/offline/run.sh

"$module/tests/docs.sh"
"$run" terraform fmt -check -diff -recursive "$module"
[ "${PROVIDER:-}" = real ] || "$module/tests/offline/schema.sh" --check
for folder in "$module" "$module"/examples/*; do
  "$run" terraform -chdir="$folder" validate >/dev/null
done
if [ "${PROVIDER:-}" != real ]; then
  # The real provider would want credentials.
  for example in "$module"/examples/*; do
    "$run" terraform -chdir="$example" plan -input=false -lock=false -var-file=terraform.tfvars.example \
      -var="package=$module/tests/fixtures/package.zip" >/dev/null
  done
fi
color=
[ -t 1 ] || color=-no-color
"$run" terraform -chdir="$module" test $color
