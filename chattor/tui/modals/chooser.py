"""The frame of a line to write in above a list: the letters keep the focus, and the arrows move in the list."""

from typing import Generic, TypeVar

from textual.binding import Binding
from textual.screen import ModalScreen

from chattor.tui.bindings import binding
from chattor.tui.widgets.rows import RowList

T = TypeVar("T")


class Chooser(ModalScreen[T], Generic[T]):
    """Subclasses compose a `Field` and a `RowList`, and return what was chosen; Esc returns None."""

    BINDINGS = [
        Binding("escape", "dismiss", "Back"),
        binding("help"),
        Binding("up,ctrl+p", "move(-1)", "Up", show=False),
        Binding("down,ctrl+n", "move(1)", "Down", show=False),
        Binding("pageup", "move(-8)", "Page up", show=False),
        Binding("pagedown", "move(8)", "Page down", show=False),
    ]

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one(RowList)

    def on_mount(self) -> None:
        """Tab does not lead away from the letters."""
        self.rows.can_focus = False

    def action_move(self, by: int) -> None:
        """In the list, while the letters keep the focus."""
        self.rows.action_move(by)
