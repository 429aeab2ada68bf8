#!/usr/bin/python3
"""disk.py WINDOW SAMPLES: no room on the disk for journal and files. The old files stay whole, the
window says so and keeps everything; once there is room, the journal catches up and saving works.
Twice: on a small file system of its own, where one can be mounted, and by a limit on the size of
files, which works everywhere."""
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from window import Window, check, enter, run_checks, wait_until

# A name space of one's own lets anybody mount.
if not os.environ.get("SCRIBE_TEST_INSIDE") and not os.environ.get("SCRIBE_MAY_MOUNT"):
    ways = [["unshare", "-m"], ["unshare", "-Urm"]]
    able = [way for way in ways if shutil.which("unshare") and subprocess.run(
        [*way, "mount", "-t", "tmpfs", "none", "/tmp"], capture_output=True).returncode == 0]
    os.environ["SCRIBE_MAY_MOUNT"] = "yes" if able else "no"
    if able:
        os.execvp("unshare", [*able[0], "/usr/bin/python3", *sys.argv])
enter()
GUI, SAMPLES = sys.argv[1], Path(sys.argv[2])


def square(number):
    x, y = 10 + number % 15 * 20, 10 + number // 15 * 20
    return str([float(v) for v in (x, y, x + 12, y, x + 12, y + 12, x, y + 12)])


def draw(window, numbers):
    for number in numbers:
        window.act("draw-outline", square(number))


def files_of(place):
    """Everything there but the image and what fills the disk, with its bytes."""
    return {path.name: path.read_bytes() for path in place.iterdir()
            if path.is_file() and path.name not in ("phase.png", "filler")}


def until(window, true):
    def ask():
        state = window.state()
        return state if true(state) else None
    state = wait_until(ask, 20)
    assert state, window.state()
    return state


def session(place, env, fill, empty):
    """fill(process) takes all room, empty(process) gives it back."""
    image = place / "phase.png"
    shutil.copy(SAMPLES / "phase/phase.png", image)
    with Window(GUI, image, env=env) as w:
        w.idle()
        draw(w, range(3))
        w.act("save")
        assert not w.idle()["dirty"]
        before = files_of(place)
        assert len(before) == 2, list(before)
        fill(w.process)
        draw(w, range(3, 60))
        state = until(w, lambda s: "cannot be kept safe" in s["message"])
        assert state["risk"] > 0 and state["dirty"], state
        w.act("save")
        state = until(w, lambda s: "was not saved" in s["message"] and not s["busy"])
        assert state["dirty"] and state["cells"] == 60, state
        assert files_of(place) == before, "the old files are not as they were"
        w.act("export-rois")
        state = w.idle()
        assert state["dirty"] and "was not saved" in state["message"], state
        assert files_of(place) == before, list(files_of(place))
        draw(w, range(60, 63))
        w.act("undo")
        assert w.state()["cells"] == 62
        empty(w.process)
        until(w, lambda s: "kept safe again" in s["toast"])
        until(w, lambda s: s["risk"] == 0)
        w.kill()
    with Window(GUI, image, env=env) as w:
        w.idle()
        until(w, lambda s: "before your changes" in s["message"])
        w.act("answer", "uint32 0")
        state = until(w, lambda s: "Recovered" in s["toast"] and not s["busy"])
        assert state["cells"] == 62 and state["dirty"], state
        fill(w.process)
        w.act("save")
        until(w, lambda s: "was not saved" in s["message"] and not s["busy"])
        assert files_of(place) == before
        empty(w.process)
        w.act("save")
        assert not w.idle()["dirty"]
        assert w.quit() == 0
    assert np.asarray(Image.open(place / "phase_cp_masks.png")).max() == 62
    seg = np.load(place / "phase_seg.npy", allow_pickle=True).item()
    assert seg["masks"].max() == 62


@check
def a_disk_that_is_full():
    if os.environ.get("SCRIBE_MAY_MOUNT") != "yes":
        return "SKIP this user may mount nothing; the limit below stands in for it"
    place = Path(tempfile.mkdtemp(dir="/tmp", prefix="scribe-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", place], check=True)
    filler = place / "filler"

    def fill(process):
        with open(filler, "wb", buffering=0) as f:
            try:
                while f.write(bytes(4096)):
                    pass
            except OSError:
                pass

    try:
        session(place, {"XDG_STATE_HOME": str(place / "state")}, fill,
                lambda process: filler.unlink())
    finally:
        subprocess.run(["umount", "-l", place])
        place.rmdir()
    return None


@check
def files_that_may_not_grow():
    place = Path(tempfile.mkdtemp(dir="/tmp", prefix="scribe-disk-"))
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]

    def limit(process, size):
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, hard))

    session(place, {}, lambda process: limit(process, 300),
            lambda process: limit(process, hard))
    shutil.rmtree(place)


run_checks()
