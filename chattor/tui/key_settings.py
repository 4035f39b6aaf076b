"""Keys as settings: one for everything that has a key or could have one, so that the window changes them like the rest.

What a node lists of `[keymap]` is only what was changed; what there is to change, and the names of keys, is known here.
"""

from collections.abc import Iterator
from typing import Final

from chattor.config.settings import FREE
from chattor.model.settings import Setting
from chattor.tui.keymap import PRESETS, Keymap, checked
from chattor.tui.keynames import NONE, parse
from chattor.tui.keytable import KEYS

PREFIX: Final = f"{FREE}."


def key_settings(keymap: Keymap, preset: str) -> Iterator[Setting]:
    """In the order of the table."""
    for key in KEYS:
        yield Setting(
            key=f"{PREFIX}{key.id}",
            value=_text(keymap.keys[key.id]),
            default=_text(parse(PRESETS[preset].get(key.id, key.keys) or NONE)),
            choices=[],
            help=f"{key.place}: {key.words[:1].lower()}{key.words[1:]}.",
            restart=False,
        )


def check(key: str, value: str) -> None:
    """Raises BadInput for keys that are none, or cannot be had; whatever else is set is not looked at."""
    if key.startswith(PREFIX) and value:
        checked(key.removeprefix(PREFIX), value)


def _text(keys: tuple[str, ...]) -> str:
    return ", ".join(keys) or NONE
