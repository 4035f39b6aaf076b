"""The durable event log: ids and one word, never text. Consumers come back with a cursor and miss nothing."""

from dataclasses import dataclass

from chattor.store.sql import Row, Sql, integer, maybe_integer, text


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One entry. `detail` is a state or a reason in words of ours."""

    id: int
    at_ms: int
    event: str
    friend: int | None
    message: int | None
    detail: str


def _event(row: Row) -> EventRow:
    return EventRow(
        id=integer(row[0]),
        at_ms=integer(row[1]),
        event=text(row[2]),
        friend=maybe_integer(row[3]),
        message=maybe_integer(row[4]),
        detail=text(row[5]),
    )


class EventsRepo:
    """The tables `events` and `consumers`."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def add(self, *, at_ms: int, event: str, friend: int | None, message: int | None, detail: str) -> EventRow:
        """Append; the entry with its number."""
        cursor = self._sql.execute(
            "INSERT INTO events (at_ms, event, friend, message, detail) VALUES (?, ?, ?, ?, ?)",
            (at_ms, event, friend, message, detail),
        )
        return EventRow(
            id=integer(cursor.lastrowid), at_ms=at_ms, event=event, friend=friend, message=message, detail=detail
        )

    def after(self, cursor: int, limit: int) -> list[EventRow]:
        """Entries after a cursor, oldest first."""
        rows = self._sql.execute(
            "SELECT id, at_ms, event, friend, message, detail FROM events WHERE id > ? ORDER BY id LIMIT ?",
            (cursor, limit),
        )
        return [_event(row) for row in rows]

    def head(self) -> int:
        """The number of the newest entry ever written, pruned or not."""
        row = self._sql.execute("SELECT seq FROM sqlite_sequence WHERE name = 'events'").fetchone()
        return 0 if row is None else integer(row[0])

    def oldest(self) -> int:
        """The number of the oldest entry kept; head + 1 if none."""
        row = self._sql.execute("SELECT min(id) FROM events").fetchone()
        return self.head() + 1 if row is None or row[0] is None else integer(row[0])

    def prune(self, keep: int) -> None:
        """Keep the newest `keep` entries."""
        self._sql.execute("DELETE FROM events WHERE id <= ?", (self.head() - keep,))

    def cursor(self, consumer: str) -> int:
        """Where a consumer stands; 0 before it ever acknowledged."""
        row = self._sql.execute("SELECT cursor FROM consumers WHERE name = ?", (consumer,)).fetchone()
        return 0 if row is None else integer(row[0])

    def acknowledge(self, consumer: str, cursor: int, at_ms: int) -> None:
        """Move a consumer on; never back."""
        self._sql.execute(
            "INSERT INTO consumers (name, cursor, at_ms) VALUES (?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET cursor = max(cursor, excluded.cursor), at_ms = excluded.at_ms",
            (consumer, cursor, at_ms),
        )
