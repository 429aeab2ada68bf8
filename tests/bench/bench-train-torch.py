#!/usr/bin/python3
"""bench-train-torch.py THREADS: seconds of the same training step of 8 crops in PyTorch.

Speaks as bench-train does, once for each layout of memory.
"""
import os
import resource
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../peers"))
import torch  # noqa: E402
from torch.nn import functional as F  # noqa: E402
import cpnet  # noqa: E402

CROPS = 8
SIDES = (112, 224)
FORMS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


def loss_of(y, labels):
    flows = 0.5 * ((y[:, :2] - 5 * labels[:, 1:]) ** 2).mean()
    return flows + F.binary_cross_entropy_with_logits(y[:, 2], (labels[:, 0] > 0.5).float())


def case(side, form):
    """A call that does one step."""
    net = cpnet.CPnet().train().to(memory_format=form)
    x = torch.rand(CROPS, 2, side, side).contiguous(memory_format=form)
    labels = torch.rand(CROPS, 3, side, side)
    optim = torch.optim.AdamW([p for p in net.parameters() if p.requires_grad], lr=1e-4)

    def step():
        loss = loss_of(net(x)[0], labels)
        optim.zero_grad()
        loss.backward()
        optim.step()

    return step


def main():
    torch.set_num_threads(int(sys.argv[1]))
    calls = [(side, name, case(side, form)) for side in SIDES for name, form in FORMS.items()]
    for _, _, step in calls:
        step()
    print("ready", torch.__version__, flush=True)
    for _ in sys.stdin:
        for side, name, step in calls:
            before = time.monotonic()
            step()
            print(side, name, time.monotonic() - before)
        print("peak MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        print("round", flush=True)


if __name__ == "__main__":
    main()
