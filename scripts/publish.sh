#!/usr/bin/env bash
# Publishes the native bootstrap of this machine's architecture and prints where it lies.
#   FRAMEWORK    net10.0 (default; falls back to net9.0 where the feed has no native pack for it) or net9.0 (as asked)
#   LAMBDA_HOST  Own (default) or Amazon
# With --missing FILE, a package that the feed does not have is no failure: FILE then says which.
set -euo pipefail
# What NuGet says is read below.
export DOTNET_CLI_UI_LANGUAGE=en

host=${LAMBDA_HOST:-Own}
framework=${FRAMEWORK:-net10.0}

missing_file=
[ "${1:-}" = --missing ] && missing_file=$(realpath -m "$2")

cd "$(dirname "$0")/.."

fail() {
  echo "$1" >&2
  exit 1
}

case $host in
  Own) suffix='' ;;
  Amazon) suffix=-amazon ;;
  *) fail "LAMBDA_HOST=$host is not a host: it takes Own or Amazon." ;;
esac
case $(uname -m) in
  x86_64) rid=linux-x64 ;;
  aarch64 | arm64) rid=linux-arm64 ;;
  *) fail "There is no native build for $(uname -m): it takes x86_64 or arm64." ;;
esac
command -v dotnet >/dev/null || fail "The .NET 10 SDK is missing: install it from https://dotnet.microsoft.com/download."
command -v clang >/dev/null || command -v gcc >/dev/null || fail "A C compiler is missing, which links native code: install clang or gcc."

out=artifacts/$rid$suffix
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Packages that the last restore did not find, one a line.
missing() {
  sed -nE 's/.*NU110[0-9]: Unable to find package ([A-Za-z0-9.-]*[A-Za-z0-9-]).*/\1/p' "$log" | sort -u
}

# ExportsFile is relative to the project, because the linker takes no path with a space there.
msbuild() {
  local verb=$1 artifacts=artifacts/native/$rid-$framework-$host
  shift
  dotnet "$verb" src/SqsAotLambda -r "$rid" -p:PublishAot=true "-p:TargetFrameworks=$framework" "-p:LambdaHost=$host" \
    "-p:ArtifactsPath=$PWD/$artifacts/" "-p:ExportsFile=../../$artifacts/bootstrap.exports" "$@" >"$log" 2>&1
}

restored=yes
msbuild restore || restored=no
if [ $restored = no ] && [ -z "${FRAMEWORK:-}" ] && missing | grep -qE 'NativeAOT|ILCompiler'; then
  echo "The package feed has no $(missing | grep -E 'NativeAOT|ILCompiler' | head -n 1) for $framework: building for net9.0 instead." >&2
  framework=net9.0
  restored=yes
  msbuild restore || restored=no
fi
if [ $restored = no ]; then
  package=$(missing | head -n 1)
  [ -n "$package" ] || { cat "$log" >&2; exit 1; }
  version=$(sed -nE "s/.*Include=\"$package\" Version=\"\[(.*)\]\".*/ \1/p" Directory.Packages.props)
  sentence="LAMBDA_HOST=$host with $framework needs the package $package$version, which the package feed does not have."
  [ -n "$missing_file" ] || fail "$sentence"
  echo "$sentence" | tee "$missing_file"
  exit 0
fi
msbuild publish --no-restore -f "$framework" -c Release -o "artifacts/native/$rid-$framework-$host/out" || { cat "$log" >&2; exit 1; }
if grep -E 'warning [A-Z]+[0-9]+' "$log" >&2; then fail "Publishing is free of warnings; this one is not."; fi

mkdir -p "$out"
install -m 0755 "artifacts/native/$rid-$framework-$host/out/bootstrap" "$out/bootstrap"
echo "$out/bootstrap ($framework, host $host, $(stat -c %s "$out/bootstrap") bytes)"
