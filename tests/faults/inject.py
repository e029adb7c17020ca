#!/usr/bin/env python3
"""Runs tivit-run with a fault at a random place, again and again, and looks at what is left.

Each run transcribes, evaluates or trains on the rendered sample set while one thing goes wrong from outside: a signal, a file that vanishes or loses its end while it
is open, a disk that is full, a system call that fails or hangs, a decoder that stands still, a plugin that throws, hangs or returns the wrong shape. The seed gives the
faults, so a number of the list can be repeated (--first N --count 1). Exit code 1 when a run took longer than --limit seconds from its fault to its end, ended with a
code that `tivit-run --help` does not name, left an account that does not add up or a file that cannot be read.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CODES = {0, 1, 2, 3, 130}
LEFT_BEHIND = "what was still at work was left behind"
GRAPHS = ("transcribe", "eval", "train")
HANGS = ("stall", "spin")


class Wrong(Exception):
    """What a run should not have left."""


def graph_words(args, graph, folder, more=()):
    """The words of a command that runs `graph` on the copy of the sample set in `folder`."""
    common = ["--run-dir", str(folder / "run"), "--quiet", "--set", f"cache={folder / 'cache'}", "--set", "run.precision=fp32"]
    if graph == "transcribe":
        own = [str(folder / f"set/test/{name}.mp4") for name in ("010", "011")] + ["--checkpoint", str(folder / "weights.safetensors"), "--to", str(folder / "out")]
    else:
        own = ["--set", f"clips.root={folder / 'set'}"]
        own += ["--checkpoint", str(folder / "weights.safetensors")] if graph == "eval" else [
            "--set", "epochs=2", "--set", "draws=16", "--set", "clips.max_clips=4", "--set", "validate_clips=1", "--set", "step.log_every=1"]
    file = more[0] if more else ROOT / f"graphs/{graph}.toml"
    return [str(args.build / "bin/tivit-run"), str(file)] + own + common


class Sandbox:
    """A copy of the sample set that may be spoilt, weights, and a cache that holds every strip or none."""

    def __init__(self, args, folder, warm):
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copytree(args.build / "sample", folder / "set")
        shutil.copy(args.weights, folder / "weights.safetensors")
        if warm and args.cache.exists():
            shutil.copytree(args.cache, folder / "cache")


def trouble(args, folder, graph, how, at, policy):
    """A graph with the plugin's stage between batches and model."""
    file = folder / f"{graph}.toml"
    file.write_text(f'include = ["{ROOT}/graphs/{graph}.toml"]\n[run]\nplugins = ["{args.plugin}"]\n'
                    f'[stages.trouble]\nuse = "faults/misbehave"\nin = "batch"\nhow = "{how}"\nat = {at}\nmark = "{folder}/mark"\non_error = "{policy}"\n'
                    '[stages.forward]\nuse = "model/forward"\nin = "trouble"\nmodel = "model"\n')
    return file


def choose(rng):
    """One fault: its kind, and what a run needs to know about it."""
    kind = rng.choices(["signal", "file", "full", "call", "decoder", "plugin"], [3, 3, 2, 5, 2, 3])[0]
    fault = {"kind": kind, "graph": rng.choice(GRAPHS), "warm": rng.random() < 0.5, "at_s": rng.uniform(0, 3), "strict": rng.random() < 0.3}
    if kind == "signal":
        fault.update(signal=rng.choice(["SIGINT", "SIGTERM"]), times=rng.choice([1, 1, 1, 2]))
    elif kind == "file":
        fault.update(how=rng.choice(["truncate", "unlink", "empty"]), pick=rng.random(), suffix=rng.choice([".mp4", ".mp4", ".txt", ".safetensors", ".rows", ".keyboard.toml"]))
    elif kind == "full":
        fault.update(how=rng.choice(["limit", "tmpfs"]), kib=rng.choice([80, 100, 150, 300, 1000, 3000]))
    elif kind == "call":
        call, errors = rng.choice([("open", ["ENOENT", "EACCES", "EMFILE"]), ("read", ["EIO"]), ("write", ["ENOSPC", "EIO"]), ("fsync", ["EIO", "ENOSPC"]),
                                   ("rename", ["EACCES", "ENOSPC"]), ("memory", ["ENOMEM"])])
        fault.update(call=call, errno=rng.choice(errors), at=int(2 ** rng.uniform(0, 8 if call in ("open", "read", "write") else 4 if call != "memory" else 10)) - 1,
                     count=rng.choice([1, 1, 3, 1000000]))
    elif kind == "decoder":
        fault.update(ms=rng.choice([400, 1500, -1, -1]), at=rng.randrange(40), warm=False)
    else:
        fault.update(how=rng.choice(["throw", "throw_int", "wrong_shape", "nothing", "nan", "stall", "spin"]), at=rng.randrange(5), policy=rng.choice(["skip", "fail", "retry"]))
    return fault


def environment(args, fault, folder):
    """What the preloaded library is told."""
    env = dict(os.environ)
    if fault["kind"] not in ("call", "decoder"):
        return env
    told = {"UNDER": str(folder) + "/", "SUFFIX": "", "MARK": str(folder / "mark"), "AT": fault["at"], "COUNT": 1, "ERRNO": 0, "MS": 0}
    if fault["kind"] == "call":
        import errno
        told.update(CALL=fault["call"], ERRNO=getattr(errno, fault["errno"]), COUNT=fault["count"])
    else:
        told.update(CALL="read", SUFFIX=".mp4", MS=fault["ms"])
    env.update({f"FAULT_{name}": str(value) for name, value in told.items()}, LD_PRELOAD=str(args.preload))
    return env


def spoil(fault, folder):
    """Takes a file away while the program runs."""
    files = sorted(path for path in folder.rglob(f"*{fault['suffix']}") if path.is_file() and path.relative_to(folder).parts[0] in ("set", "cache", "weights.safetensors"))
    if not files:
        return None
    path = files[int(fault["pick"] * len(files))]
    try:
        if fault["how"] == "unlink":
            path.unlink()
        else:
            os.truncate(path, path.stat().st_size // 2 if fault["how"] == "truncate" else 0)
    except FileNotFoundError:
        return None
    return path


def names_a_failure(run):
    """Whether a failure of the run itself was written down: a graph that it calls goes on."""
    quarantine = run / "quarantine.jsonl"
    lines = quarantine.read_text().splitlines() if quarantine.exists() else []
    return any("/" not in json.loads(line)["stage"] for line in lines)


def run_one(args, fault, folder):
    """The exit code, seconds from the fault to the end (None: it never came, or the run went on), and the program's output."""
    Sandbox(args, folder, fault["warm"])
    words = graph_words(args, fault["graph"], folder, [trouble(args, folder, fault["graph"], fault["how"], fault["at"], fault["policy"])] if fault["kind"] == "plugin" else ())
    limit = None
    if fault["kind"] == "full":
        size = fault["kib"] * 1024
        if fault["how"] == "tmpfs" and args.tmpfs:
            (folder / "run-parent").mkdir()
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tivit-full", str(folder / "run-parent")], check=True)
            words[words.index("--run-dir") + 1] = str(folder / "run-parent/run")
        else:
            limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    if fault["strict"]:
        words += ["--set", "run.on_error=fail"]
    output_file = args.tests / f"output-{os.getpid()}.log"
    with open(output_file, "wb") as log:
        run = pathlib.Path(words[words.index("--run-dir") + 1])
        begin = time.monotonic()
        process = subprocess.Popen(words, cwd=folder, stdout=log if limit is None else subprocess.PIPE, stderr=subprocess.STDOUT, env=environment(args, fault, folder), preexec_fn=limit)
        struck = None
        hangs = fault["kind"] == "decoder" and fault["ms"] < 0 or fault["kind"] == "plugin" and fault["how"] in HANGS
        mark = folder / "mark"
        signalled = missed = False
        while process.poll() is None:
            now = time.monotonic()
            if struck is None and fault["kind"] in ("signal", "file") and now - begin >= fault["at_s"]:
                if fault["kind"] == "signal":
                    for _ in range(fault["times"]):
                        process.send_signal(getattr(signal, fault["signal"]))
                        time.sleep(0.05)
                else:
                    fault["path"] = str(spoil(fault, folder))
                struck = now
            if struck is None and mark.exists():
                struck = now
            # A file that is gone is missed when it is read: the first that is named of it ends a strict run.
            if fault["kind"] == "file" and fault["strict"] and not missed and names_a_failure(run):
                struck, missed = now, True
            # What hangs for ever is ended by its user, who has waited long enough.
            if hangs and struck is not None and not signalled and now - struck > 0.5:
                process.send_signal(signal.SIGTERM)
                signalled, struck = True, now
            if now - begin > args.patience:
                process.kill()
                process.wait()
                raise Wrong(f"it did not end within {args.patience} s")
            time.sleep(0.01)
        end = time.monotonic()
        if process.stdout:
            log.write(process.stdout.read())
    output = output_file.read_text(errors="replace")
    if fault["kind"] == "file" and not missed:
        struck = None
    return process.returncode, None if struck is None else end - struck, output


def check_json(path):
    json.loads(path.read_text())


def check_lines(path):
    for line in path.read_text().splitlines():
        json.loads(line)


def check_safetensors(path):
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    last = max((value["data_offsets"][1] for key, value in header.items() if key != "__metadata__"), default=0)
    if len(data) != 8 + size + last:
        raise ValueError(f"{len(data)} bytes, {8 + size + last} are announced")


def check_midi(path):
    data = path.read_bytes()
    at, tracks = 14, 0
    if data[:4] != b"MThd":
        raise ValueError("no MIDI header")
    while at < len(data):
        if data[at:at + 4] != b"MTrk":
            raise ValueError("no track where one should begin")
        at += 8 + struct.unpack(">I", data[at + 4:at + 8])[0]
        tracks += 1
    if at != len(data) or tracks != struct.unpack(">H", data[10:12])[0]:
        raise ValueError("a track is not whole")


def check_png(path):
    data = path.read_bytes()
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[-8:-4] != b"IEND":
        raise ValueError("the picture is not whole")


def check_zip(path):
    with zipfile.ZipFile(path) as archive:
        if archive.testzip():
            raise ValueError("a member is damaged")


CHECKS = {".json": check_json, ".jsonl": check_lines, ".safetensors": check_safetensors, ".mid": check_midi, ".png": check_png, ".npz": check_zip}


def check_files(folder, left_behind, spoilt):
    """Everything that was made can be read, and nothing half made lies about."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or str(path) == spoilt or "set" in path.relative_to(folder).parts or path.parent == folder:
            continue
        if ".part" in path.name or path.suffix == ".tmp" or path.name == "account.reserve":
            if not left_behind:
                raise Wrong(f"{path.relative_to(folder)} was left over")
            continue
        check = CHECKS.get(path.suffix)
        try:
            if check:
                check(path)
        except (ValueError, KeyError, struct.error, zipfile.BadZipFile) as error:
            raise Wrong(f"{path.relative_to(folder)} cannot be read: {error}")


def all_sent(producer, inbox):
    """How many items and tombstones a stage has sent over one edge, where the account says it: one or the other for each that it took in."""
    if producer["kind"] not in ("source", "map"):
        return None
    return inbox["items"] + producer["failed"] + producer["dropped"] + producer["passed"]


def check_edges(account, whole):
    """What a stage took in is what those before it sent out; in a run that was stopped, no more than that."""
    stages = {stage["stage"]: stage for stage in account["stages"]}
    for stage in stages.values():
        worked_on = stage["in"] - stage["passed"]
        sent = []
        for inbox in stage["inboxes"]:
            producer = stages[inbox["from"]]
            if inbox["items"] > producer["out"]:
                raise Wrong(f"{inbox['items']} items came into {stage['stage']} from {inbox['from']}, which sent {producer['out']}")
            sent.append((inbox["items"], all_sent(producer, inbox)))
        # Where several streams are joined, one of them leads, item by item; the others may be of recordings or of the run.
        def fits(items, everything):
            if worked_on > items or everything is not None and stage["in"] > everything:
                return False
            return not whole or items <= stage["in"] and everything in (None, stage["in"])
        if sent and not any(fits(*one) for one in sent):
            raise Wrong(f"stage {stage['stage']} took in {stage['in']} items, {stage['passed']} of them lost before it; sent to it were (living, all): {sent}")
    for called in account["called"].values():
        check_edges(called, whole)


def check_account(run, code):
    """account.json says how the run ended, and every item is accounted for."""
    file = run / "account.json"
    if not file.exists():
        raise Wrong("there is no account")
    account = json.loads(file.read_text())
    outcome = account["outcome"]
    expected = {0: "finished", 3: "finished", 130: "cancelled", 1: "failed"}[code]
    if not outcome.startswith(expected) and not (code == 1 and "cannot be written" in outcome):
        raise Wrong(f"exit code {code}, but the account says {outcome}")
    for stage in account["stages"]:
        rest = stage["in"] - stage["done"] - stage["failed"] - stage["dropped"] - stage["passed"]
        if rest != stage.get("unfinished", 0) or rest < 0 or (code in (0, 3) and rest != 0):
            raise Wrong(f"the account of stage {stage['stage']} does not add up: {stage}")
    check_edges(account, code in (0, 3))
    quarantine = run / "quarantine.jsonl"
    named = len(quarantine.read_text().splitlines()) if quarantine.exists() else 0
    if code in (0, 3) and named != account["failures"]:
        raise Wrong(f"{account['failures']} failures, but {named} are named")
    if code == 0 and named or code == 3 and not named:
        raise Wrong(f"exit code {code} with {named} failures named")


WRITERS = {"notes/midi": ".mid", "notes/text": ".txt", "report/roll": ".png"}  # one file an item


def check_finished(fault, folder, run, code):
    """What a stage had done before the fault is there. (That it can be read, check_files() says.)"""
    account = json.loads((run / "account.json").read_text())
    results = folder / "out" if fault["graph"] == "transcribe" else run
    for stage in account["stages"]:
        suffix = WRITERS.get(stage["use"])
        there = len(list(results.rglob(f"*{suffix}"))) if suffix else 0
        if suffix and there < stage["done"]:
            raise Wrong(f"stage {stage['stage']} wrote {stage['done']} files, {there} are there")
        if stage["use"] == "train/step":
            lines = (run / "metrics.jsonl").read_text().splitlines() if (run / "metrics.jsonl").exists() else []
            events = collections.Counter(json.loads(line)["event"] for line in lines)
            if events["train"] < stage["done"]:
                raise Wrong(f"{stage['done']} steps were made, metrics.jsonl has {events['train']}")
            # The last of them may still be on its way.
            if (events["train_epoch"] > 1 or code in (0, 3)) and not (run / "checkpoints/last.safetensors").exists():
                raise Wrong(f"{events['train_epoch']} epochs are done, and there is no checkpoint")


def check_results(args, fault, folder, code):
    """A run in which nothing was lost made what it always makes."""
    if code != 0 or fault["graph"] != "transcribe":
        return
    for name in ("010", "011"):
        for suffix in (".mid", ".txt"):
            if (folder / "out" / (name + suffix)).read_bytes() != (args.reference / (name + suffix)).read_bytes():
                raise Wrong(f"{name}{suffix} is not what it is without a fault")


def hit(folder):
    mark = folder / "mark"
    return mark.read_text(errors="replace") if mark.exists() else ""


def ended_by_fault(fault, code, seconds, output, folder):
    """Whether the fault is what ended the run at once: a share of failures is judged at the end, and a cache that cannot be written is done without."""
    if "/cache/" in hit(folder):
        return False
    return code in (1, 130) and seconds is not None and "more than its error budget allows" not in output


def judge(args, fault, folder):
    """Runs one fault and raises Wrong where something is not right; otherwise (exit code, seconds to the end)."""
    try:
        code, seconds, output = run_one(args, fault, folder)
        run = folder / "run-parent/run" if (folder / "run-parent").exists() else folder / "run"
        if fault["kind"] == "signal" and code in (-2, -15) and not run.exists():
            return 130, seconds  # the program was still being loaded
        if code not in CODES:
            raise Wrong(f"exit code {code}")
        if ended_by_fault(fault, code, seconds, output, folder) and seconds > args.limit:
            raise Wrong(f"it ended {seconds:.2f} s after the fault ({hit(folder)})")
        if fault["kind"] == "plugin" and fault["how"] in HANGS and "mark" not in os.listdir(folder) and code not in (0, 3):
            raise Wrong(f"exit code {code}, though nothing went wrong")
        left_behind = LEFT_BEHIND in output or fault["kind"] == "signal" and fault["times"] > 1
        check_files(folder, left_behind, fault.get("path"))
        if not run.exists() and code not in (2, 130):
            raise Wrong(f"exit code {code} without a run directory")
        if run.exists() and code != 2 and not (fault["kind"] == "signal" and fault["times"] > 1 and not (run / "account.json").exists()):
            no_room = fault["kind"] == "call" and fault["call"] in ("write", "fsync", "rename", "open") and fault["count"] > 1
            if not (no_room and code in (1, 130) and not (run / "account.json").exists()):
                check_account(run, code)
                check_finished(fault, folder, run, code)
        if code == 2:
            for name in ("account.json", "quarantine.jsonl"):
                if (run / name).exists():
                    raise Wrong(f"exit code 2, nothing was started, but there is {name}")
        check_results(args, fault, folder, code)
        return code, seconds if ended_by_fault(fault, code, seconds, output, folder) else None
    finally:
        if (folder / "run-parent").exists():
            subprocess.run(["umount", str(folder / "run-parent")], check=False)


def prepare(args):
    """Weights, a full cache and what a transcription makes when nothing goes wrong; made once a build folder."""
    args.tests.mkdir(parents=True, exist_ok=True)
    args.weights, args.cache, args.reference = args.tests / "weights.safetensors", args.tests / "cache", args.tests / "reference"
    if not args.weights.exists():
        folder = args.tests / "prepare"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "set").parent.mkdir(parents=True)
        shutil.copytree(args.build / "sample", folder / "set")
        subprocess.run(graph_words(args, "train", folder), cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shutil.copy(folder / "run/checkpoints/last.safetensors", folder / "weights.safetensors")
        shutil.rmtree(folder / "run")
        for graph in ("eval", "transcribe"):
            subprocess.run(graph_words(args, graph, folder), cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            shutil.rmtree(folder / "run")
        shutil.rmtree(args.reference, ignore_errors=True)
        shutil.rmtree(args.cache, ignore_errors=True)
        shutil.move(folder / "out", args.reference)
        shutil.move(folder / "cache", args.cache)
        shutil.move(folder / "weights.safetensors", args.weights)
    probe = args.tests / "tmpfs"
    probe.mkdir(exist_ok=True)
    args.tmpfs = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tivit-full", str(probe)], stderr=subprocess.DEVNULL).returncode == 0
    if args.tmpfs:
        subprocess.run(["umount", str(probe)], check=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--limit", type=float, default=2.0, help="seconds from a fault to the end of a run that it ends")
    parser.add_argument("--patience", type=float, default=120.0, help="seconds after which a run is given up")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    args.build = args.build.resolve()
    args.tests = args.build / "tests/injections"
    args.plugin, args.preload = args.build / "tests/faults/misbehave.so", args.build / "tests/faults/preload.so"
    prepare(args)
    codes, kinds, slowest, wrong = collections.Counter(), collections.Counter(), 0.0, []
    for number in range(args.first, args.first + args.count):
        fault = choose(random.Random(f"{args.seed}/{number}"))
        folder = args.tests / f"run-{os.getpid()}"
        try:
            code, seconds = judge(args, fault, folder)
            codes[code] += 1
            kinds[fault["kind"]] += 1
            if seconds is not None:
                slowest = max(slowest, seconds)
            if args.verbose:
                print(number, fault, "exit code", code, "" if seconds is None else f"{seconds:.2f} s", flush=True)
        except Wrong as error:
            wrong.append(number)
            print(f"{number}: {error}\n  {fault}\n  " + (args.tests / f"output-{os.getpid()}.log").read_text(errors="replace")[-1500:].replace("\n", "\n  "), flush=True)
            kept = args.tests / f"wrong-{number}"
            shutil.rmtree(kept, ignore_errors=True)
            shutil.move(folder, kept)
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{args.count - len(wrong)} of {args.count} runs ended as they should; faults: " + ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items())) +
          "; exit codes: " + ", ".join(f"{n} times {code}" for code, n in sorted(codes.items())) + f"; slowest end {slowest:.2f} s after its fault" +
          ("" if args.tmpfs else "; no tmpfs could be mounted: RLIMIT_FSIZE instead"))
    print(f"cases: {args.count - len(wrong)} passed, {len(wrong)} failed, 0 skipped")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
