#!/usr/bin/python3
"""package.py SOURCE BUILD: the flatpak manifest and the files a desktop reads, checked without a
network: build the package itself with flatpak-builder."""
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "fixtures"))
import tap

SOURCE, BUILD = Path(sys.argv[1]), Path(sys.argv[2])
ID = "org.cytoscribe.Cytoscribe"
METAINFO, DESKTOP = BUILD / f"data/{ID}.metainfo.xml", BUILD / f"data/{ID}.desktop"


def manifest():
    try:
        import yaml
    except ImportError:
        return None
    return yaml.safe_load((SOURCE / f"flatpak/{ID}.yml").read_text())


def tool(name, *words):
    """Runs it, or says that it is not there."""
    if not shutil.which(name):
        return f"SKIP {name} is not installed"
    done = subprocess.run([name, *map(str, words)], capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr).strip().replace("\n", "; ")
    return None


def the_manifest_names_this_program_and_a_runtime_with_gtk_4_8():
    m = manifest()
    if m is None:
        return "SKIP python3-yaml is not installed"
    assert m["id"] == ID and m["command"] == "cytoscribe-gui", m
    assert m["runtime"] == "org.gnome.Platform" and m["sdk"] == "org.gnome.Sdk"
    assert int(m["runtime-version"]) >= 43, "GNOME 43 was the first with GTK 4.8"
    assert m["modules"][-1]["buildsystem"] == "meson"
    return None


def what_the_package_may_do_is_what_it_needs():
    m = manifest()
    if m is None:
        return "SKIP python3-yaml is not installed"
    given = set(m["finish-args"])
    allowed = {"--socket=wayland", "--socket=fallback-x11", "--share=ipc", "--device=dri",
               "--filesystem=home", "--filesystem=/media", "--filesystem=/run/media",
               "--filesystem=/mnt"}
    assert given <= allowed, given - allowed
    assert {"--socket=wayland", "--filesystem=home"} <= given
    assert not any("network" in arg for arg in given)
    return None


def every_library_the_build_asks_for_is_in_the_runtime_or_a_module():
    m = manifest()
    if m is None:
        return "SKIP python3-yaml is not installed"
    # In org.gnome.Platform or the freedesktop one below it.
    runtime = {"libtiff-4", "libpng", "libjpeg", "zlib", "expat", "libcurl", "gtk4", "threads"}
    modules = {module["name"] for module in m["modules"]}
    asked = set(re.findall(r"dependency\('([^']+)'", (SOURCE / "meson.build").read_text()))
    assert asked - runtime <= modules, asked - runtime - modules
    return None


def every_download_is_pinned():
    m = manifest()
    if m is None:
        return "SKIP python3-yaml is not installed"
    for module in m["modules"]:
        for source in module["sources"]:
            if source["type"] == "dir":
                assert (SOURCE / "flatpak" / source["path"] / "meson.build").exists(), source
            else:
                assert re.fullmatch("[0-9a-f]{64}", source["sha256"]), source
                urls = [source["url"], *source.get("mirror-urls", [])]
                assert all(url.startswith("https://") for url in urls), urls
    return None


def the_metainfo_is_valid():
    return tool("appstreamcli", "validate", "--no-net", "--explain", METAINFO)


def the_desktop_file_is_valid():
    return tool("desktop-file-validate", DESKTOP)


def names_agree_and_every_file_named_is_there():
    entry = dict(line.split("=", 1) for line in DESKTOP.read_text().splitlines() if "=" in line)
    root = xml.parse(METAINFO).getroot()
    assert root.findtext("id") == ID and root.findtext("launchable") == ID + ".desktop"
    assert entry["Icon"] == ID and (SOURCE / f"data/{ID}.svg").exists()
    assert xml.parse(SOURCE / f"data/{ID}.svg").getroot().get("viewBox")
    program = root.findtext("provides/binary")
    assert entry["Exec"].split()[0] == program
    assert f"executable('{program}'" in (SOURCE / "src/scribe/meson.build").read_text()
    version = re.search(r"version: '([\d.]+)'", (SOURCE / "meson.build").read_text())[1]
    assert root.find("releases/release").get("version") == version
    types = {t.text for t in root.iter("mediatype")}
    assert types <= set(entry["MimeType"].split(";")), types
    assert "Name[zh_CN]" in entry or "Comment[zh_CN]" in entry, "no Chinese in the desktop file"


CHECKS = [the_manifest_names_this_program_and_a_runtime_with_gtk_4_8,
          what_the_package_may_do_is_what_it_needs,
          every_library_the_build_asks_for_is_in_the_runtime_or_a_module,
          every_download_is_pinned, the_metainfo_is_valid, the_desktop_file_is_valid,
          names_agree_and_every_file_named_is_there]
tap.run(CHECKS)
