"""What became of our dials to a friend and of the links with him: the last of it, repeats counted."""

from dataclasses import dataclass
from typing import Final

from chattor.model.trace import Step
from chattor.store.sql import Row, Sql, integer, text

KEEP: Final = 100
"""Of each friend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One step, `times` in a row; `detail` is in words of ours."""

    id: int
    step: Step
    detail: str
    at_ms: int
    until_ms: int
    times: int


def _call(row: Row) -> CallRow:
    return CallRow(
        id=integer(row[0]),
        step=Step(text(row[1])),
        detail=text(row[2]),
        at_ms=integer(row[3]),
        until_ms=integer(row[4]),
        times=integer(row[5]),
    )


class CallsRepo:
    """The table `calls`."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def note(self, friend: int, step: Step, detail: str, at_ms: int) -> None:
        """Something happened; if it is what happened last, once more."""
        last = next(iter(self._newest(friend, 1)), None)
        if last is not None and (last.step, last.detail) == (step, detail):
            self._sql.execute("UPDATE calls SET until_ms = ?, times = times + 1 WHERE id = ?", (at_ms, last.id))
            return
        self._sql.execute(
            "INSERT INTO calls (friend, step, detail, at_ms, until_ms) VALUES (?, ?, ?, ?, ?)",
            (friend, step.value, detail, at_ms, at_ms),
        )
        self._sql.execute(
            "DELETE FROM calls WHERE friend = ? AND id <="
            " (SELECT id FROM calls WHERE friend = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
            (friend, friend, KEEP),
        )

    def of(self, friend: int) -> list[CallRow]:
        """All that is kept, oldest first."""
        return self._newest(friend, KEEP)[::-1]

    def forget(self, friend: int) -> None:
        """A friendship is over."""
        self._sql.execute("DELETE FROM calls WHERE friend = ?", (friend,))

    def _newest(self, friend: int, limit: int) -> list[CallRow]:
        rows = self._sql.execute(
            "SELECT id, step, detail, at_ms, until_ms, times FROM calls WHERE friend = ? ORDER BY id DESC LIMIT ?",
            (friend, limit),
        )
        return [_call(row) for row in rows]
