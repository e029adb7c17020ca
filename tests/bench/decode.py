"""Whole videos and random windows of them, beside GStreamer into fakesink, decord and PyAV. Prints rows for scripts/bench.py.

Inputs are made once from a clip of the shared data and lie in the build folder. Every figure is the median of `ROUNDS` rounds, and what is
compared is measured in turn within each. Processor time is that of the whole process, user and system; every decoder has one thread.
"""
import csv
import json
import os
import pathlib
import random
import resource
import statistics
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(os.environ["TIVIT_BUILD"])
DATA = pathlib.Path(os.environ["TIVIT_SHARED_DATA"])
INPUTS = BUILD / "bench" / "inputs"
CLIP = "test_V10"
ROUNDS, WINDOWS, WINDOW = 5, 8, 96
SIZE = (128, 384)


def cpu():
    use = resource.getrusage(resource.RUSAGE_SELF)
    return use.ru_utime + use.ru_stime


def seconds(call):
    before = cpu()
    call()
    return cpu() - before


def bench(*arguments):
    """{name: fields} of the lines that bench_decode prints."""
    done = subprocess.run([BUILD / "bin" / "bench_decode", *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=True)
    return {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines() if line}


def inputs():
    """[(name, file, corners)]: 10 s of 720p and 20 s of 360p H.264 made from a real clip, and the clip itself, 25 s of wmv3."""
    source = DATA / "mta" / "test" / f"{CLIP}.wmv"
    if not source.exists():
        return []
    INPUTS.mkdir(parents=True, exist_ok=True)
    with open(DATA / "mta" / "clips.tsv", encoding="utf-8") as table:
        row = next(row for row in csv.DictReader(table, delimiter="\t") if row["name"] == CLIP)
    corners = [float(row[axis + corner]) for corner in "0123" for axis in "xy"]
    made = []
    for name, width, height, frames in (("720p H.264", 1280, 720, 300), ("360p H.264", 640, 360, 600)):
        file = INPUTS / f"{height}p.mp4"
        if not file.exists():
            bench("make", source, file, width, height, frames)
        made.append((name, file, ",".join(f"{value * height / 360:.1f}" for value in corners)))
    wmv = INPUTS / "wmv3.wmv"
    if not wmv.exists():
        wmv.write_bytes(source.read_bytes())
    return made + [("360p wmv3", wmv, ",".join(map(str, corners)))]


def to_tiles(numpy, frames):
    """f32[T,3,C,H,W/3] of u8[T,H,W,C]: what a training loop does with pictures."""
    count, height, width, channels = frames.shape
    tiles = frames.reshape(count, height, 3, width // 3, channels).transpose(0, 2, 4, 1, 3)
    return numpy.ascontiguousarray(tiles, dtype=numpy.float32) / 255


def row(work, ours, unit, reach, beside=None, beside_name="", **more):
    line = {"work": work, "ours": statistics.median(ours), "unit": unit, "reach": reach, **more}
    if beside is not None:
        line.update(beside=statistics.median(beside), beside_name=beside_name,
                    ratio=statistics.median(a / b for a, b in zip(ours, beside)), over=statistics.median(a - b for a, b in zip(ours, beside)))
    print(json.dumps(line), flush=True)


def whole(name, file, corners):
    import decord
    import numpy

    def with_decord():
        reader = decord.VideoReader(str(file), ctx=decord.cpu(0), width=SIZE[1], height=SIZE[0], num_threads=1)
        for first in range(0, len(reader), WINDOW):
            to_tiles(numpy, reader.get_batch(list(range(first, min(first + WINDOW, len(reader))))).asnumpy())

    tiles, strips, sink, chain, other = [], [], [], [], []
    seconds(with_decord)
    for _ in range(ROUNDS):
        lines = bench("whole", file, corners)
        count = int(lines["tiles"][1])
        for key, values in (("tiles", tiles), ("strips", strips), ("fakesink", sink), ("chain", chain)):
            values.append(1e3 * float(lines[key][0]) / count)
        other.append(1e3 * seconds(with_decord) / count)
    unit = "CPU ms/frame"
    row(f"{name}: whole file to 3 tiles of 128x128, RGB floats", tiles, unit, "over <= 0.30", sink, "GStreamer into fakesink")
    row(f"{name}: the same, beside the bare elements", tiles, unit, "over <= 0.30", chain, "demuxer, parser, decoder, fakesink: one thread")
    row(f"{name}: the same, beside decord", tiles, unit, "ratio < 1", other, "decord")
    row(f"{name}: whole file to keyboard strips", strips, unit, "", sink, "GStreamer into fakesink")


def windows(name, file, seekable):
    import av
    import numpy

    def pictures(container, first, rate):
        """The frames of a window and, before them, those that must be decoded to get there."""
        stream = container.streams.video[0]
        stream.thread_type, stream.thread_count = "NONE", 1
        if seekable:
            container.seek(int((first + 0.5) / rate / stream.time_base) + (stream.start_time or 0), stream=stream, backward=True)
        last = first + WINDOW - 1
        for number, frame in enumerate(container.decode(stream)):
            index = round((frame.pts - (stream.start_time or 0)) * stream.time_base * rate) if seekable else number
            yield index, frame
            if index >= last:
                return

    def bare(firsts, rate):
        for first in firsts:
            with av.open(str(file)) as container:
                for _ in pictures(container, first, rate):
                    pass

    def batches(firsts, rate):
        for first in firsts:
            with av.open(str(file)) as container:
                frames = [frame.reformat(width=SIZE[1], height=SIZE[0], format="rgb24", interpolation="AREA").to_ndarray()
                          for index, frame in pictures(container, first, rate) if first <= index < first + WINDOW]
            to_tiles(numpy, numpy.stack(frames))

    with av.open(str(file)) as container:
        sums = [int(frame.to_ndarray()[:frame.height].astype(numpy.int64).sum()) for frame in container.decode(video=0)]
        rate = float(container.streams.video[0].average_rate)
    chosen = random.Random(1)
    ours, theirs, batched, wrong = [], [], [], None
    for number in range(ROUNDS):
        firsts = [chosen.randrange(len(sums) - WINDOW) for _ in range(WINDOWS)]
        lines = bench("windows", file, ",".join(map(str, firsts)), *(["check"] if number == 0 else []))
        per_window = lambda spent: WINDOWS / spent
        ours.append(per_window(float(lines["windows"][0])))
        theirs.append(per_window(seconds(lambda: bare(firsts, rate))))
        batched.append(per_window(seconds(lambda: batches(firsts, rate))))
        if number == 0:
            wrong = int(lines["wrong"][0])
            if [int(one) for one in lines["sums"]] != sums:
                sys.exit(f"{name}: PyAV decodes other pictures")
    if wrong:
        sys.exit(f"{name}: {wrong} frames of windows are not what a decode from the start gives")
    unit = "windows/CPU s"
    work = f"{name}: random windows of 96 frames to tiles, all frames right"
    if seekable:
        row(work, ours, unit, f"ratio >= {0.85 if '720' in name else 0.75}", theirs, "PyAV: seek and decode alone")
        row(f"{name}: the same, beside batches", ours, unit, "ratio > 1", batched, "PyAV: seek, decode, scale, batch")
    else:
        row(work, ours, unit, "ratio >= 1", batched, "PyAV: decode from the start, scale, batch")


START = """
[stages.clips]
use = "data/clips"
files = ["{file}"]
[stages.windows]
use = "video/windows"
in = "clips"
rows = 32
hop = 32
[stages.frames]
use = "video/decode"
in = "windows"
size = [128, 384]
[stages.tiles]
use = "video/tiles"
in = "frames"
floats = false
[stages.batch]
use = "batch/stack"
in = "tiles"
size = 1
scope = "run"
"""


def start(source):
    """A process that makes one batch and ends."""
    file = INPUTS / "start.mp4"
    if not file.exists():
        bench("make", source, file, 640, 360, 33)
    spent, held = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(dir=INPUTS) as folder:
            graph = pathlib.Path(folder) / "start.toml"
            graph.write_text(START.format(file=file), encoding="utf-8")
            program = subprocess.Popen([BUILD / "bin" / "tivit-run", graph, "--quiet", "--run-dir", f"{folder}/run"],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            _, status, use = os.wait4(program.pid, 0)
            if status != 0:
                sys.exit(f"{graph} failed")
            spent.append(use.ru_utime + use.ru_stime)
            held.append(use.ru_maxrss / 1024)
    work = "process start to first batch (32 frames of 360p H.264 to tiles) and its end"
    row(work, spent, "CPU s", "ours <= 0.45", target=True)
    row(f"{work}: most memory", held, "MiB", "ours <= 210", target=True)


def main():
    files = inputs()
    if not files:
        print(json.dumps({"work": "decoding", "skipped": f"{DATA} holds no mta/test/{CLIP}.wmv (TIVIT_SHARED_DATA names the folder)"}))
        return
    start(files[-1][1])  # first: a child's most memory counts what this process holds when it starts it, so nothing is imported yet
    for name, file, corners in files:
        whole(name, file, corners)
        windows(name, file, seekable=file.suffix == ".mp4")


main()
