"""From the table of keys to Textual's bindings; `App.set_keymap` gives them the user's keys by their ids."""

from textual.binding import Binding

from chattor.tui.keynames import NONE
from chattor.tui.keytable import BY_ID, KEYS, Key, Place


def bindings(place: Place) -> list[Binding]:
    """All of a place, in the order of the table."""
    return [_binding(key) for key in KEYS if key.place is place]


def binding(id: str, action: str | None = None) -> Binding:
    """One of them, for a place where it does the same by another way."""
    return _binding(BY_ID[id], action)


def _binding(key: Key, action: str | None = None) -> Binding:
    keys = key.keys or NONE
    return Binding(keys, action or key.action, key.short or key.title, id=key.id, show=bool(key.short))
