#!/usr/bin/python3
"""window-fuzz.py WINDOW NO-DIALOGS SAMPLES [SEEDS [EVENTS [FIRST]]]: random pointer, key and action
events on the whole window. It must not crash, say CRITICAL, or end up drawing in a way that Escape
does not end. The stream of a failed seed is kept and named."""
import math
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from hand import Hand
from window import Window, check, enter, run_checks, wait_until

enter()
GUI, SHIM, SAMPLES = sys.argv[1], sys.argv[2], Path(sys.argv[3])
SEEDS, EVENTS, FIRST = (int(v) for v in (sys.argv[4:] + ["2", "1000", "1"][len(sys.argv) - 4:]))
HERE = Path(__file__).resolve().parent
LETTERS = list("abcdefghijklmnopqrstuvwxyz0123456789") + ["comma", "period", "plus", "minus", "grave"]
NAMED = ["Escape", "BackSpace", "Return", "Delete", "Tab", "ISO_Left_Tab", "space", "Left", "Right",
         "Up", "Down", "Page_Up", "Page_Down", "Home", "End", "Menu", "KP_Enter", "KP_Add",
         *(f"F{n}" for n in (1, 2, 5, 6, 8, 9, 10, 11, 12))]
HELD = ["ctrl", "shift", "alt", "space", "grave"]
# What GTK 4.8 says of menus where no screen is, of a tip for a window that has just gone, and of the
# focus that an expander offers its child while that is put away (no call of ours on the way there).
OF_GTK = re.compile("gdk_monitor_get_geometry|gdk_surface_get_device_position|find_at_coords|"
                    "gtk_root_get_focus")
# Loud or slow ones come now and then only.
SELDOM = {"run", "run-folder", "calibrate", "clear", "delete-selected", "merge-selected"}


def pictures(place):
    """Small images, so that a model has run soon: gray, colour, a stack."""
    gray = np.asarray(Image.open(SAMPLES / "nuclei/nuclei.png"))
    colour = np.asarray(Image.open(SAMPLES / "cells/cells.png"))
    Image.fromarray(gray[:96, :112]).save(place / "a.png")
    Image.fromarray(colour[:90, :80]).save(place / "b.png")
    np.save(place / "c.npy", np.stack([gray[i:i + 64, i:i + 72] for i in range(4)]).astype("u2"))
    (place / "broken.tif").write_bytes(b"II*\0\xff\xff\xff\xff")


class Stream:
    def __init__(self, window, place, dice, log):
        self.window, self.place, self.dice, self.log = window, place, dice, log
        self.hand = Hand(window)
        self.kinds = self.ask_actions()
        self.held = set()

    def ask_actions(self):
        """Every action the window has, with the type of its argument."""
        text = self.window.call("DescribeAll").stdout
        found = dict(re.findall(r"'([a-z-]+)': \((?:true|false), (?:signature )?'([^']*)'", text))
        assert len(found) > 40, text
        return {name: kind for name, kind in found.items() if name != "describe"}

    def number(self):
        return self.dice.choice([0.0, -1.0, 0.5, 1.0, 7.0, 30.0, 64.0, 1e3, 1e9, -1e300, math.nan,
                                 math.inf, self.dice.uniform(-20, 130)])

    def whole(self):
        return self.dice.choice([0, 1, 2, 3, 7, 100, 65536, 2 ** 32 - 1])

    def text(self, name):
        files = [str(self.place / n) for n in ("a.png", "b.png", "c.npy", "broken.tif", "nothing.png",
                                               "a_seg.npy", "a_cp_masks.png", "")]
        if "save" in name:
            return self.dice.choice([str(self.place / "other.png"), "/nowhere/at/all.png"])
        if "path" in name or "masks" in name:
            return self.dice.choice(files)
        return self.dice.choice(["outline", "brush", "eraser", "split", "pan", "cyto", "nuclei", "",
                                 "cellprob", "flow", "min-size", "max-size", "edges", "細胞"])

    def value(self, kind, name):
        """One value of that type, as gdbus reads it."""
        if kind == "s":
            return f'"{self.text(name)}"'
        if kind == "b":
            return self.dice.choice(["true", "false"])
        if kind == "d":
            return repr(self.number())
        if kind == "u":
            return f"uint32 {self.whole()}"
        if kind in ("i", "n", "x", "t"):
            return str(self.whole() % 1000)
        if kind.startswith("("):
            return "(" + ", ".join(self.value(k, name) for k in kind[1:-1]) + ")"
        if kind.startswith("a"):
            count = self.dice.choice([0, 1, 2, 3, 4, 8, 40])
            return f"@{kind} [" + ", ".join(self.value(kind[1], name) for _ in range(count)) + "]"
        return '""'

    def action(self):
        name = self.dice.choice(sorted(self.kinds))
        if name in SELDOM and self.dice.random() < 0.8:
            return
        value = self.value(self.kinds[name], name) if self.kinds[name] else None
        self.log.append(f"action {name} {value}")
        self.window.call("Activate", name, f"[<{value}>]" if value is not None else "[]", "{}")

    def place_on_screen(self):
        if self.dice.random() < 0.7:  # most on the picture
            return self.dice.randint(10, 730), self.dice.randint(55, 640)
        return self.dice.randint(0, 1079), self.dice.randint(0, 699)

    def event(self):
        dice = self.dice
        kind = dice.choices(["move", "down", "up", "click", "wheel", "key", "chord", "hold", "free"],
                            [40, 8, 8, 8, 3, 14, 3, 2, 4])[0]
        if kind == "move":
            return ["mousemove", *self.place_on_screen()]
        if kind in ("down", "up", "click"):
            return [{"down": "mousedown", "up": "mouseup", "click": "click"}[kind],
                    dice.choice([1, 1, 1, 3, 3, 2])]
        if kind == "wheel":
            return ["click", dice.choice([4, 5, 6, 7])]
        if kind == "key":
            return self.struck([], dice.choice(LETTERS + NAMED))
        if kind == "chord":
            modifiers = dice.sample(["alt", "ctrl", "shift"], dice.randint(1, 2))
            return self.struck(modifiers, dice.choice(LETTERS + NAMED))
        held = dice.choice(HELD)
        (self.held.add if kind == "hold" else self.held.discard)(held)
        return [{"hold": "keydown", "free": "keyup"}[kind], held]

    def struck(self, modifiers, key):
        """A key with modifiers, beside those that are held. Ctrl+Shift+D and I open GTK's inspector,
        which can break any program: Return in their place."""
        if key in ("d", "i") and {"ctrl", "shift"} <= self.held.union(modifiers):
            key = "Return"
        return ["key", "+".join([*modifiers, key])]

    def batch(self, events):
        """Some events in a row to one of the windows that are there."""
        shown = self.hand.windows()
        words = ["windowfocus", self.dice.choice(shown)] if shown else []
        for _ in range(events):
            words += self.event()
        self.log.append(" ".join(map(str, words)))
        # A window may go before its turn: that is no failure.
        subprocess.run(["xdotool", *map(str, words)], capture_output=True)

    def some(self):
        """A batch, then a few actions; how many events that were."""
        n, actions = self.dice.randint(1, 25), self.dice.randint(0, 4)
        self.batch(n)
        for _ in range(actions):
            self.action()
        return n + actions

    def let_go(self):
        words = [word for button in (1, 2, 3) for word in ("mouseup", str(button))]
        for name in HELD:
            words += ["keyup", name]
        self.held.clear()
        self.hand.x(*words)

    def can_be_left(self):
        """Escape, wherever the keys go now, ends what is half drawn."""
        self.let_go()
        for _ in range(6):  # dialogs and menus take one each
            for window in self.hand.windows():
                subprocess.run(["xdotool", "windowfocus", window, "key", "Escape"],
                               capture_output=True)
            if wait_until(lambda: not self.window.state()["drawing"], 0.5):
                return
        raise AssertionError(f"Escape does not end it: {self.window.state()}")


def complaints(text):
    """What must not be said. A leak is ours when our code is in its stack: libraries keep things."""
    text, _, leaks = text.partition("ERROR: LeakSanitizer")
    ours = [leak for leak in leaks.split("\n\n") if re.search(r" in (scribe|cyto|cli)_", leak)]
    return [line for line in text.splitlines()
            if re.search(r"CRITICAL|runtime error|AddressSanitizer", line) and
            not OF_GTK.search(line)] + ours


def leave(window, hand):
    """A clean end, so that leaks are counted."""
    window.call("Activate", "quit", "[]", "{}", path="/org/cytoscribe/Cytoscribe")
    for _ in range(60):
        if window.process.poll() is not None:
            return
        if wait_until(lambda: window.process.poll() is not None or len(hand.windows()) > 1, 0.5):
            for shown in hand.windows():
                subprocess.run(["xdotool", "windowfocus", shown, "key", "alt+d"],
                               capture_output=True)
    raise AssertionError("the window does not close")


def start(place):
    supp = f"suppressions={HERE}/leaks.supp:print_suppressions=0:exitcode=0"
    return Window(GUI, place / "a.png", env={
        "LD_PRELOAD": SHIM, "LSAN_OPTIONS": supp, "UBSAN_OPTIONS": "print_stacktrace=1",
        "ASAN_OPTIONS": "verify_asan_link_order=0:allocator_may_return_null=1:detect_leaks=1"})


def said(window):
    window.stderr.seek(0)
    return window.stderr.read().decode(errors="replace")


def one_seed(seed):
    place = Path(tempfile.mkdtemp(dir="/tmp", prefix="scribe-fuzz-"))
    pictures(place)
    dice, log, done, starts = random.Random(seed), [], 0, 0
    try:
        while done < EVENTS:
            window = start(place)
            starts += 1
            window.idle()
            stream = Stream(window, place, dice, log)
            try:
                while done < EVENTS and window.process.poll() is None:
                    n = stream.some()
                    done += n
                    if done // 250 != (done - n) // 250:
                        stream.can_be_left()
                stream.can_be_left()
                leave(window, stream.hand)
            except AssertionError:  # a window that was closed meanwhile answers no more
                if not wait_until(lambda: window.process.poll() is not None, 30):
                    raise
            bad = complaints(said(window))
            assert window.process.wait() == 0 and not bad, \
                f"ended with {window.process.returncode}: {bad[:3]}"
    except Exception as error:
        if window.process.poll() is None:
            window.kill()
        kept = Path(tempfile.gettempdir()) / f"scribe-fuzz-{seed}.log"
        kept.write_text("\n".join([*log, "", said(window)]))
        raise AssertionError(f"seed {seed} after {done} events ({kept}): {error}") from error
    shutil.rmtree(place)
    warned = sorted({re.sub(r"0x[0-9a-f]+|\d+", "…", line.split("WARNING **")[-1])[:120]
                     for line in said(window).splitlines() if "WARNING" in line})
    return done, starts, warned


@check
def random_events_on_the_whole_window():
    events, starts, warnings = 0, 0, set()
    for seed in range(FIRST, FIRST + SEEDS):
        done, begun, warned = one_seed(seed)
        events, starts = events + done, starts + begun
        warnings.update(warned)
        print(f"# seed {seed}: {done} events, {begun} starts", flush=True)
    for line in sorted(warnings):
        print(f"# warned: {line}")
    return f"{SEEDS} seeds, {events} events, {starts} starts"


run_checks()
