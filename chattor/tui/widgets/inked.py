"""Widgets that draw pieces in inks, line by line."""

from collections.abc import Sequence

from rich.style import Style
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from chattor.tui.ink import COMPONENTS, Ink, Piece, Pieces, spread, strip


class Inked(ScrollView, can_focus=False):
    """Scrolls by itself; `render_line` of a subclass returns strips in our inks."""

    COMPONENT_CLASSES = {*COMPONENTS, "row--cursor"}
    ALLOW_SELECT = False

    def ink(self, ink: Ink) -> Style:
        """How an ink is drawn on our ground."""
        return self.get_component_rich_style(f"ink--{ink}")

    def ink_on_cursor(self, ink: Ink) -> Style:
        """The same on the chosen row: another ground; where there are no colours, all of it reversed alike."""
        return self.ink("text" if self.app.no_color else ink) + self.get_component_rich_style(
            "row--cursor", partial=True
        )


class OneLine(Widget, can_focus=False):
    """One line with a left and a right part; the left one yields when there is little room."""

    COMPONENT_CLASSES = {*COMPONENTS}
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._left: Pieces = ()
        self._right: Pieces = ()

    def show(self, left: Pieces, right: Pieces = ()) -> None:
        """Other parts."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The line."""
        pieces: Sequence[Piece] = spread(self._left, self._right, self.size.width) if y == 0 else ()
        return strip(pieces, lambda ink: self.get_component_rich_style(f"ink--{ink}"), self.size.width)
