#!/bin/bash
# Layout of every file, rules between folders, clang-tidy on changed files (ALL=1: on all that the build knows).
# Changed means: since the branch left BASE (origin/main, or main), committed or not.
set -uo pipefail
cd "$(dirname "$0")/.."
build=${BUILD:-build}
jobs=${JOBS:-$(nproc)}
failed=0

mapfile -t sources < <(git ls-files -co --exclude-standard '*.cpp' '*.hpp')
echo "lint: layout of ${#sources[@]} files"
clang-format-16 --dry-run --Werror "${sources[@]}" || { echo "lint: make format mends the layout"; failed=1; }

echo "lint: rules between folders"
scripts/check_folders.py || failed=1

if [ "${ALL:-}" = 1 ]; then
  candidates=$(git ls-files -co --exclude-standard '*.cpp')
else
  base=${BASE:-$(git rev-parse -q --verify origin/main || git rev-parse -q --verify main || git rev-parse HEAD)}
  candidates=$({ git diff --name-only --diff-filter=d "$(git merge-base HEAD "$base")"; git ls-files -o --exclude-standard; } | grep '\.cpp$' | sort -u)
fi
# Only what is compiled in this build has flags to check it with.
mapfile -t checked < <(for file in $candidates; do grep -qF "\"$PWD/$file\"" "$build/compile_commands.json" && echo "$file"; done)
echo "lint: clang-tidy on ${#checked[@]} sources"
check() {
  echo "lint: $1"
  .deps/lint/clang_tidy/data/bin/clang-tidy -p "$build" --quiet --extra-arg=-Wno-unknown-warning-option "$1" 2> >(grep -vE 'warnings? generated|^$' >&2)
}
export -f check
export build
[ ${#checked[@]} = 0 ] || printf '%s\0' "${checked[@]}" | xargs -0 -n 1 -P "$jobs" bash -c 'check "$1"' _ || failed=1
[ $failed = 0 ] && echo "lint: clean" || echo "lint: see above"
exit $failed
