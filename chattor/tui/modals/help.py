"""What can be done where the focus is, and then everything else, with the keys as they are set."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult

from chattor.tui.commands import Command
from chattor.tui.here import SHOWN, Line
from chattor.tui.ink import Piece
from chattor.tui.keymap import Keymap
from chattor.tui.keynames import all_words
from chattor.tui.keytable import KEYS, Place
from chattor.tui.modals.dialog import Dialog
from chattor.tui.widgets.plain import Plain
from chattor.tui.wrap import wrap

_KEYS = 24  # cells
_LEAST = 24  # cells of what they do; with less they stand below
WRITING = (
    ("/word", "A command; // at the start sends a slash"),
    ("/ @ :", "Offer commands, friends, emoji; Tab and Enter take, Esc does not"),
    ("paste", "Never sends"),
    ("drag, then copy", "Marks; Shift+drag is the terminal's own"),
)
STATES = (
    ("queued", "On disk here, not sent yet"),
    ("sending", "On its way"),
    ("delivered", "On your friend's disk"),
    ("read", "Your friend has seen it"),
)
_ELSEWHERE = (Place.WRITING, Place.EDITING, Place.MESSAGES, Place.POSTS, Place.LISTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Where help was asked for: what to know there, what the keys do, and the commands that make sense, if any."""

    place: Place | None
    about: Sequence[str]
    keys: Sequence[Line]
    commands: Sequence[Command]


class Help(Dialog[None]):
    """One page to scroll."""

    title_words = "Help"

    def __init__(self, here: Surroundings, keymap: Keymap) -> None:
        super().__init__()
        self._here = here
        self._keymap = keymap

    def body(self) -> ComposeResult:
        """Written once the width is known."""
        yield Plain(id="help")

    def on_resize(self) -> None:
        """What keys do stands beside them, wrapped."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        page = self.query_one("#help", Plain)
        cells = page.container_size.width - 5
        column = _KEYS if cells - _KEYS >= _LEAST else 0
        about = [piece for words in self._here.about for piece in _paragraph(words, cells)]
        sections = [piece for title, lines in self._sections() for piece in _section(title, lines, cells, column)]
        page.say([*about, *sections])

    def _sections(self) -> Iterable[tuple[str, Iterable[Line]]]:
        here = self._here
        yield str(here.place or "Here"), [*here.keys, *(WRITING if here.place is Place.WRITING else ())]
        if here.commands:
            yield "Commands", map(self._command, here.commands)
            yield "States", STATES
            yield from ((str(place), self._keys_of(place)) for place in _ELSEWHERE if place is not here.place)

    def _command(self, command: Command) -> Line:
        slash = f"/{command.name} {command.argument}".rstrip()
        keys = self._keymap.first(command.name)
        return (f"{slash}  {keys}" if keys else slash), command.help

    def _keys_of(self, place: Place) -> Iterable[Line]:
        keys = ((self._keymap.keys[key.id][:SHOWN], key) for key in KEYS if key.place is place)
        return ((all_words(found), key.words) for found, key in keys if found)


def _paragraph(words: str, cells: int) -> list[Piece]:
    return [*((f"{line.text}\n", "text") for line in wrap(words, cells)), ("\n", "text")]


def _section(title: str, lines: Iterable[Line], cells: int, column: int) -> list[Piece]:
    """Keys in a column of so many cells; what does not fit there stands above its words."""
    pieces: list[Piece] = [(f"{title}\n", "strong")]
    for keys, words in lines:
        first, *rest = [line.text for line in wrap(words, cells - column)] or [""]
        if len(keys) > column:
            pieces.append((f"  {keys}\n", "accent"))
            keys = ""
        pieces += [(f"  {keys:<{column}}", "accent"), (f"  {first}\n", "text")]
        pieces += [(f"{' ' * (column + 4)}{line}\n", "text") for line in rest]
    return [*pieces, ("\n", "text")]
