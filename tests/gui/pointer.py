#!/usr/bin/python3
"""pointer.py WINDOW SAMPLES: the first session of a new user, with real pointer and key events:
three images, calibrate, run, toggle, delete one cell, split one, draw one, undo all, redo all,
save, quit, reopen."""
import os
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from hand import Hand, circle
from window import PLACE, Window, check, enter, run_checks, wait_until

enter()
GUI, SAMPLES = sys.argv[1], Path(sys.argv[2]).resolve()
SHARED = Path(os.environ.get("CYTOSCRIBE_SHARED", SAMPLES.parents[1].parent / "shared")) / "data"
REAL = [SHARED / "nuclei/test/dsb_2f929b067a59.png", SHARED / "nuclei/test/dsb_28d33efef218.png",
        SHARED / "nuclei/train/dsb_00071198d059.png"]
DRAWN = [SAMPLES / "nuclei/nuclei.png", SAMPLES / "phase/phase.png", SAMPLES / "cells/cells.png"]


def three_images():
    """A fresh folder: real images where there are some, else those of this repository."""
    place = Path(tempfile.mkdtemp(dir="/tmp", prefix="scribe-pointer-"))
    chosen = REAL if all(path.exists() for path in REAL) else DRAWN
    for number, path in enumerate(chosen):
        shutil.copy(path, place / f"{'abc'[number]}.png")
    return place, [place / f"{letter}.png" for letter in "abc"]


def masks(image):
    return np.asarray(Image.open(image.with_name(image.stem + "_cp_masks.png")))


def middle(labels, label):
    """The pixel of a cell that is nearest to its middle."""
    ys, xs = np.nonzero(labels == label)
    best = np.argmin((ys - ys.mean()) ** 2 + (xs - xs.mean()) ** 2)
    return int(xs[best]), int(ys[best])


def inner_cells(labels):
    """Labels of cells away from the edge of the image, the largest first."""
    edge = set(np.unique(np.concatenate([labels[:8].ravel(), labels[-8:].ravel(),
                                         labels[:, :8].ravel(), labels[:, -8:].ravel()])))
    sizes = np.bincount(labels.ravel())
    return [int(label) for label in np.argsort(-sizes) if label and sizes[label] and
            label not in edge]


def free_place(labels, radius):
    """The middle of a square without cells."""
    side = 2 * radius + 4
    for y in range(6, labels.shape[0] - side - 6, 2):
        for x in range(6, labels.shape[1] - side - 6, 2):
            if not labels[y:y + side, x:x + side].any():
                return x + side // 2, y + side // 2
    raise AssertionError("there is no free place to draw in")


def export(hand, image):
    """Ctrl+N, and what it wrote."""
    path = image.with_name(image.stem + "_cp_masks.png")
    path.unlink(missing_ok=True)
    hand.key("ctrl+n")
    assert wait_until(path.exists, 20), "no masks were written"
    hand.wait(lambda s: not s["busy"])
    return masks(image)


def open_by_dialog(hand, image):
    hand.key("ctrl+o")
    hand.focus("Open Images")
    hand.key("ctrl+l")
    hand.x("type", "--delay", "1", str(image))
    for _ in range(2):  # the first may go to the list of completions
        hand.key("Return")
        if wait_until(lambda: not hand.windows("Open Images"), 3):
            break
    hand.focus()
    hand.wait(lambda s: s["path"] == str(image) and not s["busy"])


def calibrate_and_run(hand):
    before = hand.window.state()["diameter"]
    hand.key("ctrl+d")
    hand.wait(lambda s: not s["busy"] and s["diameter"] != before)
    hand.key("ctrl+Return")
    return hand.wait(lambda s: not s["busy"] and s["cells"] > 3)


def toggle(hand):
    for key, name in (("x", "masks"), ("z", "outlines")):
        was = hand.window.state()[name]
        hand.key(key)
        hand.wait(lambda s: s[name] != was)
        hand.key(key)
        hand.wait(lambda s: s[name] == was)


def delete_one(hand, image, cells):
    hand.click(1, *middle(masks(image), inner_cells(masks(image))[1]), "ctrl")
    state = hand.wait(lambda s: s["cells"] == cells - 1)
    assert state["undo"] == "Delete 1 Cell", state


def split_one(hand, image):
    labels = export(hand, image)
    label = inner_cells(labels)[0]
    x, y = middle(labels, label)
    row = np.nonzero(labels[y] == label)[0]
    hand.key("c")
    cells = hand.wait(lambda s: s["tool"] == "split")["cells"]
    hand.drag(1, [(row[0] - 2, y), (x, y), (row[-1] + 2, y)])
    state = hand.wait(lambda s: s["cells"] > cells)
    assert "Split" in state["undo"], state
    hand.key("o")
    hand.wait(lambda s: s["tool"] == "outline")


def draw_one(hand, image):
    """Right-click, around, back to the start."""
    radius = 6
    x, y = free_place(export(hand, image), radius)
    outline = circle(x, y, radius)
    cells = hand.window.state()["cells"]
    hand.click(3, *outline[0])
    hand.wait(lambda s: s["drawing"])
    hand.moves(outline[1:])
    state = hand.wait(lambda s: s["cells"] == cells + 1 and not s["drawing"])
    assert state["undo"] == "Draw Cell", state
    assert export(hand, image)[y, x] > 0


def undo_all_redo_all(hand, image):
    end, labels = hand.window.state(), export(hand, image)
    for steps in reversed(range(int(end["steps"]))):
        hand.key("ctrl+z")
        hand.wait(lambda s: s["steps"] == steps)
    start = hand.wait(lambda s: s["undo"] == "")
    assert start["cells"] == 0 and start["state"] != end["state"], start
    for steps in range(1, int(end["steps"]) + 1):
        hand.key("ctrl+y")
        hand.wait(lambda s: s["steps"] == steps)
    again = hand.window.state()
    assert (again["cells"], again["state"], again["redo"]) == (end["cells"], end["state"], ""), again
    assert (export(hand, image) == labels).all()


def work_on(hand, image):
    state = calibrate_and_run(hand)
    export(hand, image)
    toggle(hand)
    delete_one(hand, image, state["cells"])
    split_one(hand, image)
    draw_one(hand, image)
    undo_all_redo_all(hand, image)
    hand.key("ctrl+s")
    hand.wait(lambda s: not s["dirty"] and not s["busy"])
    return masks(image)


@check
def three_images_by_pointer_and_keys_are_the_same_after_reopening():
    place, images = three_images()
    kept = {}
    with Window(GUI, images[0]) as w:
        w.idle()
        hand = Hand(w)
        hand.wait(lambda s: s["images"] == 3)
        kept[images[0]] = work_on(hand, images[0])
        open_by_dialog(hand, images[1])
        kept[images[1]] = work_on(hand, images[1])
        hand.key("d")
        hand.wait(lambda s: s["path"] == str(images[2]) and not s["busy"])
        kept[images[2]] = work_on(hand, images[2])
        hand.key("ctrl+q")
        assert w.process.wait(20) == 0
    with Window(GUI, images[0]) as w:
        w.idle()
        hand = Hand(w)
        for number, image in enumerate(images):
            if number:
                hand.key("d")
            state = hand.wait(lambda s: s["path"] == str(image) and not s["busy"])
            assert state["cells"] == kept[image].max() and not state["dirty"], state
            assert (export(hand, image) == kept[image]).all(), f"other masks: {image.name}"
        hand.key("ctrl+q")
        assert w.process.wait(20) == 0
    shutil.rmtree(place)
    return ", ".join(f"{labels.max()} cells" for labels in kept.values())


@check
def closing_with_changes_asks_once():
    place, images = three_images()
    with Window(GUI, images[0]) as w:
        w.idle()
        hand = Hand(w)
        cells = 0
        x, y = free_place(np.zeros((200, 200), int), 20)
        outline = circle(x, y, 20)
        hand.click(3, *outline[0])
        hand.wait(lambda s: s["drawing"])
        hand.moves(outline[1:])
        hand.wait(lambda s: s["cells"] == cells + 1)
        before = len(hand.windows())
        hand.key("ctrl+q")
        assert wait_until(lambda: len(hand.windows()) > before, 10), "nothing was asked"
        w.call("Activate", "quit", "[]", "{}", path=PLACE)
        assert w.state() and len(hand.windows()) == before + 1, "asked twice"
        hand.focus()
        hand.key("Escape")
        assert wait_until(lambda: len(hand.windows()) == before, 10), "Escape does not leave it"
        assert w.state()["dirty"] and w.process.poll() is None
        hand.focus()
        hand.key("ctrl+q")
        assert wait_until(lambda: len(hand.windows()) > before, 10)
        hand.focus()
        hand.key("alt+s")
        assert w.process.wait(20) == 0
    assert masks(images[0]).max() == 1
    shutil.rmtree(place)


def side_panel(hand):
    """Left, right, top and bottom of the panel on the screen."""
    shape = dict(line.split("=") for line in
                 hand.x("getwindowgeometry", "--shell", hand.windows()[-1]).split())
    right, bottom = (int(shape["X"]) + int(shape["WIDTH"]), int(shape["Y"]) + int(shape["HEIGHT"]))
    return right - 310, right - 8, int(shape["Y"]) + 56, bottom - 40


@check
def folding_the_groups_of_the_panel_leaves_the_picture_where_it_is():
    place, images = three_images()
    with Window(GUI, images[0]) as w:
        before = w.idle()
        for group in ("image", "segment", "masks", "cells"):
            w.act("group-" + group)
            after = w.idle()
            assert (after["left"], after["zoom"]) == (before["left"], before["zoom"]), group
    shutil.rmtree(place)


@check
def the_window_of_shortcuts_opens_without_complaint():
    with Window(GUI) as w:
        hand = Hand(w)
        before = len(hand.windows())
        hand.key("ctrl+question")
        assert wait_until(lambda: len(hand.windows()) > before, 10), "it does not open"
        hand.focus()
        hand.key("Escape")
        assert wait_until(lambda: len(hand.windows()) == before, 10), "Escape does not close it"


@check
def the_wheel_over_the_side_panel_changes_no_number():
    place = Path(tempfile.mkdtemp(dir="/tmp", prefix="scribe-pointer-"))
    stack = np.random.default_rng(2).integers(0, 4000, (5, 90, 100)).astype(np.uint16)
    np.save(place / "stack.npy", stack)
    with Window(GUI, place / "stack.npy") as w:
        w.idle()
        hand = Hand(w)
        w.act("group-cells")
        w.act("import-strip")
        hand.wait(lambda s: not s["import"])
        numbers = ("levels", "gamma", "opacity", "diameter", "command", "plane", "hidden")
        before = {name: w.state()[name] for name in numbers}
        left, right, top, bottom = side_panel(hand)
        for button in (5, 4):
            for y in range(top, bottom, 14):
                words = []
                for x in range(left + 20, right, 52):
                    words += ["mousemove", x, y, "click", button]
                hand.x(*words)
        w.idle()
        after = {name: w.state()[name] for name in numbers}
        assert after == before, (before, after)
    shutil.rmtree(place)


run_checks()
