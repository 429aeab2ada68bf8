#!/usr/bin/python3
"""session.py WINDOW COMMAND SAMPLES: a session with the window, driven by its actions over D-Bus."""
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from window import Window, check, enter, run_checks, wait_until

enter()
GUI, CLI, SAMPLES = sys.argv[1], sys.argv[2], Path(sys.argv[3])


def folder():
    """A fresh folder with the sample images."""
    place = Path(tempfile.mkdtemp(dir="/tmp", prefix="scribe-session-"))
    for image in SAMPLES.glob("*/*.*"):
        if image.suffix in (".png", ".tif"):
            shutil.copy(image, place)
    return place


def labels(path):
    return np.asarray(Image.open(path))


def by_command(image, *options):
    """Bytes of the masks that the command line makes."""
    out = tempfile.mkdtemp(dir="/tmp", prefix="scribe-cli-")
    subprocess.run([CLI, "segment", str(image), "--pretrained_model", "cyto", "--save_png",
                    "--savedir", out, "--no_npy", "--quiet", *options], check=True)
    return Path(out, image.stem + "_cp_masks.png").read_bytes()


@check
def opens_from_the_command_line_with_its_folder():
    place = folder()
    with Window(GUI, place / "nuclei.png") as w:
        state = w.idle()
        assert state["path"] == str(place / "nuclei.png"), state
        assert wait_until(lambda: w.state()["images"] == 5), w.state()
        assert not state["dirty"] and state["cells"] == 0
        return f"window after {w.up * 1000:.0f} ms"


@check
def a_run_is_one_step_and_makes_the_masks_of_the_command():
    place = folder()
    with Window(GUI, place / "nuclei.png") as w:
        w.idle()
        w.act("run")
        state = w.idle()
        assert state["cells"] > 3 and state["dirty"] and state["undo"] == "Run Model", state
        cells = state["cells"]
        w.act("undo")
        assert w.idle()["cells"] == 0
        w.act("redo")
        assert w.idle()["cells"] == cells
        w.act("save")
        assert not w.idle()["dirty"]
    assert (place / "nuclei_cp_masks.png").read_bytes() == by_command(place / "nuclei.png")
    assert (place / "nuclei_seg.npy").exists()


@check
def thresholds_act_without_a_run_and_as_the_command_would():
    place = folder()
    with Window(GUI, place / "nuclei.png") as w:
        w.idle()
        w.act("run")
        w.idle()
        for name, value in (("cellprob", 1.5), ("flow", 0.3), ("min-size", 60.0), ("edges", 1.0)):
            w.act("set-threshold", f"('{name}', {value})")
        state = w.idle()
        assert state["undo"] == "Run Model", state
        w.act("save")
        w.idle()
        w.act("undo")
        assert w.idle()["cells"] == 0, "moving sliders left more than one step"
    wanted = by_command(place / "nuclei.png", "--cellprob_threshold", "1.5", "--flow_threshold",
                        "0.3", "--min_size", "60", "--exclude_on_edges")
    assert (place / "nuclei_cp_masks.png").read_bytes() == wanted


@check
def cells_are_drawn_deleted_and_merged_and_all_is_undone_and_redone():
    place = folder()
    with Window(GUI, place / "phase.png") as w:
        w.idle()
        for x in (40, 80, 200):
            w.act("draw-outline", str([float(v) for xy in
                                       [(x, 40), (x + 30, 40), (x + 30, 70), (x, 70)] for v in xy]))
        assert w.idle()["cells"] == 3
        w.act("select", "uint32 1")
        w.act("delete-selected")
        assert w.idle()["cells"] == 2
        w.act("select-all")
        w.act("merge-selected")
        state = w.idle()
        assert state["cells"] == 1 and state["undo"] == "Merge 2 Cells", state
        w.act("save")
        w.idle()
        end = labels(place / "phase_cp_masks.png")
        for _ in range(5):
            w.act("undo")
        state = w.idle()
        assert state["cells"] == 0 and state["dirty"] and not w.enabled("undo"), state
        for _ in range(5):
            w.act("redo")
        state = w.idle()
        assert state["cells"] == 1 and not state["dirty"], state
        w.act("save")
        w.idle()
    assert (labels(place / "phase_cp_masks.png") == end).all()


@check
def what_was_saved_is_there_when_it_is_opened_again():
    place = folder()
    with Window(GUI, place / "cells.png") as w:
        w.idle()
        w.act("set-channels", "(uint32 2, uint32 3)")
        w.act("set-diameter", "40.0")
        w.act("run")
        cells = w.idle()["cells"]
        assert cells > 0
        w.act("save")
        w.idle()
        before = labels(place / "cells_cp_masks.png")
        assert w.quit() == 0
    with Window(GUI, place / "cells.png") as w:
        state = w.idle()
        assert state["cells"] == cells and not state["dirty"], state
        w.act("export-masks")
        w.idle()
    assert (labels(place / "cells_cp_masks.png") == before).all()


@check
def the_session_of_pointer_py_by_actions_ends_with_the_same_masks():
    place = folder()
    images = [place / name for name in ("nuclei.png", "phase.png", "cells.png")]
    kept = {}
    with Window(GUI, images[0]) as w:
        for image in images:
            w.act("open-path", f"'{image}'")
            assert w.idle()["path"] == str(image)
            w.act("set-diameter", "30.0")
            w.act("calibrate")
            assert w.idle()["diameter"] != 30
            w.act("run")
            ran = w.idle()
            assert ran["cells"] > 3, ran
            for name in ("masks", "outlines"):
                w.act("show-" + name)
                assert w.state()[name] != ran[name]
                w.act("show-" + name)
            w.act("select", "uint32 1")
            w.act("delete-selected")
            assert w.state()["cells"] == ran["cells"] - 1
            w.act("export-masks")
            w.idle()
            found = labels(image.with_name(image.stem + "_cp_masks.png"))
            ys, xs = np.nonzero(found == np.argmax(np.bincount(found.ravel())[1:]) + 1)
            row = xs[ys == int(np.median(ys))]
            w.act("split-along", str([row.min() - 2.0, np.median(ys) + 0.5,
                                      row.max() + 2.0, np.median(ys) + 0.5]))
            state = w.state()
            assert state["undo"].startswith("Split") and state["cells"] >= ran["cells"], state
            w.act("clear")
            w.act("undo")
            w.act("draw-outline", str([float(v) for v in (0, 0, 30, 0, 30, 30, 0, 30)]))
            end = w.state()
            for _ in range(int(end["steps"])):
                w.act("undo")
            start = w.state()
            assert start["cells"] == 0 and not start["undo"] and start["redo"], start
            for _ in range(int(end["steps"])):
                w.act("redo")
            assert w.state()["state"] == end["state"] and not w.state()["redo"]
            w.act("save")
            assert not w.idle()["dirty"]
            kept[image] = labels(image.with_name(image.stem + "_cp_masks.png"))
        assert w.quit() == 0
    with Window(GUI, images[0]) as w:
        for image in images:
            w.act("open-path", f"'{image}'")
            assert w.idle()["cells"] == kept[image].max()
            image.with_name(image.stem + "_cp_masks.png").unlink()
            w.act("export-masks")
            w.idle()
            assert (labels(image.with_name(image.stem + "_cp_masks.png")) == kept[image]).all()


@check
def changes_stay_when_another_image_is_shown():
    place = folder()
    with Window(GUI, place / "cells.png") as w:
        w.idle()
        wait_until(lambda: w.state()["images"] == 5)
        w.act("draw-outline", str([40.0, 40.0, 80.0, 40.0, 80.0, 80.0, 40.0, 80.0]))
        w.idle()
        w.act("next-image")
        state = w.idle()
        assert state["path"] != str(place / "cells.png") and state["unsaved"] == 1, state
        w.act("previous-image")
        state = w.idle()
        assert state["cells"] == 1 and state["dirty"] and state["undo"] == "Draw Cell", state


@check
def nothing_is_lost_when_the_program_is_killed():
    place = folder()
    with Window(GUI, place / "phase.png") as w:
        w.idle()
        w.act("draw-outline", str([40.0, 40.0, 80.0, 40.0, 80.0, 80.0, 40.0, 80.0]))
        w.idle()
        time.sleep(1.2)
        w.kill()
    with Window(GUI, place / "nuclei.png") as w:
        w.idle()
        assert wait_until(lambda: "before your changes" in w.state()["message"], 10), w.state()
        w.act("answer", "uint32 0")
        state = wait_until(lambda: (lambda s: s if s["cells"] == 1 else None)(w.idle()), 20)
        assert state and state["path"] == str(place / "phase.png") and state["dirty"], w.state()
        w.act("save")
        assert not w.idle()["dirty"]
        assert w.quit() == 0
    assert labels(place / "phase_cp_masks.png").max() == 1
    with Window(GUI) as w:
        time.sleep(0.5)
        assert w.state()["message"] == "", w.state()


@check
def a_save_that_fails_says_so_and_keeps_the_changes():
    place = folder()
    with Window(GUI, place / "phase.png") as w:
        w.idle()
        w.act("draw-outline", str([40.0, 40.0, 80.0, 40.0, 80.0, 80.0, 40.0, 80.0]))
        w.act("save-as-path", "'/nowhere/at/all.png'")
        state = w.idle()
        assert state["dirty"] and "not saved" in state["message"], state
        (place / "phase_seg.npy").mkdir()
        w.act("save")
        state = w.idle()
        assert state["dirty"] and "not saved" in state["message"], state
        (place / "phase_seg.npy").rmdir()
        w.act("save")
        assert not w.idle()["dirty"]


@check
def files_that_are_no_images_are_refused_in_words():
    place = folder()
    (place / "broken.tif").write_bytes(b"II*\0\xff\xff\xff\xff")
    (place / "empty.png").write_bytes(b"")
    with Window(GUI, place / "nuclei.png") as w:
        w.idle()
        for name in ("broken.tif", "empty.png", "not-there.png"):
            w.act("open-path", f"'{place / name}'")
            state = w.idle()
            assert "not opened" in state["message"], (name, state)
            assert state["path"] == str(place / "nuclei.png"), state


@check
def a_path_with_blanks_and_other_scripts_is_opened_and_saved():
    place = folder() / "æøå 中文 é"
    place.mkdir()
    shutil.copy(SAMPLES / "nuclei" / "nuclei.png", place / "細胞 é.png")
    with Window(GUI, place / "細胞 é.png") as w:
        w.idle()
        w.act("draw-outline", str([40.0, 40.0, 80.0, 40.0, 80.0, 80.0, 40.0, 80.0]))
        w.act("save")
        assert not w.idle()["dirty"]
    assert labels(place / "細胞 é_cp_masks.png").max() == 1


@check
def cancel_is_quick_the_window_answers_meanwhile_and_the_cells_stay():
    place = folder()
    big = np.tile(np.asarray(Image.open(SAMPLES / "nuclei" / "nuclei.png")), (8, 8))
    Image.fromarray(big).save(place / "big.png")
    with Window(GUI, place / "big.png") as w:
        w.idle()
        w.act("draw-outline", str([40.0, 40.0, 80.0, 40.0, 80.0, 80.0, 40.0, 80.0]))
        w.act("set-diameter", "12.0")
        w.act("run")
        slowest = 0
        end = time.monotonic() + 3
        while time.monotonic() < end:
            begun = time.monotonic()
            assert w.answers()
            slowest = max(slowest, time.monotonic() - begun)
        assert w.state()["busy"], "the run was over too soon to be cancelled"
        begun = time.monotonic()
        w.act("cancel-run")
        state = w.idle()
        took = time.monotonic() - begun
        assert state["cells"] == 1 and state["undo"] == "Draw Cell", state
        assert took < 1, took
        w.act("set-diameter", "40.0")
        w.act("calibrate")
        begun = time.monotonic()
        w.act("cancel-run")
        w.idle()
        assert slowest < 1, slowest
        return f"cancelled in {took * 1000:.0f} ms, slowest answer {slowest * 1000:.0f} ms"


@check
def the_folder_is_run_in_the_background():
    place = folder()
    (place / "hyperstack.tif").unlink()
    with Window(GUI, place) as w:
        assert wait_until(lambda: w.state()["path"] != ""), w.state()
        w.idle()
        w.act("run-folder")
        assert wait_until(lambda: "folder is done" in w.state()["message"], 120), w.state()
    assert (place / "nuclei_cp_masks.png").read_bytes() == by_command(place / "nuclei.png")
    assert len(list(place.glob("*_seg.npy"))) == 4


run_checks()
