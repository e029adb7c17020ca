#!/bin/bash
# What `make train` does once everything is built: sample set, training, scores, one transcription with its picture.
# The sample set is rendered once; a set that was interrupted half-way is rendered again.
set -euo pipefail
cd "$(dirname "$0")/.."
run=${BUILD:-build}/bin/tivit-run
sample=${SAMPLE:-data/sample}
runs=${RUNS:-runs}
step() { printf '\n== %s\n' "$*"; }

stamp=$(cat graphs/render_sample.toml | sha256sum | cut -d' ' -f1)
if [ "$(cat "$sample/.complete" 2>/dev/null)" = "$stamp" ]; then
  step "the sample set is in $sample"
else
  step "rendering the sample set into $sample"
  rm -rf "$sample"
  "$run" graphs/render_sample.toml --to "$sample"
  echo "$stamp" >"$sample/.complete"
fi

mkdir -p "$runs"
new_run() {  # a directory that is not there yet, so that nothing is ever overwritten
  local n=1
  while [ -e "$runs/$1-$n" ]; do n=$((n + 1)); done
  echo "$runs/$1-$n"
}
train=$(new_run train)
step "training (run directory $train)"
"$run" graphs/train.toml --run-dir "$train"

eval=$(new_run eval)
checkpoint=$(find "$train" -name 'last*.safetensors' | sort | tail -n 1)
[ -n "$checkpoint" ] || { echo "no checkpoint in $train" >&2; exit 1; }
step "evaluating $checkpoint (run directory $eval)"
"$run" graphs/eval.toml --run-dir "$eval" --set checkpoint="$checkpoint"

video=$(find "$sample" -path '*test*' -name '*.mp4' | sort | head -n 1)
[ -n "$video" ] || { echo "no test video in $sample" >&2; exit 1; }
transcription=$(new_run transcribe)
step "transcribing $video"
"$run" graphs/transcribe.toml "$video" --to "$transcription/out" --run-dir "$transcription" --set checkpoint="$checkpoint"

step "results"
echo "sample set             $sample"
echo "training run           $train"
echo "checkpoint             $checkpoint"
echo "scores                 $eval"
find "$transcription/out" -type f | sort | sed 's/^/transcription          /'
