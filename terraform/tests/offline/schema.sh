#!/usr/bin/env bash
# Writes aws-schema.json anew: the part of the AWS provider's schema that the module uses.
#   schema.sh              from the real provider, which `terraform init` downloads (about 700 MB)
#   schema.sh FULL.json    from the output of `terraform providers schema -json`
#   schema.sh --check      writes nothing; fails where aws-schema.json has what the module does not use
set -euo pipefail

offline=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
module=$(cd "$offline/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case ${1:-} in
  --check)
    "$offline/tfschema" reduce "$offline/aws-schema.json" "$module" >"$work/reduced"
    diff -u "$offline/aws-schema.json" "$work/reduced" || {
      echo "aws-schema.json has more than the module uses: run terraform/tests/offline/schema.sh." >&2
      exit 1
    }
    exit
    ;;
  '')
    full=$work/full.json
    cp "$module/versions.tf" "$work"
    PROVIDER=real "$offline/run.sh" terraform -chdir="$work" providers schema -json >"$full"
    ;;
  *) full=$1 ;;
esac

"$offline/tfschema" reduce "$full" "$module" >"$work/reduced"
mv "$work/reduced" "$offline/aws-schema.json"
