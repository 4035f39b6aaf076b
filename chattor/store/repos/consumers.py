"""Who takes events, and how far each has come."""

from dataclasses import dataclass

from chattor.store.sql import Row, Sql, integer, maybe_number, text


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerRow:
    """One consumer; `waiting` is how many entries of the log lie behind his cursor."""

    name: str
    cursor: int
    at_ms: int
    waiting: int


_COLUMNS = "SELECT name, cursor, at_ms, (SELECT count(*) FROM events WHERE id > cursor) FROM consumers"


def _consumer(row: Row) -> ConsumerRow:
    return ConsumerRow(name=text(row[0]), cursor=integer(row[1]), at_ms=integer(row[2]), waiting=integer(row[3]))


class ConsumersRepo:
    """The table `consumers`."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def all(self) -> list[ConsumerRow]:
        """By name."""
        return [_consumer(row) for row in self._sql.execute(f"{_COLUMNS} ORDER BY name")]

    def get(self, name: str) -> ConsumerRow | None:
        """One by name."""
        row = self._sql.execute(f"{_COLUMNS} WHERE name = ?", (name,)).fetchone()
        return None if row is None else _consumer(row)

    def slowest(self) -> int | None:
        """Where the last of them stands; None if there is none."""
        return maybe_number(self._sql, "SELECT cursor FROM consumers ORDER BY cursor LIMIT 1")

    def acknowledge(self, name: str, cursor: int, at_ms: int) -> None:
        """Move one on, never back; who is new is registered."""
        self._sql.execute(
            "INSERT INTO consumers (name, cursor, at_ms) VALUES (?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET cursor = max(cursor, excluded.cursor), at_ms = excluded.at_ms",
            (name, cursor, at_ms),
        )

    def forget(self, name: str) -> None:
        """He comes back no more."""
        self._sql.execute("DELETE FROM consumers WHERE name = ?", (name,))
