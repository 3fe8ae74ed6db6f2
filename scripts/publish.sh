#!/usr/bin/env bash
# Publishes the native bootstrap and says where it lies: artifacts/<rid>/bootstrap, or artifacts/<rid>-amazon/bootstrap.
#   ARCH         arm64 or x86_64 (default: this machine's)
#   FRAMEWORK    net10.0 (default; falls back to net9.0 where the feed has no native pack for it) or net9.0 (as asked)
#   LAMBDA_HOST  Own (default) or Amazon
#   CONTAINER    anything: build in a container, as is done by itself where this machine can't link for ARCH
# With --strict there is no fallback.
# With --missing FILE, a package of AWS's that the feed does not have is no failure: FILE then says which.
set -euo pipefail
# What NuGet says is read below.
export DOTNET_CLI_UI_LANGUAGE=en

strict= missing_file=
while [ $# -gt 0 ]; do
  case $1 in
    --strict) strict=yes ;;
    --missing) missing_file=$(realpath -m "$2"); shift ;;
  esac
  shift
done
cd "$(dirname "$0")/.."
. scripts/common.sh

host=${LAMBDA_HOST:-Own}
framework=${FRAMEWORK:-net10.0}
own_rid=$(rid_of "$(own_arch)")
rid=$(rid_of "${ARCH:-$(own_arch)}")
case $host in
  Own) out=artifacts/$rid ;;
  Amazon) out=artifacts/$rid-amazon ;;
  *) fail "LAMBDA_HOST=$host is not a host: it takes Own or Amazon." ;;
esac
command -v dotnet >/dev/null || fail "The .NET 10 SDK is missing: install it from https://dotnet.microsoft.com/download."

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# A package that the last restore did not find; the native pack goes before the others.
missing() {
  sed -nE 's/.*NU110[0-9]: Unable to find package ([A-Za-z0-9.-]*[A-Za-z0-9-]).*/\1/p' "$log" | sort -u |
    awk -v rid="$rid" 'NR == 1 { first = $0 } /NativeAOT|ILCompiler/ && index($0, rid) { first = $0; exit } END { print first }'
}

# .NET strips with this machine's objcopy unless it is told of another, and links with ld.bfd.
cross=()
if [ "$rid" != "$own_rid" ]; then cross=("-p:ObjCopyName=$(gnu_of "$rid")-linux-gnu-objcopy" -p:LinkerFlavor=lld); fi

# ExportsFile is relative to the project, because the linker takes no path with a space there.
msbuild() {
  local verb=$1
  shift
  dotnet "$verb" src/SqsAotLambda -r "$rid" -p:PublishAot=true "-p:TargetFrameworks=$framework" "-p:LambdaHost=$host" \
    "-p:ArtifactsPath=$PWD/$artifacts/" "-p:ExportsFile=../../$artifacts/bootstrap.exports" "${cross[@]}" "$@" >"$log" 2>&1
}

# Succeeds, or leaves in $package the first package that is missing.
restore() {
  artifacts=artifacts/native/${NATIVE_FOLDER:-$own_rid}/$rid-$framework-$host
  package=
  msbuild restore && return
  package=$(missing)
  [ -n "$package" ] || { cat "$log" >&2; exit 1; }
  return 1
}

if ! restore && [[ $package == *NativeAOT* || $package == *ILCompiler* ]]; then
  lacks="The package feed has no $package, which a native build for $framework and $rid needs"
  [ -z "$strict" ] || [ "$framework" = net9.0 ] || fail "$lacks; FRAMEWORK=net9.0 builds for .NET 9 instead."
  [ "$framework" != net9.0 ] || fail "$lacks."
  echo "$lacks: building for net9.0 instead." >&2
  framework=net9.0
  restore || true
fi
if [ -n "$package" ]; then
  version=$(sed -nE "s/.*Include=\"$package\" Version=\"\[(.*)\]\".*/ \1/p" Directory.Packages.props)
  sentence="LAMBDA_HOST=$host with $framework needs the package $package$version, which the package feed does not have."
  [ -n "$missing_file" ] || fail "$sentence"
  echo "$sentence" | tee "$missing_file"
  exit 0
fi

if [ -n "${CONTAINER:-}" ]; then
  container=$(container_engine) || fail "CONTAINER=$CONTAINER needs Docker or Podman, running."
  scripts/in-container.sh "$container" scripts/publish.sh ${strict:+--strict}
  exit
elif [ "$rid" = "$own_rid" ]; then
  command -v clang >/dev/null || command -v gcc >/dev/null || fail "A C compiler is missing, which links native code: install clang or gcc."
elif ! can_cross_link "$rid"; then
  container=$(container_engine) || fail "Linking for $rid on $own_rid needs $(cross_tools "$rid"), or Docker or Podman, or a machine of that architecture."
  scripts/in-container.sh "$container" scripts/publish.sh ${strict:+--strict}
  exit
fi

msbuild publish --no-restore -f "$framework" -c Release -o "$artifacts/out" || { cat "$log" >&2; exit 1; }
if grep -E 'warning [A-Z]+[0-9]+' "$log" >&2; then fail "Publishing is free of warnings; this one is not."; fi

mkdir -p "$out"
install -m 0755 "$artifacts/out/bootstrap" "$out/bootstrap"
echo "$framework" >"$out/framework"
echo "$out/bootstrap ($framework, host $host, $(stat -c %s "$out/bootstrap") bytes)"
