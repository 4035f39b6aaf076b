"""Emoji by their short names.

The names are those Rich carries for its markup: Unicode's own and the customary ones (`tada`, `+1`). Its table is not
public, but it is here with Rich anyway, and a package of our own for it would be the largest we have; a test tells
if it moves. Skin tones are left out: they would hide everything else, and can be pasted.
"""

import re
from functools import cache
from typing import Final

from chattor.text import is_emoji

OFFERED: Final = 8  # at once
_TONE: Final = re.compile("[\U0001f3fb-\U0001f3ff]")
_WORDS: Final = re.compile("[_-]")


def find(letters: str) -> list[tuple[str, str]]:
    """Names and emoji a few letters fit: names that begin so, then those with a word that does; the shortest first."""
    wanted = letters.casefold()
    fitting = [(_fit(name, wanted), len(name), name, emoji) for name, emoji in _known().items()]
    found: dict[str, str] = {}
    for fit, _, name, emoji in sorted(fitting):
        if fit < _NO_FIT and emoji not in found and len(found) < OFFERED:
            found[emoji] = name
    return [(name, emoji) for emoji, name in found.items()]


_NO_FIT: Final = 3


def _fit(name: str, wanted: str) -> int:
    if name == wanted:
        return 0
    if name.startswith(wanted):
        return 1
    return 2 if any(word.startswith(wanted) for word in _WORDS.split(name)) else _NO_FIT


@cache
def _known() -> dict[str, str]:
    from rich._emoji_codes import EMOJI

    return {name: emoji for name, emoji in EMOJI.items() if is_emoji(emoji) and not _TONE.search(emoji)}
