#!/usr/bin/env python3
"""Drives every libFuzzer program of a build and prints one table (Markdown). Exit code 1 when one of them found something.

A program starts from its seeds in tests/fuzz/seeds and from what earlier runs gathered in BUILD/corpus; what it says lies in BUILD/fuzz/NAME.log, and an
input that it stumbled over beside it. Such an input belongs among the seeds once it is understood: every build's tests read those again.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import time

SEEDS = pathlib.Path(__file__).resolve().parent.parent / "tests/fuzz/seeds"
# Longer inputs find nothing more in these formats, and cost time.
LONGEST = {"graph_text": 2048, "plugin_note": 2048, "npz": 2048, "checkpoints": 2048}


def drive(build, name, executions):
    corpus, results = build / "corpus" / name, build / "fuzz"
    corpus.mkdir(parents=True, exist_ok=True)
    results.mkdir(exist_ok=True)
    log = results / f"{name}.log"
    command = [build / "bin" / f"fuzz_{name}", f"-runs={executions}", "-seed=1", "-timeout=60", "-rss_limit_mb=3000", "-malloc_limit_mb=1000",
               f"-max_len={LONGEST.get(name, 1024)}", f"-artifact_prefix={results}/{name}-", "-print_final_stats=1", corpus, SEEDS / name]
    began = time.monotonic()
    with open(log, "w") as out:
        code = subprocess.run([str(word) for word in command], stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL).returncode
    text = log.read_text(errors="replace")
    executed = re.findall(r"^stat::number_of_executed_units: +(\d+)", text, re.MULTILINE)
    reached = re.findall(r" cov: (\d+) ", text)
    return {"name": name, "executed": int(executed[-1]) if executed else 0, "seconds": time.monotonic() - began,
            "reached": reached[-1] if reached else "0", "code": code, "log": log}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, default="build-fuzz")
    parser.add_argument("--executions", type=int, default=1_000_000, help="of each program")
    parser.add_argument("--only", nargs="*", default=[], help="names of programs")
    args = parser.parse_args()
    names = args.only or sorted(folder.name for folder in SEEDS.iterdir())
    print("| target | executions | a second | edges reached | findings |\n|---|---|---|---|---|", flush=True)
    failed = []
    for name in names:
        row = drive(args.build.resolve(), name, args.executions)
        found = row["code"] != 0 or row["executed"] < args.executions
        print(f"| {row['name']} | {row['executed']:,} | {row['executed'] / row['seconds']:,.0f} | {row['reached']} | {'see the log' if found else 'none'} |", flush=True)
        if found:
            failed.append(row)
    for row in failed:
        print(f"{row['name']}: exit code {row['code']}, {row['log']}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
