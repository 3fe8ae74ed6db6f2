#!/usr/bin/env bash
# Runs a command with the schema in aws-schema.json attached to Terraform in the AWS provider's place: no download, no network, no
# credentials, no lock file.
#   run.sh COMMAND [ARGUMENT...]       for example: run.sh terraform -chdir=terraform test
# A terraform command that needs `terraform init` gets it first. Other commands, scripts for example, run as they are.
#   PROVIDER=real run.sh COMMAND …     the same with the real provider, which `terraform init` downloads
set -euo pipefail

[ $# -gt 0 ] || { sed -nE '2,$ { /^#/!q; s/^# ?//p }' "$0" >&2; exit 64; }
offline=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
command -v terraform >/dev/null || {
  echo "Terraform is missing: install version 1.11 or newer from https://developer.hashicorp.com/terraform/install." >&2
  exit 69
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A file that is named and missing is a warning on every command.
[ -f "${TF_CLI_CONFIG_FILE:-}" ] || unset TF_CLI_CONFIG_FILE
# What init writes is of this run alone: an init of your own in the same folder stays as it is.
export TF_DATA_DIR=$work/data CHECKPOINT_DISABLE=1

init=
chdir=
if [ "$1" = terraform ]; then
  [[ ${2:-} != -chdir=* ]] || chdir=$2
  for word in "${@:2}"; do
    [[ $word != -* ]] || continue
    case $word in
      init | fmt | version | login | logout) ;;
      *) init=yes ;;
    esac
    break
  done
fi

# Runs the command, after `terraform init` where it needs that.
main() {
  if [ -n "$init" ]; then
    terraform ${chdir:+"$chdir"} init -input=false >"$work/init" 2>&1 || { cat "$work/init" >&2; return 1; }
  fi
  "$@"
}

if [ "${PROVIDER:-}" = real ]; then
  # The provider has some 700 MB: it is downloaded once, not by every init.
  export TF_PLUGIN_CACHE_DIR=${TF_PLUGIN_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/sqsaotlambda/terraform-plugins}
  export TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE=1
  mkdir -p "$TF_PLUGIN_CACHE_DIR"
  main "$@"
else
  export work init chdir
  export -f main
  "$offline/tfschema" serve "$offline/aws-schema.json" bash -euc 'main "$@"' -- "$@"
fi
