"""The history of one conversation, drawn by line: any number of messages, and the reader's place is sacred.

`Column` makes the rows and `Flow` says what is seen; only that is wrapped and drawn. It asks for
older pages before the reader gets there, and tells when its end comes into sight or leaves it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.timer import Timer

from chattor.model.ids import MessageId
from chattor.model.message import Message as Said
from chattor.tui.actions import BY_NAME
from chattor.tui.bindings import bindings
from chattor.tui.bubbles import BubbleRow, Look
from chattor.tui.column import Column
from chattor.tui.ink import Piece, Pieces, lay_over, strip, width
from chattor.tui.keytable import Place
from chattor.tui.selecting import cells_of, extract
from chattor.tui.view import Thread
from chattor.tui.widgets.inked import Inked

EARLY: Final = 2  # the page before is asked for when so many windows of rows are left above


class Conversation(Inked, can_focus=True):
    """`show` a thread as it now is; what the reader sees does not move unless he is at the end."""

    ALLOW_SELECT = True
    BINDINGS = [*bindings(Place.MESSAGES)]

    class OlderWanted(Message):
        """The reader comes near the first message loaded."""

    class NewerWanted(Message):
        """The reader comes near the last message loaded, and there are newer ones; `all` if he wants the newest."""

        def __init__(self, all: bool = False) -> None:
            super().__init__()
            self.all = all

    class Reached(Message):
        """The end came into sight, or left it."""

        def __init__(self, at_end: bool) -> None:
            super().__init__()
            self.at_end = at_end

    class Acted(Message):
        """Something is to be done with a message."""

        def __init__(self, name: str, message: Said) -> None:
            super().__init__()
            self.name = name
            self.message = message

    class Left(Message):
        """Back to where one writes."""

    def __init__(self, look: Look, now: Callable[[], datetime], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._now = now
        self._aging: Timer | None = None
        self._look = look
        self._thread: Thread | None = None
        self._column = Column()
        self._flow = self._column.flow
        self._empty: tuple[Pieces, ...] = ()
        self._unread = 0
        self._placing = False
        self._was_at_end = True
        self._asked: MessageId | None = None
        self._after: MessageId | None = None
        self._chosen: MessageId | None = None

    @property
    def chosen(self) -> Said | None:
        """The message the cursor is on, while we have the focus."""
        at = self._thread.index(self._chosen) if self._thread and self._chosen and self.has_focus else None
        return self._thread.messages[at] if self._thread and at is not None else None

    @property
    def at_end(self) -> bool:
        """Is the newest message in sight?"""
        return self._flow.at_end and not (self._thread and self._thread.detached)

    def show(self, thread: Thread | None, look: Look, unread: int, empty: tuple[Pieces, ...] = ()) -> None:
        """The thread now, how it is to look, what is unread below, and what to say instead of no messages."""
        changed_look, self._look = look != self._look, look
        was, self._thread = self._thread, thread
        changed = changed_look or thread is not was or (unread, empty) != (self._unread, self._empty)
        self._empty, self._unread = empty, unread
        if thread is None or was is None or thread.friend != was.friend or changed_look:
            keep = was is not None and thread is not None and thread.friend == was.friend
            self._after = None
            self._asked = self._asked if keep else None
            self._column.start(thread, look, self._cells, keep=keep)
        elif thread is not was:
            self._column.update(was, thread, look)
        arrived = thread is not None and thread.loaded and not (was and was.loaded and was.friend == thread.friend)
        self._place()
        if thread and thread.target and (was is None or was.jumps != thread.jumps):
            self._show_in_context(thread.target)
            self.focus()
        elif was and was.target and thread and not thread.target:
            self.action_scroll_last()  # back from the past
        elif arrived and thread and thread.divider:
            self._show_divider(thread.divider)
        if changed or self._aging:
            self.refresh()

    @property
    def _cells(self) -> int:
        return max(1, self.scrollable_content_region.width)

    # Where the reader is

    def _place(self) -> None:
        """Measure what is seen, then put Textual's scroll position where the reader is."""
        self._flow.height = max(1, self.scrollable_content_region.height)
        self._flow.settle()
        self._age()
        self._placing = True
        self.set_reactive(Conversation.virtual_size, Size(self._cells, self._flow.total))  # no other layout of anything
        self.vertical_scrollbar.window_virtual_size = self._flow.total
        self.scroll_target_y = self.scroll_y = self._flow.y
        self._placing = False
        self._tell_place()

    def _age(self) -> None:
        """What is left of the texts in sight; looked at again when it will have changed, and never without need."""
        wait = self._column.age(self._now())
        self._flow.settle()
        if self._aging:
            self._aging.stop()
        self._aging = self.set_timer(wait, self._grow_older) if wait is not None else None

    def _grow_older(self) -> None:
        self._place()
        self.refresh()

    def _tell_place(self) -> None:
        if self._was_at_end != self.at_end:
            self._was_at_end = self.at_end
            self.post_message(self.Reached(self.at_end))
        thread = self._thread
        near = self._flow.y < EARLY * self._flow.height
        if thread and thread.loaded and not thread.complete and thread.messages and near:
            first = thread.messages[0].id
            if first != self._asked:
                self._asked = first
                self.post_message(self.OlderWanted())
        left = self._flow.total - self._flow.y - self._flow.height
        if thread and thread.detached and left < EARLY * self._flow.height and thread.messages[-1].id != self._after:
            self._after = thread.messages[-1].id
            self.post_message(self.NewerWanted())

    def _show_divider(self, divider: MessageId) -> None:
        block = self._thread.index(divider) if self._thread else None
        if block is not None and self._flow.top(block) < self._flow.y:
            self._flow.show(block)
            self._place()

    def _show_in_context(self, id: MessageId) -> None:
        """Choose it, with a third of the window for what came before."""
        self._choose(id)
        block = self._thread.index(id) if self._thread else None
        if block is not None:
            self._flow.show(block)
            if not self._flow.at_end:
                self._flow.move(-(self._flow.height // 3))
            self._place()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The wheel, the scroll bar and the keys come through here."""
        super().watch_scroll_y(old_value, new_value)
        if not self._placing:
            self._flow.move(round(new_value) - self._flow.y)
            self._place()

    def on_resize(self) -> None:
        """Other width, or in sight again after a thread was laid out while we had none."""
        self._column.rewrap(self._cells)
        self._place()
        self.refresh()

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
        if self._thread and self._thread.detached:
            self.post_message(self.NewerWanted(all=True))
            return
        self._flow.jump(self._flow.total)
        self._place()

    # The chosen message

    def on_focus(self) -> None:
        """The cursor is on the newest message, or on the one it was on if that is still in sight."""
        thread = self._thread
        if thread and thread.messages and (self.at_end or thread.index(self._chosen) is None):
            self._choose(thread.messages[-1].id)
        self.refresh()

    def on_blur(self) -> None:
        """The cursor is not shown."""
        self.refresh()

    def action_choose(self, by: int) -> None:
        """The message above or below; below the last one there is the composer."""
        thread = self._thread
        at = thread.index(self._chosen) if thread else None
        if thread is None or at is None or at + by >= len(thread.messages):
            self.action_leave()
        else:
            self._choose(thread.messages[max(0, at + by)].id)

    def _choose(self, id: MessageId) -> None:
        self._chosen = id
        block = self._thread.index(id) if self._thread else None
        if block is not None:
            self._flow.reveal(block)
            self._place()
        self.refresh()
        self.refresh_bindings()

    def action_leave(self) -> None:
        """Write on."""
        self.post_message(self.Left())

    def action_act(self, name: str) -> None:
        """Do something with it."""
        if message := self.chosen:
            self.post_message(self.Acted(name, message))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense for the chosen message."""
        if action == "act" and isinstance(name := parameters[0], str):
            return self.chosen is not None and BY_NAME[name].fits(self.chosen)
        return super().check_action(action, parameters)

    # What it looks like

    def render_line(self, y: int) -> Strip:
        """One line of the window."""
        cells = self._cells
        if not self._column:
            return self._render_empty(y, cells)
        at = self._flow.y + y - self._above
        pill = self._pill() if y == self._flow.height - 1 else ()
        if not 0 <= at < self._flow.total:
            return strip((), self.ink, cells)
        block, row = self._flow.find(at)
        drawn = self._column.rows(block)[row]
        chosen = self.has_focus and drawn.plain and self._column.message(block).id == self._chosen
        line = strip(drawn.pieces, self.ink_on_cursor if chosen else self.ink, cells)
        line = self._selected(line, drawn, at).apply_offsets(0, at)
        return lay_over(line, strip(pill, self.ink_on_cursor, width(pill))) if pill else line

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

    def _selected(self, line: Strip, row: BubbleRow, at: int) -> Strip:
        span = self.text_selection.get_span(at) if self.text_selection else None
        if span is None or not row.plain:
            return line
        start, end = cells_of(row.plain, span)
        chosen = line.crop(start, end).apply_style(self.screen.get_component_rich_style("screen--selection"))
        return Strip.join([line.crop(0, start), chosen, line.crop(end)])

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text under a selection: rows of one line joined again, without bars and states."""
        if not self._column:
            return None
        first = selection.start.y if selection.start else 0
        last = min(selection.end.y if selection.end else self._flow.total, self._flow.total - 1)
        picked: list[tuple[BubbleRow, tuple[int, int] | None]] = []
        for at in range(first, last + 1):
            block, row = self._flow.find(at)
            if row < len(self._column.rows(block)):
                picked.append((self._column.rows(block)[row], selection.get_span(at)))
        return extract(picked, bar=len(self._look.glyphs.bar) + 1), "\n"

    def on_click(self, event: events.Click) -> None:
        """A click on the pill goes to the newest message, one on a quote to the original."""
        y = event.get_content_offset_capture(self).y
        at = self._flow.y + y - self._above
        if self._pill() and y == self._flow.height - 1:
            self.action_scroll_last()
        elif self._column and 0 <= at < self._flow.total:
            block, row = self._flow.find(at)
            if self._column.rows(block)[row].is_quote:
                self.post_message(self.Acted("original", self._column.message(block)))
