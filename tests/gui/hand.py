"""A hand on the window: real pointer and key events by xdotool, placed by what the window says of
itself. Nothing here sleeps: whoever acts waits for the state that must follow."""
import math
import subprocess

from window import wait_until


class Hand:
    def __init__(self, window):
        self.window = window
        self.focus()

    def x(self, *words):
        done = subprocess.run(["xdotool", *map(str, words)], capture_output=True, text=True)
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    def windows(self, name=None):
        """The program's windows that can be seen, all (a dialog may have no title) or those with
        this title; one may go while it is asked."""
        def ask(*words):
            return subprocess.run(["xdotool", *words], capture_output=True, text=True).stdout

        found = ask("search", "--all", "--onlyvisible", "--pid", str(self.window.process.pid),
                    *(["--name", name] if name else []))
        shapes = {w: ask("getwindowgeometry", "--shell", w) for w in found.split()}
        return [w for w, shape in shapes.items() if shape and "WIDTH=1\n" not in shape]

    def focus(self, name=None):
        found = wait_until(lambda: self.windows(name), 10)
        assert found, f"no window {name or 'at all'}"
        self.x("windowfocus", "--sync", found[-1])

    def key(self, *keys):
        self.x("key", "--clearmodifiers", *keys)

    def wait(self, true, seconds=60):
        """Until the state of the window makes this true; that state."""
        def ask():
            state = self.window.state()
            return state if true(state) else None
        state = wait_until(ask, seconds)
        assert state, f"that did not come: {self.window.state()}"
        return state

    def place(self, x, y):
        """Where the middle of a pixel of the image is on the screen."""
        state = self.window.state()
        return (round(state["left"] + state["zoom"] * (x + 0.5)),
                round(state["top"] + state["zoom"] * (y + 0.5)))

    def click(self, button, x, y, *modifiers):
        words = ["mousemove", *self.place(x, y)]
        for modifier in modifiers:
            words += ["keydown", modifier]
        words += ["click", button]
        for modifier in modifiers:
            words += ["keyup", modifier]
        self.x(*words)

    def moves(self, points):
        """One after another, each when the last was seen: between two frames the toolkit keeps the
        newest place of a pointer without a pressed button and no other."""
        for x, y in points:
            self.x("mousemove", *self.place(x, y))
            self.wait(lambda s: abs(s["x"] - x - 0.5) < 1 and abs(s["y"] - y - 0.5) < 1
                      or not s["drawing"])

    def drag(self, button, points):
        words = ["mousemove", *self.place(*points[0]), "mousedown", button]
        for point in points[1:]:
            words += ["mousemove", *self.place(*point)]
        self.x(*words, "mouseup", button)


def circle(x, y, radius, n=24):
    return [(x + radius * math.cos(2 * math.pi * i / n), y + radius * math.sin(2 * math.pi * i / n))
            for i in range(n + 1)]
