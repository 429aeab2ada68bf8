#!/usr/bin/python3
"""summary.py BUILD…: adds up what `meson test` found there and ends with one plain line.

A TAP program counts as many as its checks, any other program as one. A program that died, or that
ended before its plan, counts as a failure of its own. Exit status 1 when anything failed.
"""
import json
import re
import sys
from pathlib import Path

LINE = re.compile(r"(ok|not ok) \d+(?: - )?(.*?)(?:\s# (SKIP|TODO)\b\s*(.*))?$")


def checks(run):
    """(name, verdict, reason) of every check of one program."""
    output = run.get("stdout", "")
    found = []
    for line in output.splitlines():
        match = LINE.match(line)
        if match:
            verdict = "skipped" if match[3] == "SKIP" else "passed" if match[1] == "ok" else "failed"
            found.append((match[2], verdict, match[4] or ""))
    plan = re.search(r"^1\.\.(\d+)(?:\s*# SKIP\s*(.*))?", output, re.M)
    if plan and plan[1] == "0":
        return [("", "skipped", plan[2] or "")]
    if plan and int(plan[1]) > len(found):
        return found + [("", "failed", f"ended after {len(found)} of {plan[1]} checks")]
    if not plan:
        last = (output.strip() or run.get("stderr", "").strip()).splitlines()[-1:]
        verdict = {"OK": "passed", "SKIP": "skipped"}.get(run["result"], "failed")
        return [("", verdict, last[0] if last else "")]
    if run["result"] not in ("OK", "SKIP") and all(v != "failed" for _, v, _ in found):
        found.append(("", "failed", f"{run['result'].lower()}, exit status {run['returncode']}"))
    return found


def main():
    count = {"passed": 0, "failed": 0, "skipped": 0}
    listed = {"failed": [], "skipped": {}}
    for build in map(Path, sys.argv[1:]):
        log = build / "meson-logs" / "testlog.json"
        if not log.exists():
            listed["failed"].append(f"{build}: no test ran")
            count["failed"] += 1
            continue
        for line in log.read_text(errors="replace").splitlines():
            run = json.loads(line)
            program = f"{build}: {run['name'].split(' / ')[-1]}"
            for name, verdict, reason in checks(run):
                count[verdict] += 1
                if verdict == "failed":
                    listed["failed"].append(f"{program}: {name} {reason}".rstrip())
                elif verdict == "skipped":
                    listed["skipped"].setdefault(reason, []).append(f"{program} {name}".rstrip())
    for reason, names in listed["skipped"].items():
        print(f"SKIPPED {len(names)}: {reason or 'no reason given'}")
        for name in names:
            print(f"    {name}")
    for name in listed["failed"]:
        print(f"FAILED {name}")
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**count))
    return count["failed"] > 0 or count["passed"] == 0


if __name__ == "__main__":
    sys.exit(main())
