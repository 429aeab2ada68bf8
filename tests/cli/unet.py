#!/usr/bin/python3
"""U-Nets without flows from outside: trained on made-up cells, run, exported, gone on with.
Usage: unet.py BINARY [CHECK...]"""
import json
import os
import re
import signal
import subprocess
import sys
import time

import numpy as np

from harness import BINARY, check, main, masks_of, no_leftovers, run

SMALL = ["--nbase", "2,16,16,32", "--diam_mean", "18", "--chan", "1", "--chan2", "2", "--crop", "64",
         "--batch_size", "4", "--optimizer", "adamw", "--learning_rate", "0.003",
         "--min_train_masks", "1"]


def cells(tmp, name="data", n=9, seed=0):
    folder = os.path.join(tmp, name)
    run("synth", folder, "--kind", "filled", "--count", str(n), "--seed", str(seed), "--size",
        "128x128", "--diameter", "16-20", "--quiet")
    return folder


def card_of(path):
    with open(path, "rb") as stream:
        header = json.loads(stream.read(int.from_bytes(stream.read(8), "little")))
    return header["__metadata__"]


def train(data, *args, code=0):
    return run("train", data, *SMALL, *args, code=code)


def seg_of(path):
    return np.load(path, allow_pickle=True).item()


@check
def every_kind_trains_and_runs(tmp):
    data, new = cells(tmp), cells(tmp, "new", 2, 5)
    for kind, epochs in (("semantic", 16), ("unet2", 6), ("unet3", 6)):
        done = train(data, "--net", kind, "--n_epochs", str(epochs), "--model_name_out", kind,
                     "--validate_every", "15", "--schedule", "cosine")
        model = f"{data}/models/{kind}"
        assert "7 images with" in done.err and "2 test images" in done.err, done.err
        assert not [f for f in os.listdir(data) if f.endswith("_flows.tif")]
        card = card_of(model)
        assert card["net"] == kind and f"network {kind}" in card["training"], card
        assert ("cell_threshold" in card) == (kind != "semantic"), card
        assert ("Dice" in done.out) == (kind == "semantic"), done.out
        info = run("models", "info", model).out
        assert "U-Net" in info and ("thresholds" in info) == (kind != "semantic"), info
        told = json.loads(run("models", "info", model, "--json").out)
        assert told["net"] == kind and told["nout"] == {"semantic": 1, "unet2": 2, "unet3": 3}[kind]
        out = f"{tmp}/out-{kind}"
        done = run("segment", new, "--pretrained_model", model, "--diameter", "18", "--chan", "1",
                   "--chan2", "2", "--save_png", "--save_tif", "--save_mpl", "--save_outlines",
                   "--save_txt", "--save_rois", "--save_flows", "--savedir", out,
                   "--flow_threshold", "0.3", "--niter", "50")
        assert "--flow_threshold, --niter: ignored; the model" in done.err, done.err
        assert "this model has no flows; the picture shows" in done.err, done.err
        names = sorted(os.listdir(out))
        assert "filled_00001_cp_masks.png" in names and "filled_00001_flows_cp_masks.tif" in names, names
        assert not [n for n in names if "_dP" in n], names
        masks = masks_of(f"{out}/filled_00001_cp_masks.png")
        seg = seg_of(f"{new}/filled_00001_seg.npy")
        assert (seg["masks"] == masks).all() and masks.shape == (128, 128)
        flows = seg["flows"]
        assert flows[0].shape == (1, 128, 128, 3) and flows[1].shape == (1, 128, 128)
        assert flows[1].max() == 255 and not np.size(flows[4]), [np.shape(f) for f in flows]
        truth = masks_of(f"{new}/filled_00001_masks.tif")
        if kind == "semantic":
            dice = 2 * ((masks > 0) & (truth > 0)).sum() / ((masks > 0).sum() + (truth > 0).sum())
            all_cell = 2 * (truth > 0).mean() / (1 + (truth > 0).mean())
            assert dice > 0.8 and dice > all_cell + 0.05, (dice, all_cell)
    no_leftovers(tmp)


@check
def thresholds_shift_the_models_own(tmp):
    data = cells(tmp, n=3)
    train(data, "--net", "unet2", "--n_epochs", "3", "--model_name_out", "m")
    areas = []
    for shift in ("-50", "0", "50"):
        run("segment", f"{data}/filled_00001.tif", "--pretrained_model", f"{data}/models/m", "--chan",
            "1", "--chan2", "2", "--save_png", "--no_npy", "--cellprob_threshold", shift,
            "--min_size", "-1", "--savedir", f"{tmp}/out")
        areas.append((masks_of(f"{tmp}/out/filled_00001_cp_masks.png") > 0).sum())
    assert areas[0] == 128 * 128 and areas[0] >= areas[1] >= areas[2] == 0, areas


@check
def checkpoints_for_cellpose_and_back(tmp):
    data = cells(tmp, n=3)
    train(data, "--unet", "--nclasses", "3", "--n_epochs", "2", "--model_name_out", "m",
          "--export_torch")
    models = f"{data}/models"
    assert card_of(f"{models}/m")["net"] == "unet3"
    stored = np.load(f"{models}/m.pth_cell_boundary_threshold.npy")
    card = card_of(f"{models}/m")
    want = [float(card["cell_threshold"]), float(card["boundary_threshold"])]
    assert stored.dtype == np.float64 and list(stored) == want, (stored, want)
    pictures = []
    for model in ("m", "m.pth"):
        run("segment", f"{data}/filled_00002.tif", "--pretrained_model", f"{models}/{model}",
            "--chan", "1", "--chan2", "2", "--save_png", "--no_npy", "--savedir", f"{tmp}/{model}",
            "--diameter", "18")
        pictures.append(masks_of(f"{tmp}/{model}/filled_00002_cp_masks.png"))
    assert (pictures[0] == pictures[1]).all()
    run("models", "export", f"{models}/m", f"{tmp}/other.pth")
    assert (np.load(f"{tmp}/other.pth_cell_boundary_threshold.npy") == stored).all()
    np.save(f"{models}/m.pth_cell_boundary_threshold.npy", np.float32([9e5, 0]))
    run("segment", f"{data}/filled_00002.tif", "--pretrained_model", f"{models}/m.pth", "--chan",
        "1", "--chan2", "2", "--save_png", "--no_npy", "--savedir", f"{tmp}/none")
    assert masks_of(f"{tmp}/none/filled_00002_cp_masks.png").max() == 0
    done = train(data, "--unet", "1", "--nclasses", "2", "--n_epochs", "1", "--model_name_out", "two")
    assert "two classes" in done.err, done.err


@check
def training_goes_on_from_a_unet(tmp):
    data = cells(tmp, n=3)
    train(data, "--net", "unet2", "--n_epochs", "1", "--model_name_out", "a")
    first = f"{data}/models/a"
    done = train(data, "--pretrained_model", first, "--n_epochs", "1", "--model_name_out", "b")
    assert "two classes" in done.err, done.err
    assert "trained from a" in card_of(f"{data}/models/b")["training"]
    done = train(data, "--pretrained_model", first, "--net", "unet3", "--n_epochs", "1",
                 "--model_name_out", "c")
    assert "three classes" in done.err and card_of(f"{data}/models/c")["net"] == "unet3"


@check
def stopped_and_resumed(tmp):
    data = cells(tmp, n=3)
    args = ["train", data, *SMALL, "--net", "unet3", "--n_epochs", "100000", "--model_name_out", "m",
            "--validate_every", "100000"]
    child = subprocess.Popen([BINARY, *args], stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    log, until = f"{data}/models/m.csv", time.time() + 60
    while time.time() < until and not (os.path.exists(log) and open(log).read().count("\n") > 3):
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    child.communicate(timeout=60)
    assert os.path.exists(f"{data}/models/m.checkpoint")
    epochs = open(log).read().count("\n")
    done = run("train", "--resume", f"{data}/models/m.checkpoint", "--n_epochs", str(epochs + 1))
    assert "three classes" in done.err and card_of(f"{data}/models/m")["net"] == "unet3"


@check
def semantic_training_ends_early(tmp):
    data = cells(tmp, n=3)
    done = train(data, "--net", "semantic", "--learning_rate", "0", "--validate_every", "1",
                 "--patience", "2", "--n_epochs", "40", "--dice", "0.5", "--model_name_out", "m")
    assert "ended early: no test was better in 2 epochs" in done.err, done.err
    assert "Dice loss 0.5" in card_of(f"{data}/models/m")["training"]
    rows = open(f"{data}/models/m.csv").read().splitlines()
    assert rows[0].endswith(",ap90,dice,seconds") and len(rows) < 20, rows
    one = cells(tmp, "one", 1)
    done = train(one, "--net", "unet3", "--n_epochs", "1", "--model_name_out", "m")
    assert "one image alone" in done.err and "has_" not in done.err, done.err


@check
def what_does_not_go(tmp):
    data = cells(tmp, n=2)
    done = train(data, "--net", "unet4", code=2)
    assert "--net expects cellpose, unet2, unet3 or semantic" in done.err, done.err
    done = train(data, "--unet", "--nclasses", "5", code=2)
    assert "--nclasses expects 2 or 3, found 5" in done.err, done.err
    done = train(data, "--net", "unet2", "--pretrained_model", "nuclei", code=2)
    assert re.search("--net unet2: the model nuclei is a network with flows", done.err), done.err
    train(data, "--net", "unet2", "--n_epochs", "1", "--model_name_out", "m")
    done = train(data, "--net", "cellpose", "--pretrained_model", f"{data}/models/m", code=2)
    assert "is a U-Net without flows" in done.err, done.err
    done = run("segment", f"{data}/filled_00001.tif", "--pretrained_model", f"{data}/models/m",
               "--unet", "--nclasses", "2", "--chan", "1", "--quiet")
    assert not done.err, done.err


if __name__ == "__main__":
    sys.exit(main())
