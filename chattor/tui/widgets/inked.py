"""Widgets that draw pieces in inks, line by line.

An ink is a colour of the theme on the ground of the widget. It is looked up there and is none of Textual's component
classes: each of those is computed anew for each widget whenever any style changes, which was most of the start.
"""

from collections.abc import Sequence
from typing import Any

from rich.style import Style
from textual.color import Color
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from chattor.tui.ink import BOLD, Ink, Piece, Pieces, spread, strip, variable


class InInks(Widget):
    """Knows how each ink looks on its ground."""

    ALLOW_SELECT = False

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401  a widget's
        self._inks: dict[Ink, Style] = {}
        super().__init__(*arguments, **named)

    def ink(self, ink: Ink) -> Style:
        """How it is drawn."""
        found = self._inks.get(ink)
        if found is None:
            color = Color.parse(self.app.theme_variables[variable(ink)])
            found = self._inks[ink] = self.rich_style + Style(color=color.rich_color, bold=ink in BOLD or None)
        return found

    def notify_style_update(self) -> None:
        """Another theme, or another ground."""
        self._inks.clear()
        super().notify_style_update()


class Inked(ScrollView, InInks, can_focus=False, inherit_bindings=False):
    """Scrolls by itself; `render_line` of a subclass returns strips in our inks.

    Without Textual's keys to scroll by: Ctrl+PgUp is a command here, and there is nothing to the left. Textual takes
    the style sheet of a class from the first of its bases only.
    """

    COMPONENT_CLASSES = {"row--cursor"}

    def ink_on_cursor(self, ink: Ink) -> Style:
        """The same on the chosen row: another ground; reversed where there is no colour, or none we know."""
        is_reversed = self.app.no_color or self.app.native_ansi_color
        return self.ink("text" if is_reversed else ink) + self.get_component_rich_style("row--cursor", partial=True)


class OneLine(InInks, can_focus=False):
    """One line with a left and a right part; the left one yields when there is little room."""

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
        return strip(pieces, self.ink, self.size.width)
