#!/usr/bin/python3
"""regressions.py WINDOW COMMAND SAMPLES: what users of such programs reported, one check for each
report, named after it (a bare number is one of Cellpose's). README.md has the table."""
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

from window import Window, check, enter, run_checks, wait_until

enter()
GUI, CLI, SAMPLES = sys.argv[1], sys.argv[2], Path(sys.argv[3])


def place(*samples):
    """A fresh folder with these sample images."""
    folder = Path(tempfile.mkdtemp(dir=os.environ["SCRIBE_TEST_HOME"]))
    for name in samples:
        shutil.copy(next(SAMPLES.glob("*/" + name)), folder)
    return folder


def disks(shape, pitch, radius):
    """Round cells on a grid, and their labels."""
    y, x = np.mgrid[:shape[0], :shape[1]]
    inside = (y % pitch - pitch / 2) ** 2 + (x % pitch - pitch / 2) ** 2 < radius ** 2
    across = -(-shape[1] // pitch)
    return np.where(inside, y // pitch * across + x // pitch + 1, 0)


def blank(folder, shape=(300, 300), name="image.tif"):
    tifffile.imwrite(folder / name, np.zeros(shape, "u1"))
    return folder / name


def outline(x, y, side):
    return str([float(v) for v in (x, y, x + side, y, x + side, y + side, x, y + side)])


def masks(image):
    for ending in (".png", ".tif"):
        path = image.with_name(image.stem + "_cp_masks" + ending)
        if path.exists():
            return np.asarray(Image.open(path)) if ending == ".png" else tifffile.imread(path)
    return None


def opened(path):
    with Window(GUI, path) as w:
        return w.idle()


def screen():
    path = os.environ["SCRIBE_TEST_HOME"] + "/shot.png"
    time.sleep(0.4)
    subprocess.run(["import", "-window", "root", path], check=True)
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


def shown(w, points):
    """Colours on the screen of these pixels (x, y) of the image."""
    picture, at = screen(), w.state()
    return np.array([picture[int(at["top"] + at["zoom"] * (y + 0.5)),
                             int(at["left"] + at["zoom"] * (x + 0.5))] for x, y in points])


@check
def issue_1020_a_stack_of_266_planes_has_its_planes_first():
    path = place() / "stack.tif"
    tifffile.imwrite(path, np.zeros((266, 200, 200), "u1"))
    state = opened(path)
    assert state["shape"].split() == ["1", "266", "1", "200", "200"], state["shape"]


@check
def issue_1153_two_channels_first_or_last():
    for shape in ((2, 1724, 1724), (1724, 1724, 2)):
        path = place() / "pair.tif"
        tifffile.imwrite(path, np.zeros(shape, "u1"), photometric="minisblack",
                         planarconfig="contig" if shape[2] == 2 else None)
        state = opened(path)
        assert state["shape"].split() == ["1", "1", "2", "1724", "1724"], (shape, state["shape"])


@check
def issue_1255_ome_tczyx():
    path = place() / "series.ome.tif"
    tifffile.imwrite(path, np.zeros((1, 3, 4, 397, 397), "u2"), metadata={"axes": "TCZYX"})
    state = opened(path)
    assert state["shape"].split() == ["1", "4", "3", "397", "397"], state["shape"]


@check
def issue_82_any_two_of_45_channels():
    path = place() / "many.tif"
    pixels = np.zeros((45, 120, 120), "u1")
    pixels[43] = disks((120, 120), 40, 14) > 0
    pixels[43] *= 200
    tifffile.imwrite(path, pixels, metadata={"axes": "CYX"}, imagej=True)
    with Window(GUI, path) as w:
        assert w.idle()["shape"].split()[2] == "45", w.state()["shape"]
        w.act("set-channels", "(uint32 44, uint32 7)")
        w.act("run")
        assert w.idle()["cells"] == 9, w.state()


@check
def issue_1422_a_blank_channel_does_not_dim_the_gray_view():
    folder = place()
    pixels = np.repeat((np.arange(300) * 0.8).astype("u1")[None], 300, 0)
    seen = []
    for channels in (1, 2):
        stack = np.stack([pixels, np.zeros_like(pixels)][:channels])
        tifffile.imwrite(folder / "gray.tif", stack, metadata={"axes": "CYX"}, imagej=True)
        with Window(GUI, folder / "gray.tif") as w:
            w.idle()
            w.act("colour-mode", "uint32 4")
            seen.append(shown(w, [(x, 120) for x in range(20, 280, 5)]))
    assert seen[0].max() > 200 and (seen[0] == seen[1]).all(), seen


@check
def issue_573_contrast_is_kept_from_plane_to_plane():
    path = place() / "stack.tif"
    tifffile.imwrite(path, (np.arange(4 * 64 * 64) % 60000).astype("u2").reshape(4, 64, 64),
                     imagej=True, metadata={"axes": "ZYX"})
    with Window(GUI, path) as w:
        w.idle()
        w.act("set-levels", "(uint32 0, 120.0, 900.0)")
        for _ in range(3):
            w.act("next-plane")
        state = w.state()
        assert state["plane"] == 3 and state["levels"] == "120 900", state


@check
def issue_878_sixteen_bits_of_low_range_are_shown_in_full():
    path = place() / "low.tif"
    pixels = (np.arange(200 * 200) % 1201).astype("u2").reshape(200, 200)
    tifffile.imwrite(path, pixels)
    with Window(GUI, path) as w:
        low, high = map(float, w.idle()["levels"].split())
        assert 0 <= low < 30 and 1170 < high <= 1200, (low, high)
        gray = shown(w, [(x, 100) for x in range(200)])  # values 784 to 983
        assert gray.min() > 150 and gray.max() < 215, (gray.min(), gray.max())


@check
def issue_1150_1237_paths_in_any_script_are_opened_and_saved_in():
    folder = place() / "æøå 中文 é"
    folder.mkdir()
    image = blank(folder, name="zellen ß 細胞.tif")
    with Window(GUI, image) as w:
        w.idle()
        w.act("draw-outline", outline(20, 20, 40))
        w.act("save")
        state = w.idle()
        assert not state["dirty"] and not state["message"], state
    assert masks(image).max() == 1 and opened(image)["cells"] == 1


@check
def issue_serialcellpose_14_a_folder_of_one_image_and_other_files():
    folder = place()
    image = blank(folder, name="ONE.TIF")
    for name in ("notes.txt", "table.csv", ".hidden.tif", "ONE_masks.tif", "ONE_flows.tif",
                 "ONE_cp_masks.png"):
        (folder / name).write_bytes(b"")
    with Window(GUI, image) as w:
        assert wait_until(lambda: w.state()["images"] == 1), w.state()


@check
def issue_500_compressed_tiffs():
    folder = place()
    pixels = Image.fromarray((np.arange(90 * 90) % 251).astype("u1").reshape(90, 90))
    for kind in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "zstd"):
        try:
            pixels.save(folder / "a.tiff", compression=kind)
        except OSError:
            continue  # this copy of Pillow cannot write it
        assert opened(folder / "a.tiff")["shape"].endswith("90 90"), kind


@check
def issue_534_1090_an_empty_image_has_no_cells_and_says_so_in_a_file():
    image = blank(place(), (512, 512))
    with Window(GUI, image) as w:
        w.idle()
        w.act("run")
        state = w.idle()
        assert state["cells"] == 0 and not state["message"], state
        w.act("save")
        assert not w.idle()["dirty"]
    assert masks(image).shape == (512, 512) and masks(image).max() == 0


@check
def issue_280_538_772_the_smallest_size_holds_in_stacks_and_on_the_slider():
    path = place() / "stack.tif"
    one = np.asarray(Image.open(next(SAMPLES.glob("*/nuclei.png"))).convert("L"))[:160, :160]
    tifffile.imwrite(path, np.stack([one, one]), imagej=True, metadata={"axes": "ZYX"})
    with Window(GUI, path) as w:
        w.idle()
        w.act("run")
        before = w.idle()["cells"]
        w.act("set-threshold", "('min-size', 150.0)")
        state = w.idle()
        w.act("save")
        w.idle()
        sizes = [np.bincount(plane.ravel())[1:] for plane in masks(path)]
        assert all(size[size > 0].min() >= 150 for size in sizes if size.any()), sizes
        assert 0 < state["cells"] <= before and state["undo"] == "Run Model", (before, state)


@check
def issue_796_one_large_object_is_kept_or_its_reason_is_told():
    path = place() / "large.png"
    y, x = np.mgrid[:200, :200]
    Image.fromarray((((y - 100) ** 2 + (x - 100) ** 2 < 76 ** 2) * 180 + 20).astype("u1")).save(path)
    with Window(GUI, path) as w:
        w.idle()
        w.act("set-diameter", "150.0")
        w.act("run")
        state = w.idle()
        assert state["cells"] >= 1 or state["counts"], state


@check
def issue_283_519_741_70000_cells_keep_their_ids():
    folder = place()
    image = blank(folder, (540, 540))
    grid = np.zeros((540, 540), "u4")
    grid[::2, ::2] = np.arange(1, 270 * 270 + 1).reshape(270, 270)
    tifffile.imwrite(folder / "image_masks.tif", grid)
    with Window(GUI, image) as w:
        assert w.idle()["cells"] == 72900, w.state()
        w.act("save")
        state = w.idle()
        assert not state["dirty"], state
    (folder / "image_masks.tif").unlink()
    assert (masks(image) == grid).all() and opened(image)["cells"] == 72900
    (folder / "image_seg.npy").unlink()
    assert opened(image)["cells"] == 72900


@check
def issue_88_300_cells_of_a_tiff():
    folder = place()
    image = blank(folder, (200, 200))
    grid = np.zeros((200, 200), "u2")
    grid[::10, ::13] = np.arange(1, 321).reshape(20, 16)
    tifffile.imwrite(folder / "image_masks.tif", grid)
    assert opened(image)["cells"] == 320


@check
def issue_1419_500_of_5000_cells_are_deleted_in_one_go():
    folder = place()
    image = blank(folder, (1000, 1000))
    grid = disks((1000, 1000), 14, 6)
    tifffile.imwrite(folder / "image_masks.tif", grid.astype("u2"))
    with Window(GUI, image) as w:
        cells = w.idle()["cells"]
        assert cells > 5000
        begun = time.monotonic()
        w.act("delete-region", str([0.0, 0.0, 1000.0, 0.0, 1000.0, 97.0, 0.0, 97.0]))
        state = w.state()
        took = time.monotonic() - begun
        assert 480 <= cells - state["cells"] <= 520 and state["steps"] == 1, state
        w.act("undo")
        assert w.state()["cells"] == cells
        return f"{took * 1000:.0f} ms with two calls over D-Bus"


@check
def issue_merge_of_two_large_cells_is_one_step_back():
    folder = place()
    image = blank(folder, (400, 700))
    grid = np.zeros((400, 700), "u1")
    grid[20:360, 20:330] = 1
    grid[20:360, 330:640] = 2
    tifffile.imwrite(folder / "image_masks.tif", grid)
    with Window(GUI, image) as w:
        w.idle()
        w.act("select-all")
        begun = time.monotonic()
        w.act("merge-selected")
        state = w.state()
        assert state["cells"] == 1 and state["undo"] == "Merge 2 Cells", state
        took = time.monotonic() - begun
        w.act("undo")
        assert w.state()["cells"] == 2 and not w.state()["dirty"]
        return f"{took * 1000:.0f} ms with two calls over D-Bus"


@check
def issue_undo_after_a_run_undoes_the_run_not_a_cell():
    image = place("nuclei.png") / "nuclei.png"
    with Window(GUI, image) as w:
        w.idle()
        w.act("draw-outline", outline(2, 2, 20))
        w.act("run")
        state = w.idle()
        assert state["cells"] > 3 and state["undo"] == "Run Model", state
        w.act("undo")
        state = w.state()
        assert state["cells"] == 1 and state["undo"] == "Draw Cell", state


@check
def issue_757_643_rois_are_the_cells_and_deleted_ones_do_not_stay():
    image = blank(place(), (120, 120))
    with Window(GUI, image) as w:
        w.idle()
        for x in (10, 60):
            w.act("draw-outline", outline(x, 20, 30))
        w.act("export-rois")
        w.idle()
        rois = next(image.parent.glob("*rois.zip"))
        assert len(zipfile.ZipFile(rois).namelist()) == 2
        first = rois.read_bytes()
        w.act("export-rois")
        w.idle()
        assert rois.read_bytes() == first
        w.act("select", "uint32 1")
        w.act("delete-selected")
        w.act("export-rois")
        w.idle()
        assert len(zipfile.ZipFile(rois).namelist()) == 1


@check
def issue_838_747_a_folder_that_moved_is_told_and_nothing_is_lost():
    folder = place()
    image = blank(folder)
    with Window(GUI, image) as w:
        w.idle()
        w.act("draw-outline", outline(20, 20, 40))
        folder.rename(folder.with_name("elsewhere"))
        w.act("save")
        state = w.idle()
        assert state["dirty"] and state["message"], state
        folder.with_name("elsewhere").rename(folder)
        w.act("save")
        assert not w.idle()["dirty"]
    assert masks(image).max() == 1


@check
def issue_1282_saved_files_open_without_running_anything_of_numpy_one_or_two():
    image = blank(place())
    with Window(GUI, image) as w:
        w.idle()
        w.act("draw-outline", outline(20, 20, 40))
        w.act("save")
        w.idle()
    path = image.with_name("image_seg.npy")
    assert b"numpy._core" not in path.read_bytes()
    found = np.load(path, allow_pickle=True).item()
    assert found["masks"].max() == 1 and found["ismanual"].tolist() == [True], found.keys()


@check
def issue_900_925_choosing_a_model_leaves_the_diameter_alone():
    image = place("nuclei.png") / "nuclei.png"
    with Window(GUI, image) as w:
        w.idle()
        w.act("set-diameter", "41.0")
        for model in ("nuclei", "cyto"):
            w.act("set-model", f"'{model}'")
            assert w.idle()["diameter"] == 41, w.state()
        w.act("run")
        assert w.idle()["diameter"] == 41, w.state()


@check
def issue_351_843_the_window_makes_the_masks_of_the_command_with_one_thread():
    image = place("phase.png") / "phase.png"
    with Window(GUI, image) as w:
        w.idle()
        w.act("run")
        w.idle()
        w.act("export-masks")
        w.idle()
    mine = image.with_name("phase_cp_masks.png").read_bytes()
    out = place()
    subprocess.run([CLI, "segment", str(image), "--pretrained_model", "cyto", "--save_png",
                    "--no_npy", "--quiet", "--threads", "1", "--savedir", str(out)], check=True)
    assert (out / "phase_cp_masks.png").read_bytes() == mine


@check
def issue_620_526_everything_fits_1366_by_768_at_125_percent():
    image = place("nuclei.png") / "nuclei.png"
    with Window(GUI, image, env={"GDK_DPI_SCALE": "1.25"}) as w:
        w.idle()
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "nuclei",
                                "getwindowgeometry", "--shell"], capture_output=True, text=True)
        sizes = dict(line.split("=") for line in found.stdout.split() if "=" in line)
        assert int(sizes["WIDTH"]) <= 1366 and int(sizes["HEIGHT"]) <= 768, sizes
        assert w.enabled("run")


@check
def issue_gdal_14400_libcupsfilters_116_damaged_tiffs_are_refused_in_words():
    folder = place()
    good = folder / "good.tif"
    tifffile.imwrite(good, np.zeros((30, 30, 3), "u1"), photometric="rgb")
    raw = good.read_bytes()
    samples = raw.index(b"\x15\x01\x03\x00\x01\x00\x00\x00")  # SamplesPerPixel
    for number, value in enumerate((65529, 4)):
        bad = folder / f"bad{number}.tif"
        bad.write_bytes(raw[:samples + 8] + value.to_bytes(2, "little") + raw[samples + 10:])
        with Window(GUI, blank(place())) as w:
            w.idle()
            w.act("open-path", f"'{bad}'")
            state = w.idle()
            assert state["message"] and state["path"].endswith("image.tif"), state


@check
def issue_labelme_2472_a_journal_that_cannot_be_written_is_told_once():
    image = blank(place())
    state_folder = Path(os.environ["SCRIBE_TEST_HOME"]) / "no-folder"
    state_folder.write_bytes(b"")
    with Window(GUI, image, env={"XDG_STATE_HOME": str(state_folder)}) as w:
        w.idle()
        w.act("draw-outline", outline(20, 20, 40))
        assert wait_until(lambda: w.state()["message"], 10), "nothing was said"
        assert w.state()["dirty"]
        w.act("draw-outline", outline(90, 20, 40))
        time.sleep(1.5)
        assert w.state()["dirty"] and w.state()["cells"] == 2
        w.act("save")
        assert not w.idle()["dirty"]


@check
def issue_550_669_823_contrast_is_kept_for_the_folder_when_asked():
    folder = place()
    for name, top in (("a.tif", 200), ("b.tif", 90)):
        tifffile.imwrite(folder / name, (np.arange(64 * 64) % top).astype("u1").reshape(64, 64))
    with Window(GUI, folder / "a.tif") as w:
        assert wait_until(lambda: w.state()["images"] == 2)
        w.act("set-levels", "(uint32 0, 10.0, 150.0)")
        w.act("next-image")
        assert w.idle()["path"].endswith("b.tif") and w.state()["levels"] != "10 150", w.state()
        w.act("set-levels", "(uint32 0, 10.0, 150.0)")
        w.act("lock-contrast")
        w.act("next-image")
        assert w.idle()["path"].endswith("a.tif") and w.state()["levels"] == "10 150", w.state()


@check
def colours_and_inversion_change_the_picture_alone():
    folder = place()
    ramp = np.repeat(np.arange(200, dtype="u1")[None], 200, 0)
    tifffile.imwrite(folder / "two.tif", np.stack([ramp, ramp.T]), imagej=True,
                     metadata={"axes": "CYX"})
    here = [(x, y) for x in range(10, 190, 12) for y in range(10, 190, 12)]
    across = np.array([x for x, y in here], float)
    with Window(GUI, folder / "two.tif") as w:
        w.idle()
        looks = []
        for mode in range(6):
            w.act("colour-mode", f"uint32 {mode}")
            looks.append(shown(w, here))
        gray = looks[4]
        assert (gray.max(axis=1) == gray.min(axis=1)).all(), "gray is not gray"
        for mode in (1, 2, 3):  # one channel alone, as a gray picture or in its colour
            assert (looks[mode] != looks[0]).any(), mode
        assert np.ptp(looks[5], axis=1).max() > 80, "the spectral colours are missing"
        w.act("colour-mode", "uint32 1")
        first = shown(w, here).sum(axis=1)
        w.act("invert-channel", "uint32 0")
        second = shown(w, here).sum(axis=1)
        assert np.corrcoef(across, first)[0, 1] > 0.9, np.corrcoef(across, first)
        assert np.corrcoef(across, second)[0, 1] < -0.9, np.corrcoef(across, second)
        w.act("invert-channel", "uint32 0")
        assert (shown(w, here).sum(axis=1) == first).all()
        assert not w.state()["dirty"] and w.state()["undo"] == ""


@check
def a_scale_bar_where_the_size_of_a_pixel_is_known():
    folder = place()
    for name, more in (("known.tif", {"resolution": (2.0, 2.0), "metadata": {"unit": "um",
                                                                             "axes": "YX"}}),
                       ("unknown.tif", {"metadata": {"axes": "YX"}})):
        tifffile.imwrite(folder / name, np.full((300, 300), 90, "u1"), imagej=True, **more)
        with Window(GUI, folder / name) as w:
            w.idle()
            before = screen()
            w.act("show-bar")
            assert (screen() != before).any() == (name == "known.tif"), name


@check
def renumbering_takes_the_selected_cells_alone():
    image = blank(place())
    with Window(GUI, image) as w:
        w.idle()
        for x in (10, 60, 110, 160):
            w.act("draw-outline", outline(x, 20, 30))
        w.act("select", "uint32 1")
        w.act("delete-selected")
        w.act("select", "uint32 4")
        w.act("relabel")
        w.act("select", "uint32 4")
        assert w.state()["picked"] == 0, "cell 4 is 1 now"
        w.act("select", "uint32 3")
        assert w.state()["picked"] == 3, "cell 3 was not chosen"
        w.act("select", "uint32 0")
        assert w.state()["selected"] == 0
        w.act("undo")
        w.act("relabel")
        w.act("select", "uint32 3")
        assert w.state()["picked"] == 3 and w.state()["cells"] == 3, "not all were numbered"
        w.act("select", "uint32 4")
        assert w.state()["picked"] == 0, w.state()


@check
def issue_787_1130_59_493_8045_marks_numbers_and_the_raw_image():
    folder = place()
    image = folder / "image.tif"
    tifffile.imwrite(image, np.full((64, 64), 100, "u1"))
    inside = [(x, y) for x in range(14, 50, 2) for y in range(14, 50, 2)]
    with Window(GUI, image) as w:
        w.idle()
        w.act("colour-mode", "uint32 4")
        w.act("show-outlines")
        raw = shown(w, inside)
        w.act("draw-outline", outline(12, 12, 40))
        plain = shown(w, inside)
        looks = [plain]
        for what in ("hatch-manual", "show-ids"):
            w.act(what)
            looks.append(shown(w, inside))
            w.act(what)
        assert (shown(w, inside) == plain).all()
        assert all((a != b).any() for a, b in zip(looks, looks[1:] + [raw]))
        w.act("show-raw")
        assert (shown(w, inside) == raw).all()
        w.act("show-raw")
        w.act("select", "uint32 1")
        bright = shown(w, inside)
        assert bright.sum() > plain.sum()
        w.act("hide-selected")
        assert (shown(w, inside) == raw).all()


@check
def issue_zarpaint_3_the_queue_leads_through_doubtful_cells_first():
    folder = place()
    image = blank(folder, (300, 300))
    grid = disks((300, 300), 60, 20)
    grid[:60, :60][np.indices((60, 60)).sum(0) % 60 < 20] = 0  # cell 1 falls into pieces
    tifffile.imwrite(folder / "image_masks.tif", grid.astype("u1"))
    with Window(GUI, image) as w:
        cells = w.idle()["cells"]
        w.act("next-unseen")
        first = w.state()
        assert first["picked"] == 1 and first["selected"] == 1, first
        order = [first["picked"]]
        for _ in range(int(cells) - 1):
            w.act("accept")
            order.append(w.state()["picked"])
        w.act("accept")
        assert sorted(order) == list(range(1, int(cells) + 1)), order
        state = w.state()
        assert state["seen"] == cells and state["undo"].startswith("Mark"), state
        w.act("undo")
        assert w.state()["seen"] == cells - 1
        w.act("select", "uint32 7")
        w.act("hide-selected")
        assert w.state()["hidden"] == 1 and w.state()["selected"] == 0
        w.act("lasso", str([0.0, 0.0, 300.0, 0.0, 300.0, 300.0, 0.0, 300.0]))
        assert w.state()["selected"] == cells - 1
        w.act("show-all")
        assert w.state()["hidden"] == 0


@check
def issue_687_a_cell_is_filled_in_on_the_planes_between_two_outlines():
    path = place() / "stack.tif"
    tifffile.imwrite(path, np.zeros((6, 100, 100), "u1"))
    with Window(GUI, path) as w:
        w.idle()
        w.act("draw-outline", outline(30, 30, 20))
        for _ in range(4):
            w.act("next-plane")
        w.act("draw-outline", outline(34, 34, 36))
        w.act("select", "uint32 2")
        w.act("fill-planes")
        state = w.state()
        assert state["undo"] == "Fill In 3 Planes" and state["cells"] == 5, state
        w.act("export-masks")
        w.idle()
        area = [int((plane > 0).sum()) for plane in masks(path)]
        assert area[5] == 0 and area[:5] == sorted(area[:5]) and len(set(area[:5])) == 5, area
        assert masks(path).max() == 1
        w.act("undo")
        assert w.state()["cells"] == 2


run_checks()
