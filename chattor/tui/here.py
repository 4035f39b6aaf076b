"""What the keys do where the focus is, as Textual would decide it now: the truth the help tells."""

from typing import Any, Final

from textual.binding import ActiveBinding
from textual.containers import ScrollableContainer
from textual.screen import Screen

from chattor.tui.keynames import NONE, all_words
from chattor.tui.keytable import BY_ID, Place
from chattor.tui.widgets.plain import Field

SHOWN: Final = 2  # keys of one thing
Line = tuple[str, str]
"""Keys, and what they do."""
_ELSEWHERE: Final = (Place.WINDOW, Place.EDITING)
_TEXTUAL: Final = {
    "app.focus_next": "To the next part", "app.focus_previous": "To the part before",
    "screen.copy_text": "Copy what is marked", "press": "Press the button",
}  # fmt: skip


def keys_here(screen: Screen[object]) -> list[Line]:
    """What the footer shows first; commands and editing are not among them."""
    found: dict[tuple[object, str], tuple[list[str], ActiveBinding]] = {}
    for key, active in screen.active_bindings.items():
        if key != NONE and _words(active):
            found.setdefault((active.node, active.binding.action), ([], active))[0].append(key)
    first = sorted(found.values(), key=lambda one: not one[1].binding.show)
    return [(all_words(tuple(keys[:SHOWN])), _words(active)) for keys, active in first]


def place_of(screen: Screen[object]) -> Place | None:
    """Where the focus is; None where it is on nothing that has keys of its own."""
    names = (active.binding.id for active in screen.active_bindings.values())
    places = {BY_ID[name].place: None for name in names if name in BY_ID and BY_ID[name].place not in _ELSEWHERE}
    return next((place for place in places if place is not Place.LISTS), Place.LISTS if places else None)


def is_bound(screen: Screen[Any], key: str) -> bool:
    """Whether a key means something where the focus is, even if it would do nothing now."""
    return any(key == bound for _, bindings in screen._modal_binding_chain for bound, _ in bindings)  # noqa: SLF001  the public table lacks what is off


def obeys_commands(screen: Screen[object]) -> bool:
    """Whether this is the window with the commands."""
    return any(active.binding.id == "back-out" for active in screen.active_bindings.values())


def _words(active: ActiveBinding) -> str:
    """What it does; empty for what need not be told, or stands elsewhere in the help."""
    binding = active.binding
    if known := BY_ID.get(binding.id or ""):
        is_elsewhere = known.place in _ELSEWHERE and known.id != "back-out"
        return "" if is_elsewhere else known.words
    if binding.system or isinstance(active.node, Field | ScrollableContainer):
        return ""
    return _TEXTUAL.get(binding.action, binding.description)
