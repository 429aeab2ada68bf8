#!/usr/bin/python3
"""Losses, every gradient and the weights after three steps, ours beside PyTorch's in double
precision (algorithm.md §1, 9.1, 9.2), for each kernel and optimiser.
Usage: gradients.py TRAIN-STEPS

ReLU and max pooling have bends: an input that is zero but for rounding may fall to either side of
one, and the gradient with it. So the biases of the norms are moved until all inputs of the first
step keep well away from the bends, and the batch is one whose inputs do so by more than rounding in
the later steps."""
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
try:
    import numpy as np
    import torch
    import cpnet
    from torch import nn
    from torch.nn import functional as F
except ImportError as missing:
    print(f"1..0 # SKIP PyTorch is not installed, package python3-torch ({missing})")
    sys.exit(0)

STEPS = os.path.abspath(sys.argv[1])
NBASE, SHAPE, COUNT = (2, 32, 32, 64), (2, 2, 16, 24), 3
METHODS = {"sgd": 0.02, "adamw": 0.0005}
LOSS, GRADIENT, WEIGHT = 1e-5, 1e-4, 1e-4
ROOM = 4e-6  # of every input in every step; f32 is off by less


class Bends:
    """The least distance of any input of a ReLU or a pooling from its bend, in one forward pass.
    With `shift` the biases before each ReLU are moved to where that distance is large."""

    def __init__(self, net):
        self.least, self.shift = np.inf, False
        for block in net.modules():
            if isinstance(block, nn.Sequential) and len(block) == 3:
                block[0].register_forward_hook(self.norm)
        for k in range(net.levels - 1):
            getattr(net.downsample.down, f"res_down_{k}").register_forward_hook(self.pooled)

    def norm(self, module, _, z):
        if self.shift:
            z = z.detach().clone()
            for c in range(z.shape[1]):
                values = np.sort(z[:, c].numpy().ravel())
                near = values[np.argsort(abs(values))[:40]]
                near.sort()
                k = np.argmax(np.diff(near))
                move = -(near[k] + near[k + 1]) / 2
                old = module.bias[c].item()
                with torch.no_grad():
                    module.bias[c] = float(np.float32(old + move))
                z[:, c] += module.bias[c].item() - old
        self.least = min(self.least, z.abs().min().item())
        return z if self.shift else None

    def pooled(self, _, __, x):
        n, c, h, w = x.shape
        window = x.detach().reshape(n, c, h // 2, 2, w // 2, 2).permute(0, 1, 2, 4, 3, 5)
        top = window.reshape(-1, 4).topk(2).values
        self.least = min(self.least, (top[:, 0] - top[:, 1]).min().item())


def problem(seed):
    """A network of random weights, and a batch with discs whose flows point to their middles."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = cpnet.CPnet(NBASE)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 0.05
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.3, 0.5)
    n, _, h, w = SHAPE
    x = rng.normal(0.3, 0.4, SHAPE).astype(np.float32)
    labels = np.zeros((n, 3, h, w), np.float32)
    yy, xx = np.mgrid[:h, :w]
    for image, target in zip(x, labels):
        for cy, cx in ((5, 6), (9, 17)):
            dy, dx = cy + rng.uniform(-1, 1) - yy, cx + rng.uniform(-1, 1) - xx
            distance = np.hypot(dy, dx)
            disc = distance < rng.uniform(3, 5)
            target[0, disc] = 1
            target[1:, disc] = np.stack([dy, dx])[:, disc] / distance[disc]
            image[:, disc] += 0.7
    net = net.double().train()
    bends = Bends(net)
    bends.shift = True
    state = {k: v.clone() for k, v in net.state_dict().items() if "running" in k or "num_" in k}
    with torch.no_grad():
        net(torch.from_numpy(x).double())
    bends.shift = False
    net.load_state_dict(state, strict=False)
    return net, bends, x, labels


def loss_of(net, x, labels):
    y = net(x)[0]
    inside = (labels[:, 0] > 0.5).double()
    return (0.5 * F.mse_loss(y[:, :2], 5 * labels[:, 1:])
            + F.binary_cross_entropy_with_logits(y[:, 2], inside))


def expected(net, bends, method, x, labels):
    """Losses, the gradients of the first step, and the weights in the end; None on a bend."""
    make = torch.optim.SGD if method == "sgd" else torch.optim.AdamW
    extra = {"momentum": 0.9} if method == "sgd" else {}
    optimiser = make(net.parameters(), lr=METHODS[method], weight_decay=1e-5, **extra)
    x, labels = torch.from_numpy(x).double(), torch.from_numpy(labels).double()
    losses, gradients = [], None
    for _ in range(COUNT):
        bends.least = np.inf
        optimiser.zero_grad()
        loss = loss_of(net, x, labels)
        if bends.least < ROOM:
            return None
        loss.backward()
        losses.append(loss.item())
        gradients = gradients or {k: p.grad.numpy().copy() for k, p in net.named_parameters()
                                  if p.grad is not None}
        optimiser.step()
    return losses, gradients, {k: v.numpy() for k, v in net.state_dict().items()}


def find(method):
    for seed in range(1000):
        net, bends, x, labels = problem(seed)
        start = {k: v.clone().float() if v.is_floating_point() else v.clone()
                 for k, v in net.state_dict().items()}
        want = expected(net, bends, method, x, labels)
        if want:
            return seed, start, x, labels, want
    raise RuntimeError("every batch has an input on a bend")


def apart(have, want):
    """Length of the difference over that of what is wanted."""
    return float(np.linalg.norm(have - want) / np.linalg.norm(want))


def compare(kernel, method, case, folder):
    """A sentence on how far apart they are; raises when that is too far."""
    seed, start, x, labels, (losses, gradients, weights) = case
    model = os.path.join(folder, "start.pth")
    torch.save(start, model)
    np.save(os.path.join(folder, "x.npy"), x)
    np.save(os.path.join(folder, "labels.npy"), labels)
    call = [STEPS, model, folder, method, repr(METHODS[method]), str(COUNT)]
    done = subprocess.run(call, env=dict(os.environ, CYTOSCRIBE_KERNEL=kernel), text=True,
                          capture_output=True)
    if "cannot run" in done.stderr:
        return None
    assert done.returncode == 0, done.stderr
    off = max(abs(float(a) - b) for a, b in zip(done.stdout.split(), losses))
    have = cpnet.read_safetensors(os.path.join(folder, "gradients.safetensors"))
    # A constant before a norm has no gradient, and some weights see zeros alone: there the sums of
    # either are rounding or nothing. AdamW, which divides by the size of a gradient, makes steps of
    # rounding all the same, and the means of the norms behind follow.
    free = {name for name, want in gradients.items() if np.linalg.norm(want) < 1e-9}
    assert all(have[name].norm() < 1e-6 for name in free), "a gradient where none should be"
    far = {name: apart(have[name].double().numpy(), want) for name, want in gradients.items()
           if name not in free}
    have = cpnet.read_safetensors(os.path.join(folder, "weights.safetensors"))
    for name in free:
        step = (have[name].double() - start[name].double()).abs().max().item()
        assert step <= 1.001 * COUNT * METHODS[method] + 1e-6, (name, step)
    moved = {}
    for name, want in weights.items():
        if "diam_" in name or "num_" in name:
            continue
        if method == "adamw" and (name in free or "running_mean" in name):
            continue
        learns = gradients[name] != 0 if method == "adamw" and name in gradients else ...
        moved[name] = apart(have[name].double().numpy()[learns], want[learns])
    worst, last = max(far, key=far.get), max(moved, key=moved.get)
    text = (f"losses within {off:.1e}, {len(far)} gradients within {far[worst]:.1e} ({worst}), "
            f"{len(moved)} weights and statistics within {moved[last]:.1e} ({last}), seed {seed}")
    assert off < LOSS and far[worst] < GRADIENT and moved[last] < WEIGHT, text
    assert len(far) > 90 and len(moved) > 120, text
    return text


def main():
    torch.set_num_threads(1)
    cases = [(k, m) for m in METHODS for k in ("avx512", "avx2", "portable")]
    print(f"1..{len(cases)}")
    found, failed = {}, False
    for number, (kernel, method) in enumerate(cases, 1):
        title = f"{number} - {method} {kernel}"
        with tempfile.TemporaryDirectory() as folder:
            try:
                found[method] = found.get(method) or find(method)
                text = compare(kernel, method, found[method], folder)
                print(f"ok {title}: {text}" if text else f"ok {title} # SKIP not on this processor")
            except Exception as error:  # every failure is one line of TAP
                failed = True
                print(f"# {type(error).__name__}: {error}\nnot ok {title}")
        sys.stdout.flush()
    return failed


if __name__ == "__main__":
    sys.exit(main())
