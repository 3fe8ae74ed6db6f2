#!/usr/bin/env bash
# Publishes the bootstrap for ARCH (default arm64) and packs it for Lambda: artifacts/package/sqsaotlambda-<arch>.zip. The same source,
# SDK and linker give the same bytes, so that nothing is deployed again without a change.
#   ARCH, LAMBDA_HOST, CONTAINER  as for publish.sh
#   ROUTES                        a JSON file, packed as routes.json
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/common.sh

# provided.al2023 brings this one.
max_glibc=2.34

routes=${ROUTES:-}
if [ -n "$routes" ]; then
  [ -f "$routes" ] && [ -r "$routes" ] || fail "ROUTES=$routes is no file that can be read: it takes a JSON file with the routes."
  dotnet run scripts/json.cs -- "ROUTES=$routes" "$routes"
fi

export ARCH=${ARCH:-arm64}
rid=$(rid_of "$ARCH")
folder=artifacts/$rid suffix=
if [ "${LAMBDA_HOST:-Own}" = Amazon ]; then folder+=-amazon suffix=-amazon; fi
scripts/publish.sh

glibc=$(grep -aoE 'GLIBC_2\.[0-9]+' "$folder/bootstrap" | sed 's/GLIBC_//' | sort -V | tail -n 1)
[ "$(printf '%s\n' "$glibc" "$max_glibc" | sort -V | tail -n 1)" = "$max_glibc" ] ||
  fail "$folder/bootstrap needs glibc $glibc, and Amazon Linux 2023 has $max_glibc: build it with CONTAINER=yes, or on Debian 12 or Ubuntu 22.04."

zip=artifacts/package/sqsaotlambda-$ARCH$suffix.zip
mkdir -p artifacts/package
dotnet run scripts/zip.cs -- "$zip" "$folder/bootstrap" ${routes:+"$routes"}
echo "$zip ($ARCH, ${routes:+with routes.json, }$(stat -c %s "$zip") bytes, needs glibc $glibc, sha256 $(sha256sum "$zip" | cut -d' ' -f1))"
