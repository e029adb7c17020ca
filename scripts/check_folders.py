#!/usr/bin/env python3
"""Checks who may know what: the rules between folders that the compiler does not see. Prints every breach as file:line: text; exit code 1 if any."""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')
TORCH = ("ATen/", "torch/", "c10/", "caffe2/")
VIDEO = ("gst/", "glib", "gio/")
MUSIC = ("smf.h", "cairo")
# Plain values that travel between areas; everything else of another area is reached by linking its target.
EXCHANGED = set(re.findall(r"stages/\w+/\w+\.hpp", (ROOT / "cmake/PublicHeaders.cmake").read_text()))


def folder_rules(path):
    """(prefixes, reason) pairs that may not be included by the file at `path`."""
    rules = [(("torch/torch.h", "torch/nn", "torch/all.h"), "costs 20 s of compile time a file; include ATen/core/Tensor.h and ATen/ops/NAME.h")]
    if path.startswith("pipeline/"):
        rules.append((VIDEO + MUSIC + ("stages/",), "the framework knows neither video nor music"))
        if not path.startswith("pipeline/tensor/"):
            rules.append((TORCH, "of the framework only pipeline/tensor knows LibTorch"))
    elif path.startswith("stages/"):
        if not path.startswith("stages/video/"):
            rules.append((VIDEO, "only stages/video knows GStreamer, so that a build can do without it"))
        rules.append((("pipeline/",), "stages include <tivit/...>, as they would once it is installed"))
    elif path.startswith("plugins/"):
        rules.append((("pipeline/", "stages/"), "a plugin sees the installed package alone"))
    return rules


def cmake_text(area):
    path = ROOT / "stages" / area / "CMakeLists.txt"
    return path.read_text() if path.exists() else ""


def links(area, other):
    """Whether stages/AREA names a target that stages/OTHER makes."""
    targets = re.findall(r"add_library\((\w+)", cmake_text(other)) + ["tivit_stages_" + n for n in re.findall(r"tivit_stages\((\w+)", cmake_text(other))]
    return any(re.search(rf"\b{target}\b", cmake_text(area)) for target in targets)


def breaches(path, lines):
    rules = folder_rules(path)
    area = path.split("/")[1] if path.startswith("stages/") and path.count("/") > 1 else None
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        header = match.group(1)
        for prefixes, reason in rules:
            if header.startswith(prefixes) and not (path.startswith("plugins/") and header in EXCHANGED):
                yield number, f"includes {header}: {reason}"
        other = re.match(r"stages/(\w+)/", header)
        if area and other and other.group(1) != area and header not in EXCHANGED and not links(area, other.group(1)):
            yield number, f"includes {header}, but stages/{area}/CMakeLists.txt links no target of stages/{other.group(1)}"
    if path.endswith(".hpp") and "#pragma once" not in lines:
        yield 1, "a header needs #pragma once"


def main():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0:
        files = listed.stdout.split("\n")
    else:  # a tree that was unpacked, not cloned
        files = [str(p.relative_to(ROOT)) for top in ("pipeline", "stages", "plugins", "graphs", "tests") for p in (ROOT / top).rglob("*")]
    found = 0
    for name in sorted(filter(None, files)):
        if not os.path.isfile(ROOT / name) or not name.endswith((".hpp", ".cpp", ".toml")):
            continue
        lines = (ROOT / name).read_text(encoding="utf-8").split("\n")
        problems = list(breaches(name, lines)) if name.endswith((".hpp", ".cpp")) else []
        if name.startswith("graphs/") and len(lines) > 60:
            problems.append((60, f"a graph stays under 60 lines, this one has {len(lines) - 1}"))
        for number, text in problems:
            print(f"{name}:{number}: {text}")
        found += len(problems)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
