#!/usr/bin/env bash
# Builds the peers, all or the ones named, each where its tools are there.
# It leaves a folder for each in artifacts/bench/peers, with a file `command` (one argument a line), or a file `missing` that says what it lacks.
#   FRAMEWORK   of the native binaries, as for scripts/publish.sh
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

# Of the packages that the last restore did not find, the native pack if it is among them.
lacking() {
  sed -nE 's/.*NU110[0-9]: Unable to find package ([A-Za-z0-9.-]*[A-Za-z0-9-]).*/\1/p' "$out/build.log" | sort -u |
    awk 'NR == 1 { first = $0 } /NativeAOT|ILCompiler/ { first = $0; exit } END { print first }'
}

# The published function, ahead of time.
native() {
  local host=$1 bootstrap=$PWD/artifacts/$2/bootstrap
  ARCH= LAMBDA_HOST=$host scripts/publish.sh --missing "$out/missing"
  [ -s "$out/missing" ] || here "$bootstrap"
}

# The same source on the shared framework.
jit() {
  local host=$1 package
  if dotnet publish src/SqsAotLambda -f net10.0 -c Release -p:TargetFrameworks=net10.0 "-p:LambdaHost=$host" \
    "-p:ArtifactsPath=$out/build/" -o "$out/published" >"$out/build.log" 2>&1; then
    here dotnet "$out/published/bootstrap.dll"
    return
  fi
  package=$(lacking)
  [ -n "$package" ] || { cat "$out/build.log" >&2; exit 1; }
  missing "needs the package $package, which the package feed does not have."
}

# AWS's template, by its own settings, for a framework.
template() {
  dotnet publish "$sources/aws-template" -r "$rid" -c Release --self-contained true "-p:Framework=$1" \
    -p:UseArtifactsOutput=true "-p:ArtifactsPath=$out/build/" -o "$out/published" >"$out/build.log" 2>&1
}

build_ours() { native Own "$rid"; }
build_ours-jit() { jit Own; }
build_amazon() { native Amazon "$rid-amazon"; }
build_amazon-jit() { jit Amazon; }

# As scripts/publish.sh: for .NET 9 where the feed has no native pack for .NET 10.
build_aws-template() {
  local framework package program=$out/published/AwsTemplate
  for framework in ${FRAMEWORK:-net10.0 net9.0}; do
    package=
    template "$framework" && break
    package=$(lacking)
    [ -n "$package" ] || { cat "$out/build.log" >&2; exit 1; }
    [[ $package =~ NativeAOT|ILCompiler ]] || break
  done
  if [ -n "$package" ]; then
    missing "needs the package $package, which the package feed does not have."
  elif [[ $(PATH=$PATH:/sbin ldconfig -p) != *libicuuc.so* ]]; then
    missing "needs the library ICU (Debian and Ubuntu: apt-get install libicu-dev)."
  else
    here "$program"
    echo "$program ($framework, $(stat -c %s "$program") bytes)"
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
