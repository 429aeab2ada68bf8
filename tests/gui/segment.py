#!/usr/bin/python3
"""segment.py WINDOW COMMAND SAMPLES: the Segment panel — diameter, runs, thresholds, cards."""
import math
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

from hand import Hand
from window import Window, check, enter, run_checks, wait_until

enter()
GUI, CLI, SAMPLES = sys.argv[1], sys.argv[2], Path(sys.argv[3])
SQUARE = [40.0, 40.0, 80.0, 40.0, 80.0, 80.0, 40.0, 80.0]


def folder():
    return Path(tempfile.mkdtemp(dir="/tmp", prefix="scribe-segment-"))


def nuclei(name="nuclei.png", times=1, scale=None):
    """The sample, `times` by `times` beside each other, multiplied to floats by `scale`; as TIFF it
    says 0.25 µm a pixel."""
    path = folder() / name
    image = np.tile(np.asarray(Image.open(SAMPLES / "nuclei" / "nuclei.png")), (times, times))
    image = image if scale is None else (image * scale).astype(np.float32)
    if path.suffix == ".tif":
        tifffile.imwrite(path, image, imagej=True, resolution=(4, 4), metadata={"unit": "um"})
    else:
        Image.fromarray(image).save(path)
    return path


def by_command(command, image):
    """Bytes of the masks that this command line makes in a folder of its own."""
    words = shlex.split(command)
    assert words[:2] == ["cytoscribe", "segment"] and words[-2:] == ["--", str(image)], command
    out = tempfile.mkdtemp(dir="/tmp", prefix="scribe-cli-")
    subprocess.run([CLI, "segment", "--savedir", out, "--no_npy", "--quiet", *words[2:]], check=True)
    return Path(out, image.stem + "_cp_masks.png").read_bytes()


def same_as_command(image, *actions):
    """Runs with these settings, saves, and does what the copied command does."""
    with Window(GUI, image) as w:
        w.idle()
        for name, value in actions:
            w.act(name, value)
        w.act("run")
        state = w.idle()
        assert state["cells"] > 3, state
        w.act("save")
        state = w.idle()
        command = state["command"]
    masks = (image.parent / (image.stem + "_cp_masks.png")).read_bytes()
    assert masks == by_command(command, image), command
    return command


def option(name, value):
    return "set-threshold", f"('{name}', {float(value)})"


@check
def the_copied_command_has_the_diameter_in_micrometres():
    image = nuclei("nuclei.tif")
    command = same_as_command(image, ("micrometres", None), ("type-diameter", "6.33"))
    assert "--diameter 25.3" in command, command
    return command.split(" /")[0]


@check
def the_copied_command_has_the_brightness():
    command = same_as_command(nuclei(), option("percentile-low", 3), option("percentile-high", 97.5),
                              option("sharpen", 12), option("smooth", 1.5), option("block", 90))
    assert "--norm_percentile 3 97.5" in command and "--sharpen_radius 12" in command, command
    assert "--smooth_radius 1.5" in command and "--tile_norm_blocksize 90" in command, command


@check
def the_copied_command_has_the_intensities_as_they_are():
    image = nuclei("float.tif", scale=1 / 180)
    command = same_as_command(image, option("invert", 1), option("sharpen", 12),
                              option("normalize", 0))
    assert "--no_norm" in command and "invert" not in command, command


@check
def the_copied_command_has_the_thresholds_and_the_rest():
    command = same_as_command(
        nuclei(), ("set-model", "'nuclei'"), option("cellprob", -1.5), option("flow", 0.85),
        option("min-size", 80), option("max-size", 900), option("edges", 1), option("augment", 1),
        option("tile-overlap", 0.25), option("niter", 150), ("set-diameter", "21.7"))
    for words in ("nuclei", "--cellprob_threshold -1.5", "--flow_threshold 0.85", "--min_size 80",
                  "--max_size 900", "--exclude_on_edges", "--augment", "--tile_overlap 0.25",
                  "--niter 150", "--diameter 21.7"):
        assert words in command, (words, command)


@check
def the_copied_command_has_the_coarse_road_and_an_estimate():
    command = same_as_command(nuclei(), option("coarse", 1), ("set-diameter", "0.0"))
    assert "--no_resample" in command and "--diameter 0" in command, command


@check
def the_diameter_is_the_same_length_in_both_units():
    with Window(GUI, nuclei("a.tif")) as w:
        w.idle()
        w.act("set-diameter", "30.0")
        w.act("micrometres")
        assert w.idle()["diameter"] == 30
        w.act("type-diameter", "5.0")
        assert w.idle()["diameter"] == 20
        w.act("micrometres")
        w.act("type-diameter", "31.0")
        assert w.idle()["diameter"] == 31
    with Window(GUI, nuclei("b.png")) as w: # no size of a pixel: pixels
        w.idle()
        w.act("micrometres")
        w.act("type-diameter", "12.0")
        assert w.idle()["diameter"] == 12


@check
def an_estimate_comes_with_its_spread():
    with Window(GUI, nuclei("a.tif")) as w:
        w.idle()
        w.act("calibrate")
        state = w.idle()
        assert 15 < state["diameter"] < 40 and state["ring"], state
        note = state["note"]
        low, high = map(float, note.split("(")[1].split(")")[0].split("–"))
        assert note.startswith(f"{state['diameter']:.1f} px (") and "µm" in note, note
        assert low < state["diameter"] < high, note
        w.act("set-diameter", "12.0")
        state = w.idle()
        assert not state["ring"] and state["note"] == "", state
        return note


@check
def the_diameter_of_drawn_cells_is_their_median():
    with Window(GUI, nuclei()) as w:
        w.idle()
        areas = []
        for x, side in ((10, 20), (60, 30), (120, 50)):
            w.act("draw-outline", str([float(v) for xy in [(x, 10), (x + side, 10),
                                       (x + side, 10 + side), (x, 10 + side)] for v in xy]))
        w.act("save")
        w.idle()
        saved = np.asarray(Image.open(next(Path(w.state()["path"]).parent.glob("*_cp_masks.png"))))
        areas = np.unique(saved[saved > 0], return_counts=True)[1]
        w.act("diameter-from-cells")
        state = w.idle()
        wanted = np.median(np.sqrt(areas)) * 2 / math.sqrt(math.pi)
        assert abs(state["diameter"] - wanted) < 0.051, (state["diameter"], wanted)
        assert state["ring"] and "3 cells" in state["note"], state


@check
def the_disk_is_laid_on_a_cell_and_fitted():
    with Window(GUI, nuclei()) as w:
        w.idle()
        w.act("set-diameter", "30.0")
        w.act("tool", "'disk'")
        hand = Hand(w)
        hand.click(1, 100, 100)
        state = hand.wait(lambda s: s["diskx"] > 0)
        assert abs(state["diskx"] - 100.5) < 0.6 and abs(state["disky"] - 100.5) < 0.6, state
        hand.drag(1, [(115, 100), (120, 100), (125, 100)])  # the rim
        state = hand.wait(lambda s: s["diameter"] != 30)
        state = hand.wait(lambda s: abs(s["diameter"] - 50) < 1.5)
        hand.drag(1, [(100, 100), (90, 120), (80, 130)])  # its middle
        state = hand.wait(lambda s: abs(s["diskx"] - 80.5) < 1)
        assert abs(state["disky"] - 130.5) < 1, state
        hand.key("Escape")
        state = hand.wait(lambda s: s["diskx"] == -1)
        assert abs(state["diameter"] - 50) < 1.5 and state["cells"] == 0, state


@check
def escape_takes_a_drag_of_the_disk_back():
    with Window(GUI, nuclei()) as w:
        w.idle()
        w.act("set-diameter", "40.0")
        w.act("tool", "'disk'")
        hand = Hand(w)
        hand.click(1, 100, 100)
        hand.wait(lambda s: s["diskx"] > 0)
        hand.x("mousemove", *hand.place(120, 100), "mousedown", 1)
        hand.x("mousemove", *hand.place(140, 100))
        hand.x("mousemove", *hand.place(150, 100))
        hand.wait(lambda s: s["diameter"] > 60)
        hand.x("key", "Escape") # the button stays down
        state = hand.wait(lambda s: s["diameter"] == 40)
        assert state["diskx"] > 0, state
        hand.x("mouseup", 1)
        w.act("tool", "'outline'")
        assert hand.wait(lambda s: s["diskx"] == -1)["diameter"] == 40


@check
def the_disk_is_dragged_from_its_place_below_the_picture():
    with Window(GUI, nuclei()) as w:
        w.idle()
        w.act("set-diameter", "30.0")
        hand = Hand(w)
        hand.drag(1, [(16, 274), (60, 200), (100, 100)])
        state = hand.wait(lambda s: abs(s["diskx"] - 100) < 3)
        assert state["tool"] == "disk" and state["diameter"] == 30, state


@check
def a_ruler_gives_the_diameter():
    with Window(GUI, nuclei()) as w:
        w.idle()
        w.act("tool", "'ruler'")
        hand = Hand(w)
        hand.drag(1, [(50, 60), (70, 70), (90, 90)])
        hand.wait(lambda s: abs(s["diameter"] - 50) < 1)


@check
def finished_tiles_are_shown_while_a_run_goes_on():
    image = nuclei("big.png", 4)
    with Window(GUI, image) as w:
        w.idle()
        w.act("draw-outline", str(SQUARE))
        w.act("set-diameter", "12.0")
        w.act("run")
        assert wait_until(lambda: w.state()["previews"] > 1, 30), w.state()
        state = w.state()
        assert state["busy"] and state["cells"] == 1 and state["undo"] == "Draw Cell", state
        w.act("cancel-run")
        state = w.idle()
        assert state["cells"] == 1 and state["undo"] == "Draw Cell", state
        w.act("set-diameter", "24.0")
        w.act("run")
        state = w.idle()
        assert state["cells"] > 100 and state["undo"] == "Run Model", state
        w.act("undo")
        assert w.idle()["cells"] == 1
        return f"{state['previews']:.0f} previews"


@check
def cells_that_are_there_are_kept_replaced_or_filled_around():
    for policy, kept in ((0, True), (1, False), (2, True)):
        with Window(GUI, nuclei()) as w:
            w.idle()
            w.act("draw-outline", str(SQUARE))
            w.act(*option("policy", policy))
            w.act("run")
            w.idle()
            w.act("save")
            path = Path(w.idle()["path"])
        masks = np.asarray(Image.open(path.parent / "nuclei_cp_masks.png"))
        one = masks[60, 60]
        filled = one > 0 and (masks[42:78, 42:78] == one).all()
        assert bool(filled) == kept, (policy, masks[40:80:8, 40:80:8])
        assert len(np.unique(masks)) > 20


@check
def thresholds_say_how_many_came_and_went_and_why():
    with Window(GUI, nuclei()) as w:
        w.idle()
        w.act("run")
        before = w.idle()["cells"]
        for name, value in (("min-size", 300), ("edges", 1), ("max-size", 600)):
            w.act(*option(name, value))
        state = w.idle()
        first, *reasons = state["counts"].split("; ")
        why = {text.split(" ", 2)[2]: int(text.split(" ", 2)[1]) for text in reasons[1:]}
        assert first == f"{state['cells']:.0f} cells  +0 −{before - state['cells']:.0f}", state
        assert set(why) == {"too small", "too large", "at the edge"}, state["counts"]
        assert sum(why.values()) >= before - state["cells"] > 10, state["counts"]
        for name, value in (("min-size", 15), ("edges", 0), ("max-size", 0), ("cellprob", -3)):
            w.act(*option(name, value))
        state = w.idle()
        assert state["cells"] >= before and "at the edge" not in state["counts"], state
        w.act("undo")
        assert "Rejected" not in w.idle()["counts"]


@check
def a_cell_drawn_after_a_run_survives_the_thresholds():
    with Window(GUI, nuclei()) as w:
        w.idle()
        w.act(*option("policy", 1))
        w.act("run")
        w.idle()
        w.act("draw-outline", str(SQUARE))
        w.act(*option("min-size", 300))
        w.idle()
        w.act("save")
        path = Path(w.idle()["path"])
    masks = np.asarray(Image.open(path.parent / "nuclei_cp_masks.png"))
    drawn = np.unique(masks[42:78, 42:78])
    by_id = [np.argwhere(masks == i) for i in drawn if i]
    # Its pixels lie in the square alone and reach its corners where no other cell was.
    assert any(p.min() >= 39 and p.max() <= 80 and np.ptp(p[:, 0]) > 30 for p in by_id), drawn


@check
def the_disk_below_the_picture_is_never_cut_off():
    with Window(GUI, nuclei()) as w:
        w.act("set-diameter", "20.0")
        w.idle()
        before = w.state()["zoom"]
        w.act("set-diameter", "200.0")
        after = w.state()["zoom"]
        assert after < 0.65 * before, (before, after)
        w.act("set-diameter", "20.0")
        assert abs(w.state()["zoom"] - before) < 1e-6, "it does not come back"


@check
def a_diameter_far_from_the_models_is_warned_of():
    for language, words in (("", ("Less than a quarter", "More than four times")),
                            ("zh_CN", ("不到", "超过"))):
        with Window(GUI, nuclei(), env={"LANGUAGE": language}) as w:
            w.idle()
            w.act("set-model", "'nuclei'")
            assert wait_until(lambda: "18.3" in w.state()["card"], 20), w.state()
            for diameter, word in ((4.5, words[0]), (4.6, ""), (18, ""), (73, ""), (73.5, words[1]),
                                   (0, "")):
                w.act("set-diameter", f"{diameter:.1f}")
                said = w.state()["diameter-warning"]
                assert word in said and bool(said) == bool(word), (language, diameter, said)
            w.act("set-diameter", "100.0")
            w.act("set-model", "'cyto'")
            assert wait_until(lambda: not w.state()["diameter-warning"], 20), w.state()


@check
def senseless_numbers_change_nothing():
    with Window(GUI, nuclei()) as w:
        before = w.idle()["command"]
        for number in ("nan", "inf", "-inf"):
            for name in ("set-diameter", "type-diameter"):
                w.act(name, number)
        assert w.idle()["command"] == before


@check
def the_card_of_a_model_says_what_it_is():
    with Window(GUI, nuclei()) as w:
        w.idle()
        for model, words in (("nuclei", ("BSD-3-Clause", "2018 Data Science Bowl", "18.3 pixels",
                                         "grey fluorescence: 53, 0.89, 0.76")),
                             ("cyto", ("BSD-3-Clause", "EMPS", "32.0 pixels",
                                       "membranes: 8, 0.92, 0.87"))):
            w.act("set-model", f"'{model}'")
            card = wait_until(lambda: (lambda c: c if words[2] in c else None)(w.state()["card"]), 20)
            assert card, w.state()
            for word in words:
                assert word in card, (word, card)


def taught(kind):
    """An image of made-up cells, and a network of this kind that learned from it and another."""
    place = folder()
    subprocess.run([CLI, "synth", place, "--kind", "filled", "--count", "2", "--size", "128x128",
                    "--diameter", "20", "--format", "png", "--quiet"], check=True)
    subprocess.run([CLI, "train", place, "--net", kind, "--nbase", "2,8,16", "--crop", "64",
                    "--chan", "1", "--chan2", "2", "--diam_mean", "20", "--min_train_masks", "1",
                    "--optimizer", "adamw", "--learning_rate", "0.005", "--n_epochs", "20",
                    "--nimg_per_epoch", "8", "--model_name_out", "tiny_" + kind, "--quiet"],
                   check=True)
    return place / "filled_00001.png", place / "models" / ("tiny_" + kind)


@check
def a_network_without_flows_runs_as_from_the_command_line():
    found = []
    for kind, chinese in (("unet2", False), ("unet3", True), ("semantic", False)):
        image, model = taught(kind)
        with Window(GUI, image, env={"LANGUAGE": "zh_CN" if chinese else ""}) as w:
            w.idle()
            w.act("add-model-path", f"('{model}', false)")
            w.idle()
            w.act("set-model", f"'tiny_{kind}'")
            w.act("set-channels", "(uint32 1, uint32 2)")
            w.act("set-diameter", "20.0")
            w.act("run")
            state = w.idle()
            assert ("没有流场" if chinese else "has no flows") in state["detail"], state
            cells = state["cells"]
            assert cells > 3, state
            w.act(*option("cellprob", 2))
            assert w.idle()["cells"] == cells, "thresholds wait for the next run"
            w.act(*option("cellprob", 0))
            w.act("save")
            command = w.idle()["command"]
        masks = (image.parent / (image.stem + "_cp_masks.png")).read_bytes()
        assert masks == by_command(command, image), command
        found.append(f"{kind}: {int(cells)} cells")
    return ", ".join(found)


@check
def what_was_said_of_an_image_goes_with_it():
    with Window(GUI, nuclei()) as w:
        w.idle()
        w.act("set-model", "'nuclei'")
        w.act("run")
        said = wait_until(lambda: w.state()["toast"], 60)
        assert "cells" in said, said
        other = str(Path(os.environ["SCRIBE_TEST_HOME"]) / "other.png")
        shutil.copy(SAMPLES / "cells/cells.png", other)
        begun = time.monotonic()
        w.act("open-path", f"'{other}'")
        state = wait_until(lambda: (lambda s: s if "other.png" in s["path"] else None)(
            w.state()), 20)
        assert state and state["toast"] == "", state
        return f"{time.monotonic() - begun:.1f} s; by itself it stays for more than 3"


@check
def the_cards_of_the_shipped_models_speak_chinese():
    """Apart from names: four small words in a row are a sentence that was left in English."""
    with Window(GUI, nuclei(), env={"LANGUAGE": "zh_CN"}) as w:
        w.idle()
        for model in ("nuclei", "cyto"):
            w.act("set-model", f"'{model}'")
            card = wait_until(lambda: (lambda c: c if f"{model}.safetensors" in c else None)(
                w.state()["card"]), 20)
            assert card and re.search("[\u4e00-\u9fff]", card), w.state()["card"]
            english = re.search(r"(?:\b[a-z]{2,} ){3}[a-z]{2,}\b", card)
            assert not english, (english[0], card)


run_checks()
