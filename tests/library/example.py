#!/usr/bin/python3
"""example.py SEGMENT-EXAMPLE LIBCYTOSCRIBE SOURCE: the example finds cells; only the API is exported."""
import glob
import os
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image

example, library, source = sys.argv[1:]
results = []


def check(name, ok, detail=""):
    results.append(ok)
    print(f"{'ok' if ok else 'not ok'} {len(results)} - {name}")
    if detail:
        print("# " + str(detail).strip())


lines = len(open(os.path.join(source, "data/examples/segment.c")).readlines())
check("the example has under 40 lines", lines < 40, f"{lines} lines")

image = sorted(glob.glob(os.path.join(source, "data/samples/nuclei/*.png")))[0]
with tempfile.TemporaryDirectory() as folder:
    out = os.path.join(folder, "masks.png")
    run = subprocess.run([example, image, "nuclei", out], capture_output=True, text=True)
    masks = np.array(Image.open(out)) if run.returncode == 0 else np.zeros(1)
    check("it finds cells in a sample", run.returncode == 0 and masks.max() >= 5,
          run.stdout + run.stderr)
    bad = subprocess.run([example, "/nowhere.png", "nuclei", out], capture_output=True, text=True)
    check("a missing image is one line and exit 1",
          bad.returncode == 1 and bad.stderr.count("\n") == 1, bad.stderr)

names = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True,
                       check=True).stdout.split("\n")
exported = [line.split()[-1] for line in names if line]
foreign = [n for n in exported if not n.startswith("cytoscribe_")]
check("only names of the API are exported", len(exported) > 15 and not foreign, foreign)
print(f"1..{len(results)}")
sys.exit(not all(results))
