#!/usr/bin/env python3
"""Builds and runs the benchmarks of tests/bench, prints one table and writes it into docs/results.md.

  scripts/bench.py [--build build] [--only NAME ...] [--no-write]

A benchmark prints one line of JSON a row on standard output (docs/performance.md); everything else it says goes to the terminal.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BENCHES = ROOT / "tests" / "bench"
RESULTS = ROOT / "docs" / "results.md"
BEGIN, END = "<!-- make bench: begin -->", "<!-- make bench: end -->"
HEAD = "| work | ours | beside | ratio | wanted | met |\n|---|---|---|---|---|---|\n"
REACH = re.compile(r"(ours|ratio|over) (<=|>=|<|>) ([0-9.]+)$")
SPELT = {"ours": "", "ratio": "ratio ", "over": "over it "}


def processor():
    text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    name = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    units = [unit for unit, flag in (("AVX2", "avx2"), ("AVX-512", "avx512f"), ("AMX", "amx_tile")) if f" {flag} " in text]
    return f"{name.group(1) if name else platform.machine()} with {', '.join(units) or 'neither AVX2 nor AMX'}; {os.cpu_count()} cores"


def names():
    """Every benchmark: a script, or a program that no script of its name stands for."""
    text = (BENCHES / "CMakeLists.txt").read_text(encoding="utf-8")
    return sorted({p.stem for p in BENCHES.glob("*.py")} | set(re.findall(r"^\s*tivit_bench\((\w+)", text, re.MULTILINE)))


def run(build, name):
    """The rows of one benchmark, in the order printed."""
    environment = dict(os.environ, OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", TIVIT_BUILD=str(build),
                       PYTHONPATH=str(ROOT / ".deps" / "bench"), PYTHONDONTWRITEBYTECODE="1")
    environment.setdefault("TIVIT_SHARED_DATA", str(ROOT.parent / "shared" / "data"))
    script = BENCHES / f"{name}.py"
    command = ["/usr/bin/python3", str(script)] if script.exists() else [str(build / "bin" / f"bench_{name}")]
    rows, failed = [], None
    with subprocess.Popen(command, cwd=build, env=environment, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if line.startswith("{"):
                rows.append(json.loads(line))
            else:
                print(line, end="", flush=True)
    if process.returncode:
        failed = f"{name} ended with exit code {process.returncode}"
    return rows, failed


def figure(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def cells(row):
    """(line of the table, whether what is wanted was reached; None where nothing is)"""
    ours, beside = row["ours"], row.get("beside")
    ratio = row.get("ratio", ours / beside if beside else None)
    unit = row["unit"]
    texts = [row["work"], f"{figure(ours)} {unit}", f"{figure(beside)} ({row['beside_name']})" if beside is not None else "–",
             f"{ratio:.2f}" if ratio is not None else "–"]
    if not row["reach"]:
        return "| " + " | ".join(texts + ["–", "–"]) + " |", None
    match = REACH.match(row["reach"])
    if not match:
        sys.exit(f"bench: \"{row['work']}\" wants \"{row['reach']}\"; known: (ours|ratio|over) (<=|>=|<|>) NUMBER")
    of, sign, bound = match.group(1), match.group(2), float(match.group(3))
    value = {"ours": ours, "ratio": ratio, "over": None if beside is None else row.get("over", ours - beside)}[of]
    if value is None:
        sys.exit(f"bench: \"{row['work']}\" stands beside nothing, but wants \"{row['reach']}\"")
    reached = {"<=": value <= bound, ">=": value >= bound, "<": value < bound, ">": value > bound}[sign]
    met = ("yes" if reached else "**no**") + (f" ({figure(value)} over)" if of == "over" else "")
    wanted = f"{'target ' if row.get('target') else ''}{SPELT[of]}{sign.replace('<=', '≤').replace('>=', '≥')} {match.group(3)}"
    return "| " + " | ".join(texts + [wanted, met]) + " |", reached or bool(row.get("target"))


def write(lines, everything):
    """Puts the table between the markers. After a part of the benchmarks the other rows stay, if this processor made them."""
    text = RESULTS.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    old, after = rest.split(END)
    machine = f"Processor: {processor()}."
    if not everything and "\n|" in old:
        if machine not in old:
            print("bench: the rows of docs/results.md are another processor's; only a whole `make bench` replaces them", file=sys.stderr)
            return
        work = lambda line: line.split(" | ")[0]
        kept = [line for line in old.splitlines() if line.startswith("| ") and not line.startswith("| work |")]
        fresh = {work(line): line for line in lines}
        lines = [fresh.pop(work(line), line) for line in kept] + list(fresh.values())
    table = f"{BEGIN}\n{machine}\n\n{HEAD}" + "\n".join(lines) + f"\n{END}"
    temporary = RESULTS.with_suffix(".md.part")
    temporary.write_text(before + table + after, encoding="utf-8")
    temporary.rename(RESULTS)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build")
    parser.add_argument("--only", nargs="*", default=[], help="benchmarks to run; without it, all")
    parser.add_argument("--no-write", action="store_true", help="leave docs/results.md as it is")
    args = parser.parse_args()
    build, known = pathlib.Path(args.build).resolve(), names()
    unknown = [name for name in args.only if name not in known]
    if unknown:
        sys.exit(f"bench: there is no benchmark {', '.join(unknown)}; there are {', '.join(known)}")
    chosen = args.only or known
    programs = set(re.findall(r"^\s*tivit_bench\((\w+)", (BENCHES / "CMakeLists.txt").read_text(encoding="utf-8"), re.MULTILINE))
    targets = ["tivit-run"] + [f"bench_{name}" for name in chosen if name in programs] if args.only else ["bench"]
    subprocess.run(["cmake", "--build", str(build), "--target", *targets], check=True)

    lines, failures, reached, wanted = [], [], 0, 0
    for name in chosen:
        print(f"bench: {name}", flush=True)
        rows, failed = run(build, name)
        failures += [failed] if failed else []
        for row in rows:
            if "skipped" in row:
                print(f"skipped {row['work']}: {row['skipped']}")
                continue
            line, met = cells(row)
            lines.append(line)
            wanted += met is not None
            reached += bool(met)
    print(f"\nProcessor: {processor()}.\n\n{HEAD}" + "\n".join(lines))
    for failed in failures:
        print(f"bench: {failed}", file=sys.stderr)
    if lines and not failures and not args.no_write:
        write(lines, everything=not args.only)
    print(f"{reached} of {wanted} reached")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
