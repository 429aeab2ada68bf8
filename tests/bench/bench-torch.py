#!/usr/bin/python3
"""bench-torch.py MODEL THREADS: seconds per 2×224×224 tile of the same network in PyTorch.

Prints lines "batch layout seconds"; waits for a line on standard input before each round, so that
whoever asks can run something else in between. The first round warms up and prints nothing.
"""
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../peers"))
import torch  # noqa: E402
import cpnet  # noqa: E402

BATCHES = (1, 8)


def cases(path):
    """Every pair of a layout and a batch as a call that runs the network once."""
    made = []
    for name in ("contiguous", "channels_last"):
        form = torch.contiguous_format if name == "contiguous" else torch.channels_last
        net = cpnet.load(path).to(memory_format=form)
        for n in BATCHES:
            x = torch.rand(n, 2, 224, 224).contiguous(memory_format=form)
            made.append((n, name, lambda net=net, x=x: net(x)))
    return made


def main():
    torch.set_num_threads(int(sys.argv[2]))
    torch.backends.mkldnn.enabled = True
    calls = cases(sys.argv[1])
    with torch.inference_mode():
        for _, _, run in calls:
            run()
        print("ready", torch.__version__, flush=True)
        for _ in sys.stdin:
            for n, name, run in calls:
                before = time.monotonic()
                run()
                print(n, name, (time.monotonic() - before) / n)
            print("round", flush=True)


if __name__ == "__main__":
    main()
