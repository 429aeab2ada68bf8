#!/usr/bin/python3
"""synth, eval and --true_diameter from outside. Usage: scores.py BINARY [CHECK...]"""
import csv
import json
import os
import shutil
import sys

import numpy as np

from harness import Skip, check, contents, discs, main, masks_of, no_leftovers, run, write_png

try:
    import tifffile
    from scipy import ndimage
    from scipy.optimize import linear_sum_assignment
except ImportError:
    tifffile = None

KINDS = "filled membrane epithelium textured phase brightfield particles".split()


def need_scipy():
    if tifffile is None:
        raise Skip("python3-scipy or python3-tifffile is not installed")


@check
def every_kind_is_written(tmp):
    need_scipy()
    out = os.path.join(tmp, "new", "made")
    run("synth", out, "--count", "7", "--size", "130x110", "--diameter", "12-30", "--quiet")
    names = sorted(f"{kind}_{k:05}" for k, kind in enumerate(KINDS, 1))
    assert sorted(os.listdir(out)) == sorted(
        [n + ".tif" for n in names] + [n + "_masks.tif" for n in names]), os.listdir(out)
    for name in names:
        picture = tifffile.imread(os.path.join(out, name + ".tif"))
        masks = tifffile.imread(os.path.join(out, name + "_masks.tif"))
        assert picture.shape == (110, 130, 3) and picture.dtype == np.uint16, picture.shape
        assert masks.shape == (110, 130) and masks.max() >= 1, masks.shape
        assert picture[..., 0].std() > 100 and not picture[..., 2].any()
        assert sorted(np.unique(masks))[-1] == len(np.unique(masks)) - (0 in masks)
        for k in range(1, masks.max() + 1):
            assert ndimage.label(masks == k)[1] == 1, f"{name}: label {k} is in pieces"
    no_leftovers(out)


@check
def a_seed_and_any_number_of_threads(tmp):
    made = []
    for args in (["--threads", "1"], ["--threads", "3"], ["--seed", "4"]):
        out = os.path.join(tmp, "out")
        run("synth", out, "--count", "5", "--size", "64x80", "--format", "png", "--quiet", *args)
        made.append(contents(out))
        shutil.rmtree(out)
    assert len(made[0]) == 10 and made[0] == made[1]
    assert made[0].keys() == made[2].keys()
    assert all(made[0][name] != made[2][name] for name in made[0] if "masks" not in name)


@check
def cells_around_nuclei_of_others(tmp):
    source = os.path.join(tmp, "nuclei")
    os.mkdir(source)
    picture = discs(3)
    write_png(os.path.join(source, "a.png"), picture)
    write_png(os.path.join(source, "lonely.png"), picture)
    failed = run("synth", os.path.join(tmp, "x"), "--nuclei", source, code=2)
    assert "no image there has labels" in failed.err, failed.err
    labels = np.zeros(picture.shape, np.uint16)
    for k in range(9):
        y, x = k // 3 * 53 + 26, k % 3 * 56 + 28
        labels[y - 6:y + 7, x - 6:x + 7] = k + 1
    write_png(os.path.join(source, "a_masks.png"), labels)
    for out, args in (("own", []), ("real", ["--nuclei", source])):
        run("synth", os.path.join(tmp, out), "--count", "2", "--kind", "filled", "--size", "96x96",
            "--quiet", *args)
    own, real = contents(os.path.join(tmp, "own")), contents(os.path.join(tmp, "real"))
    assert own["filled_00001.tif"] != real["filled_00001.tif"]
    assert own["filled_00002.tif"] == real["filled_00002.tif"], "every second round has own nuclei"
    write_png(os.path.join(source, "a_masks.png"), labels[:-1])
    failed = run("synth", os.path.join(tmp, "y"), "--nuclei", source, code=1)
    assert "a_masks.png: the labels have 170 × 159" in failed.err, failed.err


@check
def senseless_calls_of_synth(tmp):
    out = os.path.join(tmp, "out")
    for args, text in (
            ([], "which folder"), ([out, out], "one folder"), ([out, "--size", "0x10"], "--size"),
            ([out, "--size", "1e9x1e9"], "--size"), ([out, "--size", "64"], "--size"),
            ([out, "--size", "nanxnan"], "--size"), ([out, "--size=64x-64"], "--size"),
            ([out, "--diameter", "5"], "--diameter"), ([out, "--diameter", "30-20"], "--diameter"),
            ([out, "--diameter", "9" * 40], "--diameter"), ([out, "--kind", "cats"], "cats"),
            ([out, "--kind", ""], "no kind"), ([out, "--kind", ",".join(KINDS * 2)], "more kinds"),
            ([out, "--kind", "x" * 500], "there is no"), ([out, "--count", "0"], "--count"),
            ([out, "--count", "two"], "whole number"), ([out, "--format", "gif"], "--format"),
            ([out, "--seed"], "expects a value"), ([out, "--colour", "1"], "no option"),
            ([out, "--quiet=1"], "takes no value"), ([out, "--s", "1"], "several options"),
            ([out, "-x"], "no option"), ([out, "--max_memory", "some"], "4G or 800M"),
            ([out, "--size", "9999x999", "--max_memory", "500M"], "takes 0.6 GB"), ([out, "--nuclei", out], out)):
        done = run_any("synth", *args)
        assert done.returncode in (1, 2) and text in done.err, (args, done.err)
        assert len(done.err.splitlines()) == 1, done.err
    run("synth", out, "--count", "1", "--size", "32x32", "--quiet", "--max-memory", "60K")
    before = contents(out)
    failed = run("synth", out, "--count", "1", "--size", "32x32", code=2)
    assert "is there already" in failed.err and contents(out) == before, failed.err
    blocked = os.path.join(tmp, "file")
    open(blocked, "w").close()
    assert run_any("synth", os.path.join(blocked, "x")).returncode in (1, 2)


def run_any(*args):
    for code in (2, 1):
        try:
            return run(*args, code=code)
        except AssertionError as error:
            last = error
    raise last


# What eval must say, written out with numpy and scipy (algorithm.md §10).

def overlap(a, b):
    table = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(table, (a.ravel(), b.ravel()), 1)
    union = table.sum(1, keepdims=True) + table.sum(0, keepdims=True) - table
    iou = np.divide(table, union, out=np.zeros_like(table), where=union > 0)
    return table, iou[1:, 1:]


def true_positives(iou, threshold):
    if 0 in iou.shape:
        return 0
    cost = -(iou >= threshold).astype(float) - iou / (2 * min(iou.shape))
    rows, columns = linear_sum_assignment(cost)
    return int((iou[rows, columns] >= threshold).sum())


def expected_scores(a, b, thresholds):
    table, iou = overlap(a, b)
    nt, np_ = a.max(), b.max()
    out = {}
    for t in thresholds:
        tp = true_positives(iou, t)
        out[f"ap_{t:g}"] = tp / (nt + np_ - tp)
        out[f"precision_{t:g}"] = tp / np_
        out[f"recall_{t:g}"] = tp / nt
        out[f"f1_{t:g}"] = 2 * tp / (nt + np_)
        out[f"tp_{t:g}"], out[f"fp_{t:g}"], out[f"fn_{t:g}"] = tp, np_ - tp, nt - tp
    steps = [true_positives(iou, k / 20) for k in range(10, 20)]
    out["mean_ap"] = np.mean([tp / (nt + np_ - tp) for tp in steps])
    rows, columns = linear_sum_assignment(-(iou >= 0.5).astype(float) - iou / (2 * min(iou.shape)))
    out["aji"] = table[rows + 1, columns + 1].sum() / ((a > 0) | (b > 0)).sum()
    out["dice"] = 2 * ((a > 0) & (b > 0)).sum() / ((a > 0).sum() + (b > 0).sum())
    out["cells"], out["found"] = len(np.unique(a)) - 1, len(np.unique(b)) - 1
    out["count_error"] = abs(out["found"] - out["cells"]) / out["cells"]
    sizes = [np.sqrt(np.bincount(x[x > 0])[1:]) for x in (a, b)]
    wide = [np.median(s[s > 0]) * 2 / np.sqrt(np.pi) for s in sizes]
    out["diameter"], out["diameter_found"] = wide
    out["diameter_error"] = abs(wide[1] - wide[0]) / wide[0]
    return out


def pair_of_masks(seed, ny=140, nx=150):
    rng = np.random.default_rng(seed)
    yy, xx = np.mgrid[:ny, :nx]
    both = np.zeros((2, ny, nx), np.uint16)
    for k in range(25):
        y, x, r = rng.uniform(0, ny), rng.uniform(0, nx), rng.uniform(5, 14)
        both[0][np.hypot(yy - y, xx - x) < r] = k + 1
        y, x, r = y + rng.normal(0, 2), x + rng.normal(0, 2), r * rng.uniform(0.8, 1.2)
        if rng.random() > 0.15:
            both[1][np.hypot(yy - y, xx - x) < r] = k + 1
    for k in range(2):
        _, inverse = np.unique(both[k], return_inverse=True)
        both[k] = inverse.reshape(ny, nx)
    return both


def rows_of(path):
    with open(path, newline="") as stream:
        return list(csv.DictReader(stream))


@check
def scores_equal_numpy(tmp):
    need_scipy()
    thresholds = [0.25, 0.5, 0.65, 0.9]
    truth, good, bad = (os.path.join(tmp, n) for n in ("truth", "good, or so", "bad"))
    for folder in (truth, good, bad):
        os.mkdir(folder)
    pairs = {}
    for k in range(6):
        name = f"{'ab'[k % 2]}_{k}"
        pairs[name] = pair_of_masks(k)
        write_png(os.path.join(truth, name + ".png"), discs(k))
        write_png(os.path.join(truth, name + "_masks.png"), pairs[name][0])
        tifffile.imwrite(os.path.join(good, name + "_cp_masks.tif"), pairs[name][1])
        np.save(os.path.join(bad, name + "_seg.npy"),
                {"masks": np.roll(pairs[name][1], 9, 0)}, allow_pickle=True)
    table = os.path.join(tmp, "scores.csv")
    args = ["eval", truth, good, bad, "--group", "--thresholds", "0.25,0.5,0.65,0.9"]
    shown = run(*args, "--csv", table)
    before = contents(tmp)
    forgotten = run("eval", "--csv", os.path.join(truth, "a_0_masks.png"), good, bad, code=2)
    assert "--csv expects the name of a table" in forgotten.err, forgotten.err
    assert contents(tmp) == before, "a file of masks was taken for the table"
    rows = rows_of(table)
    assert [r["level"] for r in rows] == ["image"] * 12 + ["group"] * 4 + ["mean"] * 2
    every = {}
    for row in rows[:12]:
        a, b = pairs[row["name"]]
        if row["prediction"] == bad:
            b = np.roll(b, 9, 0)
        assert row["group"] == row["name"][0]
        expected = expected_scores(a, b, thresholds)
        every.setdefault((row["group"], row["prediction"]), []).append(expected)
        for key, value in expected.items():
            assert abs(float(row[key]) - value) < 1e-9, (row["name"], key, row[key], value)
        assert 0 < float(row["flow_error"]) < 4 and 0 < float(row["boundary_f"]) < 1
    for row in rows[12:]:
        chosen = sum((v for k, v in every.items() if k[1] == row["prediction"] and
                      row["group"] in (k[0], "")), [])
        for key in chosen[0]:
            values = [one[key] for one in chosen]
            how = np.sum if key[:3] in ("tp_", "fp_", "fn_", "cel", "fou") else \
                np.median if key == "diameter_error" else np.mean
            assert abs(float(row[key]) - how(values)) < 1e-9, (row["name"], key)
    assert shown.out.count("good, or so") == 9 and "not scored" not in shown.out, shown.out
    parsed = json.loads(run(*args, "--json", "--threads", "1").out)
    assert [r["name"] for r in parsed["rows"]] == [r["name"] for r in rows]
    assert all(abs(p["aji"] - float(r["aji"])) < 1e-12 for p, r in zip(parsed["rows"], rows))
    means = run(*args, "--means").out
    assert len(means.splitlines()) == 7, means


@check
def files_subfolders_and_bare_names(tmp):
    a, b = pair_of_masks(1)
    for path, masks in (("t/in/x.png", a), ("t/out/x.png", b), ("p/in/x.png", b),
                        ("p/out/x.png", b)):
        os.makedirs(os.path.dirname(os.path.join(tmp, path)), exist_ok=True)
        write_png(os.path.join(tmp, path), masks)
    out = run("eval", os.path.join(tmp, "t"), os.path.join(tmp, "p"), "--json").out
    rows = json.loads(out)["rows"]
    assert [(r["level"], r["name"], r["group"]) for r in rows] == [
        ("image", "in/x", "in"), ("image", "out/x", "out"), ("group", "in", "in"),
        ("group", "out", "out"), ("mean", "mean", "")], rows
    assert rows[1]["mean_ap"] == 1 and rows[0]["mean_ap"] < 1 and rows[1]["flow_error"] < 1e-9
    one = run("eval", os.path.join(tmp, "t/in/x.png"), os.path.join(tmp, "p/in/x.png"),
              os.path.join(tmp, "p/in"), "--json").out
    one = json.loads(one)["rows"]
    assert one[0]["aji"] == one[1]["aji"] == rows[0]["aji"]


@check
def truth_and_prediction_side_by_side(tmp):
    a, b = pair_of_masks(2)
    write_png(os.path.join(tmp, "x.png"), discs(0))
    write_png(os.path.join(tmp, "x_masks.png"), a)
    write_png(os.path.join(tmp, "x_cp_masks.png"), b)
    row = json.loads(run("eval", tmp, tmp, "--json").out)["rows"][0]
    assert row["name"] == "x" and 0 < row["ap_0.5"] < 1, row
    bare = os.path.join(tmp, "bare")
    os.mkdir(bare)
    write_png(os.path.join(bare, "x.png"), discs(0))
    done = run("eval", bare, bare, code=1)
    assert "nothing there is called <name>_masks" in done.err and bare in done.err, done.err


@check
def what_cannot_be_scored_is_told(tmp):
    a, b = pair_of_masks(3)
    truth, found = os.path.join(tmp, "t"), os.path.join(tmp, "p")
    os.mkdir(truth)
    os.mkdir(found)
    for name in ("good", "size", "none", "broken", "float"):
        write_png(os.path.join(truth, name + "_masks.png"), a)
    write_png(os.path.join(found, "good_masks.png"), b)
    write_png(os.path.join(found, "extra_masks.png"), b)
    write_png(os.path.join(found, "size_masks.png"), b[:-1])
    np.save(os.path.join(found, "float_seg.npy"), {"masks": b + 0.5}, allow_pickle=True)
    with open(os.path.join(found, "broken_masks.png"), "wb") as stream:
        stream.write(b"\x89PNG\r\n\x1a\nnothing")
    done = run("eval", truth, found, "--json", code=1)
    rows = {r["name"]: r for r in json.loads(done.out)["rows"]}
    assert rows["mean"]["ap_0.5"] == rows["good"]["ap_0.5"] and "ap_0.5" not in rows["size"]
    for text in ("150 × 140 pixels and", "none: there are no masks", "broken_masks.png",
                 "float_seg.npy", "looked there for <name>_cp_masks", "4 of 5 not scored", "masks of 1 image that the truth"):
        assert text in done.err, (text, done.err)
    table = run("eval", truth, found, code=1).out
    assert table.count("not scored") == 4, table
    for args, text in (([truth], "what shall be compared"), ([truth, tmp + "/no"], "No such file"),
                       ([tmp + "/no", truth], "No such file"),
                       ([truth, found + "/good_masks.png"], "both sides"),
                       ([found, truth, "--thresholds", "0.5,x"], "found \"x\""),
                       ([found, truth, "--thresholds", "0"], "above 0"),
                       ([found, truth, "--thresholds", ""], "at least one"),
                       ([found, truth, "--thresholds", ",".join(["0.5"] * 40)], "at most"),
                       ([found, truth, "--boundary", "-1"], "--boundary"),
                       ([found, truth, "--boundary", "nan"], "--boundary")):
        failed = run("eval", *args, code=2)
        assert text in failed.err and not failed.out, (args, failed.err)
    empty = os.path.join(tmp, "empty")
    os.mkdir(empty)
    assert "no masks in it" in run("eval", empty, found, code=2).err


@check
def numbers_without_cells_are_told(tmp):
    a, b = pair_of_masks(4)
    b[b == 3] = 0
    write_png(os.path.join(tmp, "a.png"), a)
    write_png(os.path.join(tmp, "b.png"), b)
    done = run("eval", os.path.join(tmp, "a.png"), os.path.join(tmp, "b.png"))
    assert f"{b.max() - 1} cells are numbered up to {b.max()}" in done.err, done.err


@check
def empty_masks(tmp):
    none = np.zeros((40, 50), np.uint16)
    some = none.copy()
    some[5:20, 5:20] = 1
    for name, a, b in (("both", none, none), ("truth", none, some), ("found", some, none)):
        os.makedirs(os.path.join(tmp, "t"), exist_ok=True)
        os.makedirs(os.path.join(tmp, "p"), exist_ok=True)
        write_png(os.path.join(tmp, "t", name + "_masks.png"), a)
        write_png(os.path.join(tmp, "p", name + "_masks.png"), b)
    rows = json.loads(run("eval", tmp + "/t", tmp + "/p", "--json").out)["rows"]
    rows = {r["name"]: r for r in rows}
    assert rows["both"]["ap_0.5"] == rows["both"]["dice"] == rows["both"]["boundary_f"] == 1
    assert rows["truth"]["ap_0.5"] == rows["found"]["ap_0.5"] == 0
    assert rows["both"]["diameter"] is None and rows["found"]["diameter_found"] is None


@check
def stacks_are_one_body(tmp):
    need_scipy()
    a, b = pair_of_masks(5)
    tifffile.imwrite(os.path.join(tmp, "a.tif"), np.stack([a, a]))
    tifffile.imwrite(os.path.join(tmp, "b.tif"), np.stack([b, b]))
    row = json.loads(run("eval", tmp + "/a.tif", tmp + "/b.tif", "--json").out)["rows"][0]
    expected = expected_scores(a, b, [0.5])
    assert abs(row["ap_0.5"] - expected["ap_0.5"]) < 1e-12 and row["flow_error"] is None
    tifffile.imwrite(os.path.join(tmp, "c.tif"), np.stack([b] * 5))
    failed = run("eval", tmp + "/a.tif", tmp + "/c.tif", code=1)
    assert "2 planes" in failed.err and "5 of" in failed.err, failed.err


@check
def true_diameters(tmp):
    """Each image is segmented at the diameter of its own masks."""
    out = os.path.join(tmp, "out")
    wanted = {}
    for k, radius in enumerate((6, 9)):
        write_png(os.path.join(tmp, f"x{k}.png"), discs(k, radius=radius))
        labels = np.zeros((160, 170), np.uint16)
        labels[10:10 + 2 * radius, 10:10 + 2 * radius] = 1
        write_png(os.path.join(tmp, f"x{k}_masks.png"), labels)
        wanted[f"x{k}.png"] = 2 * radius * 2 / np.sqrt(np.pi)
    call = ["segment", tmp, "--pretrained_model", "nuclei", "--no_npy", "--save_png", "--savedir",
            out, "--json"]
    for image in json.loads(run(*call, "--true_diameter").out)["images"]:
        assert abs(image["diameter"] - wanted[os.path.basename(image["path"])]) < 1e-9, image
    one = masks_of(os.path.join(out, "x1_cp_masks.png"))
    run("segment", os.path.join(tmp, "x1.png"), *call[2:], "--diameter",
        repr(float(wanted["x1.png"])))
    assert np.array_equal(one, masks_of(os.path.join(out, "x1_cp_masks.png")))
    os.remove(os.path.join(tmp, "x0_masks.png"))
    done = run(*call, "--true_diameter", code=1)
    assert [i["status"] for i in json.loads(done.out)["images"]] == ["failed", "done"], done.out
    assert "no masks beside it" in done.err, done.err
    write_png(os.path.join(tmp, "x0_masks.png"), np.zeros((160, 170), np.uint16))
    done = run(*call, "--true_diameter", "--diameter", "21")
    assert json.loads(done.out)["images"][0]["diameter"] == 21


@check
def help_and_manual_know_both(tmp):
    overview = run("help").out
    assert "cytoscribe synth" in overview and "cytoscribe eval" in overview
    for command, option in (("synth", "--nuclei FOLDER"), ("eval", "--thresholds T,...")):
        assert option in run("help", command).out and run(command, "--help").out.startswith("Usage")
    manual = run("help", "--man").out
    assert "\\-\\-thresholds" in manual and "\\-\\-true_diameter" in manual


if __name__ == "__main__":
    sys.exit(main())
