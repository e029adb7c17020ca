#!/usr/bin/env python3
"""Rows about whole runs on the real clips: TiViT's epoch and what loading costs in it, a sweep of thresholds, memory of a training run.

The clips are transcoded to H.264 once, into the build folder (bench/mta): 360p, GOP 250, B-frames. That takes minutes.
"""
import json
import os
import pathlib
import random
import resource
import shutil
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["TIVIT_BUILD"])
CLIPS = pathlib.Path(os.environ["TIVIT_SHARED_DATA"]) / "mta"
WORK = BUILD / "bench"
SET, CACHE, RUNS = WORK / "mta", WORK / "epoch.cache", WORK / "epoch.runs"
LOADING = """
title = "what comes before the model"
include = ["{root}/configs/data/sample.toml"]
[vars]
split = "train"
draws = 27
rows = 96
[run]
epochs = {epochs}
seed = 1
[resources.cache]
use = "video/cache"
directory = "{cache}"
"""


TRANSCODE = """
title = "wmv to mp4"
[stages.clips]
use = "data/clips"
root = "{clips}"
split = "{split}"
[stages.windows]
use = "video/windows"
in = "clips"
rows = 200
hop = 200
[stages.frames]
use = "video/decode"
in = "windows"
[stages.film]
use = "video/encode"
in = "frames"
directory = "{to}"
quantizer = 23
key_frame_interval = 250
b_frames = 3
"""


def transcode():
    """The set once more as mp4, in the frame rates of its files; made once, by a graph."""
    for split in ("train", "test"):
        to = SET / split
        if to.exists():
            continue
        part = SET / f"{split}.part"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        graph = RUNS / "transcode.toml"
        graph.write_text(TRANSCODE.format(clips=CLIPS, split=split, to=part), encoding="utf-8")
        run(graph)
        for labels in (CLIPS / split).glob("*.txt"):
            shutil.copyfile(labels, part / labels.name)
        part.rename(to)


def run(graph, *arguments, watch=False):
    """(CPU seconds, greatest RssAnon in MB) of one run; its folder is RUNS/last."""
    shutil.rmtree(RUNS / "last", ignore_errors=True)
    command = [BUILD / "bin" / "tivit-run", graph, "--quiet", "--run-dir", RUNS / "last", *arguments]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    most = 0
    with open(RUNS / "log", "w", encoding="utf-8") as log:
        process = subprocess.Popen([str(word) for word in command], stdout=log, stderr=log)
        while watch and process.poll() is None:
            for line in pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8").splitlines():
                if line.startswith("RssAnon"):
                    most = max(most, int(line.split()[1]) * 1024 / 1e6)
            time.sleep(0.1)
        if process.wait():
            sys.exit(f"{' '.join(map(str, command))}\n{(RUNS / 'log').read_text(encoding='utf-8')}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{pathlib.Path(graph).name}: {after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime:.2f} CPU s", file=sys.stderr)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, most


def fresh():
    """Every frame has to be decoded again."""
    shutil.rmtree(CACHE, ignore_errors=True)


def row(**values):
    print(json.dumps(values), flush=True)


def loading_graph(epochs, whole_recordings=False):
    """TiViT's stages up to the batch, from its own files; nothing takes the batches."""
    text = LOADING.format(root=ROOT, epochs=epochs, cache=CACHE)
    stages = (ROOT / "configs/model/tivit/train.toml").read_text(encoding="utf-8").split("[stages.")[1:]
    kept = ("frames",) if whole_recordings else ("frames", "tiles", "labels", "targets", "sample")
    text += "".join("[stages." + stage for stage in stages if stage.split("]")[0] in kept)
    if whole_recordings:
        text = text.replace('in = "clips"', 'in = "windows"') + '[stages.windows]\nuse = "video/windows"\nin = "clips"\nrows = 96\nhop = 96\n'
    else:
        text += '[stages.batch]\nuse = "batch/stack"\nin = "sample"\nsize = 2\n'
    graph = RUNS / "loading.toml"
    graph.write_text(text, encoding="utf-8")
    return graph


def on_set(*more):
    return [word for setting in (f"clips.root={SET}", "clips.frame_times.rate=30", *more) for word in ("--set", setting)]


def bare_decoding():
    """CPU seconds of seeking to a random window of every clip and decoding to its end: the least that a first epoch can load for."""
    import av

    chosen, spent = random.Random(1), []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_SELF)
        for file in sorted((SET / "train").glob("*.mp4")):
            with av.open(str(file)) as container:
                stream = container.streams.video[0]
                stream.thread_type, stream.thread_count = "NONE", 1
                rate, begin = float(stream.average_rate), stream.start_time or 0
                first = chosen.randrange(stream.frames - 96)
                container.seek(int((first + 0.5) / rate / stream.time_base) + begin, stream=stream, backward=True)
                for frame in container.decode(stream):
                    if round((frame.pts - begin) * stream.time_base * rate) >= first + 95:
                        break
        after = resource.getrusage(resource.RUSAGE_SELF)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(spent)


def tivit_epoch():
    train = [ROOT / "graphs/train.toml", *on_set("model=tivit", f"cache={CACHE}", "draws=27", "validate=test", "validate_rows=96", "run.seed=1",
                                                 "clips.hold_out_share=0", "step.freeze_epochs=0")]
    load = on_set("clips.hold_out_share=0")

    listing = RUNS / "start.toml"
    listing.write_text(f'title = "nothing but the list of clips"\ninclude = ["{ROOT}/configs/data/sample.toml"]\n[vars]\nsplit = "train"\ndraws = 0\n'
                       "rows = 96\n", encoding="utf-8")
    start = statistics.median(run(listing, *load)[0] for _ in range(3))
    first, first_loading = [], []
    for _ in range(3):
        fresh()
        first.append(run(*train, "--set", "epochs=1")[0])
        fresh()
        first_loading.append(run(loading_graph(1), *load)[0] - start)
    run(loading_graph(1, whole_recordings=True), *load, "--set", "clips.draws_per_epoch=0")
    run(loading_graph(1), *load)
    later = (run(*train, "--set", "epochs=3")[0] - run(*train, "--set", "epochs=1")[0]) / 2
    later_loading = max(0.0, (run(loading_graph(7), *load)[0] - run(loading_graph(1), *load)[0]) / 6)
    epoch = statistics.median(first)
    row(work="TiViT (seed configuration): first epoch on the 27 real clips as mp4, validation on 5", ours=epoch, unit="CPU s",
        reach="ours <= 33", target=True)
    row(work="… loading, in the first epoch", ours=statistics.median(first_loading), unit="CPU s", beside=epoch,
        beside_name="the epoch", reach="ratio <= 0.12")
    row(work="… decoding alone of as many windows, in the first epoch (PyAV: seek, decode)", ours=bare_decoding(), unit="CPU s", beside=epoch,
        beside_name="the epoch", reach="")
    row(work="… loading, in an epoch whose frames are in the cache", ours=later_loading, unit="CPU s", beside=later,
        beside_name="that epoch", reach="ratio <= 0.01")


def weights(model):
    """Weights of that model, trained a little: the figures are about time."""
    target = WORK / f"{model}.safetensors"
    if not target.exists():
        run(ROOT / "graphs/train.toml", *on_set(f"model={model}", f"cache={CACHE}", "draws=4", "batch=2", "epochs=1", "validate_every=never"))
        shutil.copyfile(RUNS / "last/checkpoints/last.safetensors", target)
    return target


def sweep():
    checkpoint = weights("tivit")
    seconds, reports = [], []
    for _ in range(3):
        fresh()
        seconds.append(run(ROOT / "graphs/thresholds.toml", "--frames", "96", "--checkpoint", checkpoint,
                           *on_set("model=tivit", f"cache={CACHE}", "split=test"))[0])
        reports.append((RUNS / "last/report.json").read_bytes())
    same = all(report == reports[0] for report in reports)
    if not same:
        sys.exit("runs of thresholds.toml gave different reports")
    row(work="evaluation of 21 thresholds on the first 96 frames of 5 clips, TiViT, the same bytes each time",
        ours=statistics.median(seconds), unit="CPU s", reach="ours <= 2.5", target=True)


def memory():
    fresh()
    most = run(ROOT / "graphs/train.toml", "--set", "data=mta", "--set", "clips.hold_out=[]", "--set", "epochs=1", "--set", "draws=320", "--set",
               f"cache={CACHE}", "--set", "validate=test", "--set", "validate_clips=2", watch=True)[1]
    row(work="memory of its own (RssAnon) of a per-key training run on the 27 real clips, decoding included", ours=most, unit="MB",
        reach="ours < 1000")


def main():
    if not CLIPS.exists():
        for work in ("TiViT epoch", "evaluation of 21 thresholds", "memory of a training run"):
            row(work=work, skipped=f"{CLIPS} is absent")
        return
    RUNS.mkdir(parents=True, exist_ok=True)
    transcode()
    try:
        tivit_epoch()
        sweep()
        memory()
    finally:
        shutil.rmtree(CACHE, ignore_errors=True)
        shutil.rmtree(RUNS, ignore_errors=True)


if __name__ == "__main__":
    main()
