#!/usr/bin/env python3
"""Runs ctest in a build folder and ends in one line: N passed, N failed[, N skipped].

A Boost.Test program counts as its test cases (its line `cases: ...`), any other test as one. A program that ends badly without a failed case,
such as a crash, a time-out or a sanitizer's report, is one failure more.
"""
import argparse
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

CASES = re.compile(r"^cases: (\d+) passed, (\d+) failed, (\d+) skipped$", re.MULTILINE)
SKIPPED = re.compile(r"^skipped .*$", re.MULTILINE)


def count(test):
    """(passed, failed, skipped, reasons) of one <testcase> element of ctest's JUnit file."""
    output = test.findtext("system-out") or ""
    reasons = SKIPPED.findall(output)
    status = test.get("status")
    if status in ("notrun", "disabled"):
        if test.find("skipped") is not None and "SKIP_RETURN_CODE" in (test.find("skipped").get("message") or ""):
            return 0, 0, 1, reasons or [f"skipped {test.get('name')}"]
        return 0, 1, 0, reasons
    passed, failed, skipped = [sum(int(line[i]) for line in CASES.findall(output)) for i in range(3)]
    if status == "run":
        return (passed, failed, skipped, reasons) if passed + failed + skipped else (1, 0, 0, reasons)
    return passed, max(failed, 1), skipped, reasons


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build")
    parser.add_argument("ctest", nargs="*", help="arguments for ctest, such as -R notes")
    args, more = parser.parse_known_args()
    junit = os.path.join(os.path.abspath(args.build), "tests.xml")
    if os.path.exists(junit):
        os.remove(junit)
    code = subprocess.run(
        ["ctest", "--test-dir", args.build, "--output-on-failure", "--no-tests=error", "--output-junit", junit,
         "--test-output-size-passed", "10000000", "--test-output-size-failed", "10000000",
         "-j", str(os.cpu_count())] + args.ctest + more).returncode
    totals, reasons = [0, 0, 0], []
    if os.path.exists(junit):
        for test in ElementTree.parse(junit).getroot().iter("testcase"):
            *numbers, why = count(test)
            totals = [a + b for a, b in zip(totals, numbers)]
            reasons += why
    elif code == 0:
        code = 1
    if code != 0 and totals[1] == 0:
        totals[1] = 1
    for reason in reasons:
        print(reason)
    print(f"{totals[0]} passed, {totals[1]} failed" + (f", {totals[2]} skipped" if totals[2] else ""), flush=True)
    return 1 if totals[1] else 0


if __name__ == "__main__":
    sys.exit(main())
