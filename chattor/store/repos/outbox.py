"""Durable operations on their way, and those of others already carried out."""

from dataclasses import dataclass
from enum import StrEnum

from chattor.protocol.limits import HANDLED_MAX, HANDLED_STRANGERS_MAX
from chattor.store.sql import Row, Sql, Value, blob, integer, number, text


class OperationKind(StrEnum):
    """Which frame it is, by name."""

    REQUEST = "request"
    ACCEPT = "accept"
    REMOVE = "remove"
    ROTATE = "rotate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One REQUEST, ACCEPT, REMOVE or ROTATE; `body` is the frame body."""

    id: int
    friend: int
    op_id: bytes
    kind: OperationKind
    body: bytes
    written: bool
    queued_ms: int

    def __repr__(self) -> str:
        return f"Operation({self.kind}, f{self.friend})"


_COLUMNS = "id, friend, op_id, kind, body, written, queued_ms"


def _operation(row: Row) -> Operation:
    return Operation(
        id=integer(row[0]),
        friend=integer(row[1]),
        op_id=blob(row[2]),
        kind=OperationKind(text(row[3])),
        body=blob(row[4]),
        written=bool(row[5]),
        queued_ms=integer(row[6]),
    )


class OutboxRepo:
    """The tables `outbox` and `handled`."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def add(self, *, friend: int, op_id: bytes, kind: OperationKind, body: bytes, queued_ms: int) -> None:
        """Queue an operation."""
        self._sql.execute(
            "INSERT INTO outbox (friend, op_id, kind, body, queued_ms) VALUES (?, ?, ?, ?, ?)",
            (friend, op_id, kind, body, queued_ms),
        )

    def of(self, friend: int) -> list[Operation]:
        """What waits for one friend, in order."""
        rows = self._sql.execute(f"SELECT {_COLUMNS} FROM outbox WHERE friend = ? ORDER BY id", (friend,))  # noqa: S608
        return [_operation(row) for row in rows]

    def mark_written(self, friend: int) -> None:
        """All of a friend's are about to be put on a wire."""
        self._sql.execute("UPDATE outbox SET written = 1 WHERE friend = ? AND written = 0", (friend,))

    def done(self, friend: int, op_id: bytes) -> Operation | None:
        """Free an operation of this friend and return it; None if there is none such."""
        rows = self._sql.execute(f"SELECT {_COLUMNS} FROM outbox WHERE friend = ? AND op_id = ?", (friend, op_id))  # noqa: S608
        row = rows.fetchone()
        if row is None:
            return None
        self._sql.execute("DELETE FROM outbox WHERE op_id = ?", (op_id,))
        return _operation(row)

    def withdraw(self, friend: int, kind: OperationKind) -> None:
        """Drop operations of one kind."""
        self._sql.execute("DELETE FROM outbox WHERE friend = ? AND kind = ?", (friend, kind))

    def withdraw_all(self, friend: int) -> None:
        """Drop all that waits for somebody."""
        self._sql.execute("DELETE FROM outbox WHERE friend = ?", (friend,))

    def waiting(self) -> set[int]:
        """Friends with operations on their way."""
        return {integer(row[0]) for row in self._sql.execute("SELECT DISTINCT friend FROM outbox")}

    def count(self) -> int:
        """How many operations are on their way."""
        return number(self._sql, "SELECT count(*) FROM outbox")

    def is_handled(self, id_commit: bytes, op_id: bytes) -> bool:
        """Whether this operation of theirs was carried out before."""
        row = self._sql.execute("SELECT 1 FROM handled WHERE id_commit = ? AND op_id = ?", (id_commit, op_id))
        return row.fetchone() is not None

    def mark_handled(self, id_commit: bytes, op_id: bytes, at_ms: int) -> None:
        """Carried out; a repeat changes nothing. Old ones nobody repeats any more are forgotten."""
        self._sql.execute(
            "INSERT OR REPLACE INTO handled (id_commit, op_id, at_ms) VALUES (?, ?, ?)", (id_commit, op_id, at_ms)
        )
        self._keep("id_commit = ?", (id_commit,), HANDLED_MAX)
        self._keep("id_commit NOT IN (SELECT id_commit FROM friends)", (), HANDLED_STRANGERS_MAX)

    def forget_handled(self, id_commit: bytes, op_id: bytes) -> None:
        """A repeat of this one is carried out again."""
        self._sql.execute("DELETE FROM handled WHERE id_commit = ? AND op_id = ?", (id_commit, op_id))

    def _keep(self, whose: str, parameters: tuple[Value, ...], count: int) -> None:
        """Of these, the newest so many."""
        self._sql.execute(
            f"DELETE FROM handled WHERE (id_commit, op_id) IN (SELECT id_commit, op_id FROM handled WHERE {whose}"  # noqa: S608
            " ORDER BY at_ms DESC LIMIT -1 OFFSET ?)",
            (*parameters, count),
        )
