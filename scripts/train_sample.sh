#!/bin/bash
# What `make train` does once everything is built: sample set, training, scores, one transcription with its picture.
# Run again, it renders only clips that are missing or were rendered otherwise, and takes new run directories. Recordings in the sample
# set's folder that tivit did not render are left alone.
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
mkdir -p "$sample" "$runs"
table=$sample/clips.tsv
if [ -e "$table" ] && ! head -n 1 "$table" | grep -q $'^name\tsplit\tduration_s\tx0\t'; then
  echo "$table is not the list of a rendered set, which belongs there; move it away" >&2
  exit 2
fi
clips() { [ ! -e "$table" ] || tail -n +2 "$table" | cut -f 1,2 | sort; }  # name and split of each
before=$(clips)
"$run" graphs/render_sample.toml --to "$sample" --run-dir "$(fresh render_sample)"
# Of a longer list that the graph had before.
comm -23 <(echo "$before") <(clips) | while IFS=$'\t' read -r name split; do
  clip=$sample/$split/$name
  if grep -q "^comment = ['\"]rendered, " "$clip.keyboard.toml" 2>/dev/null; then rm -f "$clip.mp4" "$clip.txt" "$clip.keyboard.toml"; fi
done

train=$(fresh train)
step "training: $train"
"$run" graphs/train.toml --run-dir "$train"

checkpoint=$train/checkpoints/best.safetensors
evaluation=$(fresh eval)
step "evaluating $checkpoint: $evaluation"
"$run" graphs/eval.toml --checkpoint "$checkpoint" --run-dir "$evaluation"

video=$sample/test/$(clips | awk '$2 == "test" && !n++ { print $1 }').mp4
transcription=$(fresh transcribe)
step "transcribing $video: $transcription"
"$run" graphs/transcribe.toml "$video" --checkpoint "$checkpoint" --to "$transcription/out" --run-dir "$transcription"

step "results"
echo "sample set      $sample"
echo "training        $train (metrics.jsonl, checkpoints/)"
echo "weights         $checkpoint"
echo "scores          $evaluation"
find "$transcription/out" -type f | sort | sed 's/^/transcription   /'
