#!/usr/bin/python3
"""models.py CYTOSCRIBE: list, info, import, export and remove from outside, in a made-up home."""
import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "fixtures"))
import tap

program = os.path.abspath(sys.argv[1])
root = tempfile.mkdtemp(prefix="cyto-models-")
atexit.register(shutil.rmtree, root)
user = root + "/data/cytoscribe/models"
environment = dict(os.environ, HOME=root, XDG_DATA_HOME=root + "/data", LC_ALL="C")
environment.pop("CELLPOSE_LOCAL_MODELS_PATH", None)
tests = []


def run(*words, code=0):
    done = subprocess.run([program, "models"] + list(words), env=environment, capture_output=True,
                          text=True, timeout=120)
    assert "runtime error" not in done.stderr and "Sanitizer" not in done.stderr, done.stderr
    assert done.returncode == code, (words, done)
    assert (done.stderr == "") if code == 0 else (done.stderr.count("\n") == 1), (words, done)
    return done.stdout if code == 0 else done.stderr


def read(path):
    with open(path, "rb") as stream:
        return stream.read()


def test(function):
    tests.append(function)
    return function


@test
def listing_and_info():
    entries = json.loads(run("list", "--json"))
    assert {"nuclei", "cyto"} <= {e["name"] for e in entries if e["origin"] == "package"}, entries
    info = json.loads(run("info", "nuclei", "--json"))
    assert info["nbase"] == [2, 32, 64, 128, 256] and info["nout"] == 3
    assert info["parameters"] == 6600843 and info["diam_mean"] == 17 and info["size_model"] is True
    assert info["licence"] == "BSD-3-Clause"
    assert "BSD-3-Clause" in run("info", "nuclei") and "6600843" in run("info", "nuclei")


@test
def export_import_round_trip():
    first, second = root + "/first.pth", root + "/second.pth"
    assert run("export", "nuclei", first).split() == [first, first + "_size.npy"]
    assert user in run("import", first, "--name", "copy", "--licence=CC0")
    info = json.loads(run("info", "copy", "--json"))
    assert info["origin"] == "user" and info["licence"] == "CC0" and info["diam_mean"] == 17
    assert info["diam_labels"] == json.loads(run("info", "nuclei", "--json"))["diam_labels"]
    run("export", "copy", second)
    assert read(first) == read(second) and read(first + "_size.npy") == read(second + "_size.npy")
    third = root + "/third.safetensors"
    run("export", "copy", third)
    assert read(third) == read(user + "/copy.safetensors")
    run("export", "copy", root + "/half.safetensors", "--f16")
    assert os.path.getsize(root + "/half.safetensors") < 0.52 * os.path.getsize(third)
    run("info", root + "/half.safetensors")


@test
def size_model_given_apart():
    os.rename(root + "/first.pth_size.npy", root + "/apart.npy")
    run("import", root + "/first.pth", "--name=without")
    assert json.loads(run("info", "without", "--json"))["size_model"] is False
    run("import", root + "/first.pth", "--name=with", "--size", root + "/apart.npy")
    assert json.loads(run("info", "with", "--json"))["size_model"] is True
    assert "size model" in run("import", root + "/first.pth", "--name=bad", "--size=/etc/passwd",
                               code=1)


@test
def names_that_are_taken_or_odd():
    assert "already" in run("import", root + "/first.pth", "--name", "copy", code=2)
    assert "package" in run("import", root + "/first.pth", "--name", "nuclei", code=2)
    for name in ("a b", "../up", ".hidden", "-x", "user:x", "", "x" * 101):
        run("import", root + "/first.pth", "--name=" + name, code=2)
    assert sorted(os.listdir(user)) == ["copy.safetensors", "with.safetensors", "without.safetensors"]


@test
def removing():
    assert "stays" in run("remove", "nuclei", code=2)
    assert "no model named" in run("remove", "nothing", code=2)
    for name in ("copy", "with", "user:without"):
        run("remove", name)
    assert os.listdir(user) == []
    run("remove", "copy", code=2)


@test
def words_that_make_no_sense():
    for words in (["dance"], ["info"], ["info", "a", "b"], ["list", "--name", "x"], ["list", "x"],
                  ["import", root + "/first.pth", "--name"], ["info", "nuclei", "--json=1"],
                  ["export", "nuclei", root + "/x.onnx"], ["export", "nuclei"],
                  ["export", "nuclei", root + "/x.pth", "--f16"], ["info", "nonsense"],
                  ["info", "--", "--json"]):
        run(*words, code=2)
    assert "web page" in run("info", page(), code=1)
    assert "nowhere" in run("export", "nuclei", root + "/nowhere/x.pth", code=1)
    assert not os.path.exists(root + "/nowhere")


def page():
    with open(root + "/page.pth", "w") as stream:
        stream.write("<html>")
    return root + "/page.pth"


tap.run(tests)
