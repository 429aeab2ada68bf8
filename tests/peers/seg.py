#!/usr/bin/python3
"""seg.py WRITE_SAMPLES: the core reads _seg.npy files of every age and kind, as NumPy writes them here."""
import pathlib
import pickle
import os
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError as missing:
    print(f"1..0 # SKIP {missing}")
    sys.exit(0)

tool = sys.argv[1]
failed = count = 0
rng = np.random.default_rng(4)


def check(name, good, note=""):
    global failed, count
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}" + (f" ({note})" if note and not good else ""))


def run(path, folder):
    for old in os.listdir(folder):
        os.unlink(os.path.join(folder, old))
    done = subprocess.run([tool, "seg", path, folder], capture_output=True, text=True)
    if done.returncode:
        return None, done.stderr.strip()
    said = dict(line.split("=", 1) for line in done.stdout.splitlines())
    arrays = {f[:-4]: np.load(os.path.join(folder, f)) for f in os.listdir(folder)}
    return (said, arrays), ""


def save(path, content, protocol=3):
    """np.save with any pickle protocol."""
    with open(path, "wb") as f:
        np.lib.format.write_array_header_1_0(f, {"descr": "|O", "fortran_order": False, "shape": ()})
        pickle.dump(np.array(content, dtype=object), f, protocol=protocol)


def blobs(ny=40, nx=50, n=9, dtype=np.uint16):
    m = np.zeros((ny, nx), dtype)
    y, x = np.mgrid[:ny, :nx]
    for k in range(1, n + 1):
        m[(y - rng.integers(ny)) ** 2 + (x - rng.integers(nx)) ** 2 < 30] = k
    return m


def flows(shape, entries=5):
    raw = rng.normal(size=(3,) + shape).astype(np.float32)
    rgb = rng.integers(0, 256, (1,) + shape + (3,)).astype(np.uint8)
    prob = rng.integers(0, 256, (1,) + shape).astype(np.uint8)
    return [rgb, prob, np.zeros_like(rgb), [], raw][:entries]


def v3(masks, **more):
    d = {"outlines": masks * 0, "masks": masks, "chan_choose": [2, 3], "ismanual": np.arange(min(int(masks.max()), 99)) % 2 == 0,
         "filename": "/data/a.tif", "flows": flows(masks.shape), "diameter": 21.5}
    d.update(more)
    return d


with tempfile.TemporaryDirectory() as work:
    path, folder = os.path.join(work, "x_seg.npy"), os.path.join(work, "out")
    os.mkdir(folder)

    for dtype in ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8", ">u2", ">i4", ">i8"):
        masks = blobs(dtype=np.dtype(dtype))
        save(path, v3(masks))
        got, error = run(path, folder)
        check(f"masks of {dtype}", got and np.array_equal(got[1]["masks"], masks), error)
    masks = blobs() > 0
    save(path, v3(masks, ismanual=np.zeros(1, bool)))
    got, error = run(path, folder)
    check("masks of bool", got and np.array_equal(got[1]["masks"], masks), error)

    masks = np.asfortranarray(blobs())
    d = v3(masks)
    d["flows"][4] = np.asfortranarray(d["flows"][4])
    save(path, d)
    got, error = run(path, folder)
    check("Fortran order", got and np.array_equal(got[1]["masks"], masks) and np.array_equal(got[1]["flow"][0], d["flows"][4]), error)

    for protocol in range(6):
        d = v3(blobs())
        save(path, d, protocol)
        got, error = run(path, folder)
        good = got and np.array_equal(got[1]["masks"], d["masks"]) and np.array_equal(got[1]["flow"][0], d["flows"][4]) and \
            np.array_equal(got[1]["rgb"], d["flows"][0]) and np.array_equal(got[1]["prob"], d["flows"][1]) and \
            got[0]["ismanual"] == "".join("01"[int(b)] for b in d["ismanual"]) and got[0]["chan_choose"] == "2,3" and \
            float(got[0]["diameter"]) == 21.5 and got[0]["filename"] == "/data/a.tif"
        check(f"all parts, pickle protocol {protocol}", good, error or str(got and got[0]))

    with open(path, "rb") as f:
        save(path, d)
        data = open(path, "rb").read()
    with open(path, "wb") as f:
        f.write(data.replace(b"numpy.core.multiarray", b"numpy._core.multiarray"))
    got, error = run(path, folder)
    check("module names of NumPy 2", got and np.array_equal(got[1]["masks"], d["masks"]), error)

    masks = blobs(dtype=np.int32) - 1
    save(path, v3(masks))
    got, error = run(path, folder)
    check("background -1", got and np.array_equal(got[1]["masks"], masks + 1), error)
    masks = blobs(dtype=np.int64) * 1000
    save(path, v3(masks, ismanual=[True] * 9))
    got, error = run(path, folder)
    check("numbers with gaps", got and np.array_equal(got[1]["masks"], masks) and got[0]["ismanual"] == "1" * 9, error)

    for name, value, text in (("PosixPath", pathlib.PurePosixPath("/data/b c.tif"), "/data/b c.tif"),
                              ("PosixPath relative", pathlib.PurePosixPath("d/e.tif"), "d/e.tif"),
                              ("WindowsPath", pathlib.PureWindowsPath("C:\\data\\f.tif"), "C:\\data\\f.tif"),
                              ("Path", pathlib.Path("/data/g.tif"), "/data/g.tif"),
                              ("text beyond ASCII", "/data/細胞 ä.tif", "/data/細胞 ä.tif")):
        for protocol in (2, 3, 4):
            save(path, v3(blobs(), filename=value), protocol)
            got, error = run(path, folder)
            check(f"filename as {name}, protocol {protocol}", got and got[0]["filename"] == text, error or str(got and got[0]))

    # v0.6 and v2: est_diam, img, colours; v4: NaN, no chan_choose; GUI: model, thresholds, None
    masks = blobs()
    old = {"outlines": masks, "colors": np.zeros((9, 3), np.uint8), "masks": masks, "chan_choose": [np.int64(1), np.int64(0)],
           "img": masks.astype(np.uint8), "ismanual": np.zeros(9, bool), "X2": 0, "filename": "a.png", "flows": flows(masks.shape),
           "est_diam": np.float64(33.25)}
    save(path, old)
    got, error = run(path, folder)
    check("v0.6", got and float(got[0]["diameter"]) == 33.25 and got[0]["chan_choose"] == "1,0", error)
    gui = {"outlines": masks, "masks": masks, "filename": "a.png", "flows": flows(masks.shape, 2), "ismanual": np.zeros(9, bool),
           "manual_changes": [["01/02/2024, 03:04:05", "added mask", [[1, 2], [3, 4]]]], "model_path": "/m/cyto3",
           "flow_threshold": None, "cellprob_threshold": np.float32(-1.5), "normalize_params": {"lowhigh": None, "percentile": [1.0, 99.0]},
           "restore": None, "ratio": 1.0, "diameter": np.array([30.0]), "zdraw": [], "current_channel": 2}
    save(path, gui)
    got, error = run(path, folder)
    check("GUI", got and got[0]["model_path"] == "/m/cyto3" and float(got[0]["cellprob_threshold"]) == -1.5
          and got[0]["flow_threshold"] == "nan" and float(got[0]["diameter"]) == 30 and "flow" not in got[1]
          and np.array_equal(got[1]["prob"], gui["flows"][1]), error or str(got and got[0]))
    save(path, {"outlines": masks, "masks": masks, "filename": "a.png", "flows": flows(masks.shape), "diameter": np.nan, "model_path": 0}, 4)
    got, error = run(path, folder)
    check("v4", got and got[0]["diameter"] == "nan" and got[0]["model_path"] == "", error)
    save(path, v3(masks, flows=[[], [], [], [], [[]]]))
    got, error = run(path, folder)
    check("drawn masks without flows", got and set(got[1]) == {"masks"}, error)

    # volumes
    masks = np.stack([blobs() for _ in range(5)])
    raw = rng.normal(size=(4, 5, 20, 25)).astype(np.float32)
    save(path, v3(masks, flows=[np.zeros(masks.shape + (3,), np.uint8), np.ones(masks.shape, np.uint8), None, [], raw]))
    got, error = run(path, folder)
    check("volume", got and np.array_equal(got[1]["masks"], masks) and np.array_equal(got[1]["flow"], raw[1:].transpose(1, 0, 2, 3))
          and (got[1]["prob"] == 1).all(), error)
    save(path, v3(masks[None, :1]))
    got, error = run(path, folder)
    check("axes of one", got and np.array_equal(got[1]["masks"], masks[0]), error)

    # outlines alone
    box = [(y, x) for x in range(5, 15) for y in (5, 14)] + [(y, x) for y in range(5, 15) for x in (5, 14)]
    ring = np.array([(0, 10 + round(6 * np.sin(a)), 30 + round(6 * np.cos(a)), 0) for a in np.linspace(0, 6.28, 60)])
    order = np.array([(0, 5, x, 0) for x in range(5, 15)] + [(0, y, 14, 0) for y in range(6, 15)] +
                     [(0, 14, x, 0) for x in range(13, 4, -1)] + [(0, y, 5, 0) for y in range(13, 5, -1)])
    save(path, {"outlines": [ring, order], "img": np.zeros((40, 50), np.uint8), "filename": "a.tif"})
    got, error = run(path, folder)
    square = np.zeros((40, 50), bool)
    square[5:15, 5:15] = True
    y, x = np.mgrid[:40, :50]
    disc = (y - 10) ** 2 + (x - 30) ** 2
    m = got[1]["masks"] if got else None
    check("outlines of the first versions", got and np.array_equal(m == 1, square) and (m[disc < 25] == 2).all()
          and (m[(disc > 50) & ~square] == 0).all(), error)

    # refusals in words
    for name, content, words in (("no masks", {"A": 1, "smean": 2}, "no masks (found: A, smean)"),
                                 ("masks of text", v3(masks[0]) | {"masks": "none"}, "no array of numbers"),
                                 ("negative", v3(blobs(dtype=np.int16) - 5, ismanual=[]), "-5"),
                                 ("fractions", v3(blobs(dtype=np.float32) + 0.5, ismanual=[]), "whole"),
                                 ("beyond 32 bits", v3(blobs(dtype=np.int64) * 2**33, ismanual=[]), "4294967295"),
                                 ("one axis", v3(np.arange(9), ismanual=[]), "1 axes"),
                                 ("no dictionary", [1, 2], "dictionary"),
                                 ("foreign object", v3(masks[0]) | {"restore": subprocess.Popen}, "subprocess.Popen")):
        save(path, content)
        got, error = run(path, folder)
        check(f"refused: {name}", got is None and words in error and path in error, error)

    class Evil:
        def __reduce__(self):
            return os.system, (f"touch {work}/evil",)
    save(path, v3(masks[0]) | {"restore": Evil()})
    got, error = run(path, folder)
    check("nothing is executed", got is None and "system" in error and not os.path.exists(work + "/evil"), error)

print(f"1..{count}")
sys.exit(failed > 0)
