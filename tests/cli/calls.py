#!/usr/bin/python3
"""The calls people make and the files they get. Usage: calls.py BINARY [CHECK...]"""
import json
import os
import pty
import shlex
import shutil
import subprocess
import sys
import time
import zipfile

import numpy as np
from PIL import Image

from harness import (BINARY, NUCLEI, Skip, check, contents, discs, folder_of_discs, main, masks_of,
                     no_leftovers, run, write_png)


@check
def cellposes_own_call(tmp):
    folder_of_discs(tmp)
    done = run("--dir", tmp, *NUCLEI, "--chan", "0", "--save_png")
    rows = [line.split() for line in done.out.splitlines()]
    assert [row[0] for row in rows] == ["image", "img1.png", "img2.png", "img10.png"], done.out
    assert done.err.count(" of 3: ") == 3, done.err
    for row in rows[1:]:
        stem = os.path.join(tmp, row[0][:-4])
        masks = masks_of(stem + "_cp_masks.png")
        assert masks.dtype == np.uint16 or masks.dtype == np.int32, masks.dtype
        assert masks.shape == (160, 170) and masks.max() == int(row[1]) >= 7, (row, masks.max())
        seg = np.load(stem + "_seg.npy", allow_pickle=True).item()
        assert np.array_equal(seg["masks"], masks)
        assert seg["chan_choose"] == [0, 0] and seg["diameter"] == 17
        rgb, prob, zeros, empty, raw = seg["flows"]
        assert rgb.shape == (1, 160, 170, 3) and rgb.dtype == np.uint8 and rgb.max() > 100
        assert prob.shape == (1, 160, 170) and prob.min() == 0 and prob.max() == 255
        assert raw.shape == (3, 160, 170) and raw.dtype == np.float32 and len(empty) == 0
        low, high = np.percentile(raw[2], [1, 99])
        expected = np.clip((raw[2] - low) / (high - low), 0, 1) * 255
        assert np.abs(prob[0] - expected).max() <= 1.001, "probability picture"
    assert len(os.listdir(tmp)) == 9, os.listdir(tmp)


@check
def both_spellings_both_doors(tmp):
    """--dir and segment, - and _, = and blank, 1 and 2 threads: the same bytes."""
    rgb = np.dstack([discs(1), discs(2), discs(3)])
    write_png(os.path.join(tmp, "a.png"), rgb)
    outs = []
    calls = [
        (["--dir", tmp, "--chan", "2", "--chan2", "3", "--save_png", "--save_rois"], {}),
        (["segment", tmp, "--chan=2", "--chan2=3", "--save-png", "--save-rois"], {}),
        (["segment", os.path.join(tmp, "a.png"), "--chan", "2", "--chan2", "3", "--save_png",
          "--save_rois", "--threads", "1"], {}),
        (["--image_path", os.path.join(tmp, "a.png"), "--chan", "2", "--chan2", "3", "--save_pn",
          "--save_roi", "--threads", "2"], {"OMP_NUM_THREADS": "3"}),
    ]
    for args, env in calls:
        out = os.path.join(tmp, "out")
        run(*args, *NUCLEI, "--savedir", out, env=env)
        outs.append(contents(tmp))
        shutil.rmtree(out)
        os.remove(os.path.join(tmp, "a_seg.npy"))
        os.remove(os.path.join(tmp, "a_rois.zip"))
    assert set(outs[0]) == {"a.png", "a_seg.npy", "a_rois.zip", "out/a_cp_masks.png"}
    for k, other in enumerate(outs[1:]):
        assert other.keys() == outs[0].keys(), (other.keys(), outs[0].keys())
        for name in other:
            assert other[name] == outs[0][name], f"call {k + 1} writes another {name}"


@check
def comma_locale(tmp):
    here = subprocess.run(["locale", "-a"], stdout=subprocess.PIPE).stdout.decode().split()
    env = {"LC_ALL": "de_DE.UTF-8"}
    if "de_DE.utf8" not in here:
        made = os.path.join(tmp, "locales")
        os.mkdir(made)
        command = ["localedef", "-i", "de_DE", "-f", "UTF-8", os.path.join(made, "de_DE.UTF-8")]
        if not shutil.which("localedef") or subprocess.run(command).returncode:
            raise Skip("the locale de_DE.UTF-8 is neither installed nor can it be made")
        env["LOCPATH"] = made
    images = os.path.join(tmp, "images")
    os.mkdir(images)
    write_png(os.path.join(images, "a.png"), discs(5))
    shown = subprocess.run(["printf", "%.1f", "1,5"], env=dict(os.environ, **env),
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    assert shown == b"1,5", f"the locale is not in force: {shown}"
    seen = []
    for locale in ({"LC_ALL": "C"}, env):
        done = run("segment", images, *NUCLEI, "--flow_threshold", "0.55", "--save_png",
                   "--save_txt", "--save_flows", env=locale)
        assert " 17.0 " in done.out, done.out
        seen.append(contents(images))
    assert seen[0] == seen[1]


@check
def usage_errors(tmp):
    empty = os.path.join(tmp, "empty")
    os.mkdir(empty)
    write_png(os.path.join(tmp, "a.png"), discs(1))
    image = os.path.join(tmp, "a.png")
    calls = [
        (["--dir", tmp, "--save_pgn"], "did you mean --save_png"),
        (["segment", image, "--train"], "cytoscribe train"),
        (["--dir", tmp, "--do_3D"], "three dimensions comes with a later version"),
        (["--dir", tmp, "--stitch-threshold=0.5"], "three dimensions comes with a later version"),
        (["--diameter", "30"], "--dir"),
        (["segment"], "segment"),
        (["--dir", empty], "no image"),
        (["--dir", os.path.join(tmp, "nowhere")], "nowhere"),
        (["--dir", tmp, image], "a.png"),
        (["segment", image, "--pretrained_model", "no-such-model"], "no-such-model"),
        (["segment", image, "--pretrained_model", "None"], "without a model"),
        (["segment", image, "--diameter", "1,5"], '"1,5"'),
        (["walk"], "there is no command"),
        (["help", "walk"], "there is no command"),
    ]
    for args, says in calls:
        done = run(*args, code=2)
        assert says in done.err and done.err.count("\n") == 1, (args, done.err)
        assert done.out == "", done.out
    assert sorted(os.listdir(tmp)) == ["a.png", "empty"]


@check
def old_calls(tmp):
    write_png(os.path.join(tmp, "a.png"), discs(1))
    done = run("--dir", tmp, *NUCLEI, "--use_gpu", "--fast_mode", "--mask_threshold", "-1",
               "--no_net_avg", "--testing", "--batch_size", "8", "--stitch_threshold", "0",
               "--anisotropy", "1.0", "--save_tif", "--no_npy")
    assert "--use_gpu: ignored; Cytoscribe runs on the CPU\n" in done.err
    assert sorted(os.listdir(tmp)) == ["a.png", "a_cp_masks.tif"]


@check
def each_file_alone(tmp):
    write_png(os.path.join(tmp, "a.png"), np.dstack([discs(1)] * 3))
    calls = {
        "--save_png": "a_cp_masks.png", "--save_tif": "a_cp_masks.tif", "--save_rois": "a_rois.zip",
        "--save_txt": "a_cp_outlines.txt", "--save_outlines": "a_outlines_cp_masks.png",
        "--save_mpl": "a_cp_output_cp_masks.png",
        "--save_flows": "a_dP_cp_masks.tif a_flows_cp_masks.tif",
    }
    for flag, names in calls.items():
        done = run("segment", tmp, *NUCLEI, "--no_npy", flag, "--json")
        written = sorted(set(os.listdir(tmp)) - {"a.png"})
        assert written == names.split(), (flag, written)
        image = json.loads(done.out)["images"][0]
        assert sorted(os.path.basename(f) for f in image["files"]) == written
        if flag == "--save_rois":
            with zipfile.ZipFile(os.path.join(tmp, names)) as archive:
                assert len(archive.namelist()) == image["objects"]
        if flag == "--save_txt":
            with open(os.path.join(tmp, names)) as stream:
                assert len(stream.read().splitlines()) == image["objects"]
        if flag == "--save_outlines":
            picture = masks_of(os.path.join(tmp, names))
            assert picture.shape == (160, 170, 3)
            assert (picture == (255, 0, 0)).all(axis=2).sum() > 50, "red outlines"
        for name in written:
            os.remove(os.path.join(tmp, name))


@check
def nothing_is_written(tmp):
    write_png(os.path.join(tmp, "a.png"), discs(1))
    done = run("segment", tmp, *NUCLEI, "--no_npy")
    assert "--no_npy: no other file is asked for" in done.err and os.listdir(tmp) == ["a.png"]
    done = run("segment", tmp, *NUCLEI, "--no_npy", "--quiet")
    assert done.out == "" and done.err == ""


@check
def folders_for_results(tmp):
    image = os.path.join(tmp, "in", "a.png")
    os.mkdir(os.path.dirname(image))
    write_png(image, discs(1))
    out = os.path.join(tmp, "new", "deep")
    run("segment", image, *NUCLEI, "--savedir", out, "--save_png")
    assert os.path.exists(os.path.join(out, "a_cp_masks.png"))
    run("segment", image, *NUCLEI, "--dir_above", "--save_png", "--no_npy")
    assert os.path.exists(os.path.join(tmp, "a_cp_masks.png"))
    run("segment", image, *NUCLEI, "--in_folders", "--save_png", "--save_txt", "--no_npy",
        "--save_flows", "--save_outlines")
    for sub, name in (("masks", "a_cp_masks.png"), ("txt_outlines", "a_cp_outlines.txt"),
                      ("flows", "a_flows_cp_masks.tif"), ("outlines", "a_outlines_cp_masks.png")):
        path = os.path.join(tmp, "in", sub, name)
        assert os.path.exists(path), path
    no_leftovers(tmp)


@check
def normalisation_keeps_invert(tmp):
    dark = 255 - discs(3)
    write_png(os.path.join(tmp, "a.png"), dark)
    seen = []
    for extra in ([], ["--norm_percentile", "1", "99"], ["--norm-percentile=1", "99"]):
        run("segment", tmp, *NUCLEI, "--invert", *extra)
        seen.append(contents(tmp))
    assert seen[0] == seen[1] == seen[2]


@check
def edges_and_sizes(tmp):
    picture = discs(3)
    picture[:12, 30:60] = 170
    write_png(os.path.join(tmp, "a.png"), picture)
    count = []
    for extra in ([], ["--exclude_on_edges"], ["--min_size", "100000"], ["--max_size", "16"]):
        done = run("segment", tmp, *NUCLEI, "--save_png", "--json", *extra)
        count.append(json.loads(done.out)["images"][0]["objects"])
        masks = masks_of(os.path.join(tmp, "a_cp_masks.png"))
        assert masks.max() == count[-1] == len(np.unique(masks)) - 1
        if extra == ["--exclude_on_edges"]:
            border = np.concatenate([masks[0], masks[-1], masks[:, 0], masks[:, -1]])
            assert border.max() == 0
    assert count[1] <= count[0] and count[2] == count[3] == 0, count


@check
def stacks(tmp):
    frames = [Image.fromarray(discs(k)) for k in range(3)]
    frames[0].save(os.path.join(tmp, "s.tif"), save_all=True, append_images=frames[1:])
    done = run("segment", tmp, *NUCLEI, "--axes", "ZYX", "--save_png", "--save_txt", "--json")
    image = json.loads(done.out)["images"][0]
    assert len(image["objects_per_plane"]) == 3 and min(image["objects_per_plane"]) >= 7
    assert os.path.exists(os.path.join(tmp, "s_cp_masks.tif")), os.listdir(tmp)
    assert image["warnings"], "a stack has no outlines as text: say so"
    masks = np.load(os.path.join(tmp, "s_seg.npy"), allow_pickle=True).item()["masks"]
    assert masks.shape == (3, 160, 170)
    assert [int(m.max()) for m in masks] == image["objects_per_plane"]


@check
def default_model(tmp):
    write_png(os.path.join(tmp, "a.png"), discs(1))
    home = os.path.join(tmp, "home")
    env = {"HOME": home, "XDG_DATA_HOME": home, "CELLPOSE_LOCAL_MODELS_PATH": home}
    done = run("segment", os.path.join(tmp, "a.png"), "--no_npy", "--json", env=env)
    assert "cyto3 is not installed; the model is cyto" in done.err, done.err
    assert json.loads(done.out)["model"] == "cyto"
    run("segment", os.path.join(tmp, "a.png"), "--pretrained_model", "cyto3", env=env, code=2)


@check
def listing_rules(tmp):
    folder_of_discs(tmp, ("a_1.png", "a_2.png", "a_1_masks.png", "b_1.png", "c_flows.png"))
    os.mkdir(os.path.join(tmp, "sub"))
    write_png(os.path.join(tmp, "sub", "a_3.png"), discs(1))
    def listed(*args):
        done = run("--dir", tmp, *NUCLEI, "--no_npy", "--json", *args)
        return [os.path.relpath(i["path"], tmp) for i in json.loads(done.out)["images"]]
    assert listed() == ["a_1.png", "a_2.png", "b_1.png"]
    assert listed("--img_filter", "_1") == ["a_1.png", "b_1.png"]
    assert listed("--mask_filter", "_2") == ["a_1.png", "b_1.png"]
    assert "sub/a_3.png" in listed("--look_one_level_down")


@check
def info_and_help(tmp):
    path = os.path.join(tmp, "a.png")
    write_png(path, np.dstack([discs(1)] * 3))
    done = run("info", path)
    assert "uint8" in done.out and "170" in done.out and "160" in done.out, done.out
    json.loads(run("info", "--json", path).out)
    run("info", os.path.join(tmp, "nothing.png"), code=1)
    run("info", code=2)
    run("info", "--save_png", path, code=2)
    for args in ([], ["help"], ["help", "segment"], ["segment", "--help"], ["--help"], ["-h"],
                 ["info", "-h"]):
        out = run(*args).out
        assert out and max(map(len, out.splitlines())) <= 80, args
    assert ".SH OPTIONS" in run("help", "--man").out


@check
def every_kernel_finds_the_same_cells(tmp):
    write_png(os.path.join(tmp, "a.png"), discs(3))
    found = {}
    for kernel in ("portable", "avx2", "avx512"):
        result = subprocess.run([BINARY, "segment", tmp, *NUCLEI, "--no_npy", "--save_png"],
                                env={**os.environ, "CYTOSCRIBE_KERNEL": kernel},
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if b"this processor cannot run" in result.stderr and kernel != "portable":
            print(f"# no {kernel} here")
            continue
        assert result.returncode == 0, result.stderr
        found[kernel] = masks_of(os.path.join(tmp, "a_cp_masks.png"))
    for kernel, masks in found.items():
        assert masks.max() == 9 and np.array_equal(masks, found["portable"]), kernel
    done = run("segment", tmp, *NUCLEI, code=2, env={"CYTOSCRIBE_KERNEL": "abacus"})
    assert "abacus" in done.err and "avx2" in done.err and done.err.count("\n") == 1, done.err


@check
def version_is_quick(tmp):
    del tmp
    best = 9.0
    for _ in range(12):
        begun = time.perf_counter()
        done = run("--version")
        best = min(best, time.perf_counter() - begun)
    assert done.out.startswith("cytoscribe version: "), done.out
    print(f"# {1000 * best:.1f} ms")
    assert best < 0.02, f"{1000 * best:.1f} ms"


@check
def a_small_image_takes_little_memory(tmp):
    with open(BINARY, "rb") as stream:
        if b"__asan_init" in stream.read():
            raise Skip("built with sanitizers, which take time and memory")
    write_png(os.path.join(tmp, "a.png"), discs(1, 256, 256, 25, 8))
    best, peak = 9.0, 0
    for _ in range(3):
        begun = time.perf_counter()
        child = subprocess.Popen([BINARY, "segment", tmp, *NUCLEI, "--save_png", "--quiet"],
                                 env={**os.environ, "MALLOC_PERTURB_": "0"})
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode == 0
        best = min(best, time.perf_counter() - begun)
        peak = max(peak, usage.ru_maxrss / 1024)
    print(f"# {best:.2f} s, {peak:.0f} MB")
    # 130 MB of transformed weights and 35 for a tile; seconds are for the benchmark to judge
    assert peak < 200, peak


@check
def bar_on_a_terminal(tmp):
    folder_of_discs(tmp)
    try:
        outer, inner = pty.openpty()
    except OSError as error:
        raise Skip(f"no pseudo-terminals here: {error}") from error
    child = subprocess.Popen([BINARY, "segment", tmp, *NUCLEI], stdout=subprocess.PIPE,
                             stderr=inner)
    os.close(inner)
    shown = b""
    while True:
        try:
            part = os.read(outer, 4096)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
    out = child.stdout.read()
    assert child.wait() == 0 and out.count(b"\n") == 4, out
    assert b"image 1 of 3, " in shown and b"image 3 of 3, " in shown, shown
    assert b"img10.png" in shown and b"\r\x1b[K" in shown, shown
    assert max(len(p) for p in shown.split(b"\r\x1b[K")) < 81, "wider than the terminal"
    assert b"1 of 3: " not in shown


@check
def verbose_repeats_the_call(tmp):
    write_png(os.path.join(tmp, "it's.png"), discs(1))
    done = run("--dir", tmp, *NUCLEI, "--flow-thresh=0.5", "--verbose")
    line = next(t for t in done.err.splitlines() if t.startswith("the same as: "))
    assert shlex.split(line[13:]) == ["cytoscribe", "segment", f"--dir={tmp}",
                                      "--pretrained_model=nuclei", "--diameter", "17",
                                      "--flow_threshold", "0.5", "--verbose"], line
    assert "160" in done.err and "uint8" in done.err, done.err


sys.exit(main())
