"""A list of rows to move through and choose from, drawn by line: a thousand cost no more than the ten one sees."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from msgspec import Struct
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from chattor.tui.bindings import bindings
from chattor.tui.ink import Piece, Pieces, spread, strip
from chattor.tui.keytable import Place
from chattor.tui.widgets.inked import Inked
from chattor.tui.wrap import wrap

EDGES = 4  # cells of a list that its rows cannot write in: both edges, the gap between the sides, a scroll bar


class Row(Struct, frozen=True):
    """Lines of (left, right) pieces. Without a key it is a heading and cannot be chosen."""

    key: str | None
    lines: tuple[tuple[Pieces, Pieces], ...]


class RowList(Inked, can_focus=True):
    """`show` rows; `cursor` is the key of the chosen one and stays with it when rows come, go and move."""

    BINDINGS = [*bindings(Place.LISTS)]

    class Chosen(Message):
        """Enter or a click on a row."""

        def __init__(self, rows: "RowList", key: str) -> None:
            super().__init__()
            self.rows = rows
            self.key = key

        @property
        def control(self) -> "RowList":
            """The list."""
            return self.rows

    class Moved(Chosen):
        """The cursor is on another row."""

    def __init__(self, *, id: str | None = None, empty: Pieces = (), quiet: bool = False) -> None:
        """A `quiet` list shows its cursor only while it has the focus."""
        super().__init__(id=id)
        self.cursor: str | None = None
        self._quiet = quiet
        self._empty = empty
        self._rows: Sequence[Row] = ()
        self._tops: list[int] = [0]

    @property
    def keys(self) -> list[str]:
        """What can be chosen, in order."""
        return [row.key for row in self._rows if row.key is not None]

    def say_when_empty(self, pieces: Pieces) -> None:
        """What stands there instead of no rows."""
        if pieces != self._empty:
            self._empty = pieces
            self._measure()
            self.refresh()

    def show(self, rows: Sequence[Row], cursor: str | None = None) -> None:
        """Other rows; the cursor goes to `cursor` if given, else stays, else goes where its row was."""
        was, drawn = self.keys, (self._rows, self.cursor)
        at = was.index(self.cursor) if self.cursor in was else 0
        self._rows = rows
        self._tops = list(accumulate((len(row.lines) for row in rows), initial=0))
        keys = self.keys
        wanted = cursor if cursor in keys else self.cursor
        self.cursor = wanted if wanted in keys else keys[min(at, len(keys) - 1)] if keys else None
        self._measure()
        self._reveal()
        if (self._rows, self.cursor) != drawn:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of one row."""
        y += self.scroll_offset.y
        cells = self.scrollable_content_region.width
        if y >= self._tops[-1]:
            said = () if self._rows else self._said_when_empty
            return strip([(" ", "text"), said[y]] if y < len(said) else (), self.ink, cells)
        at = bisect_right(self._tops, y) - 1
        left, right = self._rows[at].lines[y - self._tops[at]]
        chosen = self._rows[at].key is not None and self._rows[at].key == self.cursor
        chosen = chosen and (self.has_focus or not self._quiet)
        pieces = spread([(" ", "text"), *left], [*right, (" ", "text")], cells)
        return strip(pieces, self.ink_on_cursor if chosen else self.ink, cells)

    def action_move(self, by: int) -> None:
        """The cursor up or down."""
        keys = self.keys
        if keys:
            at = keys.index(self.cursor) if self.cursor in keys else 0
            self._to(keys[max(0, min(at + by, len(keys) - 1))])

    def action_page(self, by: int) -> None:
        """A window's height up or down."""
        self.action_move(by * max(1, self.size.height - 1))

    def action_edge(self, at: int) -> None:
        """To the first or the last."""
        if keys := self.keys:
            self._to(keys[at])

    def action_choose(self) -> None:
        """Take what the cursor is on."""
        if self.cursor is not None:
            self.post_message(self.Chosen(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        """A click takes the row under it."""
        y = event.get_content_offset_capture(self).y + self.scroll_offset.y
        if 0 <= y < self._tops[-1] and (key := self._rows[bisect_right(self._tops, y) - 1].key):
            self._to(key)
            self.action_choose()

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self._measure()
        self._reveal()

    @property
    def _said_when_empty(self) -> list[Piece]:
        """What stands there instead of no rows, a line each."""
        cells = self.scrollable_content_region.width - EDGES
        return [(line.text, ink) for text, ink in self._empty for line in wrap(text, cells)]

    def _measure(self) -> None:
        """As narrow as need be: another width is no other layout."""
        self.virtual_size = Size(1, max(self._tops[-1], len(self._said_when_empty), 1))

    def _to(self, key: str) -> None:
        if key != self.cursor:
            self.cursor = key
            self._reveal()
            self.refresh()
            self.post_message(self.Moved(self, key))

    def _reveal(self) -> None:
        at = next((i for i, row in enumerate(self._rows) if row.key == self.cursor and row.key), None)
        if at is None or not self.size.height:
            return
        first = at - 1 if at and self._rows[at - 1].key is None else at
        top, bottom, height = self._tops[first], self._tops[at + 1], self.size.height
        y = self.scroll_offset.y
        fits = bottom - top <= height
        if not fits and top <= y <= bottom - height:
            return  # the reader is within a row that is longer than the window
        if top < y or bottom > y + height:
            self.scroll_to(y=bottom - height if fits and bottom > y + height else top, animate=False)
