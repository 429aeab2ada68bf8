#!/usr/bin/python3
"""Bad files, bad places, interruptions: nothing is lost. Usage: hostile.py BINARY [CHECK...]"""
import glob
import io
import json
import os
import resource
import signal
import subprocess
import sys
import time

import numpy as np
from PIL import Image

from harness import (BINARY, NUCLEI, Skip, check, contents, discs, folder_of_discs, main, masks_of,
                     no_leftovers, ordinary_user, run, write_png)


@check
def one_bad_among_good(tmp):
    folder_of_discs(tmp)
    with open(os.path.join(tmp, "img2.png"), "r+b") as stream:
        stream.truncate(200)
    open(os.path.join(tmp, "img3.tif"), "wb").close()
    os.mkdir(os.path.join(tmp, "img4.tif"))
    missing = os.path.join(tmp, "missing.tif")
    done = run("segment", tmp, missing, os.path.join(tmp, "img4.tif"), *NUCLEI, "--json", code=1)
    report = json.loads(done.out)
    status = {os.path.basename(i["path"]): i["status"] for i in report["images"]}
    assert status["img1.png"] == status["img10.png"] == "done", status
    assert status["img2.png"] == status["img3.tif"] == status["missing.tif"] == "failed", status
    assert status["img4.tif"] == "failed" and "no image in" in done.err
    assert report["failed"] >= 3 and report["done"] == 2 and not report["stopped"]
    for image in report["images"]:
        if image["status"] == "failed":
            assert image["error"] and image["error"] in done.err, image
        else:
            assert image["objects"] >= 7 and image["objects_per_plane"] == [image["objects"]]
            assert image["diameter"] == 17 and len(image["files"]) == 1
            assert all(os.path.exists(f) for f in image["files"])
    assert "failed:" in done.err


@check
def nothing_is_overwritten(tmp):
    """Neither an image by a result, nor the results of one image by those of another."""
    for name in ("a.png", "a.tif"):
        Image.fromarray(discs(1)).save(os.path.join(tmp, name))
    before = contents(tmp)
    done = run("segment", tmp, *NUCLEI, code=1)
    assert "would replace those of" in done.err, done.err
    os.remove(os.path.join(tmp, "a.png"))
    os.remove(os.path.join(tmp, "a_seg.npy"))
    same_folder = os.path.join(tmp, "..", os.path.basename(tmp))
    done = run("segment", os.path.join(tmp, "a.tif"), *NUCLEI, "--no_npy", "--save_tif",
               "--savedir", same_folder, "--output_name", "", code=1)
    assert "would replace the image" in done.err, done.err
    assert contents(tmp) == {"a.tif": before["a.tif"]}
    os.symlink("a.tif", os.path.join(tmp, "a_cp_masks.tif"))
    run("segment", os.path.join(tmp, "a.tif"), *NUCLEI, "--no_npy", "--save_tif", code=1)
    assert contents(tmp)["a.tif"] == before["a.tif"]
    done = run("segment", os.path.join(tmp, "a.tif"), tmp, same_folder, *NUCLEI, "--json")
    assert len(json.loads(done.out)["images"]) == 1, "an image named three times"


@check
def odd_images(tmp):
    write_png(os.path.join(tmp, "constant.png"), np.full((64, 64), 7, np.uint8))
    write_png(os.path.join(tmp, "wide.png"), np.full((300, 300), 7, np.uint8))
    write_png(os.path.join(tmp, "one.png"), np.full((1, 1), 7, np.uint8))
    write_png(os.path.join(tmp, "line.png"), discs(1)[:1])
    nan = discs(2).astype(np.float32)
    nan[:20] = np.nan
    nan[100, 100] = np.inf
    Image.fromarray(nan).save(os.path.join(tmp, "nan.tif"))
    done = run("segment", tmp, *NUCLEI, "--save_png", "--save_rois", "--save_txt",
               "--save_outlines", "--save_mpl", "--save_flows", "--json")
    objects = {os.path.basename(i["path"]): i["objects"] for i in json.loads(done.out)["images"]}
    assert objects["constant.png"] == objects["wide.png"] == objects["one.png"] == 0, objects
    assert objects["nan.tif"] >= 4, objects
    assert masks_of(os.path.join(tmp, "one_cp_masks.png")).shape == (1, 1)
    assert masks_of(os.path.join(tmp, "nan_cp_masks.png"))[:15].max() == 0
    for name in objects:
        np.load(os.path.join(tmp, name[:-4] + "_seg.npy"), allow_pickle=True).item()
    run("segment", tmp, "--pretrained_model", "nuclei", "--diameter", "0")


@check
def odd_names(tmp):
    image = discs(4)
    names = ["Zellen \u00e4\u00f6\u00fc \u7ec6\u80de.png".encode(), b"latin-\xe4.png", b"-x.png",
             b"new\nline \x1b[31m.png", b"a" * 240 + b".png", b"b" * 251 + b".png"]
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, format="PNG")
    for name in names:
        with open(os.path.join(tmp.encode(), name), "wb") as file:
            file.write(stream.getvalue())
    done = run("--dir", tmp, *NUCLEI, "--json", code=1)
    report = json.loads(done.out)
    assert report["done"] == 5 and report["failed"] == 1, done.err
    assert b"\x1b" not in done.stderr
    for name in names[:5]:
        with open(os.path.join(tmp.encode(), name[:-4] + b"_seg.npy"), "rb") as file:
            assert np.load(file, allow_pickle=True).item()["masks"].max() >= 7
    no_leftovers(tmp)
    deep = os.path.join(tmp, *["d" * 200] * 12)
    os.makedirs(deep)
    write_png(os.path.join(deep, "a.png"), image)
    done = run("segment", os.path.join(deep, "a.png"), *NUCLEI, "--quiet")
    assert os.path.exists(os.path.join(deep, "a_seg.npy"))


@check
def memory_limit(tmp):
    write_png(os.path.join(tmp, "a.png"), discs(1, 1024, 1024, 9, 20))
    done = run("segment", tmp, *NUCLEI, "--max-memory", "4M", code=1)
    assert "limit" in done.err and done.err.count("\n") == 1, done.err
    assert os.listdir(tmp) == ["a.png"]


@check
def a_failed_write_belongs_to_its_image(tmp):
    folder_of_discs(tmp, ("a.png", "b.png", "c.png"))
    os.mkdir(os.path.join(tmp, "b_seg.npy"))
    done = run("segment", tmp, *NUCLEI, "--json", code=1)
    images = json.loads(done.out)["images"]
    assert [os.path.basename(i["path"]) for i in images] == ["a.png", "b.png", "c.png"], images
    assert [bool(i.get("error")) for i in images] == [False, True, False], images
    assert "there is a folder of that name" in images[1]["error"], images[1]
    assert os.path.exists(os.path.join(tmp, "a_seg.npy"))
    assert os.path.exists(os.path.join(tmp, "c_seg.npy"))
    rows = run("segment", tmp, *NUCLEI, code=1).out.splitlines()[1:]
    assert [r.split()[0] for r in rows] == ["a.png", "b.png", "c.png"], rows


def interrupt(tmp, number):
    for k in range(3):
        write_png(os.path.join(tmp, f"img{k}.png"), discs(k, 1500, 1500, 100, 12))
    child = subprocess.Popen([BINARY, "segment", tmp, *NUCLEI, "--save_png"],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    line = child.stderr.readline()
    while b"2 of 3" not in line:
        assert line, "it ended before the second image"
        line = child.stderr.readline()
    child.send_signal(number)
    begun = time.monotonic()
    out, err = child.communicate(timeout=60)
    seconds = time.monotonic() - begun
    assert child.returncode == 130, (child.returncode, err)
    assert b"stopped; 1 of 3 images are done" in err, err
    assert seconds < 1.5, f"it took {seconds:.2f} s to stop"
    no_leftovers(tmp)
    assert os.path.exists(os.path.join(tmp, "img0_seg.npy"))
    np.load(os.path.join(tmp, "img0_seg.npy"), allow_pickle=True).item()
    assert not os.path.exists(os.path.join(tmp, "img2_seg.npy"))
    print(f"# stopped after {seconds:.2f} s")


@check
def ctrl_c(tmp):
    interrupt(tmp, signal.SIGINT)


@check
def terminated(tmp):
    interrupt(tmp, signal.SIGTERM)


@check
def read_only_folder(tmp):
    write_png(os.path.join(tmp, "a.png"), discs(1))
    user = ordinary_user()
    os.chmod(tmp, 0o555)
    try:
        done = run("segment", tmp, *NUCLEI, code=1, **user)
    finally:
        os.chmod(tmp, 0o755)
    assert "a_seg.npy: Permission denied" in done.err, done.err
    assert os.listdir(tmp) == ["a.png"]


@check
def unreadable_file(tmp):
    folder_of_discs(tmp, ("a.png", "b.png"))
    os.chmod(os.path.join(tmp, "a.png"), 0)
    os.chmod(tmp, 0o777)
    done = run("segment", tmp, *NUCLEI, code=1, **ordinary_user())
    assert "a.png: Permission denied" in done.err, done.err
    assert os.path.exists(os.path.join(tmp, "b_seg.npy"))


def full_disk(tmp, folder, **options):
    """The old results stay whole when the new ones do not fit."""
    os.makedirs(folder, exist_ok=True)
    old = os.path.join(folder, "big_cp_masks.tif")
    with open(old, "wb") as stream:
        stream.write(b"old results")
    done = run("segment", os.path.join(tmp, "big.npy"), *NUCLEI, "--savedir", folder, "--save_tif",
               "--save_flows", "--no_npy", code=1, **options)
    assert "big" in done.err and done.err.count("\n") == 1, done.err
    no_leftovers(folder)
    with open(old, "rb") as stream:
        start = stream.read(11)
    if start != b"old results":
        Image.open(old).load()
    assert not os.path.exists(os.path.join(folder, "big_dP_cp_masks.tif"))
    return done


def big_and_small(tmp):
    write_png(os.path.join(tmp, "small.png"), discs(1, 64, 64, 1))
    np.save(os.path.join(tmp, "big.npy"), discs(2, 700, 700, 100, 9))


@check
def file_too_large(tmp):
    big_and_small(tmp)
    out = os.path.join(tmp, "out")
    done = full_disk(tmp, out, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000)))
    assert "File too large" in done.err, done.err


@check
def disk_full(tmp):
    big_and_small(tmp)
    out = os.path.join(tmp, "out")
    os.mkdir(out)
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=40k", "tmpfs", out],
        stderr=subprocess.DEVNULL).returncode == 0
    if not mounted:
        raise Skip("a small tmpfs cannot be mounted here")
    try:
        done = full_disk(tmp, out)
        assert "No space left" in done.err, done.err
    finally:
        subprocess.run(["umount", out], check=True)


@check
def broken_pipes(tmp):
    folder_of_discs(tmp)
    reader, writer = os.pipe()
    os.close(reader)
    child = subprocess.run([BINARY, "segment", tmp, *NUCLEI], stdout=writer,
                           stderr=subprocess.PIPE)
    os.close(writer)
    assert child.returncode == 0 and len(glob.glob(tmp + "/*_seg.npy")) == 3, child.stderr
    with open("/dev/full", "wb") as full:
        child = subprocess.run([BINARY, "help"], stdout=full, stderr=subprocess.PIPE)
        assert child.returncode == 1 and b"cannot be written" in child.stderr, child.stderr
        child = subprocess.run([BINARY, "segment", tmp, *NUCLEI, "--json"], stdout=full,
                               stderr=subprocess.PIPE)
        assert child.returncode == 1, child.stderr


sys.exit(main())
