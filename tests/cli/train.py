#!/usr/bin/python3
"""Training from outside: Cellpose's call and the command, with a small network on made-up discs.
Usage: train.py BINARY [CHECK...]"""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import numpy as np

from harness import BINARY, Skip, check, contents, main, no_leftovers, run, write_png

SMALL = ["--pretrained_model", "None", "--nbase", "2,8,16,32", "--diam_mean", "16"]
SHORT = ["--crop", "32", "--batch_size", "4", "--n_epochs", "6", "--optimizer", "adamw"]


def write_pair(folder, name, seed, masks=True):
    """Discs of various sizes in noise, with their labels."""
    rng = np.random.default_rng(seed)
    labels = np.zeros((90, 100), np.uint16)
    yy, xx = np.mgrid[:90, :100]
    for k in range(12):
        cy, cx = 12 + 22 * (k // 4), 12 + 25 * (k % 4)
        labels[np.hypot(yy - cy, xx - cx) < rng.uniform(5, 9)] = k + 1
    picture = rng.normal(30, 4, labels.shape) + 120 * (labels > 0)
    write_png(f"{folder}/{name}.png", np.clip(picture, 0, 255).astype(np.uint8))
    if masks:
        write_png(f"{folder}/{name}_masks.png", labels)


def folder_of_pairs(tmp, name="data", n=5):
    folder = os.path.join(tmp, name)
    os.mkdir(folder)
    for k in range(n):
        write_pair(folder, f"img{k}", k)
    return folder


def tensors(path):
    """Names and bytes of a safetensors file, without its card."""
    with open(path, "rb") as stream:
        header = json.loads(stream.read(int.from_bytes(stream.read(8), "little")))
        data = stream.read()
    card = header.pop("__metadata__")
    return {k: data[slice(*v["data_offsets"])] for k, v in header.items()}, card


@check
def cellposes_call(tmp):
    data, test = folder_of_pairs(tmp), folder_of_pairs(tmp, "test", 2)
    done = run("--train", "--dir", data, "--test_dir", test, "--use_gpu", "--SGD", "1",
               "--learning_rate", "0.1", "--n_epochs", "3", "--batch_size", "4", "--mask_filter",
               "_masks", "--chan", "0", "--model_name_out", "mine", "--crop", "32", *SMALL)
    assert "--use_gpu: ignored" in done.err and "5 images with 60 cells" in done.err, done.err
    assert done.out.startswith(f"{data}/models/mine\t"), done.out
    assert sorted(os.listdir(f"{data}/models")) == ["mine", "mine.csv", "mine_last"]
    assert os.path.exists(f"{data}/img3_flows.tif") and os.path.exists(f"{test}/img1_flows.tif")
    rows = open(f"{data}/models/mine.csv").read().splitlines()
    assert rows[0].startswith("epoch,learning_rate,loss,test_loss,ap50") and len(rows) == 4, rows
    card = tensors(f"{data}/models/mine")[1]
    assert card["name"] == "mine" and card["diam_mean"] == "16", card
    assert "5 images with 60 cells" in card["training"] and "SGD" in card["training"], card
    no_leftovers(tmp)


@check
def the_model_finds_the_cells(tmp):
    data = folder_of_pairs(tmp)
    done = run("train", data, "--hold_out", "0.2", "--train_size", "--export_torch",
               "--model_name_out", "mine", *SMALL, *SHORT, "--n_epochs", "80",
               "--optimizer", "sgd", "--learning_rate", "0.1", "--batch_size", "2",
               "--validate_every", "79", "--schedule", "cosine")
    assert "size model on 1 test image:" in done.err, done.err
    score = float(done.out.split("AP50 ")[1].split("\t")[0])
    assert score > 0.8, done.out
    model = f"{data}/models/mine"
    assert "yes" in run("models", "info", model).out
    os.mkdir(f"{tmp}/new")
    write_pair(f"{tmp}/new", "a", 99, masks=False)
    for diameter in ("16", "0"):
        found = run("segment", f"{tmp}/new/a.png", "--pretrained_model", model, "--diameter",
                    diameter, "--no_npy").out
        assert found.count("\n") == 2, found
    try:
        import torch
    except ImportError:
        raise Skip("PyTorch is not here") from None
    state = torch.load(model + ".pth")
    ours = tensors(model)[0]
    key = "downsample.down.res_down_0.conv.conv_0.2.weight"
    assert state[key].numpy().tobytes() == ours[key]


def begin(*args):
    return subprocess.Popen([BINARY, "train", *args], stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def lives_until(child, log, lines):
    """Waits for the log to have so many lines; False when the program was done before."""
    while child.poll() is None:
        if os.path.exists(log) and sum(1 for _ in open(log)) >= lines:
            return True
        time.sleep(0.002)
    return False


@check
def stopped_runs_go_on(tmp):
    data, test = folder_of_pairs(tmp), folder_of_pairs(tmp, "test", 2)
    call = [data, "--test_dir", test, "--model_name_out", "mine", *SMALL, *SHORT, "--n_epochs",
            "40", "--validate_every", "10", "--checkpoint_every", "0.001"]
    run("train", *call, "--savedir", f"{tmp}/whole")
    for sign, code in ((signal.SIGINT, 130), (signal.SIGKILL, -9)):
        folder = f"{tmp}/{code}"
        checkpoint = f"{folder}/models/mine.checkpoint"
        args, stops = [*call, "--savedir", folder], 0
        while stops < 20:
            child = begin(*args)
            if stops < 5 and lives_until(child, f"{folder}/models/mine.csv", 2 + 7 * stops):
                child.send_signal(sign)
            child.communicate()
            if child.returncode == 0:
                break
            assert child.returncode == code, child.returncode
            stops += 1
            if os.path.exists(checkpoint):
                args = ["--resume", checkpoint]
        assert stops > 0 and not os.path.exists(checkpoint), stops
        for name in ("mine", "mine_last"):
            assert tensors(f"{tmp}/whole/models/{name}") == tensors(f"{folder}/models/{name}")
        logs = [[line.rsplit(",", 1)[0] for line in open(f"{base}/models/mine.csv")]
                for base in (f"{tmp}/whole", folder)]
        assert logs[0] == logs[1]


@check
def an_unfinished_training_is_not_replaced(tmp):
    data = folder_of_pairs(tmp)
    call = [data, "--model_name_out", "mine", *SMALL, *SHORT]
    run("train", *call, "--n_epochs", "1000000", "--time_limit", "0.01")
    done = run("train", *call, code=2)
    assert "--resume" in done.err and done.err.count("\n") == 1, done.err
    run("train", "--resume", f"{data}/models/mine", "--time_limit", "0.02")
    done = run("train", "--resume", f"{data}/models/mine", "--batch_size", "3", code=1)
    assert "cannot go on" in done.err, done.err
    done = run("train", "--resume", f"{data}/models/other", code=2)
    assert "other.checkpoint" in done.err and done.err.count("\n") == 1, done.err


@check
def an_older_model_is_kept(tmp):
    """Under another name, with all that belongs to it; a picture called _flows.tif stays, too."""
    data = folder_of_pairs(tmp, n=2)
    write_png(f"{data}/img0_flows.png", np.full((90, 100), 7, np.uint8))
    os.rename(f"{data}/img0_flows.png", f"{data}/img0_flows.tif")
    picture = contents(data)["img0_flows.tif"]
    call = ["train", data, "--model_name_out", "mine", *SMALL, *SHORT, "--n_epochs", "1"]
    first = run(*call, "--export_torch")
    assert "previous" not in first.err and "holds something else" in first.err, first.err
    before = contents(f"{data}/models")
    assert set(before) == {"mine", "mine.csv", "mine.pth"}, set(before)
    second = run(*call, "--seed", "5")
    assert second.err.count("mine.previous") == 1, second.err
    after = contents(f"{data}/models")
    assert set(after) == {"mine", "mine.csv"} | {f"{name}.previous" for name in before}, set(after)
    assert all(after[f"{name}.previous"] == before[name] for name in before)
    assert after["mine"] != before["mine"]
    assert contents(data)["img0_flows.tif"] == picture


@check
def images_from_a_list(tmp):
    data, test = folder_of_pairs(tmp), folder_of_pairs(tmp, "tést", 2)
    files = [f"{data}/img{k}.png" for k in (0, 2, 3)]
    tests = [f"{test}/img0.png"]
    objects = np.empty(3, object)
    objects[:] = [pathlib.Path(name) for name in files]
    lists = {
        "list.npy": {"train_files": files, "test_files": tests},
        "fixed.npy": {"train_files": np.array(files), "test_files": np.array(tests)},
        "probs.npy": {"train_files": tuple(files), "test_files": None,
                      "train_probs": np.array([0.5, 0.25, 0.25]), "compute_flows": True},
        "objects.npy": {"train_files": objects, "train_probs": [1, 0, np.float32(1)]},
        "names.npy": np.array(files), "paths.npy": objects}
    for name, content in lists.items():
        np.save(os.path.join(tmp, name), content, allow_pickle=True)
    with open(os.path.join(tmp, "list.txt"), "w", encoding="utf-8-sig") as stream:
        stream.write("\r\n".join(os.path.relpath(name, tmp) for name in files) + "\n\n")
    for name in [*lists, "list.txt"]:
        done = run("train", "--file_list", os.path.join(tmp, name), "--model_name_out", name,
                   *SMALL, *SHORT, "--n_epochs", "1")
        with_test = name in ("list.npy", "fixed.npy")
        assert "3 images with 36 cells" in done.err, (name, done.err)
        tests = "1 test image" if with_test else "0 test images"
        assert f"; {tests}; model {tmp}/models/{name}" in done.err, done.err
    done = run("--train", "--dir", data, "--file_list", f"{tmp}/list.txt", "--model_name_out", "m",
               *SMALL, "--n_epochs", "1")
    assert "3 images with 36 cells" in done.err and f"model {data}/models/m" in done.err, done.err


class Harm:
    def __reduce__(self):
        return os.mkdir, ("harm",)


@check
def lists_that_are_none(tmp):
    name = os.path.join(tmp, "list.npy")
    for content, says in (({"train_files": Harm()}, "mkdir"), ({"files": ["a"]}, "train_files"),
                          ({"train_files": [1, 2]}, "entry 1 of train_files"),
                          ({"train_files": "a"}, "is no list of names"),
                          ({"train_files": ["a"], "train_probs": [1, 2]}, "2 numbers"),
                          ({"train_files": ["a"], "train_probs": [-1]}, "no probability"),
                          ({"train_files": ["a"], "train_probs": [0]}, "are 0"),
                          ({"train_files": []}, "names no files"), (np.zeros(3), "holds numbers")):
        np.save(name, content, allow_pickle=True)
        done = run("train", "--file_list", name, *SMALL, code=2, cwd=tmp)
        assert says in done.err and done.err.count("\n") == 1, done.err
        assert not os.path.exists(f"{tmp}/harm")
    with open(name, "wb") as stream:
        stream.write(b"II*\0\0\0")
    assert "no list of files" in run("train", "--file_list", name, *SMALL, code=2).err
    with open(name, "w") as stream:
        stream.write("missing.png\n")
    done = run("train", "--file_list", name, *SMALL, code=2)
    assert "missing.png" in done.err and "none can be used" in done.err, done.err


@check
def no_time_leaves_a_model(tmp):
    data, test = folder_of_pairs(tmp), folder_of_pairs(tmp, "test", 2)
    done = run("train", data, "--test_dir", test, "--model_name_out", "mine", *SMALL, *SHORT,
               "--time_limit", "0.00001", "--train_size", "--export_torch")
    assert "size model on 2 test images" in done.err, done.err
    assert "time is up" in done.err and "/models/mine.checkpoint" in done.err, done.err
    assert os.path.exists(f"{data}/models/mine.pth_size.npy")
    assert os.path.exists(f"{data}/models/mine.pth") and os.path.exists(f"{data}/models/mine_last")


@check
def options_are_kept_to_the_byte(tmp):
    data = os.fsencode(folder_of_pairs(tmp)) + b"\xff"
    os.rename(data[:-1], data)
    call = [data, "--model_name_out", "mine", *SMALL, *SHORT]
    run("train", *call, "--n_epochs", "1000000", "--time_limit", "0.005", "--quiet")
    go_on = ["train", "--resume", data + b"/models/mine", "--time_limit", "0", "--n_epochs"]
    refused = run(*go_on, "1", code=1)
    assert os.path.exists(data + b"/models/mine.checkpoint"), refused.err
    epochs = re.search(r"has done (\d+) epochs; --n_epochs counts", refused.err)
    done = run(*go_on, str(int(epochs[1]) + 1))
    assert "5 images" in done.err and not os.path.exists(data + b"/models/mine.checkpoint"), done.err


@check
def a_network_too_large_is_refused(tmp):
    data = folder_of_pairs(tmp, n=2)
    wide = ["--pretrained_model", "None", "--nbase", "2,4096,4096", "--max-memory", "1G"]
    done = run("train", data, *wide, code=2)
    assert "--nbase" in done.err and "--max-memory" in done.err, done.err


@check
def channels_without_a_meaning_are_named(tmp):
    data = folder_of_pairs(tmp, n=2)
    call = ["train", data, "--model_name_out", "mine", *SMALL, *SHORT, "--n_epochs", "1", "--chan",
            "2", "--nbase"]
    done = run(*call, "1,4,8,16")
    assert "reads 1 channel, the first of each image; --chan" in done.err, done.err
    done = run("segment", f"{data}/img0.png", "--pretrained_model", f"{data}/models/mine",
               "--diameter", "16", "--chan", "2")
    assert "have no meaning for it" in done.err and "in place of" not in done.err, done.err
    assert "no meaning" not in run(*call, "2,4,8,16").err


@check
def bad_images_are_named(tmp):
    data = folder_of_pairs(tmp, n=2)
    write_pair(data, "bare", 7, masks=False)
    write_pair(data, "small", 8)
    write_png(f"{data}/small_masks.png", np.ones((10, 10), np.uint8))
    with open(f"{data}/broken.png", "wb") as stream:
        stream.write(b"\x89PNG\r\n\x1a\nno picture")
    write_png(f"{data}/broken_masks.png", np.ones((10, 10), np.uint8))
    done = run("train", data, "--model_name_out", "mine", *SMALL, *SHORT, "--n_epochs", "1")
    lines = [line for line in done.err.splitlines() if line.endswith("left out")]
    assert len(lines) == 3 and "2 images with 24 cells" in done.err, done.err
    assert sum("broken.png" in line for line in lines) == 1, lines


@check
def what_cannot_begin(tmp):
    data = folder_of_pairs(tmp, n=1)
    bare = os.path.join(tmp, "bare")
    os.mkdir(bare)
    write_pair(bare, "a", 1, masks=False)
    calls = [
        ([], "which images?", 1),
        ([bare], "none can be used", 2),
        ([data, "--hold_out", "0.5"], "cannot be parted", 1),
        ([data, "--test_dir", bare], "none can be used", 2),
        ([os.path.join(tmp, "nowhere")], "is not a folder", 1),
        ([data, "--crop", "50"], "(--crop) must be a multiple of 4", 1),
        ([data, data + "/.", "--hold_out", "0.5"], "cannot be parted", 1),
        ([data, "--mask_filter", ""], "--mask_filter expects the ending", 1),
        ([data, "--model_name_out", "a.checkpoint"], "does not end in .checkpoint", 1),
        ([data, "--sample", "img=0"], "the weights of all images are 0", 1),
        ([data, "--nbase", "2"], "--nbase expects", 1),
        ([data, "--nbase", "2,x,4"], "--nbase expects", 1),
        ([data, "--optimizer", "adam"], "sgd or adamw", 1),
        ([data, "--SGD", "1"], "--SGD 1 and --optimizer adamw contradict", 1),
        ([data, "--schedule", "step"], "cellpose or cosine", 1),
        ([data, "--model_name_out", "a/b"], "expects a name", 1),
        ([data, "--sample", "zzz=1"], "no image lies in", 1),
        ([data, "--pretrained_model", "no-such-model"], "no-such-model", 1),
    ]
    for args, says, lines in calls:
        done = subprocess.run([BINARY, "train", *SMALL, *SHORT, *args], capture_output=True,
                              text=True, timeout=100)
        assert done.returncode in (1, 2) and says in done.stderr, (args, done.stderr)
        assert done.stderr.count("\n") == lines and done.stdout == "", (args, done.stderr)


@check
def quiet_says_nothing(tmp):
    data = folder_of_pairs(tmp, n=2)
    done = run("train", data, "--quiet", *SMALL, *SHORT, "--n_epochs", "1", "--no_flow_cache",
               "--savedir", f"{tmp}/a/b/c")
    assert done.out == "" and done.err == "", (done.out, done.err)
    assert not os.path.exists(f"{data}/img0_flows.tif")
    names = os.listdir(f"{tmp}/a/b/c/models")
    assert any(name.startswith("cytoscribe_2") for name in names), names


if __name__ == "__main__":
    sys.exit(main())
