"""The history of one conversation, drawn by line: any number of messages, and the reader's place is sacred.

It keeps one entry per loaded message and lets `Flow` say what is seen; only that is wrapped and drawn. It asks for
older pages before the reader gets there, and tells when its end comes into sight or leaves it.
"""

from typing import Final

from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip

from chattor.model.ids import MessageId
from chattor.tui.bubbles import BubbleRow, Entry, Look, entries, guess_height, rows
from chattor.tui.flow import Flow
from chattor.tui.ink import Piece, Pieces, strip, width
from chattor.tui.selecting import cells_of, extract
from chattor.tui.view import Thread
from chattor.tui.widgets.inked import Inked

KEPT: Final = 600  # entries whose rows are kept ready
EARLY: Final = 2  # the page before is asked for when so many windows of rows are left above


class Conversation(Inked, can_focus=True):
    """`show` a thread as it now is; what the reader sees does not move unless he is at the end."""

    ALLOW_SELECT = True
    BINDINGS = [
        Binding("up,k", "scroll_by(-1)", "Up", show=False),
        Binding("down,j", "scroll_by(1)", "Down", show=False),
        Binding("pageup,ctrl+u", "scroll_page(-1)", "Page up", show=False),
        Binding("pagedown,ctrl+d", "scroll_page(1)", "Page down", show=False),
        Binding("home,g", "scroll_first", "Oldest loaded", show=False),
        Binding("end,G", "scroll_last", "Newest", show=False),
    ]

    class OlderWanted(Message):
        """The reader comes near the first message loaded."""

    class Reached(Message):
        """The end came into sight, or left it."""

        def __init__(self, at_end: bool) -> None:
            super().__init__()
            self.at_end = at_end

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._look = look
        self._thread: Thread | None = None
        self._entries: list[Entry] = []
        self._heights: list[int] = []
        self._exact: list[bool] = []
        self._flow = Flow(self._measure)
        self._rows: dict[MessageId, tuple[Entry, list[BubbleRow]]] = {}
        self._empty: tuple[Pieces, ...] = ()
        self._unread = 0
        self._placing = False
        self._was_at_end = True
        self._asked: MessageId | None = None

    @property
    def at_end(self) -> bool:
        """Is the newest message in sight?"""
        return self._flow.at_end

    def show(self, thread: Thread | None, look: Look, unread: int, empty: tuple[Pieces, ...] = ()) -> None:
        """The thread now, how it is to look, what is unread below, and what to say instead of no messages."""
        changed_look, self._look = look != self._look, look
        was, self._thread = self._thread, thread
        self._empty, self._unread = empty, unread
        if thread is None or was is None or thread.friend != was.friend or changed_look:
            self._start(thread, keep=was is not None and thread is not None and thread.friend == was.friend)
        elif thread is not was:
            self._update(was, thread)
        arrived = thread is not None and thread.loaded and not (was and was.loaded and was.friend == thread.friend)
        self._place()
        if arrived and thread and thread.divider:
            self._show_divider(thread.divider)
        self.refresh()

    # What is where

    def _start(self, thread: Thread | None, *, keep: bool) -> None:
        block = self._flow.block if keep and not self._flow.at_end else None
        self._entries = entries(thread, 0, len(thread.messages), self._look) if thread else []
        self._rows.clear()
        self._asked = self._asked if keep else None
        self._guess_all(block)

    def _guess_all(self, block: int | None) -> None:
        self._flow.lay([guess_height(entry, self._cells) for entry in self._entries], block)

    def _update(self, was: Thread, now: Thread) -> None:
        """Entries of what stayed the same are kept; the message after a change may have another head."""
        old, new = was.messages, now.messages
        redivided = (was.divider, was.fresh) != (now.divider, now.fresh)
        moved = {was.divider, now.divider} if redivided else set()
        shortest = min(len(old), len(new))
        head = next((at for at in range(shortest) if old[at] is not new[at] or old[at].id in moved), shortest)
        rest = shortest - head
        tail = next((at for at in range(rest) if old[-1 - at] is not new[-1 - at] or old[-1 - at].id in moved), rest)
        tail = max(0, tail - 1)
        made = entries(now, head, len(new) - tail, self._look)
        kept_from = len(self._entries) - tail
        self._entries[head:kept_from] = made
        self._flow.splice(head, kept_from, [guess_height(entry, self._cells) for entry in made])

    def _measure(self, block: int) -> int:
        return len(self._rows_of(block))

    def _rows_of(self, block: int) -> list[BubbleRow]:
        entry = self._entries[block]
        kept = self._rows.get(entry.message.id)
        if kept and kept[0] is entry:
            return kept[1]
        if len(self._rows) > KEPT:
            self._rows.clear()
        made = rows(entry, self._cells, self._look)
        self._rows[entry.message.id] = (entry, made)
        return made

    @property
    def _cells(self) -> int:
        return max(1, self.scrollable_content_region.width)

    # Where the reader is

    def _place(self) -> None:
        """Measure what is seen, then put Textual's scroll position where the reader is."""
        self._flow.height = max(1, self.scrollable_content_region.height)
        self._flow.settle()
        self._placing = True
        self.virtual_size = Size(self._cells, self._flow.total)
        self.scroll_target_y = self.scroll_y = self._flow.y
        self._placing = False
        self._tell_place()

    def _tell_place(self) -> None:
        if self._was_at_end != self._flow.at_end:
            self._was_at_end = self._flow.at_end
            self.post_message(self.Reached(self._flow.at_end))
        thread = self._thread
        near = self._flow.y < EARLY * self._flow.height
        if thread and thread.loaded and not thread.complete and thread.messages and near:
            first = thread.messages[0].id
            if first != self._asked:
                self._asked = first
                self.post_message(self.OlderWanted())

    def _show_divider(self, divider: MessageId) -> None:
        block = self._thread.index(divider) if self._thread else None
        if block is not None and self._flow.top(block) < self._flow.y:
            self._flow.show(block)
            self._place()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The wheel, the scroll bar and the keys come through here."""
        super().watch_scroll_y(old_value, new_value)
        if not self._placing:
            self._flow.move(round(new_value) - self._flow.y)
            self._place()

    def on_resize(self, event: events.Resize) -> None:
        """Other width: wrapped anew; the reader keeps his message."""
        if event.size.width != self._drawn_width:
            self._drawn_width = event.size.width
            self._rows.clear()
            self._guess_all(None if self._flow.at_end else self._flow.block)
        self._place()
        self.refresh()

    _drawn_width = 0

    def action_scroll_by(self, by: int) -> None:
        """Rows up or down."""
        self._flow.move(by)
        self._place()

    def action_scroll_page(self, by: int) -> None:
        """A window up or down, one row of it kept in sight."""
        self.action_scroll_by(by * max(1, self._flow.height - 1))

    def action_scroll_first(self) -> None:
        """To the first message loaded."""
        self._flow.jump(0)
        self._place()

    def action_scroll_last(self) -> None:
        """To the newest message."""
        self._flow.jump(self._flow.total)
        self._place()

    # What it looks like

    def render_line(self, y: int) -> Strip:
        """One line of the window."""
        cells = self._cells
        if not self._entries:
            return self._render_empty(y, cells)
        at = self._flow.y + y - self._above
        pill = self._pill() if y == self._flow.height - 1 else ()
        if not 0 <= at < self._flow.total:
            return strip((), self.ink, cells)
        block, row = self._flow.find(at)
        drawn = self._rows_of(block)[row]
        line = strip(drawn.pieces, self.ink, cells)
        line = self._selected(line, drawn, at).apply_offsets(0, at)
        return self._with_pill(line, pill, cells) if pill else line

    @property
    def _above(self) -> int:
        """Free rows above a short conversation: it stands at the bottom, next to where one writes."""
        return max(0, self._flow.height - self._flow.total)

    def _render_empty(self, y: int, cells: int) -> Strip:
        top = max(0, (self.scrollable_content_region.height - len(self._empty)) // 2)
        pieces = self._empty[y - top] if 0 <= y - top < len(self._empty) else ()
        left = max(0, cells - width(pieces)) // 2
        return strip([(" " * left, "text"), *pieces], self.ink, cells)

    def _pill(self) -> tuple[Piece, ...]:
        if self._flow.at_end or not self._unread:
            return ()
        return ((f" {self._look.glyphs.down} {self._unread} new ", "strong"),)

    def _with_pill(self, line: Strip, pill: tuple[Piece, ...], cells: int) -> Strip:
        start = max(0, (cells - width(pill)) // 2)
        drawn = strip(pill, self.ink_on_cursor, width(pill))
        return Strip.join([line.crop(0, start), drawn, line.crop(start + drawn.cell_length, cells)])

    def _selected(self, line: Strip, row: BubbleRow, at: int) -> Strip:
        span = self.text_selection.get_span(at) if self.text_selection else None
        if span is None or not row.plain:
            return line
        start, end = cells_of(row.plain, span)
        chosen = line.crop(start, end).apply_style(self.screen.get_component_rich_style("screen--selection"))
        return Strip.join([line.crop(0, start), chosen, line.crop(end)])

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text under a selection: rows of one line joined again, without bars and states."""
        if not self._entries:
            return None
        first = selection.start.y if selection.start else 0
        last = min(selection.end.y if selection.end else self._flow.total, self._flow.total - 1)
        picked: list[tuple[BubbleRow, tuple[int, int] | None]] = []
        for at in range(first, last + 1):
            block, row = self._flow.find(at)
            if row < len(self._rows_of(block)):
                picked.append((self._rows_of(block)[row], selection.get_span(at)))
        return extract(picked, bar=len(self._look.glyphs.bar) + 1), "\n"

    def on_click(self, event: events.Click) -> None:
        """A click on the pill goes to the newest message."""
        if self._pill() and event.get_content_offset_capture(self).y == self._flow.height - 1:
            self.action_scroll_last()
