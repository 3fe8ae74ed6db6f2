#!/usr/bin/env bash
# Builds the peers, all or the ones named, each where its tools are there.
# It leaves a folder for each in artifacts/bench/peers, with a file `command` (one argument a line), or a file `missing` that says what it lacks.
set -euo pipefail
export DOTNET_CLI_UI_LANGUAGE=en
cd "$(dirname "$0")/../../.."
. scripts/common.sh

sources=$PWD/tests/SqsAotLambda.Benchmarks/Peers
peers=$PWD/artifacts/bench/peers
all=(ours ours-jit amazon amazon-jit aws-template go node c)
rid=$(rid_of "$(own_arch)")

here() { printf '%s\n' "$@" >"$out/command"; }
missing() { echo "$1" | tee "$out/missing"; }

# Says which package the last build did not find; any other failure ends the script.
lacks_package() {
  local package
  package=$(missing_package "$out/build.log" "$rid")
  [ -n "$package" ] || { cat "$out/build.log" >&2; exit 1; }
  missing "needs the package $package, which the package feed does not have."
}

# The published function, ahead of time.
native() {
  local host=$1 bootstrap=$PWD/artifacts/$2/bootstrap
  ARCH= LAMBDA_HOST=$host scripts/publish.sh --missing "$out/missing"
  [ -s "$out/missing" ] || here "$bootstrap"
}

# The same source on the shared framework.
jit() {
  if dotnet publish src/SqsAotLambda -c Release "-p:LambdaHost=$1" "-p:ArtifactsPath=$out/build/" -o "$out/published" >"$out/build.log" 2>&1; then
    here dotnet "$out/published/bootstrap.dll"
  else
    lacks_package
  fi
}

build_ours() { native Own "$rid"; }
build_ours-jit() { jit Own; }
build_amazon() { native Amazon "$rid-amazon"; }
build_amazon-jit() { jit Amazon; }

# By the settings of AWS's template.
build_aws-template() {
  local program=$out/published/AwsTemplate
  if ! dotnet publish "$sources/aws-template" -r "$rid" -c Release --self-contained true \
    -p:UseArtifactsOutput=true "-p:ArtifactsPath=$out/build/" -o "$out/published" >"$out/build.log" 2>&1; then
    lacks_package
  elif [[ $(PATH=$PATH:/sbin ldconfig -p) != *libicuuc.so* ]]; then
    missing "needs the library ICU (Debian and Ubuntu: apt-get install libicu-dev)."
  else
    here "$program"
    echo "$program ($(stat -c %s "$program") bytes)"
  fi
}

build_go() {
  if ! command -v go >/dev/null; then
    missing "needs Go 1.18 or newer (https://go.dev/dl)."
  elif (cd "$sources/go" && go build -trimpath -ldflags='-s -w' -tags lambda.norpc -o "$out/bootstrap" .) >"$out/build.log" 2>&1; then
    here "$out/bootstrap"
  elif grep -q 'aws-lambda-go@.*: ' "$out/build.log"; then
    missing "needs the module github.com/aws/aws-lambda-go, which can't be fetched."
  else
    cat "$out/build.log" >&2
    exit 1
  fi
}

build_node() {
  if node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null; then
    here node "$sources/node/index.js"
  else
    missing "needs Node.js 20 or newer (https://nodejs.org)."
  fi
}

build_c() {
  local compile=(gcc -O2 -o "$out/bootstrap" "$sources/c/bootstrap.c")
  if ! command -v gcc >/dev/null; then
    missing "needs gcc."
    return
  fi
  # With OpenSSL in the binary; with the system's OpenSSL; http only, and the scenarios with https then say so.
  "${compile[@]}" -DTLS -static -lssl -lcrypto 2>"$out/build.log" || "${compile[@]}" -DTLS -lssl -lcrypto 2>"$out/build.log" || "${compile[@]}"
  here "$out/bootstrap"
}

for peer in "${@:-${all[@]}}"; do
  [[ " ${all[*]} " == *" $peer "* ]] || fail "$peer is no peer: there are ${all[*]}."
  out=$peers/$peer
  mkdir -p "$out"
  rm -f "$out/command" "$out/missing"
  echo "peer $peer" >&2
  "build_$peer" >&2
done
