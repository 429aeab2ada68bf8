#!/usr/bin/python3
"""Trains a CPnet in PyTorch with bfloat16 on a processor: the recipe of the models shipped here.

    train.py --start nuclei.pth --out new.pth --minutes 55 --diameter 17 --crop 112 \\
             --data 1:bitdepth=2.5,rgb=2:FOLDER ...

Every --data is SHARE:WEIGHTS:FOLDER: the share of the crops that come from the folder, and how much
more often images are drawn whose name begins with a word ("rgb": colour images). A folder holds
<name>.png or .tif, <name>_masks.* and <name>_flows.tif, the flows that `cytoscribe train` leaves
beside its images. Images of two channels are cell and nucleus; colour images become grey, now and
then with other weights of their colours.
"""
import argparse
import glob
import math
import os
import pathlib
import random
import sys
import time

import numpy as np
import tifffile
import torch
import torch.nn.functional as F
from PIL import Image

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "peers"))
from cpnet import CPnet  # noqa: E402

GREYS = [(0.7, 0.2, 0.1), (0.1, 0.7, 0.2), (0.2, 0.1, 0.7), (0.45, 0.45, 0.1), (0.1, 0.45, 0.45),
         (0.45, 0.1, 0.45)]


def normalised(plane):
    low, high = np.percentile(plane, [1, 99])
    return torch.from_numpy(((plane - low) / max(high - low, 1e-3)).astype(np.float32))


def planes(path):
    """(variants of (C,H,W), whether it is a colour image)"""
    raw = tifffile.imread(path) if path.endswith(".tif") else np.array(Image.open(path))
    if raw.ndim == 3 and path.endswith(".tif"):
        raw = raw if raw.shape[0] <= 3 else np.moveaxis(raw, -1, 0)
        return [torch.stack([normalised(p.astype(np.float32)) for p in raw[:2]])], False
    raw = raw.astype(np.float32)
    if raw.ndim == 2:
        return [normalised(raw)[None]], False
    raw = raw[..., :3]
    colour = np.ptp(raw, axis=2).max() > 8
    grey = [raw.mean(2)] + [raw @ np.array(w, np.float32) for w in GREYS if colour]
    return [normalised(g)[None] for g in grey], colour


def diameter(labels):
    counts = np.bincount(labels.ravel())[1:]
    return 2 / math.sqrt(math.pi) * np.median(np.sqrt(counts[counts > 0]))


def load(folder, weights):
    images = []
    for flows in sorted(glob.glob(os.path.join(glob.escape(folder), "*_flows.tif"))):
        base = flows[: -len("_flows.tif")]
        source = [p for p in (base + ".png", base + ".tif") if os.path.exists(p)]
        flow = tifffile.imread(flows)
        labels = flow[0].astype(np.int64)
        if not source or labels.max() < 1:
            continue
        variants, colour = planes(source[0])
        name = os.path.basename(base)
        keys = [k for k in weights if name.startswith(k) or (k == "rgb" and colour)]
        images.append({
            "x": variants,
            "y": torch.from_numpy(np.stack([labels > 0, flow[2], flow[3]]).astype(np.float32)),
            "diameter": max(diameter(labels), 5),
            "weight": max([weights[k] for k in keys], default=1.0),
        })
    return images


def crop(image, size, target, rng):
    """A turned, scaled, mirrored crop: image (C,size,size), labels (3,size,size)."""
    x = image["x"][0] if rng.random() < 0.5 else rng.choice(image["x"])
    height, width = x.shape[-2:]
    scale = (0.7 + 0.6 * rng.random()) * target / image["diameter"]
    angle, mirror = 2 * math.pi * rng.random(), rng.random() < 0.5
    cos, sin = math.cos(angle), math.sin(angle)
    spare_x, spare_y = max(0, width - 0.8 * size / scale), max(0, height - 0.8 * size / scale)
    middle_x = width / 2 + (rng.random() - 0.5) * spare_x
    middle_y = height / 2 + (rng.random() - 0.5) * spare_y
    side = torch.arange(size) - (size - 1) / 2
    v, u = torch.meshgrid(side, side, indexing="ij")
    u = -u if mirror else u
    from_x = (cos * u + sin * v) / scale + middle_x - 0.5
    from_y = (-sin * u + cos * v) / scale + middle_y - 0.5
    left, right = int(max(0, from_x.min() - 2)), int(min(width, from_x.max() + 3))
    top, bottom = int(max(0, from_y.min() - 2)), int(min(height, from_y.max() + 3))
    if right <= left or bottom <= top:
        return crop(image, size, target, rng)
    part, labels = x[:, top:bottom, left:right], image["y"][:, top:bottom, left:right]
    grid = torch.stack([2 * (from_x - left + 0.5) / (right - left) - 1,
                        2 * (from_y - top + 0.5) / (bottom - top) - 1], -1)[None]
    out = F.grid_sample(part[None], grid, align_corners=False)[0]
    flow = F.grid_sample(labels[None], grid, align_corners=False)[0]
    inside = F.grid_sample(labels[None, :1], grid, mode="nearest", align_corners=False)[0, 0]
    flow_u, flow_v = cos * flow[2] - sin * flow[1], sin * flow[2] + cos * flow[1]
    flow_u = -flow_u if mirror else flow_u
    return out, torch.stack([inside, flow_v * inside, flow_u * inside])


def jitter(x, rng, inverted):
    """Other light: inverted, contrast, gamma, noise, blur."""
    if rng.random() < inverted:
        x = 1 - x
    if rng.random() < 0.5:
        x = x * (1 + 0.4 * (rng.random() - 0.5)) + 0.2 * (rng.random() - 0.5)
    if rng.random() < 0.3:
        x = torch.sign(x) * x.abs() ** math.exp(0.7 * (rng.random() - 0.5))
    if rng.random() < 0.25:
        x = x + torch.randn_like(x) * (0.08 * rng.random())
    if rng.random() < 0.2:
        width = 0.4 + rng.random()
        taps = torch.exp(-(torch.arange(-3.0, 4) ** 2) / (2 * width * width))
        taps = taps / taps.sum()
        x = F.conv2d(x[:, None], taps[None, None, :, None], padding=(3, 0))
        x = F.conv2d(x, taps[None, None, None, :], padding=(0, 3))[:, 0]
    return x


def sources(arguments):
    out = []
    for text in arguments:
        share, weights, folder = text.split(":", 2)
        table = dict(w.split("=") for w in weights.split(",") if w)
        images = load(folder, {k: float(v) for k, v in table.items()})
        print(f"{folder}: {len(images)} images", flush=True)
        if images:
            out.append((float(share), images, [i["weight"] for i in images]))
    return out


def batch(data, options, rng):
    xs, labels = [], []
    for share in rng.choices(data, [d[0] for d in data], k=options.batch):
        x, label = crop(rng.choices(share[1], share[2])[0], options.crop, options.diameter, rng)
        cell, nucleus = jitter(x[:1], rng, options.inverted), torch.zeros_like(x[:1])
        if len(x) > 1 and rng.random() > 0.3:
            nucleus = jitter(x[1:2], rng, 0)
        xs.append(torch.cat([cell, nucleus]))
        labels.append(label)
    x = torch.stack(xs).contiguous(memory_format=torch.channels_last)
    return x, torch.stack(labels)


def loss_of(y, labels):
    return 0.5 * F.mse_loss(y[:, :2], 5 * labels[:, 1:]) + F.binary_cross_entropy_with_logits(
        y[:, 2], (labels[:, 0] > 0.5).float())


def save(net, path):
    torch.save(net.state_dict(), path + ".part")
    os.replace(path + ".part", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--start", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--data", action="append", required=True)
    parser.add_argument("--diameter", type=float, default=30)
    parser.add_argument("--crop", type=int, default=128)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=5e-4)
    parser.add_argument("--inverted", type=float, default=0.25)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    torch.manual_seed(options.seed)
    net = CPnet()
    net.load_state_dict(torch.load(options.start, map_location="cpu"))
    net = net.to(memory_format=torch.channels_last).train()
    weights = [p for p in net.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=options.rate, weight_decay=1e-4)
    data = sources(options.data)
    begun = saved = time.time()
    mean, step = None, 0
    while (done := (time.time() - begun) / 60 / options.minutes) < 1:
        rate = options.rate * min(1, (step + 1) / 50) * (0.5 + 0.5 * math.cos(math.pi * done)) + 1e-6
        for group in optimiser.param_groups:
            group["lr"] = rate
        x, labels = batch(data, options, rng)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            y = net(x)[0]
        loss = loss_of(y.float(), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        step += 1
        mean = loss.item() if mean is None else 0.98 * mean + 0.02 * loss.item()
        if step % 20 == 0:
            print(f"{step} steps, loss {mean:.4f}, rate {rate:.2e}, "
                  f"{time.time() - begun:.0f} s", flush=True)
        if time.time() - saved > 300:
            save(net, options.out)
            saved = time.time()
    save(net, options.out)


main()
