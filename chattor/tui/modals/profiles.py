"""Which profiles there are, and how to come to another: a window is always one profile's."""

from collections.abc import Sequence

from textual.app import ComposeResult

from chattor.tui.ink import Piece
from chattor.tui.modals.dialog import Dialog
from chattor.tui.widgets.plain import Plain

HOW = (
    ("chattor --profile NAME", "opens another one, or makes it"),
    ("chattor profiles switch NAME", "opens it whenever none is named"),
)


class Profiles(Dialog[None]):
    """They share nothing, so a window cannot change over: another one is opened."""

    title_words = "Profiles"

    def __init__(self, names: Sequence[str], present: str) -> None:
        super().__init__()
        self._names = names
        self._present = present

    def body(self) -> ComposeResult:
        """The names, then what to type in a shell."""
        yield Plain([piece for name in self._names for piece in self._line(name)])
        yield Plain("Profiles share nothing: keys, friends, history and Tor circuits are each one's own.")
        yield Plain([piece for command, does in HOW for piece in ((command, "accent"), (f"  {does}\n", "muted"))])

    def _line(self, name: str) -> tuple[Piece, Piece]:
        here = name == self._present
        return (name, "strong" if here else "text"), ("  this window\n" if here else "\n", "muted")
