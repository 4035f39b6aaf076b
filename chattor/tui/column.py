"""The messages of one conversation as blocks of rows: what `Flow` measures and the widget draws. Pure.

One entry per loaded message; rows are made when they are about to be seen, and kept for a while.
"""

from datetime import UTC, datetime
from typing import Final

from chattor.model.ids import MessageId
from chattor.model.message import Message
from chattor.tui.bubbles import BubbleRow, Entry, Look, entries, guess_height, rows, time_left
from chattor.tui.flow import Flow
from chattor.tui.view import Thread
from chattor.tui.when import left_changes

KEPT: Final = 600  # entries whose rows are kept ready


class Column:
    """`flow` tells where every block is and where the reader is; a block is the index of a message."""

    def __init__(self) -> None:
        self.flow = Flow(self._measure)
        self._entries: list[Entry] = []
        self._rows: dict[MessageId, tuple[Entry, str, list[BubbleRow]]] = {}
        self._now = datetime.fromtimestamp(0, UTC)
        self._look: Look | None = None
        self._cells = 1

    def __len__(self) -> int:
        return len(self._entries)

    def message(self, block: int) -> Message:
        """The message of a block."""
        return self._entries[block].message

    def rows(self, block: int) -> list[BubbleRow]:
        """All rows of a block."""
        entry = self._entries[block]
        left = time_left(entry.message, self._now)
        kept = self._rows.get(entry.message.id)
        if kept and kept[0] is entry and kept[1] == left:
            return kept[2]
        if self._look is None:
            raise RuntimeError("nothing was laid out yet")
        if len(self._rows) > KEPT:
            self._rows.clear()
        made = rows(entry, self._cells, self._look, left)
        self._rows[entry.message.id] = (entry, left, made)
        return made

    def age(self, now: datetime) -> float | None:
        """Texts whose time has begun say what is left of it `now`, where they are seen; after how many seconds they
        will say something else, None for never.
        """
        self._now = now
        aging = [block for block in self._seen() if time_left(self.message(block), now)]
        for block in aging:
            kept = self._rows.get(self.message(block).id)
            if kept and len(kept[2]) != len(self.rows(block)):
                self.flow.splice(block, block + 1, [len(self.rows(block))])
        ends = [self.message(block).expires_at for block in aging]
        return min((wait for end in ends if end and (wait := left_changes(end, now)) is not None), default=None)

    def _seen(self) -> range:
        if not self._entries:
            return range(0)
        first, _ = self.flow.find(self.flow.y)
        last, _ = self.flow.find(self.flow.y + self.flow.height - 1)
        return range(first, last + 1)

    def start(self, thread: Thread | None, look: Look, cells: int, *, keep: bool) -> None:
        """Lay a thread out anew; with `keep` the reader stays at his block."""
        self._look, self._cells = look, cells
        block = self._place_kept() if keep else None
        self._entries = entries(thread, 0, len(thread.messages), look) if thread else []
        self._rows.clear()
        self._guess_all(block)

    def rewrap(self, cells: int) -> None:
        """Another width than before, if it is one; the reader keeps his message."""
        if cells == self._cells:
            return
        self._cells = cells
        self._rows.clear()
        self._guess_all(self._place_kept())

    def update(self, was: Thread, now: Thread, look: Look) -> None:
        """Entries of what stayed the same are kept; the message after a change may have another head."""
        old, new = was.messages, now.messages
        redivided = (was.divider, was.fresh) != (now.divider, now.fresh)
        dividers = {was.divider, now.divider} if redivided else set()
        moved = [at for at in map(was.index, dividers) if at is not None]
        head = min([old.alike(new), *moved])
        rest = min([len(old) - head, len(new) - head, *(len(old) - 1 - at for at in moved)])
        tail = max(0, min(old.alike_at_end(new), rest) - 1) if rest else 0
        self._replace(now, head, len(self._entries) - tail, len(new) - tail, look)
        changed = {message.id for message in old[head : len(old) - tail]}
        self._quote_anew(now, changed, len(new) - tail, look)

    def _replace(self, now: Thread, start: int, stop: int, end: int, look: Look) -> None:
        """The entries from `start` to `stop` become those of `now.messages[start:end]`."""
        made = entries(now, start, end, look)
        self._entries[start:stop] = made
        self.flow.splice(start, stop, [guess_height(entry, self._cells) for entry in made])

    def _quote_anew(self, now: Thread, changed: set[MessageId], start: int, look: Look) -> None:
        """Answers to a message that changed show what it says now: a deleted text is shown nowhere."""
        for at in range(start, len(self._entries)):
            if self._entries[at].message.reply_to in changed:
                self._replace(now, at, at + 1, at + 1, look)

    def _guess_all(self, block: int | None) -> None:
        self.flow.lay([guess_height(entry, self._cells) for entry in self._entries], block)

    def _place_kept(self) -> int | None:
        return None if self.flow.at_end else self.flow.block

    def _measure(self, block: int) -> int:
        return len(self.rows(block))
