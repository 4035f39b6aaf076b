"""The durable event log: ids and one word, never text. Consumers come back with a cursor and miss nothing."""

from dataclasses import dataclass
from enum import StrEnum

from chattor.store.sql import Row, Sql, integer, maybe_integer, number, text


class Happened(StrEnum):
    """The kinds of entries: the tags of `model.events`."""

    MESSAGE_RECEIVED = "message_received"
    MESSAGE_STATE = "message_state"
    MESSAGE_CHANGED = "message_changed"
    FRIEND_REQUEST = "friend_request"
    FRIEND_ADDED = "friend_added"
    FRIEND_REMOVED = "friend_removed"
    FRIEND_CHANGED = "friend_changed"
    IDENTITY_ALARM = "identity_alarm"
    EXPIRED = "expired"
    POST_RECEIVED = "post_received"
    CHANNEL_CHANGED = "channel_changed"
    APPROVAL = "approval"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One entry. `detail` is a state, a reason in words of ours, or the number of an outage."""

    id: int
    at_ms: int
    event: Happened
    friend: int | None
    message: int | None
    channel: int | None
    post: int | None
    detail: str


def _event(row: Row) -> EventRow:
    return EventRow(
        id=integer(row[0]),
        at_ms=integer(row[1]),
        event=Happened(text(row[2])),
        friend=maybe_integer(row[3]),
        message=maybe_integer(row[4]),
        channel=maybe_integer(row[5]),
        post=maybe_integer(row[6]),
        detail=text(row[7]),
    )


class EventsRepo:
    """The table `events`."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def add(
        self,
        *,
        at_ms: int,
        event: Happened,
        friend: int | None = None,
        message: int | None = None,
        channel: int | None = None,
        post: int | None = None,
        detail: str = "",
    ) -> EventRow:
        """Append; the entry with its number."""
        cursor = self._sql.execute(
            "INSERT INTO events (at_ms, event, friend, message, channel, post, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (at_ms, event, friend, message, channel, post, detail),
        )
        return EventRow(
            id=integer(cursor.lastrowid),
            at_ms=at_ms,
            event=event,
            friend=friend,
            message=message,
            channel=channel,
            post=post,
            detail=detail,
        )

    def after(self, cursor: int, limit: int) -> list[EventRow]:
        """Entries after a cursor, oldest first."""
        rows = self._sql.execute(
            "SELECT id, at_ms, event, friend, message, channel, post, detail FROM events"
            " WHERE id > ? ORDER BY id LIMIT ?",
            (cursor, limit),
        )
        return [_event(row) for row in rows]

    def head(self) -> int:
        """The number of the newest entry ever written, pruned or not."""
        return number(self._sql, "SELECT seq FROM sqlite_sequence WHERE name = 'events'")

    def prune(self, keep: int) -> None:
        """Keep the newest `keep` entries; after a restore their numbers are not without holes."""
        self._sql.execute(
            "DELETE FROM events WHERE id <= (SELECT id FROM events ORDER BY id DESC LIMIT 1 OFFSET ?)", (keep,)
        )

    def prune_until(self, at_ms: int, cursor: int | None) -> None:
        """Drop the entries before the first that is as young as `at_ms`, none of them behind `cursor`."""
        young = self._sql.execute("SELECT id FROM events WHERE at_ms >= ? ORDER BY id LIMIT 1", (at_ms,)).fetchone()
        last = self.head() if young is None else integer(young[0]) - 1
        self._sql.execute("DELETE FROM events WHERE id <= ?", (last if cursor is None else min(last, cursor),))
