#!/usr/bin/python3
"""worst.py FOLDER OUT [COUNT]: a page with pictures of the images that a model does worst on.

FOLDER holds the images with their masks, OUT what score.sh left there. The page is OUT/worst.html:
each image alone, with the true outlines (green), and with those that were found (red). Pictures
of data that may not be shown stay where they are made.
"""
import csv
import html
import pathlib
import sys

import numpy as np
from PIL import Image


def grey(path):
    plane = np.array(Image.open(path)).astype(float)
    plane = plane[..., :3].mean(2) if plane.ndim == 3 else plane
    low, high = np.percentile(plane, [0.5, 99.5])
    return (255 * np.clip((plane - low) / max(high - low, 1e-6), 0, 1)).astype(np.uint8)


def outlines(labels):
    edge = np.zeros(labels.shape, bool)
    edge[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    edge[1:] |= labels[1:] != labels[:-1]
    return edge


def draw(plane, labels, colour):
    picture = np.repeat(plane[..., None], 3, 2)
    if labels is not None:
        picture[outlines(labels)] = colour
    return Image.fromarray(picture)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    folder, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 10
    with open(out / "scores.csv", newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["level"] == "image"
                and r["prediction"].endswith("true_diameter")]
    rows.sort(key=lambda r: float(r["ap_0.5"]))
    pictures = out / "worst"
    pictures.mkdir(exist_ok=True)
    page = ["<!doctype html><meta charset=utf-8><title>Worst images</title>"
            "<style>img{height:300px;image-rendering:pixelated}</style>"]
    for row in rows[:count]:
        name = row["name"]
        plane = grey(next(p for p in folder.glob(name + ".*")))
        true = np.array(Image.open(folder / f"{name}_masks.png"))
        found = np.array(Image.open(out / "true_diameter" / f"{name}_cp_masks.png"))
        page.append(f"<h3>{html.escape(name)}: AP50 {float(row['ap_0.5']):.3f}, AP75 "
                    f"{float(row['ap_0.75']):.3f}, {row['found']} found of {row['cells']}</h3>")
        for kind, labels, colour in (("image", None, None), ("true", true, (0, 220, 60)),
                                     ("found", found, (255, 60, 40))):
            path = pictures / f"{name}_{kind}.png"
            draw(plane, labels, colour).save(path)
            page.append(f'<img src="worst/{html.escape(path.name)}" alt="{kind}">')
    (out / "worst.html").write_text("\n".join(page))
    print(out / "worst.html")


main()
