#!/usr/bin/python3
"""shortcuts.py SOURCE: the tables of keys in the code, the window of shortcuts and the menus say the
same. Reads sources alone: needs no display."""
import re
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

SOURCE = Path(sys.argv[1])
SCRIBE = SOURCE / "src/scribe"
MODIFIERS = {"GDK_CONTROL_MASK": "Control", "GDK_SHIFT_MASK": "Shift", "GDK_ALT_MASK": "Alt"}


def accelerator(text):
    """"<Control><Shift>z" as (modifiers, key)."""
    modifiers = frozenset(re.findall(r"<(\w+)>", text))
    return modifiers, re.sub(r"<\w+>", "", text).lower()


def table(text, name):
    return re.search(r"\} %s\[\] = \{\n(.*?)\n\s*\};" % name, text, re.S)[1]


def everywhere_keys():
    """Action → keys that work wherever the focus is."""
    text = (SCRIBE / "scribe-window-actions.c").read_text()
    found = {}
    for action, keys in re.findall(r'\{"([\w.-]+)",\s*\{([^}]*)\}\}', table(text, "accels")):
        found[action] = {accelerator(key) for key in re.findall(r'"([^"]+)"', keys)}
    for key, action in re.findall(r'\{GDK_KEY_(\w+), "([\w.-]+)"\}', table(text, "letters")):
        found.setdefault(action, set()).add((frozenset(), key.lower()))
    text = (SCRIBE / "scribe-application.c").read_text()
    found["app.quit"] = {accelerator(re.search(r'quit_keys\[\] = \{"([^"]+)"', text)[1])}
    return found


def canvas_keys():
    """(action, argument) → keys of the picture."""
    text = (SCRIBE / "scribe-canvas-actions.c").read_text()
    found = {}
    for key, mask, action, argument in re.findall(
            r'\{GDK_KEY_(\w+), ([\w| ]+), "([\w.-]+)",\s*(?:"([\w-]+)"|NULL)\}', table(text, "keys")):
        modifiers = frozenset(MODIFIERS[m] for m in re.findall(r"\w+", mask) if m != "0")
        found.setdefault((action, argument), []).append((modifiers, key.lower()))
    return found


def shown():
    """Title → keys of the window of shortcuts."""
    tree = xml.parse(SOURCE / "ui/shortcuts.ui")
    found = {}
    for shortcut in tree.iter("object"):
        if shortcut.get("class") != "GtkShortcutsShortcut":
            continue
        said = {p.get("name"): p.text for p in shortcut.findall("property")}
        assert said["title"] not in found, f"twice: {said['title']}"
        if "accelerator" in said:
            found[said["title"]] = {accelerator(key) for key in said["accelerator"].split()}
    return found


def ui_actions():
    """Actions that a menu or a button has."""
    found = set()
    for path in (SOURCE / "ui").glob("*.ui"):
        text = path.read_text()
        found |= set(re.findall(r'<attribute name="action">([^<]+)', text))
        found |= set(re.findall(r'<property name="action-name">([^<]+)', text))
    return found


def every_command_with_a_key_is_in_the_window_of_shortcuts():
    there = set().union(*shown().values())
    missing = [action for action, keys in everywhere_keys().items() if not keys & there]
    missing += [" ".join(action) for action, keys in canvas_keys().items() if not set(keys) & there]
    assert not missing, missing


def every_key_in_the_window_of_shortcuts_does_something():
    bound = set().union(*everywhere_keys().values(), *map(set, canvas_keys().values()))
    held = {(frozenset(), key) for key in ("space", "grave")}  # scribe-canvas-input.c
    unbound = {title: keys - bound - held for title, keys in shown().items() if keys - bound - held}
    assert not unbound, unbound


def no_key_has_two_meanings():
    seen = {}
    for action, keys in [*everywhere_keys().items(),
                         *((a[0], k) for a, k in canvas_keys().items())]:
        for key in keys:
            other = seen.setdefault(key, action)
            same = {other, action} <= {"canvas.delete-selected", "win.delete-selected"}
            assert other == action or same, f"{key} is {other} and {action}"


def every_command_with_a_key_has_a_menu_or_a_button():
    quiet = {"app.quit"}  # the window's own button
    missing = sorted(set(everywhere_keys()) - ui_actions() - quiet)
    assert not missing, missing


def every_action_of_menus_and_buttons_exists():
    text = "".join(path.read_text() for path in SCRIBE.glob("*.c"))
    own = {"win.show-help-overlay"}  # GtkApplicationWindow's
    missing = [name for name in ui_actions() - own
               if f'"{name.split(".", 1)[1]}"' not in text and f'"{name}"' not in text]
    assert not missing, missing


CHECKS = [every_command_with_a_key_is_in_the_window_of_shortcuts,
          every_key_in_the_window_of_shortcuts_does_something,
          no_key_has_two_meanings,
          every_command_with_a_key_has_a_menu_or_a_button,
          every_action_of_menus_and_buttons_exists]
print(f"1..{len(CHECKS)}")
bad = 0
for number, check in enumerate(CHECKS, 1):
    try:
        check()
        print(f"ok {number} - {check.__name__.replace('_', ' ')}")
    except AssertionError as error:
        bad += 1
        print(f"not ok {number} - {check.__name__.replace('_', ' ')}\n# {error}")
sys.exit(bad > 0)
