"""What the tests of the window share: a display and a session bus of their own, the program's
actions over D-Bus, the list of checks."""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

APP = "org.cytoscribe.Cytoscribe"
PLACE = "/org/cytoscribe/Cytoscribe"
NEEDED = ["dbus-run-session", "xvfb-run", "gdbus", "xdotool"]


def enter(size="1366x768"):
    """Runs the calling script again inside a session bus and a display of its own."""
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing:
        print(f"1..0 # SKIP the window is not tested: {', '.join(missing)} not installed")
        sys.exit(0)
    if os.environ.get("SCRIBE_TEST_INSIDE"):
        return
    home = tempfile.mkdtemp(prefix="scribe-test-")
    env = dict(os.environ, SCRIBE_TEST_INSIDE="1", SCRIBE_TEST_HOME=home, GDK_BACKEND="x11",
               GSK_RENDERER="cairo", GTK_A11Y="none", GSETTINGS_BACKEND="memory", LC_ALL="C.UTF-8",
               HOME=home, XDG_STATE_HOME=home + "/state", XDG_DATA_HOME=home + "/data",
               XDG_CONFIG_HOME=home + "/config", XDG_CACHE_HOME=home + "/cache")
    call = ["dbus-run-session", "--", "xvfb-run", "-a", "-s", f"-screen 0 {size}x24",
            "/usr/bin/python3", *sys.argv]
    status = subprocess.run(call, env=env).returncode
    shutil.rmtree(home, ignore_errors=True)
    sys.exit(status)


def wait_until(ask, seconds=60, pause=0.05):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = ask()
        if found:
            return found
        time.sleep(pause)
    return ask()


class Window:
    """The program, started with these files; closed (or killed) when the block ends."""

    def __init__(self, program, *files, env=None):
        self.begun = time.monotonic()
        self.stderr = tempfile.TemporaryFile()
        self.process = subprocess.Popen([program, *map(str, files)], stderr=self.stderr,
                                        env=dict(os.environ, **(env or {})))
        if not wait_until(self.answers, 20, 0.02):
            raise AssertionError("the window did not come up")
        self.up = time.monotonic() - self.begun

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.stderr.seek(0)
        said = self.stderr.read().decode(errors="replace")
        bad = [line for line in said.splitlines() if ("CRITICAL" in line or "WARNING" in line)
               and "recently-used.xbel" not in line]  # GTK's own list, on a full disk
        if bad and not exc[0]:
            raise AssertionError(f"{len(bad)} complaints of GTK, the first: {bad[0]}")

    def call(self, method, *args, path=PLACE + "/window/1"):
        return subprocess.run(["gdbus", "call", "--session", "-d", APP, "-o", path, "-m",
                               "org.gtk.Actions." + method, *args], capture_output=True, text=True)

    def answers(self):
        return self.call("List").returncode == 0

    def act(self, name, value=None):
        done = self.call("Activate", name, f"[<{value}>]" if value is not None else "[]", "{}")
        assert done.returncode == 0, done.stderr

    def enabled(self, name):
        return self.call("Describe", name).stdout.startswith("((true")

    def state(self):
        self.act("describe")
        text = self.call("Describe", "describe").stdout
        found = {}
        for key, value in re.findall(r"'([a-z-]+)': <(.*?)>(?=[,}])", text):
            if value in ("true", "false"):
                found[key] = value == "true"
            elif value.startswith("'") or value.startswith('"'):
                found[key] = value[1:-1]
            else:
                found[key] = float(value.split()[-1])
        return found

    def idle(self, seconds=120):
        """Waits until nothing is under way and says what is there then."""
        time.sleep(0.08)
        state = wait_until(lambda: (lambda s: None if s["busy"] else s)(self.state()), seconds)
        assert state, "still busy"
        return state

    def quit(self):
        self.call("Activate", "quit", "[]", "{}", path=PLACE)
        return self.process.wait(20)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def run_checks():
    print(f"1..{len(CHECKS)}")
    bad = 0
    for number, function in enumerate(CHECKS, 1):
        name = function.__name__.replace("_", " ")
        shutil.rmtree(os.environ["SCRIBE_TEST_HOME"] + "/state", ignore_errors=True)
        try:
            note = function()
            print(f"ok {number} - {name}" + (f" # {note}" if note else ""), flush=True)
        except Exception as error:  # a check that breaks is a check that fails
            bad += 1
            print(f"not ok {number} - {name}\n# {type(error).__name__}: {error}", flush=True)
    sys.exit(bad > 0)
