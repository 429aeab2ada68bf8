#!/usr/bin/python3
"""access.py WINDOW SAMPLES: what a screen reader is told (AT-SPI over D-Bus), and work with the
keyboard alone."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from hand import Hand
from window import Window, check, enter, run_checks, wait_until

LAUNCHER = next((p for p in ("/usr/libexec/at-spi-bus-launcher",
                             "/usr/lib/at-spi2-core/at-spi-bus-launcher") if os.path.exists(p)), None)
if not LAUNCHER:
    print("1..0 # SKIP no screen reader's bus: at-spi2-core is not installed")
    sys.exit(0)
enter()
GUI, SAMPLES = sys.argv[1], Path(sys.argv[2])
# What a user acts on must have a name.
ACTIVE = {"button", "push button", "toggle button", "check box", "combo box", "slider", "spin button",
          "text", "entry", "list", "table", "list item", "image", "icon", "password text", "switch",
          "radio button", "menu item", "toggle"}


def folder():
    place = Path(tempfile.mkdtemp(dir="/tmp", prefix="scribe-access-"))
    for name in ("nuclei/nuclei.png", "phase/phase.png"):
        shutil.copy(SAMPLES / name, place)
    return place


class Reader:
    """Reads the tree of accessible objects as a screen reader does."""

    def __init__(self):
        self.launcher = subprocess.Popen([LAUNCHER, "--launch-immediately"],
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        found = wait_until(lambda: re.search(r"'(unix:[^']*)'", self.gdbus(
            "--session", "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus.GetAddress")), 10)
        assert found, "no accessibility bus"
        self.address = found[1]

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.launcher.terminate()
        self.launcher.wait()

    def gdbus(self, bus, name, path, method, *args):
        return subprocess.run(["gdbus", "call", *bus.split(), "-d", name, "-o", path, "-m", method,
                               *args], capture_output=True, text=True).stdout

    def ask(self, node, method, *args):
        return self.gdbus("--address " + self.address, *node, method, *args)

    def children(self, node):
        text = self.ask(node, "org.a11y.atspi.Accessible.GetChildren")
        return re.findall(r"\('(:[\d.]+)', (?:objectpath )?'([^']+)'\)", text)

    def word(self, node, name):
        text = self.ask(node, "org.freedesktop.DBus.Properties.Get", "org.a11y.atspi.Accessible",
                        name)
        found = re.search(r"<(['\"])(.*)\1>", text)
        return found[2] if found else ""

    def role(self, node):
        return re.sub(r"^\('|',\)\s*$", "", self.ask(node, "org.a11y.atspi.Accessible.GetRoleName"))

    def walk(self, node=("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root"), above=()):
        for child in self.children(node):
            role = self.role(child)
            entry = (role, self.word(child, "Name"), self.word(child, "Description"), above)
            yield entry
            yield from self.walk(child, (*above, f"{role} {entry[1]}".strip()))


def tree(*, cells):
    place = folder()
    with Reader() as reader, Window(GUI, place / "nuclei.png", env={"GTK_A11Y": "atspi"}) as w:
        w.idle()
        if cells:
            w.act("draw-outline", str([10.0, 10.0, 40.0, 10.0, 40.0, 40.0, 10.0, 40.0]))
            w.act("select", "uint32 1")
            w.idle()
        found = list(reader.walk())
    shutil.rmtree(place)
    assert len(found) > 60, found
    return found


def nameless(entry):
    """The parts that a drop-down or a menu button is made of speak through it."""
    role, name, _, above = entry
    return role in ACTIVE and (not name or name.startswith("Gtk")) and \
        not re.match("combo box|button|widget", above[-1]) and \
        not any(part.startswith("combo box") for part in above)


@check
def everything_a_user_acts_on_has_a_name():
    found = tree(cells=True)
    if os.environ.get("ACCESS_SHOW"):
        for role, name, description, above in found:
            print("#", "  " * len(above), role, "|", name, "|", description)
    bad = [" > ".join([*above[-3:], f"{role} {name}"]) for role, name, _, above in
           filter(nameless, found)]
    assert not bad, f"{len(bad)} without a name: {bad}"
    names = {name for _, name, _, _ in found}
    assert "Image and cells" in names and "Images of the folder" in names, names
    assert any(name.startswith("phase.png: ") for name in names), "rows of the strip have no names"
    return f"{len(found)} objects"


@check
def the_keyboard_alone_is_enough():
    place = folder()
    square = str([10.0, 10.0, 40.0, 10.0, 40.0, 40.0, 10.0, 40.0])
    with Window(GUI, place / "nuclei.png") as w:
        w.idle()
        hand = Hand(w)
        w.act("draw-outline", square)
        w.idle()
        # Away from the picture and back to it, which hears its letters only with the focus.
        hand.key("Tab")
        for _ in range(80):
            hand.key("Tab")
            hand.key("x")
            if not w.state()["masks"]:
                break
        else:
            raise AssertionError("Tab does not come to the picture")
        hand.key("x")
        state = hand.wait(lambda s: s["masks"])
        assert state["diameter"] == 30, "a letter typed into a number changed it"
        hand.key("0")
        fit = w.state()
        hand.key(*["plus"] * 6)
        left = hand.wait(lambda s: s["zoom"] > 2 * fit["zoom"])["left"]
        hand.key("shift+Right")
        hand.wait(lambda s: s["left"] < left)
        hand.key("0")
        hand.wait(lambda s: (s["left"], s["zoom"]) == (fit["left"], fit["zoom"]))
        hand.key("ctrl+a")
        hand.wait(lambda s: s["selected"] == 1)
        hand.key("Delete")
        hand.wait(lambda s: s["cells"] == 0)
        hand.key("ctrl+z")
        hand.wait(lambda s: s["cells"] == 1)
        hand.key("F9")
        hand.key("F9")
        hand.key("F10")
        hand.key("Escape")
        for _ in range(5):  # the menu may still take the key while it closes
            hand.key("d")
            if wait_until(lambda: w.state()["path"].endswith("phase.png"), 3):
                break
        else:
            raise AssertionError("D does not come to the next image")
        w.kill()
    shutil.rmtree(place)


@check
def escape_ends_an_outline_wherever_the_focus_is():
    place = folder()
    with Window(GUI, place / "nuclei.png") as w:
        w.idle()
        hand = Hand(w)
        for presses in range(1, 12, 2):
            hand.click(3, 60, 60 + presses)
            hand.wait(lambda s: s["drawing"])
            hand.key(*["Tab"] * presses)
            hand.key("Escape")
            hand.wait(lambda s: not s["drawing"], 5)
        w.kill()
    shutil.rmtree(place)


run_checks()
