"""What ends: texts whose time is limited, messages past their retention; what the clock said; what is left in logs."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from chattor.store.repos.messages import MESSAGE_COLUMNS, SQL_UNDER_WAY, MessageRow, message_of
from chattor.store.sql import Sql, integer, maybe_number, number

_BEGIN = "UPDATE messages SET expires_ms = ? + ttl * 1000 WHERE ttl > 0 AND expires_ms IS NULL AND text IS NOT NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """The last moment the clock was believed, and how often it was looked at since; all 0 before the first time."""

    moment: int = 0
    looked: int = 0
    stood: int = 0


class ExpiringRepo:
    """The columns `ttl` and `expires_ms` of `messages`, the tables `wall` and `residue`. Times in ms."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def begin(self, messages: Iterable[int], now: int) -> list[int]:
        """The time of these texts begins; those for which it has an end and did not begin before."""
        among = "id IN (SELECT value FROM json_each(?))"
        rows = self._sql.execute(f"{_BEGIN} AND {among} RETURNING id", (now, json.dumps(list(messages))))
        return sorted(integer(row[0]) for row in rows)

    def begin_shown(self, friend: int, upto: int, now: int) -> list[int]:
        """The time of all of a friend's texts up to a message begins; which."""
        rows = self._sql.execute(
            f"{_BEGIN} AND friend = ? AND direction = 'in' AND id <= ? RETURNING id", (now, friend, upto)
        )
        return sorted(integer(row[0]) for row in rows)

    def due(self, now: int, limit: int) -> list[MessageRow]:
        """Texts whose time is over, the longest first."""
        rows = self._sql.execute(
            f"SELECT {MESSAGE_COLUMNS} FROM messages WHERE expires_ms <= ? AND text IS NOT NULL"  # noqa: S608
            " ORDER BY expires_ms, id LIMIT ?",
            (now, limit),
        )
        return [message_of(row) for row in rows]

    def next(self) -> int | None:
        """When the next text ends."""
        return maybe_number(
            self._sql, "SELECT min(expires_ms) FROM messages WHERE expires_ms IS NOT NULL AND text IS NOT NULL"
        )

    def shift(self, by: int) -> None:
        """The clock was set: every end moves with it."""
        self._sql.execute(
            "UPDATE messages SET expires_ms = expires_ms + ? WHERE expires_ms IS NOT NULL AND text IS NOT NULL", (by,)
        )

    def wall(self) -> int:
        """What the clock said last; 0 before it was ever asked."""
        return number(self._sql, "SELECT seen_ms FROM wall")

    def remember_wall(self, now: int) -> None:
        """What the clock says."""
        self._sql.execute("UPDATE wall SET seen_ms = ?", (now,))

    def belief(self) -> Belief:
        """By which moment the age of things is told."""
        row = self._sql.execute("SELECT believed_ms, looked_ms, stood FROM wall").fetchone()
        return (
            Belief() if row is None else Belief(moment=integer(row[0]), looked=integer(row[1]), stood=integer(row[2]))
        )

    def believe(self, belief: Belief) -> None:
        """Likewise, from now on."""
        self._sql.execute(
            "UPDATE wall SET believed_ms = ?, looked_ms = ?, stood = ?", (belief.moment, belief.looked, belief.stood)
        )

    def residue(self) -> int:
        """How often something secret was overwritten or deleted, by whatever rule."""
        return number(self._sql, "SELECT times FROM residue")

    def forgettable(self, friend: int, before_ms: int, limit: int) -> list[MessageRow]:
        """Messages of a conversation that came before a moment, the oldest first; none that waits to leave.

        By their own times, not by their numbers: a clock that was wrong for a while must hold up nothing.
        """
        rows = self._sql.execute(
            f"SELECT {MESSAGE_COLUMNS} FROM messages WHERE friend = ? AND coalesce(received_ms, sent_ms) < ?"  # noqa: S608
            f" AND state NOT IN {SQL_UNDER_WAY} ORDER BY coalesce(received_ms, sent_ms), id LIMIT ?",
            (friend, before_ms, limit),
        )
        return [message_of(row) for row in rows]

    def forget(self, message: int) -> None:
        """Drop a message whole."""
        self._sql.execute("DELETE FROM messages WHERE id = ?", (message,))
