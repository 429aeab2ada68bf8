#!/usr/bin/python3
"""net-torch.py BENCH_NET MODEL…: our network and PyTorch's give the same output for the same tiles."""
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
try:
    import numpy as np
    import torch
    import cpnet
except ImportError as missing:
    print(f"1..0 # SKIP PyTorch is not installed, package python3-torch ({missing})")
    sys.exit(0)

SHAPES = [(1, 224, 224), (3, 224, 224), (2, 96, 160), (1, 8, 8), (1, 16, 232)]


def ours(program, model, x, nout, styles):
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, "x"), os.path.join(folder, "y")
        x.tofile(source)
        n, _, h, w = x.shape
        subprocess.run([program, "dump", model, *map(str, (n, h, w)), source, target], check=True)
        out = np.fromfile(target, np.float32)
    cut = n * nout * h * w
    return out[:cut].reshape(n, nout, h, w), out[cut:].reshape(n, styles)


def main():
    program, models = sys.argv[1], sys.argv[2:]
    rng = np.random.default_rng(1)
    print(f"1..{len(models) * len(SHAPES)}")
    count = failed = 0
    for model in models:
        net = cpnet.load(model)
        for n, h, w in SHAPES:
            x = rng.normal(0.4, 0.5, (n, 2, h, w)).astype(np.float32)
            with torch.no_grad():
                y, style = (t.numpy() for t in net(torch.from_numpy(x)))
            got, got_style = ours(program, model, x, y.shape[1], style.shape[1])
            far, far_style = abs(got - y).max(), abs(got_style - style).max()
            # Noise drives the outputs far beyond the ±10 of pictures: rounding grows with them.
            largest = max(200, abs(y).max())
            good = far <= 5e-6 * largest and far_style <= 1e-4
            count += 1
            failed += not good
            print(f"{'ok' if good else 'not ok'} {count} - {os.path.basename(model)} {n}×{h}×{w}: "
                  f"output within {far:.1e}, style within {far_style:.1e}, values to {abs(y).max():.1f}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
