#!/usr/bin/env bash
# Builds the arm64 bootstrap on another machine, for the tests, and a program that runs it there under emulation:
# artifacts/emulated/bootstrap. Where a tool for that is missing, artifacts/emulated/missing says which.
#   EMULATED  off: nothing is built, and the tests that need it are skipped, also in CI
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/common.sh

if [ "$(own_arch)" = arm64 ]; then exit; fi
folder=$PWD/artifacts/emulated
openssl=$folder/openssl
mkdir -p "$folder"
rm -f "$folder/bootstrap" "$folder/missing"

if [ "${EMULATED:-}" = off ]; then
  echo "EMULATED=off: the arm64 binary is not run." | tee "$folder/missing"
  exit
fi

lacks() {
  echo "Running the arm64 binary on this machine needs $1." | tee "$folder/missing"
  exit
}

# Unpacks the distribution's OpenSSL for arm64 and installs nothing: apt-get works in a folder of its own, as if on an arm64 machine.
fetch_openssl() {
  local apt=$folder/apt
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
  rm -rf "$apt" "$openssl"
  mkdir -p "$apt"/{lists,archives}/partial "$apt/unpacked"
  touch "$apt/status"
  local options=(-qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o "Dir::State=$apt" -o "Dir::State::status=$apt/status"
    -o "Dir::Cache=$apt" -o APT::Sandbox::User=root -o Acquire::Retries=2 -o Acquire::http::Timeout=20)
  (
    cd "$apt" && { apt-get "${options[@]}" update || true; } &&
      # Its name since Debian 13 and Ubuntu 24.04, and before.
      { apt-get "${options[@]}" download libssl3t64 2>/dev/null || apt-get "${options[@]}" download libssl3; } &&
      dpkg-deb -x libssl3*.deb unpacked && mv unpacked "$openssl"
  ) || return 1
  rm -rf "$apt"
}

can_cross_link linux-arm64 || lacks "$(cross_tools linux-arm64)"
qemu=$(command -v qemu-aarch64) || lacks "qemu-aarch64 (Debian and Ubuntu: apt-get install qemu-user)"
on_ubuntu="On Ubuntu unpack it into artifacts/emulated/openssl: its archive for x86-64 does not hold it"
[ -d "$openssl" ] || fetch_openssl ||
  lacks "OpenSSL for arm64, which apt-get fetches on Debian (the package libssl3:arm64). $on_ubuntu"

ARCH=arm64 LAMBDA_HOST=Own scripts/publish.sh --missing "$folder/missing"
if [ -e "$folder/missing" ]; then exit; fi
cat >"$folder/bootstrap" <<END
#!/bin/sh
exec $qemu -L /usr/aarch64-linux-gnu -E "LD_LIBRARY_PATH=\${0%/*}/openssl/usr/lib/aarch64-linux-gnu" "\${0%/*}/../linux-arm64/bootstrap" "\$@"
END
chmod +x "$folder/bootstrap"
