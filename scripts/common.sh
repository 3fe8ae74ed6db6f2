# What the scripts share; sourced, not run.

fail() {
  echo "$1" >&2
  exit 1
}

# The runtime identifier of an architecture, by Lambda's name.
rid_of() {
  case $1 in
    x86_64) echo linux-x64 ;;
    arm64) echo linux-arm64 ;;
    *) fail "$1 is no architecture of Lambda: ARCH takes arm64 or x86_64." ;;
  esac
}

# This machine's architecture, by Lambda's name.
own_arch() {
  uname -m | sed s/aarch64/arm64/
}

# The package that a restore did not find, by what it wrote into a file; a native pack for the runtime identifier goes before the others.
missing_package() {
  sed -nE 's/.*NU110[0-9]: Unable to find package ([A-Za-z0-9.-]*[A-Za-z0-9-]).*/\1/p' "$1" | sort -u |
    awk -v rid="$2" 'NR == 1 { first = $0 } /NativeAOT|ILCompiler/ && index($0, rid) { first = $0; exit } END { print first }'
}

# The GNU name of a runtime identifier's architecture.
gnu_of() {
  [ "$1" = linux-arm64 ] && echo aarch64 || echo x86_64
}

# What a machine of another architecture needs to link for a runtime identifier: see
# https://learn.microsoft.com/dotnet/core/deploying/native-aot/cross-compile.
cross_tools() {
  echo "clang, lld and the C libraries of that architecture (Debian and Ubuntu: apt-get install clang lld gcc-$(gnu_of "$1" | tr _ -)-linux-gnu)"
}

can_cross_link() {
  local gnu
  gnu=$(gnu_of "$1")-linux-gnu
  command -v clang >/dev/null && command -v ld.lld >/dev/null && command -v "$gnu-objcopy" >/dev/null && [ -e "/usr/$gnu/lib/Scrt1.o" ]
}

# Docker or Podman, whichever runs.
container_engine() {
  local engine
  for engine in docker podman; do
    if command -v "$engine" >/dev/null && "$engine" info >/dev/null 2>&1; then
      echo "$engine"
      return
    fi
  done
  return 1
}
