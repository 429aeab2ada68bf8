#!/usr/bin/python3
"""written.py WRITE_SAMPLES: NumPy, tifffile, scikit-image and PIL read what the core writes."""
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import skimage.io
    import tifffile
    from PIL import Image
except ImportError as missing:
    print(f"1..0 # SKIP {missing}")
    sys.exit(0)

tool = sys.argv[1]
failed = count = 0


def check(name, good, note=""):
    global failed, count
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}" + (f" ({note})" if note else ""))


def same(name, got, expected, dtype):
    got = np.asarray(got)
    good = got.dtype == dtype and got.shape == expected.shape and np.array_equal(got, expected)
    check(name, good, "" if good else f"{got.dtype} {got.shape}, expected {np.dtype(dtype)} {expected.shape}")


def outline_map(mask):
    """Pixels of one label beside what can be reached from outside in steps to the four sides."""
    from scipy import ndimage
    padded = np.pad(mask, 1)
    parts, _ = ndimage.label(~padded)
    outside = parts == parts[0, 0]
    return (ndimage.binary_dilation(outside) & padded)[1:-1, 1:-1]


def seg(path, masks, rgb, prob, flow):
    d = np.load(path, allow_pickle=True).item()
    name = os.path.basename(path)
    keys = ["outlines", "masks", "chan_choose", "ismanual", "filename", "flows", "diameter"]
    check(f"{name} keys", list(d) == keys, str(list(d)))
    same(f"{name} masks", d["masks"], masks, np.uint16)
    planes = masks.reshape(-1, *masks.shape[-2:])
    outlines = np.stack([sum((k * outline_map(p == k) for k in np.unique(p) if k), np.zeros(p.shape, int)) for p in planes])
    same(f"{name} outlines", d["outlines"], outlines.reshape(masks.shape), np.uint16)
    check(f"{name} channels", d["chan_choose"] == [2, 3])
    manual = np.zeros(int(masks.max()), bool)
    manual[[0, 2]] = True
    same(f"{name} ismanual", d["ismanual"], manual, bool)
    check(f"{name} filename", os.fsencode(d["filename"]) == b"/data/Zellkern_\xc3\xa4\xff.tif")
    check(f"{name} diameter", d["diameter"] == 17.25 and isinstance(d["diameter"], float))
    flows = d["flows"]
    check(f"{name} flows", len(flows) == 5 and flows[3] == [])
    same(f"{name} flows[0]", flows[0], rgb, np.uint8)
    same(f"{name} flows[1]", flows[1], prob, np.uint8)
    same(f"{name} flows[2]", flows[2], np.zeros(rgb.shape if masks.ndim == 2 else prob.shape), np.uint8)
    same(f"{name} flows[4]", flows[4], flow, np.float32)
    with open(path, "rb") as f:
        check(f"{name} header", f.read(128)[:10] == b"\x93NUMPY\1\0\x76\0")


with tempfile.TemporaryDirectory() as folder:
    subprocess.run([tool, "all", folder], check=True)

    def at(name):
        return os.path.join(folder, name)

    def truth(name):
        return np.load(at(name + ".npy"))

    plane, stack, flow, rgb = truth("plane"), truth("stack"), truth("flow"), truth("rgb")
    for ext in ("png", "tif"):
        path = at("plane." + ext)
        same(f"plane.{ext} skimage", skimage.io.imread(path), plane, np.uint16)
        check(f"plane.{ext} PIL", np.array_equal(np.asarray(Image.open(path)), plane))
    check("plane.png is 16-bit grey", Image.open(at("plane.png")).mode.startswith("I"))
    for name, dtype in (("plane", np.uint16), ("stack", np.uint16), ("wide", np.uint32), ("wide_stack", np.uint32)):
        with tifffile.TiffFile(at(name + ".tif")) as t:
            same(f"{name}.tif tifffile", t.asarray(), truth(name), dtype)
            check(f"{name}.tif compression", t.pages[0].compression == 8)
            check(f"{name}.tif pages", len(t.pages) == (5 if "stack" in name else 1) and len(t.series) == 1)
            check(f"{name}.tif axes", t.series[0].axes == ("ZYX" if "stack" in name else "YX"), t.series[0].axes)
        same(f"{name}.tif skimage", skimage.io.imread(at(name + ".tif")), truth(name), dtype)
        page = Image.open(at(name + ".tif"))
        if "stack" in name:
            page.seek(2)
            check(f"{name}.tif PIL page 3", np.array_equal(np.asarray(page), truth(name)[2]))
    same("flow.tif tifffile", tifffile.imread(at("flow.tif")), flow.reshape(-1, *flow.shape[-2:]), np.float32)
    same("deep.tif tifffile", tifffile.imread(at("deep.tif")), truth("deep"), np.uint16)
    same("rgb.png PIL", Image.open(at("rgb.png")), rgb[0], np.uint8)
    figure = np.asarray(Image.open(at("figure.png")))
    width = plane.shape[1]
    check("figure.png panels", figure.shape == (plane.shape[0], 4 * width + 12, 3))
    check("figure.png first and last", np.array_equal(figure[:, :width], rgb[0]) and np.array_equal(figure[:, -width:], rgb[0]))
    with open(at("outlines.txt"), encoding="ascii") as f:
        lines = f.read().split("\n")
    labels = [k for k in np.unique(plane) if k]
    check("outlines.txt lines", len(lines) == len(labels) + 1 and lines[-1] == "")
    for k, line in zip(labels, lines):
        xy = np.array(line.split(","), int).reshape(-1, 2) if line else np.zeros((0, 2), int)
        good = len(xy) == 0 or (plane[xy[:, 1], xy[:, 0]] == k).all() and outline_map(plane == k)[xy[:, 1], xy[:, 0]].all()
        if not good:
            check(f"outlines.txt label {k}", False)
    seg(at("plane_seg.npy"), plane, rgb[:1], truth("prob")[:1], flow[0])
    seg(at("stack_seg.npy"), stack, rgb, truth("prob"), flow.transpose(1, 0, 2, 3))

print(f"1..{count}")
sys.exit(failed > 0)
