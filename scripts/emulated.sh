#!/usr/bin/env bash
# Builds the arm64 bootstrap on another machine, for the tests, and a program that runs it there under emulation:
# artifacts/emulated/bootstrap. Where a tool for that is missing, artifacts/emulated/missing says which.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/common.sh

if [ "$(own_arch)" = arm64 ]; then exit; fi
folder=$PWD/artifacts/emulated
openssl=$folder/openssl
mkdir -p "$folder"
rm -f "$folder/bootstrap" "$folder/missing"

lacks() {
  echo "Running the arm64 binary on this machine needs $1." | tee "$folder/missing"
  exit
}

# Unpacks the distribution's OpenSSL for arm64 and installs nothing: apt-get works in a folder of its own, as if on an arm64 machine.
fetch_openssl() {
  local apt=$folder/apt options
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
  rm -rf "$apt" "$openssl"
  mkdir -p "$apt"/{lists,archives}/partial "$apt/unpacked"
  touch "$apt/status"
  options=(-qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o "Dir::State=$apt" -o "Dir::State::status=$apt/status"
    -o "Dir::Cache=$apt" -o APT::Sandbox::User=root -o Acquire::Retries=2 -o Acquire::http::Timeout=20)
  # Ubuntu keeps its arm64 packages apart from those of x86-64.
  if grep -qx 'ID=ubuntu' /etc/os-release; then
    (. /etc/os-release && printf 'deb http://ports.ubuntu.com/ubuntu-ports %s main\n' "$VERSION_CODENAME"{,-updates,-security}) >"$apt/sources.list"
    options+=(-o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=-)
  fi
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
[ -d "$openssl" ] || fetch_openssl || lacks "OpenSSL for arm64, which apt-get fetches on Debian and Ubuntu (the package libssl3:arm64)"

ARCH=arm64 LAMBDA_HOST=Own scripts/publish.sh --missing "$folder/missing"
if [ -e "$folder/missing" ]; then exit; fi
cat >"$folder/bootstrap" <<END
#!/bin/sh
exec $qemu -L /usr/aarch64-linux-gnu -E "LD_LIBRARY_PATH=\${0%/*}/openssl/usr/lib/aarch64-linux-gnu" "\${0%/*}/../linux-arm64/bootstrap" "\$@"
END
chmod +x "$folder/bootstrap"
