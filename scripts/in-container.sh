#!/usr/bin/env bash
# Runs a command of this repository in a container of this machine's own architecture that has the .NET SDK and cross-linkers: nothing
# is emulated, which .NET would not support.
#   in-container.sh ENGINE COMMAND [ARGUMENT...]
set -euo pipefail
cd "$(dirname "$0")/.."

engine=$1
shift
# What is built belongs to whoever asked for it. Without root's help the container's root is already that.
user=()
if [ "$(id -u)" != 0 ] && ! "$engine" info 2>/dev/null | grep -qiE 'rootless(: true)?$'; then user=(--user "$(id -u):$(id -g)"); fi
"$engine" build --quiet --tag sqsaotlambda-cross --file scripts/cross.Dockerfile scripts >/dev/null
"$engine" run --rm "${user[@]}" --env HOME=/tmp/home --env NATIVE_FOLDER=container --env ARCH --env LAMBDA_HOST \
  --security-opt label=disable --mount "type=bind,source=$PWD,target=/repository" --workdir /repository sqsaotlambda-cross "$@"
