#!/usr/bin/python3
"""unet.py BENCH_NET UNET_DUMP: U-Nets without flows against PyTorch (outputs, losses, gradients,
running statistics) and their mask rule against SciPy (algorithm.md §15)."""
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
try:
    import numpy as np
    import torch
    from scipy import ndimage
    from torch import nn
    from torch.nn import functional as F
    import cpnet
except ImportError as missing:
    print(f"1..0 # SKIP PyTorch or SciPy is not installed ({missing})")
    sys.exit(0)

BENCH, DUMP = sys.argv[1], sys.argv[2]
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


class Down(nn.Module):
    def __init__(self, ci, co):
        super().__init__()
        self.conv = nn.Sequential()
        self.conv.add_module("conv_0", cpnet.batchconv(ci, co))
        self.conv.add_module("conv_1", cpnet.batchconv(co, co))

    def forward(self, x):
        return self.conv(x)


class Joined(nn.Module):
    def __init__(self, co, style):
        super().__init__()
        self.conv = cpnet.batchconv(2 * co, co)
        self.full = nn.Linear(style, 2 * co)

    def forward(self, style, x, skip):
        x = torch.cat((skip, x), dim=1)
        return self.conv(x + self.full(style)[:, :, None, None])


class Up(nn.Module):
    def __init__(self, ci, co, style):
        super().__init__()
        self.conv = nn.Module()
        self.conv.conv_0 = cpnet.batchconv(ci, co)
        self.conv.conv_1 = Joined(co, style)

    def forward(self, x, skip, style):
        return self.conv.conv_1(style, self.conv.conv_0(x), skip)


class Unet(nn.Module):
    """Without residuals, the style multiplied by 0, skips joined."""

    def __init__(self, nbase=(2, 32, 64, 128, 256), nout=3):
        super().__init__()
        self.diam_mean = nn.Parameter(torch.ones(1) * 30, requires_grad=False)
        self.diam_labels = nn.Parameter(torch.ones(1) * 30, requires_grad=False)
        self.levels = len(nbase) - 1
        self.downsample, self.upsample = nn.Module(), nn.Module()
        self.downsample.down, self.upsample.up = nn.Module(), nn.Module()
        for n in range(self.levels):
            self.downsample.down.add_module(f"conv_down_{n}", Down(nbase[n], nbase[n + 1]))
            above = nbase[min(n + 2, self.levels)]
            self.upsample.up.add_module(f"conv_up_{n}", Up(above, nbase[n + 1], nbase[-1]))
        self.output = cpnet.batchconv(nbase[1], nout, 1)

    def forward(self, x):
        downs = []
        for n in range(self.levels):
            x = getattr(self.downsample.down, f"conv_down_{n}")(F.max_pool2d(x, 2) if n else x)
            downs.append(x)
        style = x.mean(dim=(2, 3))
        style = style / style.pow(2).sum(dim=1, keepdim=True).sqrt()
        for n in reversed(range(self.levels)):
            if n < self.levels - 1:
                x = F.interpolate(x, scale_factor=2, mode="nearest")
            x = getattr(self.upsample.up, f"conv_up_{n}")(x, downs[n], 0 * style)
        return self.output(x), style


def made(nbase, nout, seed, bias=(-0.5, 0.5)):
    """A network whose norms do something."""
    torch.manual_seed(seed)
    net = Unet(nbase, nout)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 0.05
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, *bias)
            nn.init.uniform_(module.running_mean, -0.3, 0.3)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    return net


def length(t):
    return float(t.double().pow(2).sum().sqrt())


@check
def sizes_are_those_of_the_real_ones(tmp):
    for nout, parameters in ((3, 3968169), (2, 3968136)):
        net = Unet(nout=nout)
        assert sum(p.numel() for p in net.parameters()) == parameters
        assert len(net.state_dict()) == 129


@check
def outputs_are_the_same(tmp):
    for nbase, nout, n, h, w in (((2, 32, 64, 128, 256), 3, 1, 224, 224),
                                 ((2, 32, 64, 128, 256), 2, 3, 96, 160),
                                 ((1, 16, 24, 32), 1, 2, 64, 32), ((3, 5, 7), 3, 1, 30, 22)):
        net = made(nbase, nout, 3).eval()
        for legacy in (False, True):
            torch.save(net.state_dict(), f"{tmp}/net.pth",
                       _use_new_zipfile_serialization=not legacy)
            x = torch.randn(n, nbase[0], h, w)
            with torch.no_grad():
                y, style = (t.numpy() for t in net(x))
            x.numpy().tofile(f"{tmp}/x")
            subprocess.run([BENCH, "dump", f"{tmp}/net.pth", str(n), str(h), str(w), f"{tmp}/x",
                            f"{tmp}/y"], check=True)
            out = np.fromfile(f"{tmp}/y", np.float32)
            got, got_style = out[:y.size].reshape(y.shape), out[y.size:].reshape(style.shape)
            far = abs(got - y).max()
            print(f"# {nbase} → {nout}: output within {far:.1e} of {abs(y).max():.1f}")
            assert far < 1e-5 * max(10, abs(y).max()) and abs(got_style - style).max() < 1e-4


def loss_of(y, labels, dice):
    if y.shape[1] > 1:
        return 8 / y.shape[1] * F.cross_entropy(y, labels.long())
    y = y[:, 0]
    p = torch.sigmoid(y)
    both, all_of = 2 * (p * labels).sum((1, 2)) + 1, (p + labels).sum((1, 2)) + 1
    return F.binary_cross_entropy_with_logits(y, labels) + dice * (1 - both / all_of).mean()


@check
def a_step_is_the_same(tmp):
    rate = 0.25
    for nbase, nout, dice in (((2, 32, 32, 64), 3, 0), ((2, 32, 64, 64), 2, 0),
                              ((1, 16, 16, 32), 1, 0.6)):
        # far from the bend of ReLU: one pixel that rounding puts on its other side would be
        # worth more than all other differences
        net = made(nbase, nout, 5, bias=(6, 7)).train()
        torch.save(net.state_dict(), f"{tmp}/net.pth")
        n, h, w = 3, 48, 64
        x = torch.randn(n, nbase[0], h, w)
        wave = F.avg_pool2d(x[:, :1], 9, 1, 4)[:, 0]  # classes that lie together, as cells do
        labels = sum((wave > level / 9).float() for level in range(max(nout, 2) - 1))
        x.numpy().tofile(f"{tmp}/x")
        labels.numpy().tofile(f"{tmp}/labels")
        done = subprocess.run([DUMP, "step", f"{tmp}/net.pth", str(n), str(h), str(w), f"{tmp}/x",
                               f"{tmp}/labels", str(dice), str(rate), f"{tmp}/after"], check=True,
                              stdout=subprocess.PIPE)
        before = {k: v.clone() for k, v in net.state_dict().items()}
        loss = loss_of(net(x)[0], labels, dice)
        loss.backward()
        assert abs(float(done.stdout) - float(loss)) < 1e-5 * float(loss), (done.stdout, loss)
        after = cpnet.read_safetensors(f"{tmp}/after")
        worst = 0
        for name, p in net.named_parameters():
            if "diam_" in name:
                continue
            got, want = (before[name] - after[name]) / rate, p.grad
            if length(want) < 1e-5:  # a constant before a norm
                assert length(got) < 1e-5, name
                continue
            far = length(got - want) / length(want)
            # weights are f32: their difference is as good as they are
            worst = max(worst, far - 1e-7 * length(before[name]) / rate / length(want))
        print(f"# {nbase} → {nout}: loss {float(loss):.5f}, gradients within {worst:.1e}")
        assert worst < 1e-3, worst
        for name, value in net.state_dict().items():
            if ".running_" in name:
                assert torch.allclose(after[name], value, rtol=1e-4, atol=1e-5), name


def masks_of(y, cell, boundary):
    """The rule with SciPy."""
    labels, n = ndimage.label(y[1] - y[0] > cell)
    nearest = np.zeros(labels.shape, np.int64)
    if len(y) < 3:
        return labels, np.full(labels.shape, 1.0)
    best, margin = np.full(labels.shape, 1e4, np.float32), np.full(labels.shape, 1e4, np.float32)
    for k, (rows, columns) in enumerate(ndimage.find_objects(labels), 1):
        box = (slice(max(0, rows.start - 10), rows.stop + 10),
               slice(max(0, columns.start - 10), columns.stop + 10))
        value = 1 - ndimage.gaussian_filter((labels[box] == k).astype(np.float32), 5)
        margin[box] = np.minimum(margin[box], abs(value - best[box]))
        nearer = value <= best[box]
        best[box][nearer] = value[nearer]
        nearest[box][nearer] = k
    join = (labels == 0) & (y[2] > boundary)
    labels[join] = nearest[join]
    return labels, margin


@check
def masks_are_the_same(tmp):
    rng = np.random.default_rng(4)
    compared = joined = ties = 0
    for classes, cell, boundary, sigma in ((2, 0.5, 0, 2), (3, 0.4, 0.1, 3), (3, -0.2, 0, 2),
                                           (3, 1.2, -1, 4)):
        y = rng.normal(0, 1, (classes, 150, 170))
        y = np.stack([ndimage.gaussian_filter(p, sigma) for p in y])
        y = (y / y.std()).astype(np.float32)
        y.tofile(f"{tmp}/y")
        subprocess.run([DUMP, "labels", str(classes), "150", "170", str(cell), str(boundary),
                        f"{tmp}/y", f"{tmp}/masks"], check=True)
        got = np.fromfile(f"{tmp}/masks", np.uint32).reshape(150, 170)
        want, margin = masks_of(y, cell, boundary)
        clear = margin > 1e-6
        assert (got[clear] == want[clear]).all(), (classes, (got != want).sum())
        assert ((got > 0) == (want > 0)).all()
        compared += clear.sum()
        ties += (~clear).sum()
        joined += (want > 0).sum() - (y[1] - y[0] > cell).sum()
    print(f"# {compared} pixels compared, {joined} of them joined, {ties} left out as ties")
    assert joined > 10000 and ties < compared / 100


def main():
    print(f"1..{len(CHECKS)}")
    failed = 0
    for k, function in enumerate(CHECKS, 1):
        with tempfile.TemporaryDirectory() as tmp:
            try:
                function(tmp)
                print(f"ok {k} - {function.__name__}")
            except Exception as problem:  # one check's trouble is not that of the others
                failed += 1
                print(f"# {type(problem).__name__}: {problem}\nnot ok {k} - {function.__name__}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
