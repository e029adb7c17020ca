#!/bin/bash
# What `make train` does once everything is built: sample set, training, scores, one transcription with its picture.
# Run again, it renders only clips that are missing and takes new run directories: nothing is overwritten.
set -euo pipefail
cd "$(dirname "$0")/.."
run=${BUILD:-build}/bin/tivit-run
runs=${RUNS:-runs}
sample=data/sample
step() { printf '\n== %s\n' "$*"; }
fresh() {  # a run directory that is not there yet
  local n=1 name=$1
  while [ -e "$runs/$name" ]; do name=$1-$((++n)); done
  echo "$runs/$name"
}

step "sample set in $sample"
graph=$(sha256sum <graphs/render_sample.toml)
if [ -e "$sample" ] && [ "$(cat "$sample/.graph" 2>/dev/null)" != "$graph" ]; then
  echo "graphs/render_sample.toml has changed: rendering anew"
  rm -rf "$sample"
fi
mkdir -p "$sample" "$runs"
echo "$graph" >"$sample/.graph"
"$run" graphs/render_sample.toml --to "$sample" --run-dir "$(fresh render_sample)"

train=$(fresh train)
step "training: $train"
"$run" graphs/train.toml --run-dir "$train"

checkpoint=$train/checkpoints/best.safetensors
evaluation=$(fresh eval)
step "evaluating $checkpoint: $evaluation"
"$run" graphs/eval.toml --checkpoint "$checkpoint" --run-dir "$evaluation"

video=$(find "$sample/test" -name '*.mp4' | sort | head -n 1)
transcription=$(fresh transcribe)
step "transcribing $video: $transcription"
"$run" graphs/transcribe.toml "$video" --checkpoint "$checkpoint" --to "$transcription/out" --run-dir "$transcription"

step "results"
echo "sample set      $sample"
echo "training        $train (metrics.jsonl, checkpoints/)"
echo "weights         $checkpoint"
echo "scores          $evaluation"
find "$transcription/out" -type f | sort | sed 's/^/transcription   /'
