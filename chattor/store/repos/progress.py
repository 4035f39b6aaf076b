"""How far our own messages got, and when. Of texts of limited time, or gone, no moment is kept."""

from dataclasses import dataclass
from typing import Final

from chattor.model.message import MessageState, Priority
from chattor.store.repos.messages import PRIORITIES, SQL_UNDER_WAY, SQL_WAITING
from chattor.store.sql import Sql, integer, maybe_integer, text

_AT: Final = "iif(ttl OR text IS NULL, NULL, ?)"


@dataclass(frozen=True, slots=True)
class Marks:
    """When a message of ours was written to a link, when it arrived or was given up, and when it was looked at."""

    written_ms: int | None = None
    settled_ms: int | None = None
    looked_ms: int | None = None


class ProgressRepo:
    """The columns `state`, `written_ms`, `settled_ms` and `looked_ms` of our rows in `messages`."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def settle(self, message: int, state: MessageState, at_ms: int) -> None:
        """A message of ours arrived, or was given up."""
        self._sql.execute(
            f"UPDATE messages SET state = ?, settled_ms = {_AT} WHERE id = ?",  # noqa: S608
            (state.value, at_ms, message),
        )

    def urgency(self, friend: int) -> int:
        """The place among `PRIORITIES` of our most urgent message that is under way to a friend."""
        row = self._sql.execute(
            f"SELECT max(priority) FROM messages WHERE friend = ? AND {SQL_WAITING}",  # noqa: S608
            (friend,),
        ).fetchone()
        found = None if row is None else maybe_integer(row[0])
        return PRIORITIES.index(Priority.NORMAL) if found is None else found

    def send(self, friend: int, after_pos: int, upto_pos: int, at_ms: int) -> list[int]:
        """Queued messages whose texts are now on a wire; the numbers that moved on."""
        rows = self._sql.execute(
            f"UPDATE messages SET state = 'sending', written_ms = {_AT}"  # noqa: S608
            " WHERE friend = ? AND direction = 'out' AND state = 'queued'"
            " AND msg_id IN (SELECT coalesce(about, msg_id) FROM chain WHERE friend = ? AND pos > ? AND pos <= ?"
            " AND rest IS NOT NULL) RETURNING id",
            (at_ms, friend, friend, after_pos, upto_pos),
        )
        return sorted(integer(row[0]) for row in rows)

    def on_their_way(self, friend: int, after_pos: int, upto_pos: int) -> list[int]:
        """Messages not yet delivered whose texts, or what became of them, lie in this range, in order."""
        rows = self._sql.execute(
            "SELECT m.id FROM chain c JOIN messages m"  # noqa: S608
            " ON m.friend = c.friend AND m.direction = 'out' AND m.msg_id = coalesce(c.about, c.msg_id)"
            " WHERE c.friend = ? AND c.pos > ? AND c.pos <= ? AND c.rest IS NOT NULL"
            f" AND m.state IN {SQL_UNDER_WAY} ORDER BY c.pos",
            (friend, after_pos, upto_pos),
        )
        return [integer(row[0]) for row in rows]

    def look_at(self, friend: int, upto: int, limit: int, at_ms: int) -> list[int]:
        """Own delivered messages up to this one were looked at; the numbers of the newest `limit` that moved on."""
        rows = self._sql.execute(
            f"UPDATE messages SET state = 'read', looked_ms = {_AT}"  # noqa: S608
            " WHERE id IN (SELECT id FROM messages WHERE friend = ? AND id <= ?"
            " AND direction = 'out' AND state = 'delivered' ORDER BY id DESC LIMIT ?) RETURNING id",
            (at_ms, friend, upto, limit),
        )
        return sorted(integer(row[0]) for row in rows)

    def abandon(self, friend: int, at_ms: int) -> list[tuple[int, MessageState]]:
        """Give up what was not delivered: never written is cancelled, what may have arrived is expired."""
        rows = self._sql.execute(
            "UPDATE messages SET state = CASE state WHEN 'queued' THEN 'cancelled' ELSE 'expired' END,"  # noqa: S608
            f" settled_ms = {_AT} WHERE friend = ? AND {SQL_WAITING} RETURNING id, state",
            (at_ms, friend),
        )
        return [(integer(row[0]), MessageState(text(row[1]))) for row in rows]

    def marks(self, message: int) -> Marks:
        """When it got how far."""
        row = self._sql.execute(
            "SELECT written_ms, settled_ms, looked_ms FROM messages WHERE id = ?", (message,)
        ).fetchone()
        return Marks() if row is None else Marks(*map(maybe_integer, row))
