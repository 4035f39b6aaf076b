"""When nobody could reach us."""

from dataclasses import dataclass

from chattor.store.sql import Row, Sql, integer, maybe_integer, text


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageRow:
    """One of them, in words of ours; `ended_ms` is None while it lasts, `seen_ms` when it was last known to."""

    id: int
    began_ms: int
    seen_ms: int
    ended_ms: int | None
    reason: str


def _outage(row: Row) -> OutageRow:
    return OutageRow(
        id=integer(row[0]),
        began_ms=integer(row[1]),
        seen_ms=integer(row[2]),
        ended_ms=maybe_integer(row[3]),
        reason=text(row[4]),
    )


class OutagesRepo:
    """The table `outages`."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def add(self, began_ms: int, reason: str, keep: int) -> int:
        """One begins; its number. Of all the newest `keep` stay."""
        cursor = self._sql.execute(
            "INSERT INTO outages (began_ms, seen_ms, reason) VALUES (?, ?, ?)", (began_ms, began_ms, reason)
        )
        self._sql.execute("DELETE FROM outages WHERE id <= ?", (integer(cursor.lastrowid) - keep,))
        return integer(cursor.lastrowid)

    def end(self, outage: int, ended_ms: int | None) -> None:
        """It is over; or not yet, after all."""
        self._sql.execute("UPDATE outages SET ended_ms = ? WHERE id = ?", (ended_ms, outage))

    def see(self, outage: int, seen_ms: int) -> None:
        """It lasts still."""
        self._sql.execute("UPDATE outages SET seen_ms = ? WHERE id = ?", (seen_ms, outage))

    def get(self, outage: int) -> OutageRow | None:
        """By number."""
        row = self._sql.execute(
            "SELECT id, began_ms, seen_ms, ended_ms, reason FROM outages WHERE id = ?", (outage,)
        ).fetchone()
        return None if row is None else _outage(row)

    def newest(self, limit: int) -> list[OutageRow]:
        """The last ones, newest first."""
        rows = self._sql.execute(
            "SELECT id, began_ms, seen_ms, ended_ms, reason FROM outages ORDER BY id DESC LIMIT ?", (limit,)
        )
        return [_outage(row) for row in rows]
