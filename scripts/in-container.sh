#!/usr/bin/env bash
# Runs a command of this repository in a container of this machine's own architecture that has the .NET SDK and cross-linkers: nothing
# is emulated, which .NET would not support.
#   in-container.sh ENGINE COMMAND [ARGUMENT...]
set -euo pipefail
cd "$(dirname "$0")/.."

engine=$1
shift
# What is built belongs to whoever asked for it.
user=(--user "$(id -u):$(id -g)")
[ "$engine" = docker ] || user=(--userns keep-id)
"$engine" build --quiet --tag sqsaotlambda-cross --file scripts/cross.Dockerfile scripts >/dev/null
"$engine" run --rm "${user[@]}" --env HOME=/tmp/home --env ARCH --env FRAMEWORK --env LAMBDA_HOST \
  --volume "$PWD:/repository" --workdir /repository sqsaotlambda-cross "$@"
