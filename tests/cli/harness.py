"""What the tests of the program from outside share: pictures, calls, the list of checks."""
import os
import shutil
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image

BINARY = os.path.abspath(sys.argv[1])
CHECKS = []


class Skip(Exception):
    pass


def check(function):
    CHECKS.append(function)
    return function


def discs(seed, ny=160, nx=170, n=9, radius=8):
    """Bright discs on a 3 × 3 grid with a little noise: uint8, and the number of discs."""
    rng = np.random.default_rng(seed)
    picture = rng.normal(20, 3, (ny, nx))
    yy, xx = np.mgrid[:ny, :nx]
    side = int(np.ceil(np.sqrt(n)))
    for k in range(n):
        cy = (k // side + 0.5) * ny / side + rng.integers(-5, 6)
        cx = (k % side + 0.5) * nx / side + rng.integers(-5, 6)
        distance = np.hypot(yy - cy, xx - cx)
        picture += 150 / (1 + np.exp(np.clip((distance - radius) / 0.8, -50, 50)))
    return np.clip(picture, 0, 255).astype(np.uint8)


def write_png(path, array):
    Image.fromarray(array).save(path, format="PNG")


def folder_of_discs(folder, names=("img1.png", "img2.png", "img10.png")):
    for k, name in enumerate(names):
        write_png(os.path.join(folder, name), discs(k))
    return folder


NUCLEI = ["--pretrained_model", "nuclei", "--diameter", "17"]


def run(*args, code=0, env=None, **options):
    environment = dict(os.environ, **(env or {}))
    done = subprocess.run([BINARY, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=environment, timeout=300, **options)
    done.out = done.stdout.decode("utf-8", "replace")
    done.err = done.stderr.decode("utf-8", "replace")
    assert done.returncode == code, (
        f"exit {done.returncode}, expected {code}\n{args}\n{done.out}\n{done.err}")
    return done


def masks_of(path):
    return np.array(Image.open(path))


def contents(folder):
    """Every file below a folder and its bytes."""
    found = {}
    for base, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            with open(path, "rb") as stream:
                found[os.path.relpath(path, folder)] = stream.read()
    return found


def no_leftovers(folder):
    left = [name for name in contents(folder) if ".cytoscribe-" in name]
    assert not left, f"temporary files are left: {left}"


def ordinary_user():
    """Options of a call as somebody whom permissions stop; root drops to nobody."""
    if os.geteuid() != 0:
        return {}
    user = {"user": 65534, "group": 65534, "extra_groups": []}
    if subprocess.run([BINARY, "models", "list"], stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL, **user).returncode:
        raise Skip("an ordinary user cannot reach the program and its models here")
    return user


def main():
    only = sys.argv[2:]
    checks = [c for c in CHECKS if not only or c.__name__ in only]
    print(f"1..{len(checks)}")
    failed = 0
    for k, function in enumerate(checks, 1):
        tmp = tempfile.mkdtemp(prefix="cytoscribe-test-")
        os.chmod(tmp, 0o755)
        verdict = f"ok {k} - {function.__name__}"
        try:
            function(tmp)
        except Skip as reason:
            verdict += f" # SKIP {reason}"
        except Exception as error:  # a failed check is reported, the others go on
            failed += 1
            verdict = "not " + verdict
            print("# " + f"{type(error).__name__}: {error}".replace("\n", "\n# "))
        finally:
            shutil.rmtree(tmp, ignore_errors=True)
        print(verdict, flush=True)
    return failed > 0
