"""Names of keys: as users write them, as Textual calls them, as they are shown. Pure.

A key is its modifiers and its name, joined by +: `ctrl+k`, `alt+up`, `G`. Commas part several; `none` is no key.
"""

import re
import unicodedata
from typing import Final

NONE: Final = "none"
_MODIFIERS: Final = ("alt", "ctrl", "hyper", "meta", "shift", "super")
_PLAIN: Final = (
    "enter",
    "escape",
    "tab",
    "space",
    "backspace",
    "delete",
    "insert",
    "home",
    "end",
    "pageup",
    "pagedown",
)
_NAMED: Final = frozenset((*_PLAIN, "up", "down", "left", "right", *(f"f{number}" for number in range(1, 25))))
_FRIENDLY: Final = {
    "solidus": "slash", "reverse_solidus": "backslash", "commercial_at": "at",
    "hyphen_minus": "minus", "plus_sign": "plus", "low_line": "underscore",
}  # fmt: skip


def _called(char: str) -> str:
    name = unicodedata.name(char).lower().replace("-", "_").replace(" ", "_")
    return _FRIENDLY.get(name, name)


_NAMES: Final = {char: _called(char) for char in map(chr, range(33, 127)) if not char.isalnum()}
_SIGNS: Final = {name: char for char, name in _NAMES.items()}
_TWINS: Final = {"ctrl+i": "Tab", "ctrl+m": "Enter", "ctrl+h": "Backspace", "ctrl+left_square_bracket": "Esc"}
_SHORT: Final = {"escape": "Esc", "pageup": "PgUp", "pagedown": "PgDn", "delete": "Del", "insert": "Ins"}


def parse(text: str) -> tuple[str, ...]:
    """What was written as Textual's names. Raises ValueError with a sentence about what is wrong."""
    if text.strip() == NONE:
        return ()
    return tuple(dict.fromkeys(_key(part.strip()) for part in text.split(",")))


def is_typed(key: str) -> bool:
    """Whether the key writes a character where one can write."""
    return len(key) == 1 or key in _SIGNS or key == "space"


def words(key: str) -> str:
    """`ctrl+k` as `Ctrl+K`, `plus` as `+`."""
    *modifiers, name = key.split("+")
    shown = _SIGNS.get(name) or _SHORT.get(name) or name
    if len(shown) > 1 or modifiers:
        shown = shown[:1].upper() + shown[1:]
    return "+".join([*map(str.capitalize, modifiers), shown])


def all_words(keys: tuple[str, ...]) -> str:
    """`Ctrl+K, Alt+K`."""
    return ", ".join(map(words, keys))


def _key(written: str) -> str:
    *modifiers, name = [written] if len(written) == 1 else re.split(r"\+(?=.)", written)
    modifiers = sorted({modifier.strip().lower() for modifier in modifiers})
    for modifier in modifiers:
        if modifier not in _MODIFIERS:
            raise ValueError(f"there is no modifier {modifier[:20]!r}; there are {', '.join(_MODIFIERS)}")
    name = _name(name.strip(), modifiers)
    if modifiers == ["shift"] and len(name) == 1:
        return name.upper()
    key = "+".join([*modifiers, name])
    if key in _TWINS:
        raise ValueError(f"a terminal cannot tell {words(key)} from {_TWINS[key]}")
    return key


def _name(name: str, modifiers: list[str]) -> str:
    if len(name) == 1 and name.isascii() and name.isalnum():
        return name.lower() if modifiers else name
    found = _NAMES.get(name, name.lower())
    if found not in _NAMED and found not in _SIGNS:
        raise ValueError(f"there is no key {name[:20]!r}; `chattor keys --listen` tells what a key is called")
    return found
