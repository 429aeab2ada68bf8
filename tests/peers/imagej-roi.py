#!/usr/bin/python3
"""imagej-roi.py WRITE_SAMPLES: ImageJ opens our ROI archives and label stacks, and we fill ROIs as ImageJ does."""
import glob
import os
import shutil
import subprocess
import sys
import tempfile

JAR = "/usr/share/java/ij.jar"
try:
    import numpy as np
    import tifffile
except ImportError as missing:
    print(f"1..0 # SKIP {missing}")
    sys.exit(0)
if not (os.path.exists(JAR) and shutil.which("java") and shutil.which("xvfb-run")):
    print("1..0 # SKIP ImageJ is not installed (packages imagej and xvfb)")
    sys.exit(0)

tool = sys.argv[1]
SHARED = os.environ.get("CYTO_SHARED") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../shared")
failed = count = 0
FUNCTIONS = """
setBatchMode(true);
function say(n) { File.append("" + n, "WORK/log"); }
function fillAll(zip, width, height, out) {
  roiManager("reset");
  roiManager("Open", zip);
  newImage("labels", "32-bit black", width, height, 1);
  n = roiManager("count");
  for (i = 0; i < n; i++) { roiManager("select", i); run("Set...", "value=" + (i + 1)); }
  run("Select None");
  saveAs("Tiff", out);
  close();
  say(n);
}
function add() { roiManager("add"); }
"""


def check(name, good, note=""):
    global failed, count
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}" + (f" ({note})" if note else ""))


def imagej(work, text):
    macro = os.path.join(work, "macro.ijm")
    log = os.path.join(work, "log")
    with open(macro, "w", encoding="utf-8") as f:
        f.write(FUNCTIONS.replace("WORK", work) + text)
    if os.path.exists(log):
        os.unlink(log)
    env = dict(os.environ, HOME=work)
    done = subprocess.run(["xvfb-run", "-a", "java", "-cp", JAR, "ij.ImageJ", "-batch", macro], env=env, timeout=300,
                          capture_output=True, text=True)
    try:
        with open(log, encoding="utf-8") as f:
            return f.read().split()
    except OSError:
        print(f"# ImageJ: {done.stdout[-800:]} {done.stderr[-800:]}")
        return []


def ours(zip_path, shape, work):
    out = os.path.join(work, "ours.npy")
    said = subprocess.run([tool, "fill", zip_path, str(shape[0]), str(shape[1]), out], check=True, capture_output=True, text=True)
    return np.load(out), [int(n) for n in said.stdout.split()]


def write(labels, name, work):
    source, target = os.path.join(work, name + ".npy"), os.path.join(work, name + ".zip")
    np.save(source, labels.astype(np.float32))
    subprocess.run([tool, "rois", source, target], check=True, stdout=subprocess.DEVNULL)
    return target


def pictures(rng):
    y, x = np.mgrid[:90, :110]
    blobs = np.zeros((90, 110), int)
    for k in range(1, 40):
        cy, cx, r = rng.integers(90), rng.integers(110), rng.integers(1, 12)
        blobs[(y - cy) ** 2 + (x - cx) ** 2 <= r * r] = k
    rings = np.zeros((90, 110), int)
    for k in range(1, 9):
        cy, cx = rng.integers(90), rng.integers(110)
        d = np.hypot(y - cy, x - cx)
        rings[((d < 14) & (d > 9)) | (d < 4)] = k
    lines = np.zeros((90, 110), int)
    for k in range(1, 9):
        a = np.cumsum(rng.integers(-1, 2, (60, 2)), axis=0) + (45, 55)
        lines[a[:, 0].clip(0, 89), a[:, 1].clip(0, 109)] = k
    noise = rng.integers(0, 4, (40, 50))
    long = np.zeros((4, 40000), int)
    long[1:3, 33000:39000] = 1
    long[0, 100:39999:2] = 2
    return {"blobs": blobs, "rings": rings, "lines": lines, "noise": noise, "long": long,
            "checkerboard": np.indices((270, 270)).sum(0) % 2}


def renumber(labels):
    return np.unique(labels, return_inverse=True)[1].reshape(labels.shape) if (labels == 0).any() else labels


KINDS = """
makeRectangle(5, 6, 20, 11); add();
makeRectangle(3, 70, 30, 25, 12); add();
makePolygon(40, 3, 60, 9, 55, 30, 41, 22); add();
makePolygon(70.3, 3.2, 90.75, 9.5, 85.1, 30.6, 71.5, 22.25); add();
makeSelection("freehand", newArray(10, 20, 25, 18, 9), newArray(30, 33, 45, 52, 44)); add();
makeSelection("traced", newArray(40, 44, 44, 48, 48, 40), newArray(40, 40, 42, 42, 50, 50)); add();
makeOval(60, 40, 10, 4); add();
makeRectangle(60, 60, 8, 8); setKeyDown("shift"); makeOval(80, 70, 20, 13); add();
makeRectangle(60, 80, 30, 18); setKeyDown("alt"); makeOval(65, 84, 12, 9); add();
"""


def main(work):
    rng = np.random.default_rng(8)
    macro, expected = "", {}
    for name, labels in pictures(rng).items():
        labels = renumber(labels)
        expected[name] = labels
        macro += f'fillAll("{write(labels, name, work)}", {labels.shape[1]}, {labels.shape[0]}, "{work}/{name}.tif");\n'
    log = imagej(work, macro)
    for i, (name, labels) in enumerate(expected.items()):
        got = tifffile.imread(f"{work}/{name}.tif") if os.path.exists(f"{work}/{name}.tif") else None
        check(f"{name}: number of ROIs in ImageJ", len(log) > i and int(log[i]) == labels.max(), f"{labels.max()}")
        check(f"{name}: masks → ROIs → ImageJ → masks", got is not None and np.array_equal(got, labels),
              "" if got is None else f"{int((got != labels).sum())} of {labels.size} pixels differ")
        if got is not None:
            again, _ = ours(write(got, name + "2", work), labels.shape, work)
            check(f"{name}: and a second time", np.array_equal(again, labels))

    # ROIs of ImageJ's own kinds, filled by both
    ovals = "".join(f"makeOval({x}, {y}, {w}, {h}); add();\n" for x, y, w, h in
                    [(5 * (i % 20), 5 * (i // 20) * 3, 1 + i % 17, 1 + i * 7 % 23) for i in range(80)])
    macro = ""
    for name, text in (("kinds", KINDS), ("ovals", ovals)):
        macro += f'roiManager("reset"); newImage("x", "8-bit black", 130, 110, 1);\n{text}\n' \
                 f'roiManager("deselect"); roiManager("save", "{work}/{name}.zip"); close();\n' \
                 f'fillAll("{work}/{name}.zip", 130, 110, "{work}/{name}.tif");\n'
    hand = sorted(glob.glob(os.path.join(SHARED, "data/roi/*.zip")))
    for k, path in enumerate(hand):
        macro += f'fillAll("{path}", 1100, 1100, "{work}/hand{k}.tif");\n'
    subprocess.run([tool, "all", work], check=True)
    for name in ("stack", "wide_stack"):
        macro += f'open("{work}/{name}.tif"); say(nSlices); run("32-bit"); saveAs("Tiff", "{work}/{name}_ij.tif"); close();\n'
    log = imagej(work, macro)
    for k, name in enumerate(["kinds", "ovals"] + [f"hand{k}" for k in range(len(hand))]):
        path = f"{work}/{name}.zip" if k < 2 else hand[k - 2]
        theirs = tifffile.imread(f"{work}/{name}.tif")
        mine, (read, skipped) = ours(path, theirs.shape, work)
        check(f"{name}: number of ROIs", skipped == 0 and read == int(log[k]), f"{read}")
        wrong = int((mine != theirs).sum())
        check(f"{name}: filled as ImageJ fills", wrong == 0, f"{wrong} of {int((theirs > 0).sum())} pixels differ")
        if wrong:
            print("# labels", sorted(set(theirs[mine != theirs].astype(int)) | set(mine[mine != theirs].astype(int))))
    if not hand:
        print("# shared/data/roi not found: archives drawn by hand were not compared")
    for k, name in enumerate(("stack", "wide_stack")):
        truth = np.load(f"{work}/{name}.npy")
        check(f"{name}.tif: slices in ImageJ", log[-2 + k] == str(len(truth)), log[-2 + k])
        theirs = tifffile.imread(f"{work}/{name}_ij.tif")
        check(f"{name}.tif: pixels in ImageJ", theirs.shape == truth.shape and np.array_equal(theirs, truth))
    print(f"1..{count}")


with tempfile.TemporaryDirectory() as folder:
    main(folder)
sys.exit(failed > 0)
