#!/usr/bin/env bash
# Publishes the native bootstrap and says where it lies: artifacts/<rid>/bootstrap, or artifacts/<rid>-amazon/bootstrap.
#   ARCH         arm64 or x86_64 (default: this machine's)
#   LAMBDA_HOST  Own (default) or Amazon
#   CONTAINER    anything: build in a container, as is done by itself where this machine can't link for ARCH
# With --missing FILE, a package that the feed does not have is no failure: FILE then says which.
set -euo pipefail
# What NuGet says is read below.
export DOTNET_CLI_UI_LANGUAGE=en

missing_file=
if [ "${1:-}" = --missing ]; then missing_file=$(realpath -m "$2"); fi
# Without symbolic links. The compiler leaves this folder's name out of the debug data, but only this one name of it; another name
# would change the binary.
cd -P "$(dirname "$0")/.."
. scripts/common.sh

host=${LAMBDA_HOST:-Own}
own_rid=$(rid_of "$(own_arch)")
rid=$(rid_of "${ARCH:-$(own_arch)}")
case $host in
  Own) out=artifacts/$rid ;;
  Amazon) out=artifacts/$rid-amazon ;;
  *) fail "LAMBDA_HOST=$host is not a host: it takes Own or Amazon." ;;
esac
artifacts=artifacts/native/${NATIVE_FOLDER:-$own_rid}/$rid-$host
command -v dotnet >/dev/null || fail "The .NET 10 SDK is missing: install it from https://dotnet.microsoft.com/download."

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# .NET links with ld.bfd, and strips with this machine's llvm-objcopy, where there is one, or objcopy. The two give different bytes.
linker=(-p:ObjCopyName=objcopy)
if [ "$rid" != "$own_rid" ]; then linker=("-p:ObjCopyName=$(gnu_of "$rid")-linux-gnu-objcopy" -p:LinkerFlavor=lld); fi

# ExportsFile is relative to the project, because the linker takes no path with a space there.
msbuild() {
  local verb=$1
  shift
  dotnet "$verb" src/SqsAotLambda -r "$rid" -p:PublishAot=true "-p:LambdaHost=$host" \
    "-p:ArtifactsPath=$PWD/$artifacts/" "-p:ExportsFile=../../$artifacts/bootstrap.exports" "${linker[@]}" "$@" >"$log" 2>&1
}

if ! msbuild restore; then
  package=$(missing_package "$log" "$rid")
  [ -n "$package" ] || { cat "$log" >&2; exit 1; }
  version=$(sed -nE "s/.*Include=\"$package\" Version=\"\[(.*)\]\".*/ \1/p" Directory.Packages.props)
  sentence="LAMBDA_HOST=$host needs the package $package$version, which the package feed does not have."
  [[ $package != *NativeAOT* && $package != *ILCompiler* ]] ||
    sentence="The package feed has no $package, which a native build for $rid needs."
  [ -n "$missing_file" ] || fail "$sentence"
  echo "$sentence" | tee "$missing_file"
  exit
fi

if [ -n "${CONTAINER:-}" ]; then
  container=$(container_engine) || fail "CONTAINER=$CONTAINER needs Docker or Podman, running."
elif [ "$rid" = "$own_rid" ]; then
  command -v clang >/dev/null || command -v gcc >/dev/null || fail "A C compiler is missing, which links native code: install clang or gcc."
elif ! can_cross_link "$rid"; then
  container=$(container_engine) ||
    fail "Linking for $rid on $own_rid needs $(cross_tools "$rid"), or Docker or Podman, or a machine of that architecture."
fi
if [ -n "${container:-}" ]; then
  scripts/in-container.sh "$container" scripts/publish.sh
  exit
fi

# A binary that is there counts as up to date, even if another linker made it.
rm -rf "$artifacts"/bin/*/*/native
msbuild publish --no-restore -c Release -o "$artifacts/out" || { cat "$log" >&2; exit 1; }
if grep -E 'warning [A-Z]+[0-9]+' "$log" >&2; then fail "Publishing is free of warnings; this one is not."; fi

mkdir -p "$out"
install -m 0755 "$artifacts/out/bootstrap" "$out/bootstrap"
echo "$out/bootstrap (host $host, $(stat -c %s "$out/bootstrap") bytes)"
