"""Which keys do what in this run: a preset under what the user's `[keymap]` says, without clashes. Pure.

What is wrong with a keymap is told in sentences and otherwise ignored: nobody is locked out by a typing error.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from chattor.errors import BadInput
from chattor.tui.keynames import NONE, all_words, is_typed, parse, words
from chattor.tui.keytable import BY_ID, KEYS, TOGETHER, Key, Place
from chattor.words import meant

_EMACS: Final = {
    "jump": "alt+k",
    "find": "ctrl+s",
    "commands": "alt+x",
    "verify": "none",
    "back-out": "escape,ctrl+g",
    "message-leave": "escape,ctrl+g",
    "message-above": "up,ctrl+p,k",
    "message-below": "down,ctrl+n,j",
    "history-page-up": "pageup,alt+v",
    "history-page-down": "pagedown,ctrl+v",
    "list-up": "up,ctrl+p,k",
    "list-down": "down,ctrl+n,j",
    "list-page-up": "pageup,alt+v",
    "list-page-down": "pagedown,ctrl+v",
    "write-page-up": "pageup,alt+v",
    "write-page-down": "pagedown,ctrl+v",
    "cursor-up": "up,ctrl+p",
    "cursor-down": "down,ctrl+n",
    "cursor-left": "left,ctrl+b",
    "cursor-right": "right,ctrl+f",
    "word-left": "ctrl+left,alt+b",
    "word-right": "ctrl+right,alt+f",
    "delete-word-right": "alt+delete,alt+d",
    "delete-to-end": "ctrl+k",
    "paste": "ctrl+y",
    "undo": "ctrl+z,ctrl+underscore",
    "redo": "ctrl+r",
}
_VIM: Final = {
    "help": "f1,question_mark",
    "find": "ctrl+f,slash",
    "commands": "ctrl+p,colon",
    "back": "alt+z,ctrl+o",
    "up": "alt+up,ctrl+pageup,K",
    "down": "alt+down,ctrl+pagedown,J",
    "write-choose": "escape",
    "message-leave": "i,a",
}
PRESETS: Final[Mapping[str, Mapping[str, str]]] = {"default": {}, "emacs": _EMACS, "vim": _VIM}


@dataclass(frozen=True, slots=True)
class Keymap:
    """The keys of every id, and what was wrong, a sentence each."""

    keys: Mapping[str, tuple[str, ...]]
    problems: tuple[str, ...] = ()

    def words(self, id: str) -> str:
        """All keys as they are shown: `Ctrl+K, Alt+K`; empty for none."""
        return all_words(self.keys[id])

    def first(self, id: str) -> str:
        """The one to tell people of."""
        return all_words(self.keys[id][:1])

    @property
    def changed(self) -> dict[str, str]:
        """What Textual has to be told: every id, or nothing if all is as the table says.

        Textual puts what was changed behind what was not; told everything, it keeps the order of the footer.
        """
        if all(keys == parse(BY_ID[name].keys or NONE) for name, keys in self.keys.items()):
            return {}
        return {name: ",".join(keys) or NONE for name, keys in self.keys.items()}


def resolve(preset: str = "default", own: Mapping[str, str] | None = None) -> Keymap:
    """The keys for a preset and what the user wants otherwise, by id."""
    given: dict[str, tuple[str, ...]] = {}
    problems: list[str] = []
    for name, text in (own or {}).items():
        try:
            given[name] = checked(name, text)
        except BadInput as error:
            problems.append(f"settings.toml, {error}.")
    wanted = {key.id: given.get(key.id, parse(PRESETS[preset].get(key.id, key.keys) or NONE)) for key in KEYS}
    keys: dict[str, tuple[str, ...]] = {}
    for key in sorted(KEYS, key=lambda key: _rank(key.id, given, preset)):
        kept = tuple(_without_clashes(key, wanted[key.id], keys, problems))
        keys[key.id] = kept
    return Keymap({key.id: keys[key.id] for key in KEYS}, tuple(problems))


def checked(id: str, text: str) -> tuple[str, ...]:
    """The keys somebody wants for an id. Raises BadInput."""
    if id not in BY_ID:
        raise BadInput(f"keymap: there is nothing called {id[:40]!r}{meant(id, BY_ID)}")
    try:
        keys = parse(text)
    except ValueError as error:
        raise BadInput(f"keymap.{id}: {error}") from error
    typed = next((key for key in keys if is_typed(key)), None)
    if typed and BY_ID[id].place in (Place.WRITING, Place.EDITING):
        raise BadInput(f"keymap.{id}: {words(typed)} writes a character, and cannot do anything else there")
    return keys


def _rank(id: str, given: Mapping[str, object], preset: str) -> int:
    """Who keeps a key two want: what the user said, then the preset, then the table."""
    return 0 if id in given else 1 if id in PRESETS[preset] else 2


def _without_clashes(
    key: Key, wanted: tuple[str, ...], keys: Mapping[str, tuple[str, ...]], problems: list[str]
) -> Iterable[str]:
    for one in wanted:
        other = next((BY_ID[name] for name, taken in keys.items() if one in taken and _meet(key, BY_ID[name])), None)
        if other is None:
            yield one
        else:
            problems.append(
                f"{words(one)} is wanted for “{other.title}” ({other.id}) and “{key.title}” ({key.id}): "
                "it does the first."
            )


def _meet(one: Key, other: Key) -> bool:
    """Could both be meant by one key press?"""
    if one.place is other.place:
        return True
    return frozenset((one.place, other.place)) in TOGETHER and not (one.yields or other.yields)
