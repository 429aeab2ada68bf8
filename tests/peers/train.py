#!/usr/bin/python3
"""What training feeds its network, against NumPy: the order of the images, the draws, the warp and
the flows (algorithm.md §9.6, 9.7), and our _flows.tif read by tifffile.
Usage: train.py TRAIN-DUMP"""
import os
import subprocess
import sys
import tempfile

import numpy as np
import tifffile
from PIL import Image

DUMP = os.path.abspath(sys.argv[1])
CROP, BATCH, DIAM_MEAN = 64, 3, 30.0
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def make_folder(folder, n=7):
    """Colour pictures with discs of various sizes in their masks."""
    rng = np.random.default_rng(3)
    for k in range(n):
        ny, nx = 60 + 17 * k, 110 - 7 * k
        labels = np.zeros((ny, nx), np.uint16)
        yy, xx = np.mgrid[:ny, :nx]
        for label in range(1, 9):
            radius = rng.uniform(4, 6 + k)
            disc = np.hypot(yy - rng.uniform(0, ny), xx - rng.uniform(0, nx)) < radius
            labels[disc & (labels == 0)] = label
        picture = rng.integers(0, 60, (ny, nx, 3)) + 150 * (labels > 0)[..., None]
        Image.fromarray(picture.astype(np.uint8)).save(f"{folder}/img{k}.png")
        Image.fromarray(labels).save(f"{folder}/img{k}_masks.png")
    return [f"{folder}/img{k}" for k in range(n)]


def normalized(path):
    """Green and blue, 1st to 99th percentile to 0..1."""
    x = np.array(Image.open(path + ".png")).astype(np.float32).transpose(2, 0, 1)[1:]
    for plane in x:
        low, high = np.percentile(plane, 1), np.percentile(plane, 99)
        plane -= np.float32(low)
        plane /= np.float32(high - low)
    return x


def diameter(path):
    counts = np.unique(np.array(Image.open(path + "_masks.png")), return_counts=True)[1][1:]
    return max(5.0, float(np.median(counts**0.5)) / (np.pi**0.5 / 2))


def affine(draw, ny, nx):
    """From the crop back to the image, by way of three pairs of points in f32."""
    centre = np.array([nx / 2, ny / 2])
    goal = centre - np.array([nx - CROP, ny - CROP]) / 2 + draw["shift"]
    c, s = np.cos(draw["theta"]), np.sin(draw["theta"])
    scale = float(draw["scale"])
    source = np.float32([centre, centre + [1, 0], centre + [0, 1]]).astype(np.float64)
    target = np.float32([goal, goal + scale * np.array([c, s]), goal + scale * np.array([-s, c])])
    forward = np.linalg.solve(np.c_[source, np.ones(3)], target.astype(np.float64)).T
    linear = np.linalg.inv(forward[:, :2])
    return np.c_[linear, -linear @ forward[:, 2]]


def coordinates(matrix, delta):
    x, y = np.arange(CROP), np.arange(CROP)[:, None]
    return [np.rint((m[1] * y + m[2]) * 1024).astype(np.int64) + delta
            + np.rint(m[0] * x * 1024).astype(np.int64) for m in matrix]


def fetch(plane, y, x):
    ny, nx = plane.shape
    inside = (y >= 0) & (x >= 0) & (y < ny) & (x < nx)
    return np.where(inside, plane[np.clip(y, 0, ny - 1), np.clip(x, 0, nx - 1)], 0)


def bilinear(plane, matrix):
    x, y = (v >> 5 for v in coordinates(matrix, 16))
    fx, fy = (x & 31).astype(np.float32) / 32, (y & 31).astype(np.float32) / 32
    x, y = x >> 5, y >> 5
    return (fetch(plane, y, x) * (1 - fy) * (1 - fx) + fetch(plane, y, x + 1) * (1 - fy) * fx
            + fetch(plane, y + 1, x) * fy * (1 - fx) + fetch(plane, y + 1, x + 1) * fy * fx)


def nearest(plane, matrix):
    x, y = (v >> 10 for v in coordinates(matrix, 512))
    return fetch(plane, y, x)


def draw_crop(ny, nx, shrink):
    draw = {"flip": np.random.rand() > 0.5, "theta": np.random.rand() * np.pi * 2}
    draw["scale"] = np.float32((1 - 0.5 / 2) + 0.5 * np.random.rand())
    draw["scale"] = np.float32(float(draw["scale"]) * (1.0 / shrink))
    room = np.maximum(0, np.array([nx, ny]) * float(draw["scale"]) - CROP)
    draw["shift"] = (np.random.rand(2) - 0.5) * room
    return draw


def expected(path):
    """One crop and its labels, drawing from numpy.random."""
    x, flows = normalized(path), tifffile.imread(path + "_flows.tif")
    draw = draw_crop(*x.shape[1:], diameter(path) / DIAM_MEAN)
    matrix = affine(draw, *x.shape[1:])
    if draw["flip"]:
        x, flows = x[..., ::-1], flows[..., ::-1].copy()
        flows[3] *= -1
    image = np.stack([bilinear(plane, matrix) for plane in x])
    dy, dx = bilinear(flows[2], matrix), bilinear(flows[3], matrix)
    c, s = np.cos(-draw["theta"]), np.sin(-draw["theta"])
    return image, np.stack([nearest(flows[1], matrix), -dx * s + dy * c, dx * c + dy * s])


@check
def crops_of_three_epochs(tmp):
    paths = make_folder(tmp)
    for epoch in (0, 1, 77):
        subprocess.run([DUMP, tmp, tmp, str(epoch), str(CROP), str(BATCH)], check=True)
        np.random.seed(epoch)
        order = np.random.permutation(len(paths))
        for step in range((len(paths) + BATCH - 1) // BATCH):
            x, labels = (np.load(f"{tmp}/{name}_{step}.npy") for name in ("x", "labels"))
            batch = order[step * BATCH:(step + 1) * BATCH]
            assert len(x) == len(batch)
            for got_x, got_labels, k in zip(x, labels, batch):
                image, target = expected(paths[k])
                # A step of 1/32 pixel may fall to the other side by the last bit of a matrix.
                off = np.abs(got_x - image) > 1e-5
                assert off.mean() < 1e-3, (epoch, step, off.mean(), np.abs(got_x - image).max())
                off = np.abs(got_labels - target) > 1e-5
                assert off.mean() < 1e-3, (epoch, step, off.mean())
                assert (got_labels[0] == target[0]).mean() > 0.999


@check
def flows_file_is_cellposes(tmp):
    path = make_folder(tmp, 1)[0]
    subprocess.run([DUMP, tmp, tmp, "0", str(CROP), "1"], check=True)
    with tifffile.TiffFile(path + "_flows.tif") as file:
        assert len(file.pages) == 1 and file.series[0].kind == "shaped", file.series
        page, array = file.pages[0], file.asarray()
        assert page.tags["PlanarConfiguration"].value == 2 and page.tags["Compression"].value == 1
        assert page.tags["PhotometricInterpretation"].value == 2
        assert page.tags["ImageDescription"].value == '{"shape": [4, %d, %d]}' % array.shape[1:]
    labels = np.array(Image.open(path + "_masks.png"))
    assert array.dtype == np.float32 and array.shape == (4, *labels.shape)
    assert np.array_equal(array[0] > 0, labels > 0) and np.array_equal(array[1], labels > 0)
    assert len(np.unique(array[0])) == len(np.unique(labels))
    length = np.hypot(array[2], array[3])
    assert np.abs(length[(labels > 0) & (length > 0)] - 1).max() < 1e-5


@check
def flows_file_of_tifffile_is_taken(tmp):
    """A file as Cellpose writes it, with flows that nothing else would give."""
    path = make_folder(tmp, 1)[0]
    subprocess.run([DUMP, tmp, tmp, "0", str(CROP), "1"], check=True)
    flows = tifffile.imread(path + "_flows.tif")
    flows[2:] = 0.25
    tifffile.imwrite(path + "_flows.tif", flows)
    subprocess.run([DUMP, tmp, tmp, "0", str(CROP), "1"], check=True)
    np.random.seed(0)
    np.random.permutation(1)
    target = expected(path)[1]
    assert np.abs(np.load(f"{tmp}/labels_0.npy")[0] - target).max() < 1e-5
    assert np.abs(np.hypot(target[1], target[2])).max() < 0.36


def main():
    print(f"1..{len(CHECKS)}")
    failed = False
    for k, function in enumerate(CHECKS, 1):
        with tempfile.TemporaryDirectory() as tmp:
            try:
                function(tmp)
                print(f"ok {k} - {function.__name__}")
            except Exception as error:  # every failure is one line of TAP
                failed = True
                print(f"# {type(error).__name__}: {error}\nnot ok {k} - {function.__name__}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
