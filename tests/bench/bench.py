#!/usr/bin/python3
"""bench.py BUILD [--json] [--network | --training | --road]: how fast everything is, in one run and one
table.

Machine (sgemm, streaming), every layer, the network and a training step beside PyTorch (rounds of both
by turns, best of each), every stage of the road (two threads and one by turns), whole runs of the program
with their memory. --network stops after the network, --training does the training step alone, --road the
stages alone. --json adds a record to history/, named by the commit.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
MODEL = os.path.realpath(os.path.join(HERE, "../../models/nuclei.safetensors"))
ROUNDS = 5
STEPS = 3
TURNS = 3  # of the road on each side
TILE_GFLOP = 31.0  # of the 3×3 and 1×1 convolutions, counted as direct sums
SIDES = (256, 1024, 2048)
AFTER = ("resample", "follow", "cluster", "flow check", "clean")


class Bench:
    def __init__(self, build):
        self.build = build
        self.core = os.path.join(build, "tests/bench/bench-core")
        self.program = os.path.join(build, "src/cli/cytoscribe")
        self.record = {}

    def note(self, group, name, value):
        self.record.setdefault(group, {})[name] = value

    def run_core(self, *args):
        """Runs bench-core; its numbers go into the record."""
        out = subprocess.run([self.core, *map(str, args)], check=True, stdout=subprocess.PIPE)
        for line in out.stdout.decode().splitlines():
            group, name, value, _ = line.split("\t")
            if group == "machine":
                name += f" {args[1]}"
            self.note(group, name, float(value))

    def best_of_core(self, *args):
        """The same, where an earlier turn left its numbers: the smaller ones stay."""
        earlier = {group: dict(values) for group, values in self.record.items()}
        self.run_core(*args)
        for group, values in earlier.items():
            for name, value in values.items():
                self.note(group, name, min(value, self.record[group][name]))


class Partner:
    """A program that runs one round for every line it is given."""

    def __init__(self, *command):
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.best = {}

    def round(self):
        self.child.stdin.write(b"\n")
        self.child.stdin.flush()
        for line in iter(self.child.stdout.readline, b"round\n"):
            if not line:
                raise SystemExit("bench.py: the program under test ended early")
            n, layout, seconds = line.decode().split()
            key = f"{n} {layout}"
            self.best[key] = min(self.best.get(key, 1e9), float(seconds))

    def close(self):
        self.child.stdin.close()
        self.child.wait()


def torch_partner(script, *args):
    partner = Partner("/usr/bin/python3", os.path.join(HERE, script), *args)
    words = partner.child.stdout.readline().decode().split()
    if words[:1] == ["ready"]:
        return partner, words[1]
    return None, None


def network(bench, threads):
    """Rounds by turns, PyTorch's on two threads only; all is loaded and warm before the first."""
    ours = Partner(bench.core, "network", MODEL, str(threads))
    theirs, version = None, None
    if threads == 2:
        theirs, version = torch_partner("bench-torch.py", MODEL, str(threads))
    ours.round()
    ours.best = {}
    for _ in range(ROUNDS):
        ours.round()
        if theirs:
            theirs.round()
    ours.close()
    group = f"network {threads}"
    for key, seconds in ours.best.items():
        bench.note(group, key, seconds)
    if theirs:
        theirs.close()
        for key, seconds in theirs.best.items():
            bench.note(group, f"{key} PyTorch {version}", seconds)


def training(bench):
    """Steps of 8 crops on two threads, ours and PyTorch's by turns."""
    ours = Partner(os.path.join(bench.build, "tests/bench/bench-train"), "2")
    theirs, version = torch_partner("bench-train-torch.py", "2")
    for _ in range(STEPS):
        ours.round()
        if theirs:
            theirs.round()
    ours.close()
    for key, value in ours.best.items():
        bench.note("training", key.replace("peak MB", "peak MB ours"), value)
    if theirs:
        theirs.close()
        for key, value in theirs.best.items():
            bench.note("training", f"{key} PyTorch {version}", value)


def child(command):
    """Wall seconds and peak memory in MB of one call."""
    before = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - before
    if status:
        raise SystemExit(f"bench.py: {' '.join(command)} failed")
    return seconds, usage.ru_maxrss / 1024


def whole_runs(bench):
    version = min(child([bench.program, "--version"])[0] for _ in range(10))
    bench.note("program", "--version s", version)
    for side in SIDES:
        with tempfile.TemporaryDirectory(prefix="cyto-bench-") as folder:
            image = os.path.join(folder, "picture.npy")
            bench.run_core("picture", side, image)
            for threads in (2, 1):
                call = [bench.program, "segment", image, "--pretrained_model", MODEL, "--diameter",
                        "20", "--save_png", "--threads", str(threads)]
                runs = [child(call) for _ in range(5 if side < 1000 else 2)]
                bench.note("program", f"{side} x {side}, {threads} threads s", min(r[0] for r in runs))
                bench.note("program", f"{side} x {side}, {threads} threads MB", max(r[1] for r in runs))


def print_machine(record):
    print("machine                       1 thread    2 threads")
    for name, unit in (("sgemm", "GFLOP/s"), ("triad", "GB/s")):
        one, two = (record["machine"].get(f"{name} {n}") for n in (1, 2))
        if one and two:
            print(f"  {name:<18} {one:18.1f} {two:12.1f}  {unit}")


def print_network(record):
    for threads in (2, 1):
        times = record.get(f"network {threads}", {})
        sgemm = record["machine"].get(f"sgemm {threads}")
        for n in (1, 8):
            ours = times.get(f"{n} ours")
            theirs = {k: v for k, v in times.items() if k.startswith(f"{n} ") and "PyTorch" in k}
            line = f"  batch {n}, {threads} threads: {1e3 * ours:.1f} ms a tile, "
            line += f"{TILE_GFLOP / ours:.0f} GFLOP/s as direct"
            if sgemm:
                line += f" ({TILE_GFLOP / ours / sgemm:.2f} × sgemm)"
            if theirs:
                best = min(theirs, key=theirs.get)
                line += f"; {best[2:]} {1e3 * theirs[best]:.1f} ms, ratio {theirs[best] / ours:.2f}"
            print(line)


def print_training(record):
    print("training step, 8 crops, 2 threads")
    times = record["training"]
    for side in (112, 224):
        ours = times[f"{side} ours"]
        theirs = {k: v for k, v in times.items() if k.startswith(f"{side} ") and "PyTorch" in k}
        line = f"  {side}²: {1e3 * ours:.0f} ms"
        if theirs:
            best = min(theirs, key=theirs.get)
            line += f"; {best[4:]} {1e3 * theirs[best]:.0f} ms, ratio {theirs[best] / ours:.2f}"
        print(line)
    peaks = [f"{k[8:]} {v:.0f}" for k, v in times.items() if k.startswith("peak MB")]
    print(f"  peak memory with both sides, MB: {', '.join(peaks)}")


def print_layers(record):
    print("layers, GFLOP/s on one thread   as it runs   plain sum    naive")
    for name, rate in record["layer"].items():
        print(f"  {name:<28} {rate:11.0f} {record['direct'][name]:11.0f} {record['naive'][name]:8.2f}")


def print_road(record):
    columns = [(side, threads) for side in SIDES for threads in (2, 1)]
    groups = [record[f"road {side} {threads}"] for side, threads in columns]
    print("road, ms".ljust(16) + "".join(f"{side}²/{threads}".rjust(12) for side, threads in columns))
    for stage in groups[0]:
        print(f"  {stage:<14}" + "".join(f"{1e3 * g[stage]:12.2f}" for g in groups))
    after = [sum(g[s] for s in AFTER) / g["network"] for g in groups]
    print("  after/network " + "".join(f"{share:12.3f}" for share in after))
    speedup = groups[3]["whole"] / groups[2]["whole"]
    print(f"  2 threads on 1024²: {speedup:.2f} × one thread")


def road(bench):
    for side in SIDES:
        for _ in range(TURNS):
            for threads in (2, 1):
                bench.best_of_core("road", MODEL, side, threads)
    print_road(bench.record)


def print_program(record):
    print(f"program, {100 * record['picture']['foreground']:.0f} % foreground")
    for name, value in record["program"].items():
        print(f"  {name[:-2] + ' ' + name[-2:].strip():<34} {value:8.3f}")


def save(record, build):
    commit = subprocess.run(["git", "-C", HERE, "rev-parse", "--short", "HEAD"], check=True,
                            stdout=subprocess.PIPE).stdout.decode().strip()
    record = {"commit": commit, "date": time.strftime("%Y-%m-%d"), **record}
    path = os.path.join(HERE, "history", f"{commit}.json")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        json.dump(record, file, indent=1, sort_keys=True)
        file.write("\n")
    print(f"kept as {os.path.relpath(path)}")


def main():
    bench = Bench(sys.argv[1])
    if "--training" in sys.argv:
        training(bench)
        print_training(bench.record)
        return
    if "--road" in sys.argv:
        road(bench)
        return
    for threads in (1, 2):
        bench.run_core("machine", threads)
    print_machine(bench.record)
    print("network, tiles of 2×224×224")
    for threads in (2, 1):
        network(bench, threads)
    print_network(bench.record)
    if "--network" in sys.argv:
        return
    training(bench)
    print_training(bench.record)
    bench.run_core("layers")
    print_layers(bench.record)
    road(bench)
    whole_runs(bench)
    print_program(bench.record)
    if "--json" in sys.argv:
        save(bench.record, bench.build)


if __name__ == "__main__":
    main()
