#!/usr/bin/python3
"""bench.py BUILD: seconds per 2×224×224 tile, ours beside the same network in PyTorch.

Two threads each, batches of 1 and 8 tiles, every number the best of at least three runs. PyTorch runs
with contiguous and with channels-last tensors; its better one counts.
"""
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
MODEL = os.path.join(HERE, "../../models/nuclei.safetensors")
THREADS = 2


def ours(build):
    program = os.path.join(build, "tests/bench/bench-net")
    out = subprocess.run([program, "time", MODEL, str(THREADS)], check=True, stdout=subprocess.PIPE)
    return {int(n): float(s) for n, s in (line.split() for line in out.stdout.decode().splitlines())}


def best_time(run):
    best, runs, start = float("inf"), 0, time.monotonic()
    while runs < 3 or time.monotonic() - start < 2:
        before = time.monotonic()
        run()
        best = min(best, time.monotonic() - before)
        runs += 1
    return best


def pytorch(batches):
    sys.dont_write_bytecode = True
    sys.path.insert(0, os.path.join(HERE, "../peers"))
    import torch
    import cpnet

    torch.set_num_threads(THREADS)
    times = {}
    for layout in ("contiguous", "channels_last"):
        form = getattr(torch, layout + "_format" if layout == "contiguous" else layout)
        net = cpnet.load(MODEL).to(memory_format=form)
        for n in batches:
            x = torch.rand(n, 2, 224, 224).contiguous(memory_format=form)
            with torch.inference_mode():
                times[n, layout] = best_time(lambda: net(x)) / n
    return torch.__version__, times


def main():
    mine = ours(sys.argv[1])
    print(f"seconds per 2×224×224 tile, {THREADS} threads, {os.path.basename(MODEL)}")
    try:
        version, theirs = pytorch(mine)
    except ImportError as missing:
        print(f"PyTorch is not installed ({missing}; ./dev deps peers brings it): ours alone")
        for n, seconds in mine.items():
            print(f"  {n} tile{'s' if n > 1 else ' '}  ours {seconds:.4f}")
        return
    for n, seconds in mine.items():
        best, layout = min((theirs[n, name], name) for m, name in theirs if m == n)
        print(f"  {n} tile{'s' if n > 1 else ' '}  ours {seconds:.4f}  PyTorch {version} "
              f"{best:.4f} ({layout})  ratio {best / seconds:.2f}")
    ratio = min(t for t in theirs.values()) / min(mine.values())
    print(f"best against best: {ratio:.2f} times PyTorch's speed")


if __name__ == "__main__":
    main()
