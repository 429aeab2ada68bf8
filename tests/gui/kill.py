#!/usr/bin/python3
"""kill.py WINDOW SAMPLES [ROUNDS [SEED]]: kill -9 at random moments of a session of edits. What
comes back is a state that the session had, not more than a second old, and no file is unreadable.
CYTOSCRIBE_KILLS gives the number of rounds as well."""
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from PIL import Image

from window import Window, check, enter, run_checks, wait_until

enter()
GUI, SAMPLES = sys.argv[1], Path(sys.argv[2])
ROUNDS = int(sys.argv[3] if len(sys.argv) > 3 else os.environ.get("CYTOSCRIBE_KILLS", 10))
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else 1
STEP, SIDE = 16, 10  # a square cell in every mesh of a grid
SLOTS = [(x, y) for y in range(8, 300, STEP) for x in range(8, 300, STEP)]


def square(slot):
    x, y = slot
    return [float(v) for v in (x, y, x + SIDE, y, x + SIDE, y + SIDE, x, y + SIDE)]


class Session:
    """Random edits, and what the cells must be after each: a set of squares. `seen` has every
    state and when it began."""

    def __init__(self, window, dice, cells):
        self.window, self.dice = window, dice
        self.done, self.undone = [], []
        self.cells = self.asked = cells
        self.seen = [(cells, time.monotonic())]
        self.killed, self.why = None, None

    def do(self, action, cells, value=None):
        self.asked = cells  # may be there already when the answer is not heard any more
        self.window.act(action, value)
        self.cells = cells
        self.seen.append((cells, time.monotonic()))

    def lost(self, cells):
        """How many seconds before the end these cells ceased to be the newest; None: never were."""
        if cells in (self.cells, self.asked):
            return 0.0
        ends = [end for (state, _), (_, end) in zip(self.seen, self.seen[1:]) if state == cells]
        return max(0.0, self.killed - ends[-1]) if ends else None

    def edit(self, action, cells, value=None):
        before = self.cells
        self.do(action, cells, value)
        self.done.append(before)
        self.undone.clear()

    def draw(self):
        slot = self.dice.choice([slot for slot in SLOTS if slot not in self.cells])
        self.edit("draw-outline", self.cells | {slot}, str(square(slot)))

    def delete_all(self):
        if self.cells:
            self.edit("clear", frozenset())

    def undo(self):
        if self.done:
            before = self.cells
            self.do("undo", self.done[-1])
            self.done.pop()
            self.undone.append(before)

    def redo(self):
        if self.undone:
            before = self.cells
            self.do("redo", self.undone[-1])
            self.undone.pop()
            self.done.append(before)

    def save(self):
        self.window.act("save")

    def until_killed(self):
        kinds = [self.draw, self.undo, self.redo, self.delete_all, self.save]
        try:
            while True:
                self.dice.choices(kinds, [60, 14, 8, 1, 3])[0]()
        except Exception as error:  # the end, as a call without an answer
            self.why = error


def shown(window, image):
    """The squares that the window has now, by their outlines: the one file that does not come back
    when the image is opened."""
    state = window.idle()
    if not state["cells"]:
        return frozenset()
    path = image.with_name(image.stem + "_cp_outlines.txt")
    path.unlink(missing_ok=True)
    window.act("export-outlines")
    assert wait_until(path.exists, 20), window.state()
    window.idle()
    found = set()
    for line in path.read_text().splitlines():
        numbers = np.array(line.split(","), float)
        xs, ys = numbers[::2], numbers[1::2]
        slot = tuple(round((v.min() - SLOTS[0][0]) / STEP) * STEP + SLOTS[0][0] for v in (xs, ys))
        assert slot in SLOTS and abs(np.ptp(xs) - SIDE) <= 1.5 and abs(np.ptp(ys) - SIDE) <= 1.5, \
            f"a cell that nobody drew: {line}"
        found.add(slot)
    assert len(found) == state["cells"], "two cells in one place"
    return frozenset(found)


def check_files(image):
    """Whatever was being written when the end came, a file is old or new and whole."""
    seg = image.with_name(image.stem + "_seg.npy")
    masks = image.with_name(image.stem + "_cp_masks.png")
    if seg.exists():
        np.load(seg, allow_pickle=True).item()["masks"].sum()
    if masks.exists():
        np.asarray(Image.open(masks)).sum()


def recover(window):
    """Answers the offer, if there is one; whether there was."""
    window.idle()
    offered = wait_until(lambda: "before your changes" in window.state()["message"], 0.5)
    if offered:
        window.act("answer", "uint32 0")
        assert wait_until(lambda: "Recovered" in window.state()["toast"], 20), window.state()
        window.idle()
    return bool(offered)


def work_until_killed(window, dice, cells):
    """A session of edits from these cells, ended by a kill -9; when that was."""
    session = Session(window, dice, cells)
    if len(cells) > len(SLOTS) // 2:
        session.delete_all()
    thread = threading.Thread(target=session.until_killed)
    thread.start()
    time.sleep(dice.uniform(0.02, 2.5))  # the random moment
    alive = thread.is_alive()
    session.killed = time.monotonic()
    window.kill()
    thread.join()
    assert alive, f"the session ended by itself: {session.why}"
    return session


@check
def at_any_moment_at_most_a_second_is_lost():
    place = Path(tempfile.mkdtemp(dir="/tmp", prefix="scribe-kill-"))
    image = place / "phase.png"
    shutil.copy(SAMPLES / "phase/phase.png", image)
    dice = random.Random(SEED)
    session, lost, edits, offers = None, [], 0, 0
    for number in range(ROUNDS + 1):
        with Window(GUI, image) as w:
            offers += recover(w)
            cells = shown(w, image)
            if session:
                lost.append(session.lost(cells))
                assert lost[-1] is not None, f"round {number}: {len(cells)} cells that never were"
                assert lost[-1] <= 1.0, f"round {number}: {lost[-1]:.2f} s are lost"
            if number < ROUNDS:
                session = work_until_killed(w, dice, cells)
                edits += len(session.seen) - 1
            else:
                w.kill()
        check_files(image)
    shutil.rmtree(place)
    return (f"{ROUNDS} kills, {edits} edits, {offers} offers of recovery; lost: at worst "
            f"{max(lost) * 1000:.0f} ms, {sorted(lost)[len(lost) // 2] * 1000:.0f} ms in the middle")


run_checks()
