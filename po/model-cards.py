#!/usr/bin/python3
"""model-cards.py [--check]: writes model-cards.h, the words of the models' cards for translators.

The window reads cards while it runs (src/scribe/task-card.c) and looks each sentence and each cell of
a table up by its English words; here is the same cut. Run it when a model or its card has changed."""
import json
import re
import struct
import sys
from pathlib import Path

PO = Path(__file__).resolve().parent
MODELS = PO.parent / "models"
KEYS = ("description", "data", "training")
SECTIONS = ("## Scores", "## Limits")


def metadata(path):
    with open(path, "rb") as file:
        size = struct.unpack("<Q", file.read(8))[0]
        return json.loads(file.read(size)).get("__metadata__", {})


def pieces(card):
    """Sentences and cells of the sections that are shown, in their order."""
    inside, sentence = False, ""
    for line in [*card.split("\n"), "#"]:
        line = line.strip()
        if not line or line[0] in "#|":
            if sentence:
                yield sentence
            sentence = ""
        if line.startswith("#"):
            inside = line in SECTIONS
        elif inside and line.startswith("|"):
            yield from (cell.strip() for cell in line.split("|")[1:-1])
        elif inside and line:
            sentence += (" " if sentence else "") + line
            if line[-1] in ":.":
                yield sentence
                sentence = ""


def words():
    """What of it has words: numbers and rules of tables have none."""
    found = {}
    for model in sorted(MODELS.glob("*.safetensors")):
        said = metadata(model)
        card = model.with_suffix(".md")
        for text in [*(said.get(key, "") for key in KEYS),
                     *(pieces(card.read_text()) if card.exists() else ())]:
            if re.search(r"[A-Za-z]{2}", text):
                found.setdefault(text, model.stem)
    return found


def header():
    lines = ["/* Written by model-cards.py: never compiled, read by xgettext alone. */"]
    for text, model in words().items():
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        lines += [f"/* TRANSLATORS: card of the model {model} */", f'N_("{quoted}")']
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit((PO / "model-cards.h").read_text() != header())
    (PO / "model-cards.h").write_text(header())
