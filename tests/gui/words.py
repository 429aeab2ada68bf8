#!/usr/bin/python3
"""words.py SOURCE: every text of the window and of the shipped models' cards has its Chinese. Reads
sources alone: needs no display."""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "fixtures"))
import tap

SOURCE = Path(sys.argv[1])
PO = SOURCE / "po"


def texts(path):
    """msgid → msgstr of a .po file."""
    found = {}
    for entry in re.split(r"\n\s*\n", path.read_text()):
        said = {key: "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', lines)) for key, lines in
                re.findall(r'^(msgid|msgstr)(?:\[0\])? ((?:".*"\n?)+)', entry, re.M)}
        if "msgid" in said:
            found[said["msgid"]] = said.get("msgstr", "")
    return found


def cards_are_those_of_the_models():
    done = subprocess.run(["/usr/bin/python3", PO / "model-cards.py", "--check"])
    assert done.returncode == 0, "a model or its card has changed: run po/model-cards.py"
    chinese = texts(PO / "zh_CN.po")
    words = re.findall(r'N_\("((?:[^"\\]|\\.)*)"\)', (PO / "model-cards.h").read_text())
    missing = [word for word in words if not chinese.get(word)]
    assert words and not missing, f"no Chinese for {missing}"


def every_text_has_its_chinese():
    if not shutil.which("xgettext"):
        return "no xgettext: not looked at"
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder, "all.po")
        subprocess.run(["xgettext", "--from-code=UTF-8", "-k_", "-kN_", "-kngettext:1,2", "-f",
                        "po/POTFILES", "-o", pot], cwd=SOURCE, check=True, capture_output=True)
        wanted = texts(pot)
    chinese = texts(PO / "zh_CN.po")
    missing = [text for text in wanted if not chinese.get(text)]
    assert len(wanted) > 400 and not missing, f"no Chinese for {missing}"
    return f"{len(wanted)} texts"


def every_source_with_texts_is_listed():
    listed = (PO / "POTFILES").read_text().split()
    assert all((SOURCE / name).exists() for name in listed), "POTFILES names what is not there"
    for path in sorted((SOURCE / "src/scribe").glob("*.c")):
        speaks = re.search(r'(?<!\w)(?:N?_|n?gettext)\("', path.read_text())
        assert not speaks or str(path.relative_to(SOURCE)) in listed, path
    for path in sorted((SOURCE / "ui").glob("*.ui")):
        speaks = 'translatable="yes"' in path.read_text()
        assert not speaks or str(path.relative_to(SOURCE)) in listed, path


CHECKS = [cards_are_those_of_the_models, every_text_has_its_chinese,
          every_source_with_texts_is_listed]
tap.run(CHECKS)
