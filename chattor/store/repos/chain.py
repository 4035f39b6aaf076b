"""Our outgoing stream items per friend, in the order they were written: what waits, what was acknowledged."""

from collections.abc import Iterable
from dataclasses import dataclass

from chattor.protocol.stream import Kind, Position
from chattor.store.repos.messages import SQL_UNDER_WAY
from chattor.store.sql import Row, Sql, Value, blob, integer, maybe_blob, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item. `at` is its number and the chain hash including it; `rest` is None when only a TOMBSTONE is left."""

    pos: int
    msg_id: bytes
    rest: bytes | None
    rest_hash: bytes
    at: Position
    written: bool

    def __repr__(self) -> str:
        return f"Item(pos={self.pos}, seq={self.at.seq})"


_IS_CHANGE = f"kind <> {Kind.TEXT:d}"  # as the index of them has it
_WAITING_CHANGES = (
    "FROM friends CROSS JOIN chain ON friend = friends.id AND pos > acked_pos"  # noqa: S608
    f" WHERE friends.state = 'friend' AND {_IS_CHANGE} AND rest IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.friend = chain.friend AND direction = 'out'"
    f" AND messages.msg_id = chain.about AND messages.state IN {SQL_UNDER_WAY})"
)
_COLUMNS = "pos, msg_id, rest, rest_hash, seq, hash, written"


def _item(row: Row) -> Item:
    return Item(
        pos=integer(row[0]),
        msg_id=blob(row[1]),
        rest=maybe_blob(row[2]),
        rest_hash=blob(row[3]),
        at=Position(integer(row[4]), blob(row[5])),
        written=bool(row[6]),
    )


class ChainRepo:
    """The table `chain`."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def _some(self, tail: str, parameters: tuple[Value, ...]) -> list[Item]:
        return [_item(row) for row in self._sql.execute(f"SELECT {_COLUMNS} FROM chain {tail}", parameters)]  # noqa: S608

    def add(
        self, *, friend: int, msg_id: bytes, kind: int, about: bytes | None, rest: bytes, rest_hash: bytes, at: Position
    ) -> int:
        """Append an item; its pos. `about` is the message an edit or a deletion is about."""
        cursor = self._sql.execute(
            "INSERT INTO chain (friend, seq, msg_id, kind, about, rest, rest_hash, hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (friend, at.seq, msg_id, kind, about, rest, rest_hash, at.hash),
        )
        return integer(cursor.lastrowid)

    def at(self, friend: int, position: Position) -> Item | None:
        """The item at exactly this number and hash, in whatever run of numbers."""
        items = self._some("WHERE friend = ? AND seq = ? AND hash = ?", (friend, position.seq, position.hash))
        return items[0] if items else None

    def after(self, friend: int, pos: int, limit: int = -1) -> list[Item]:
        """Items written after `pos`, in order."""
        return self._some("WHERE friend = ? AND pos > ? ORDER BY pos LIMIT ?", (friend, pos, limit))

    def between(self, friend: int, after_pos: int, upto_pos: int) -> list[Item]:
        """Items after one pos, up to and including another."""
        return self._some("WHERE friend = ? AND pos > ? AND pos <= ? ORDER BY pos", (friend, after_pos, upto_pos))

    def mark_written(self, friend: int, after_pos: int, upto_pos: int) -> None:
        """These are about to be put on a wire; they cannot be cancelled any more."""
        self._sql.execute(
            "UPDATE chain SET written = 1 WHERE friend = ? AND pos > ? AND pos <= ? AND written = 0",
            (friend, after_pos, upto_pos),
        )

    def renumber(self, pos: int, at: Position) -> None:
        """A fork gave an item another number and hash."""
        self._sql.execute("UPDATE chain SET seq = ?, hash = ? WHERE pos = ?", (at.seq, at.hash, pos))

    def bury(self, friend: int, msg_id: bytes) -> None:
        """Drop the bytes of a message and of its edits; they travel as TOMBSTONE."""
        for column in ("msg_id", "about"):
            self._sql.execute(f"UPDATE chain SET rest = NULL WHERE friend = ? AND {column} = ?", (friend, msg_id))  # noqa: S608

    def bury_reactions(self, friend: int, target: bytes) -> None:
        """Likewise of what we thought of a message of either side."""
        self._sql.execute(
            "UPDATE chain SET rest = NULL WHERE friend = ? AND kind <> 1 AND kind = ? AND instr(rest, ?) > 0",
            (friend, Kind.REACTION, target),
        )

    def drop(self, positions: Iterable[int]) -> None:
        """Forget items that have nothing left to deliver."""
        for pos in positions:
            self._sql.execute("DELETE FROM chain WHERE pos = ?", (pos,))

    def delete_all(self, friend: int) -> None:
        """Forget the stream."""
        self._sql.execute("DELETE FROM chain WHERE friend = ?", (friend,))

    def waiting(self, friend: int, acked_pos: int) -> bool:
        """Whether anything is unacknowledged."""
        row = self._sql.execute("SELECT 1 FROM chain WHERE friend = ? AND pos > ? LIMIT 1", (friend, acked_pos))
        return row.fetchone() is not None

    def last_waiting(self, friend: int, kind: int, acked_pos: int) -> bytes | None:
        """The bytes of the newest unacknowledged item of a kind that is no text."""
        row = self._sql.execute(
            f"SELECT rest FROM chain WHERE friend = ? AND pos > ? AND {_IS_CHANGE} AND kind = ?"  # noqa: S608
            " ORDER BY pos DESC LIMIT 1",
            (friend, acked_pos, kind),
        ).fetchone()
        return None if row is None else maybe_blob(row[0])

    def waiting_changes(self, limit: int) -> list[tuple[int, Item]]:
        """What is unacknowledged and no text, with its friend; but not what a waiting message waits for anyway."""
        rows = self._sql.execute(
            f"SELECT {_COLUMNS}, friend {_WAITING_CHANGES} ORDER BY pos LIMIT ?",
            (limit,),
        )
        return [(integer(row[7]), _item(row)) for row in rows]

    def count_waiting_changes(self) -> int:
        """How many these are."""
        return number(self._sql, f"SELECT count(*) {_WAITING_CHANGES}")
