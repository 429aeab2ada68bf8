#!/usr/bin/python3
"""files.py WINDOW COMMAND SAMPLES: what comes in and goes out: axes, recovery, folders, models."""
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from hand import Hand
from window import Window, check, enter, run_checks, wait_until

enter()
GUI, CLI, SAMPLES = sys.argv[1], sys.argv[2], Path(sys.argv[3])
SQUARE = str([40.0, 40.0, 80.0, 40.0, 80.0, 80.0, 40.0, 80.0])


def folder(*names):
    """A fresh folder with these of the sample images."""
    place = Path(tempfile.mkdtemp(dir="/tmp", prefix="scribe-files-"))
    for image in SAMPLES.glob("*/*.*"):
        if image.name in names:
            shutil.copy(image, place)
    return place


def stack(place, name, shape):
    values = np.random.default_rng(1).integers(0, 4000, shape).astype(np.uint16)
    np.save(place / name, values)
    return place / name


def sizes(state):
    """T, Z, C, Y, X."""
    return tuple(map(int, state["shape"].split()))


@check
def a_stack_shows_the_strip_and_a_plain_picture_does_not():
    place = folder("nuclei.png", "cells.png")
    stack(place, "deep.npy", (9, 60, 70))
    with Window(GUI, place / "nuclei.png") as w:
        assert not w.idle()["import"]
        w.act("import-strip")
        assert w.state()["import"], "asked for, and not shown"
        w.act("open-path", f"'{place / 'deep.npy'}'")
        state = w.idle()
        assert state["import"] and state["axes"] == "ZYX" and sizes(state) == (1, 9, 1, 60, 70)
        w.act("import-strip")
        assert not w.state()["import"], "closed, and still there"


@check
def the_strip_stays_as_it_was_left():
    place = folder("nuclei.png")
    several, plain = stack(place, "a.npy", (3, 5, 60, 70)), place / "nuclei.png"
    kept = {"GSETTINGS_BACKEND": "keyfile"}
    for picture, first in ((several, True), (plain, False)):
        with Window(GUI, picture, env=kept) as w:
            assert w.idle()["import"] == first
            w.act("import-strip")
            assert wait_until(lambda: w.state()["import"] != first), w.state()
            assert w.quit() == 0
    for picture, now in ((several, False), (plain, True)):
        with Window(GUI, picture, env=kept) as w:
            assert w.idle()["import"] == now, "forgotten with the program"


@check
def test_266_planes_of_200_x_200_are_depth():
    place = folder()
    with Window(GUI, stack(place, "a.npy", (266, 200, 200))) as w:
        assert sizes(w.idle()) == (1, 266, 1, 200, 200)


@check
def changing_plane_is_done_by_depth_and_time():
    place = folder()
    with Window(GUI, stack(place, "a.npy", (5, 7, 30, 40))) as w:
        assert sizes(w.idle()) == (5, 7, 1, 30, 40), w.state()
        w.act("set-plane", "(uint32 3, uint32 2)")
        assert w.state()["plane"] == 2 * 7 + 3
        w.act("set-plane", "(uint32 7, uint32 0)")
        assert w.state()["plane"] == 2 * 7 + 3, "a plane that is not there"


@check
def other_axes_are_read_again_and_kept_for_the_folder():
    place = folder()
    one, two = (stack(place, name, (6, 60, 70)) for name in ("a.npy", "b.npy"))
    plain = stack(place, "flat.npy", (60, 70))
    with Window(GUI, one) as w:
        assert w.idle()["axes"] == "ZYX"
        w.act("set-axes", "'CYX'")
        state = w.idle()
        assert state["axes"] == "CYX" and sizes(state) == (1, 1, 6, 60, 70), state
        w.act("open-path", f"'{two}'")
        assert w.idle()["axes"] == "CYX", "not kept for the folder"
        w.act("open-path", f"'{plain}'")
        assert sizes(w.idle()) == (1, 1, 1, 60, 70)
        assert w.quit() == 0
    with Window(GUI, one) as w:
        assert w.idle()["axes"] == "CYX", "forgotten with the program"
        w.act("set-axes", "''")
        assert w.idle()["axes"] == "ZYX"
        w.act("open-path", f"'{two}'")
        assert w.idle()["axes"] == "ZYX", "not forgotten"


@check
def an_opened_image_is_among_the_recent_ones_at_once():
    place = folder()
    one, two = (stack(place, name, (60, 70)) for name in ("a.npy", "b.npy"))
    lists = place / "data"
    lists.mkdir()
    with Window(GUI, one, env={"XDG_DATA_HOME": str(lists)}) as w:
        for number, path in ((1, one), (2, two)):
            w.act("open-path", f"'{path}'")
            assert wait_until(lambda: w.state()["recent"] == number, 20), w.state()


@check
def axes_of_size_one_that_nobody_sees_do_not_stand_in_the_way():
    place = folder()
    with Window(GUI, stack(place, "a.npy", (1, 1, 3, 60, 70))) as w:
        assert w.idle()["axes"] == "CYX", w.state()
        w.act("set-axes", "'ZYX'")
        state = w.idle()
        assert sizes(state) == (1, 3, 1, 60, 70), state
        w.act("set-axes", "''")
        assert sizes(w.idle()) == (1, 1, 3, 60, 70)


@check
def axes_stay_while_there_are_unsaved_changes():
    place = folder()
    with Window(GUI, stack(place, "a.npy", (6, 100, 120))) as w:
        w.idle()
        w.act("draw-outline", SQUARE)
        w.act("set-axes", "'CYX'")
        state = w.idle()
        assert state["axes"] == "ZYX" and state["cells"] == 1, state
        assert "axes stay" in state["message"], state
        w.act("undo")
        w.act("set-axes", "'CYX'")
        assert w.idle()["axes"] == "CYX"


@check
def axes_that_make_no_picture_are_refused_in_words():
    place = folder()
    with Window(GUI, stack(place, "a.npy", (6, 100, 120))) as w:
        w.idle()
        for axes in ("ZZX", "TZC", "QYX", "ZYXCTSSSS"):
            w.act("set-axes", f"'{axes}'")
            state = w.idle()
            assert state["axes"] == "ZYX" and "axes stay" in state["message"], (axes, state)


@check
def masks_of_other_axes_are_those_of_the_command():
    place = folder()
    nuclei = np.asarray(Image.open(SAMPLES / "nuclei" / "nuclei.png"))[:128, :128]
    np.save(place / "a.npy", np.stack([nuclei, nuclei[::-1]]))
    out = tempfile.mkdtemp(dir="/tmp", prefix="scribe-cli-")
    subprocess.run([CLI, "segment", str(place / "a.npy"), "--axes", "ZYX", "--pretrained_model",
                    "cyto", "--save_tif", "--savedir", out, "--no_npy", "--quiet"], check=True)
    with Window(GUI, place / "a.npy") as w:
        assert w.idle()["axes"] == "CYX"
        assert "--axes" not in w.state()["command"]
        w.act("set-axes", "'ZYX'")
        assert sizes(w.idle())[1] == 2
        assert "--axes=ZYX" in w.state()["command"], "the command would read the file otherwise"
        w.act("run")
        assert w.idle()["cells"] > 5
        w.act("save")
        assert not w.idle()["dirty"]
    assert (place / "a_cp_masks.tif").read_bytes() == Path(out, "a_cp_masks.tif").read_bytes()


def leave_changes(place, *names):
    """Kills the program while these images have changes that are not saved."""
    with Window(GUI) as w:
        for name in names:
            w.act("open-path", f"'{place / name}'")
            assert w.idle()["path"] == str(place / name)
            w.act("draw-outline", SQUARE)
        assert wait_until(lambda: w.state()["risk"] == 0 and w.state()["dirty"], 20)
        time.sleep(1.2)
        w.kill()


def offered(window):
    return wait_until(lambda: "before your changes" in window.state()["message"], 10)


@check
def unsaved_changes_are_restored_one_by_one():
    place = folder("nuclei.png", "phase.png")
    leave_changes(place, "nuclei.png", "phase.png")
    with Window(GUI) as w:
        assert offered(w), w.state()
        w.act("answer", "uint32 1")
        hand = Hand(w)
        hand.focus("Unsaved Changes")
        hand.key("Escape")
        assert wait_until(lambda: not hand.windows("Unsaved Changes"))
        assert w.quit() == 0
    with Window(GUI) as w:
        assert offered(w), "closing the list threw something away"
        w.act("answer", "uint32 1")
        hand = Hand(w)
        hand.focus("Unsaved Changes")
        hand.key("alt+r", "Return")
        state = wait_until(lambda: (lambda s: s if s["cells"] == 1 else None)(w.idle()))
        assert state and state["unsaved"] == 1, w.state()
        hand.focus("Unsaved Changes")
        hand.key("alt+a")
        assert wait_until(lambda: w.idle()["unsaved"] == 2), w.state()
        w.act("save")
        w.act("next-image")
        w.idle()
        w.act("save")
        assert wait_until(lambda: w.idle()["unsaved"] == 0), w.state()
        assert w.quit() == 0
    with Window(GUI) as w:
        time.sleep(0.5)
        assert w.state()["message"] == "", w.state()


def yellow(name):
    """Pixels in the colour of drawn borders in the window of this title."""
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", name],
                           capture_output=True, text=True).stdout.split()
    shot = Path(os.environ["SCRIBE_TEST_HOME"], "shot.png")
    subprocess.run(["import", "-window", found[-1], str(shot)], check=True)
    red, green, blue = np.asarray(Image.open(shot).convert("RGB")).astype(int).transpose(2, 0, 1)
    return int(((red > 180) & (green > 140) & (blue < 90)).sum())


@check
def the_list_shows_what_would_come_back():
    if not shutil.which("import"):
        return "no ImageMagick: not looked at"
    place = folder("nuclei.png", "phase.png")
    leave_changes(place, "nuclei.png", "phase.png")
    (place / "phase.png").unlink()
    with Window(GUI) as w:
        assert offered(w), w.state()
        w.act("answer", "uint32 1")
        hand = Hand(w)
        hand.focus("Unsaved Changes")
        assert wait_until(lambda: yellow("Unsaved Changes") > 20, 10), "no picture with the cell"
        hand.key("Escape")
        assert wait_until(lambda: not hand.windows("Unsaved Changes"))
        assert w.quit() == 0
    with Window(GUI) as w:
        assert offered(w), "looking took something away"


@check
def throwing_away_asks_first():
    place = folder("nuclei.png")
    leave_changes(place, "nuclei.png")
    with Window(GUI) as w:
        assert offered(w), w.state()
        w.act("answer", "uint32 1")
        hand = Hand(w)
        journals = Path(os.environ["XDG_STATE_HOME"], "cytoscribe", "journal")
        assert len(list(journals.iterdir())) >= 1
        for answer, left in (("alt+c", 1), ("alt+t", 0)):
            hand.focus("Unsaved Changes")
            hand.key("alt+t")
            hand.focus("Throw Away")
            hand.key(answer)
            assert wait_until(lambda: len([f for f in journals.iterdir() if f.stat().st_size])
                              == left, 5), (answer, list(journals.iterdir()))


@check
def a_copy_in_another_place_does_not_count_as_saved():
    place, other = folder("nuclei.png"), folder()
    with Window(GUI, place / "nuclei.png") as w:
        w.idle()
        w.act("draw-outline", SQUARE)
        w.act("save-as-path", f"'{other / 'nuclei.png'}'")
        state = w.idle()
        assert (other / "nuclei_seg.npy").exists() and not (place / "nuclei_seg.npy").exists()
        assert state["dirty"] and state["unsaved"] == 1, state
        assert wait_until(lambda: w.state()["risk"] == 0, 20)
        time.sleep(1.2)
        w.kill()
    with Window(GUI) as w:
        assert offered(w), "the cells of the copy were forgotten"
    with Window(GUI, place / "nuclei.png") as w:
        w.idle()
        w.act("draw-outline", SQUARE)
        w.act("save-as-path", f"'{place / 'nuclei.tif'}'")
        assert not w.idle()["dirty"], "these are the files beside the image"


def run_folder(window, how):
    window.act("run-folder-as", f"'{how}'")
    assert wait_until(lambda: window.state()["batch"], 10) or True
    assert wait_until(lambda: not window.state()["batch"], 200), window.state()
    return window.idle()


@check
def a_folder_is_run_again_as_the_user_says():
    place = folder("nuclei.png", "phase.png")
    seg = place / "nuclei_seg.npy"
    with Window(GUI, place / "nuclei.png") as w:
        w.idle()
        w.act("draw-outline", str([float(v) for v in (0, 0, 40, 0, 40, 40, 0, 40)]))
        w.act("save")
        assert not w.idle()["dirty"]
        before = seg.read_bytes()
        state = run_folder(w, "skip")
        assert seg.read_bytes() == before and (place / "phase_seg.npy").exists()
        assert "1 passed over" in state["detail"], state
        state = run_folder(w, "keep")
        assert state["cells"] > 10, "what is shown is older than what is on disk"
        kept = np.asarray(Image.open(place / "nuclei_cp_masks.png"))
        assert len(np.unique(kept[:40, :40])) == 1 and kept[0, 0] > 0, "the drawn cell is gone"
        state = run_folder(w, "all")
        new = np.asarray(Image.open(place / "nuclei_cp_masks.png"))
        assert len(np.unique(new[:40, :40])) > 1, "the drawn cell is still there"
        assert "2 images done" in state["detail"], state


@check
def an_image_with_unsaved_changes_is_not_touched_by_the_folder():
    place = folder("nuclei.png", "phase.png")
    (place / "broken.tif").write_bytes(b"II*\0\xff\xff\xff\xff")
    with Window(GUI, place / "nuclei.png") as w:
        w.idle()
        wait_until(lambda: w.state()["images"] == 3)
        w.act("draw-outline", SQUARE)
        state = run_folder(w, "all")
        assert not (place / "nuclei_seg.npy").exists() and (place / "phase_seg.npy").exists()
        assert state["dirty"] and state["cells"] == 1, state
        assert "1 failed" in state["detail"] and "1 passed over" in state["detail"], state


@check
def a_model_is_checked_and_copied_and_never_replaced_unasked():
    model = Path(os.environ.get("CYTOSCRIBE_MODELS", SAMPLES.parents[1] / "models"),
                 "nuclei.safetensors")
    if not model.exists():
        return "SKIP no model of that name beside the program"
    place, kept = folder(), Path(os.environ["XDG_DATA_HOME"], "cytoscribe", "models")
    mine, bad = place / "my cells.safetensors", place / "readme.safetensors"
    shutil.copy(model, mine)
    bad.write_text("not a model")
    with Window(GUI) as w:
        w.act("add-model-path", f"('{bad}', false)")
        assert "not added" in w.idle()["message"]
        assert not (kept / bad.name).exists()
        w.act("add-model-path", f"('{mine}', false)")
        assert "my cells was added" in w.idle()["message"], w.state()
        first = (kept / mine.name).read_bytes()
        assert first == model.read_bytes()
        mine.write_bytes((model.parent / "cyto.safetensors").read_bytes())
        w.act("add-model-path", f"('{mine}', false)")
        w.idle()
        assert (kept / mine.name).read_bytes() == first, "replaced without a word"
        w.act("add-model-path", f"('{mine}', true)")
        assert "was added" in w.idle()["message"]
        assert (kept / mine.name).read_bytes() == mine.read_bytes()


@check
def errors_are_explained_in_chinese():
    place = folder("nuclei.png")
    (place / "broken.tif").write_bytes(b"II*\0\xff\xff\xff\xff")
    with Window(GUI, place / "nuclei.png", env={"LANGUAGE": "zh_CN"}) as w:
        w.idle()
        for name in ("broken.tif", "not-there.png"):
            w.act("open-path", f"'{place / name}'")
            state = w.idle()
            lines = state["detail"].split("\\n")
            for text in (state["message"], lines[0], lines[-1]):
                assert any("\u4e00" <= letter <= "\u9fff" for letter in text), state
            assert name in state["detail"], "the core's own words are gone"


@check
def the_main_loop_goes_on_during_a_run_of_2048_x_2048():
    place = folder()
    nuclei = np.asarray(Image.open(SAMPLES / "nuclei" / "nuclei.png"))
    Image.fromarray(np.tile(nuclei, (8, 8))).save(place / "big.png")
    said = []
    with Window(GUI) as w:
        w.act("set-diameter", "15.0")
        for name, act in (("opening", ("open-path", f"'{place / 'big.png'}'")), ("run", ("run",)),
                          ("save", ("save",)), ("thresholds", ("set-threshold", "('cellprob', 1.0)"))):
            w.act("reset-stall")
            w.act(*act)
            w.idle(400)
            time.sleep(0.3)
            state = w.state()
            wall, work = state["longest-stall-ms"], state["longest-stall-work-ms"]
            said.append(f"{name} {wall:.0f} ms, {work:.0f} of them work")
            assert work < 250, said
            if os.getloadavg()[0] < 0.7 * os.cpu_count():
                assert wall < 250, said
    return "; ".join(said)


run_checks()
