#!/usr/bin/env python3
"""Counts the tests of a JUnit report and judges the run.

usage: ci/tally.py REPORT.xml --skipped-max N [--counts FILE]

Prints each failed and skipped test, then the counts; writes "passed failed
skipped" to FILE. Fails if a test failed, if none passed, or if more than N were
skipped. Both ctest (--output-junit) and lit (--xunit-xml-output) write such
reports; in both a test that timed out is a failure.
"""
import argparse
import sys
import xml.etree.ElementTree as ElementTree


def classify(case):
    """ctest marks results in `status` too: run, fail, notrun or disabled."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
        return "skipped"
    if case.get("status", "run") != "run":
        return "failed"
    return "passed"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("report")
    parser.add_argument("--skipped-max", type=int, required=True)
    parser.add_argument("--counts")
    options = parser.parse_args()

    counts = {"passed": 0, "failed": 0, "skipped": 0}
    try:
        for case in ElementTree.parse(options.report).iter("testcase"):
            result = classify(case)
            counts[result] += 1
            if result != "passed":
                print(f"{result}: {case.get('classname', '')} {case.get('name')}")
    except (OSError, ElementTree.ParseError) as error:
        print(f"tally: {options.report}: expected a JUnit report: {error}", file=sys.stderr)
        return 1
    if options.counts:
        with open(options.counts, "w", encoding="utf-8") as file:
            file.write("{passed} {failed} {skipped}\n".format(**counts))
    print("tests: {passed} passed, {failed} failed, {skipped} skipped".format(**counts))

    if counts["failed"]:
        return 1
    if not counts["passed"]:
        print(f"tally: {options.report}: expected at least 1 test to pass, got 0", file=sys.stderr)
        return 1
    if counts["skipped"] > options.skipped_max:
        print(
            f"tally: {options.report}: expected at most {options.skipped_max} skipped, "
            f"got {counts['skipped']}",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
