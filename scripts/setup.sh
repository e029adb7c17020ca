#!/bin/bash
# Installs what docs/dependencies.md names and this machine lacks. Quick when nothing is missing; safe to interrupt and to run again.
#   scripts/setup.sh [--test | --lint | --bench | --fuzz]
# Debian packages need root or sudo. LibTorch goes to .deps/python of this project, unless TIVIT_TORCH names one or the Python on the path has one.
set -euo pipefail
cd "$(dirname "$0")/.."
table=docs/dependencies.md
say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
# apt finishes the packages it has begun before it heeds Ctrl-C; then nothing more is started.
trap 'say "interrupted; run it again to go on"; exit 130' INT TERM

# rows FROM: "package tested accepts", one a line.
rows() { awk -F' *[|] *' -v from="$1" '$5 == from { gsub("`", "", $2); print $2, $3, $4 }' "$table"; }

installed() {  # "package version" of what is installed, without the epoch
  dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\n' "$@" 2>/dev/null | awk '$3 == "installed" { sub(/^[0-9]+:/, "", $2); print $1, $2 }' || true
}

# Configures what an interrupted run had unpacked. dpkg itself does not wait for another one, which a killed apt-get may have left at work.
finish_interrupted() {
  local try said
  for try in {1..120}; do
    said=$("$@" env LC_ALL=C DEBIAN_FRONTEND=noninteractive dpkg --configure -a 2>&1) && return
    [[ $said == *"locked by another process"* ]] || die "dpkg --configure -a failed: $said"
    [ "$try" != 1 ] || say "waiting for another package manager"
    sleep 5
  done
  die "another package manager is at work: $said"
}

apt_packages() {
  local want have missing
  want=$(rows "$1")
  [ -n "$want" ] || die "$table has no rows from \"$1\""
  have=$(installed $(awk '{ print $1 }' <<<"$want"))
  missing=$(awk 'NR == FNR { have[$1]; next } !($1 in have) { print $1 }' <(echo "$have") <(echo "$want"))
  if [ -n "$missing" ]; then
    local root=()
    if [ "$(id -u)" != 0 ]; then
      command -v sudo >/dev/null || die "neither root nor sudo; as root run: apt-get install --no-install-recommends $(echo $missing)"
      root=(sudo)
    fi
    say "installing $(wc -w <<<"$missing") Debian packages: $(echo $missing)"
    finish_interrupted "${root[@]}"
    "${root[@]}" apt-get update -q -o DPkg::Lock::Timeout=600
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=600 $missing
    have=$(installed $(awk '{ print $1 }' <<<"$want"))
  fi
  local package tested bound version
  while read -r package tested bound; do
    version=$(awk -v p="$package" '$1 == p { print $2 }' <<<"$have")
    [ -n "$version" ] || die "$package could not be installed"
    [ "$bound" = any ] || dpkg --compare-versions "$version" ge "$bound" || die "$package $version is older than the $bound that $table asks for"
  done <<<"$want"
}

stamp_of() { rows "$1" | sha256sum | cut -d' ' -f1; }
unpacked() { [ "$(cat "$2/.stamp" 2>/dev/null)" = "$(stamp_of "$1")" ]; }

# unpack FROM FOLDER WHAT: the wheels of these rows in a folder, complete or absent: unpacked beside its place, then renamed. The stamp inside
# says which rows it was made from.
unpack() {
  mkdir -p .deps
  exec 9>.deps/lock
  flock -n 9 || { say "another set-up is at work on .deps; waiting"; flock 9; }
  if unpacked "$1" "$2"; then return; fi
  rm -rf "$2.new" "$2.old" .deps/tmp
  mkdir .deps/tmp  # pip unpacks here: /tmp may be small, and what a killed run left is found again
  say "fetching $3 into $2"
  TMPDIR=$PWD/.deps/tmp /usr/bin/python3 -m pip install --no-deps --progress-bar on --disable-pip-version-check --root-user-action ignore \
    --target "$2.new" $(rows "$1" | awk '{ print $1 "==" $2 }') >&2
  stamp_of "$1" >"$2.new/.stamp"
  [ ! -e "$2" ] || mv "$2" "$2.old"
  mv "$2.new" "$2"
  rm -rf "$2.old" .deps/tmp
}

libtorch() {
  if unpacked pip .deps/python; then return; fi
  local other
  # Another copy that CMake would prefer makes ours superfluous.
  if other=$(cmake -DTIVIT_TORCH_FALLBACK= -P cmake/TivitTorch.cmake 2>/dev/null); then
    say "${other#-- }"
    return
  fi
  [ -z "${TIVIT_TORCH:-}" ] || die "TIVIT_TORCH=$TIVIT_TORCH holds no LibTorch that is new enough"
  unpack pip .deps/python "LibTorch (1.2 GB unpacked)"
}

case "${1:-}" in
  "" | --test | --lint | --bench | --fuzz) ;;
  *) die "unknown argument $1 (known: --test, --lint, --bench, --fuzz)" ;;
esac
apt_packages apt
libtorch
unpacked "pip test" .deps/test || unpack "pip test" .deps/test "what tests compare with"
case "${1:-}" in
  --test) [ -n "${TIVIT_NO_BROWSER:-}" ] || apt_packages "apt test" ;;
  --lint)
    apt_packages "apt lint"
    unpacked "pip lint" .deps/lint || unpack "pip lint" .deps/lint "clang-tidy"
    ;;
  --bench)
    apt_packages "apt bench"
    unpacked "pip bench" .deps/bench || unpack "pip bench" .deps/bench "what benchmarks are compared with"
    ;;
  --fuzz) apt_packages "apt fuzz" ;;
esac
