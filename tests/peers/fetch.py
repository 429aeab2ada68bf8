#!/usr/bin/python3
"""fetch.py CYTOSCRIBE: "models fetch" against servers on the loopback that behave in many ways."""
import atexit
import http.server
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "fixtures"))
import tap

program = os.path.abspath(sys.argv[1])
root = tempfile.mkdtemp(prefix="cyto-fetch-")
atexit.register(shutil.rmtree, root)
cellpose = os.path.join(root, "home", "models")
environment = dict(os.environ, HOME=root, XDG_DATA_HOME=root + "/data", LC_ALL="C",
                   CELLPOSE_LOCAL_MODELS_PATH=cellpose, no_proxy="*")
log = []
tests = []


def run(*words, **extra):
    done = subprocess.run([program, "models"] + list(words), env=dict(environment, **extra),
                          capture_output=True, text=True, timeout=120)
    assert "runtime error" not in done.stderr and "Sanitizer" not in done.stderr, done.stderr
    return done


class Server(http.server.BaseHTTPRequestHandler):
    """Serves `files`; `cut` = bytes after which a whole answer is broken off, `ranges` or not."""
    files, cut, ranges, moved = {}, None, True, False

    def do_GET(self):
        begin = 0
        name = self.path.rsplit("/", 1)[1]
        log.append((self.path, self.headers.get("Range")))
        body = self.files.get(name)
        if body is None:
            self.send_error(404)
            return
        if self.moved and not self.path.startswith("/new/"):
            self.send_response(302)
            self.send_header("Location", "/new/" + name)
            self.end_headers()
            return
        wanted = self.headers.get("Range")
        if wanted and self.ranges:
            begin = int(wanted.split("=")[1].split("-")[0])
            if begin >= len(body):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", "bytes %d-%d/%d" % (begin, len(body) - 1, len(body)))
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(body) - begin))
        self.end_headers()
        piece = body[begin:] if self.cut is None else body[begin:begin + self.cut]
        try:
            self.wfile.write(piece)
        except OSError:
            pass
        self.close_connection = True

    def log_message(self, *_):
        pass


def serve(**behaviour):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Some", (Server,), behaviour))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, "http://127.0.0.1:%d/models" % server.server_port


def fresh():
    shutil.rmtree(cellpose, ignore_errors=True)
    log.clear()


def content(name):
    with open(os.path.join(cellpose, name), "rb") as stream:
        return stream.read()


def test(function):
    tests.append(function)
    return function


@test
def whole_file_and_size_model():
    fresh()
    server, url = serve(files={"cytotorch_0": model, "size_cytotorch_0.npy": size})
    done = run("fetch", "cyto", "--url", url)
    assert done.returncode == 0 and done.stderr == "", done
    assert content("cytotorch_0") == model and content("size_cytotorch_0.npy") == size
    assert sorted(os.listdir(cellpose)) == ["cytotorch_0", "size_cytotorch_0.npy"]
    assert done.stdout.split() == [cellpose + "/cytotorch_0", cellpose + "/size_cytotorch_0.npy"]
    assert [path for path, _ in log] == ["/models/cytotorch_0", "/models/size_cytotorch_0.npy"]
    assert "cellpose:cyto" in run("list").stdout
    assert run("info", "cellpose:cyto").returncode == 0
    server.shutdown()


@test
def address_from_the_environment_and_redirect():
    fresh()
    server, url = serve(files={"CP": model}, moved=True)
    done = run("fetch", "CP", CYTOSCRIBE_MODELS_URL=url + "/")
    assert done.returncode == 0 and content("CP") == model, done
    assert [path for path, _ in log] == ["/models/CP", "/new/CP"]
    server.shutdown()


@test
def cut_and_gone_on_with():
    fresh()
    server, url = serve(files={"CP": model}, cut=len(model) // 3 + 1)
    done = run("fetch", "CP", "--url", url)
    assert done.returncode == 0 and content("CP") == model, done
    step = len(model) // 3 + 1
    assert [r for _, r in log] == [None, "bytes=%d-" % step, "bytes=%d-" % (2 * step)], log
    server.shutdown()


@test
def cut_for_good_and_gone_on_with_later():
    fresh()
    server, url = serve(files={"CP": model}, cut=1000)
    done = run("fetch", "CP", "--url", url)
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done
    assert "run the command again" in done.stderr, done.stderr
    assert os.listdir(cellpose) == ["CP.part"]
    kept = len(content("CP.part"))
    assert kept == 5000, kept
    server.shutdown()
    log.clear()
    server, url = serve(files={"CP": model})
    done = run("fetch", "CP", "--url", url)
    assert done.returncode == 0 and content("CP") == model and os.listdir(cellpose) == ["CP"], done
    assert [r for _, r in log] == ["bytes=5000-"], log
    server.shutdown()


@test
def server_without_ranges():
    fresh()
    os.makedirs(cellpose)
    with open(cellpose + "/CP.part", "wb") as stream:
        stream.write(b"old" * 1000)
    server, url = serve(files={"CP": model}, ranges=False)
    done = run("fetch", "CP", "--url", url)
    assert done.returncode == 0 and content("CP") == model, done
    server.shutdown()


@test
def part_longer_than_the_file():
    fresh()
    os.makedirs(cellpose)
    with open(cellpose + "/CP.part", "wb") as stream:
        stream.write(model + b"more")
    server, url = serve(files={"CP": model})
    done = run("fetch", "CP", "--url", url)
    assert done.returncode == 0 and content("CP") == model, done
    server.shutdown()


@test
def not_a_model():
    fresh()
    page = b"<html>Please log in</html>"
    os.makedirs(cellpose)
    with open(cellpose + "/CP", "wb") as stream:
        stream.write(model)
    server, url = serve(files={"CP": page})
    done = run("fetch", "CP", "--url", url)
    assert done.returncode == 1 and "web page" in done.stderr and done.stderr.count("\n") == 1, done
    assert os.listdir(cellpose) == ["CP"] and content("CP") == model
    server.shutdown()


@test
def missing_on_the_server():
    fresh()
    server, url = serve(files={})
    done = run("fetch", "CP", "--url", url)
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done
    assert "404 (not found)" in done.stderr and url + "/CP" in done.stderr, done.stderr
    assert os.listdir(cellpose) == []
    server.shutdown()


@test
def missing_size_model_is_no_failure():
    fresh()
    server, url = serve(files={"nucleitorch_0": model})
    done = run("fetch", "nuclei", "--url", url)
    assert done.returncode == 0 and "no size model" in done.stderr, done
    assert os.listdir(cellpose) == ["nucleitorch_0"]
    server.shutdown()


@test
def nobody_there():
    fresh()
    server, url = serve(files={})
    server.shutdown()
    server.server_close()
    done = run("fetch", "CP", "--url", url)
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done


@test
def words_that_make_no_sense():
    fresh()
    for words in (["fetch", "nonsense"], ["fetch"], ["fetch", "transformer_cp3"], ["fetch", "CP", "x"],
                  ["fetch", "CP", "--json"], ["fetch", "../CP"]):
        done = run(*words)
        assert done.returncode == 2 and done.stderr.count("\n") == 1, (words, done)
    done = run("fetch", "CP", "--url", "file:///etc")
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done
    assert not log


@test
def main_program_has_no_network_code():
    libraries = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
    assert "libcurl" not in libraries and "libssl" not in libraries, libraries


source = os.path.join(root, "source.pth")
made = run("export", "nuclei", source)
if made.returncode != 0:
    print("Bail out! " + made.stderr)
    sys.exit(1)
with open(source, "rb") as stream:
    model = stream.read()
with open(source + "_size.npy", "rb") as stream:
    size = stream.read()
tap.run(tests)
