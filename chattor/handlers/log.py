"""The durable event log as the faces see it: rows of ids become events with what they point to now."""

from collections.abc import Callable

from chattor.api import Batch
from chattor.errors import BadInput
from chattor.handlers.context import Ctx
from chattor.handlers.views import friend_id, friend_view, message_id, message_view, moment, request_view
from chattor.model.events import (
    Event,
    Expired,
    FriendAdded,
    FriendChanged,
    FriendRemoved,
    FriendRequested,
    Gap,
    IdentityAlarm,
    MessageReceived,
    MessageStateChanged,
)
from chattor.model.ids import Cursor
from chattor.model.message import MessageState
from chattor.protocol.friendship import State
from chattor.store.repos.events import EventRow
from chattor.store.tx import Tx

CONSUMER = "recv"
BATCH_MAX = 1000
KEEP = 100_000


def place(cursor: str) -> int:
    """A cursor as a number. Raises BadInput."""
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 18):
        raise BadInput(f"“{cursor[:40]}” is no cursor; use one that recv or listen printed")
    return int(cursor)


def head(tx: Tx, ctx: Ctx) -> int:
    """The place of the newest event."""
    return tx.events.head()


def prune(tx: Tx, ctx: Ctx) -> None:
    """Keep the newest entries; who comes later with an older cursor is told of the gap."""
    tx.events.prune(KEEP)


def page(tx: Tx, ctx: Ctx, since: int, limit: int) -> list[Event]:
    """Events after a place, oldest first; a Gap first if some of them were pruned.

    A place beyond the newest event is one of a store that was restored since: a Gap leads back to where we are.
    """
    if since > (newest := tx.events.head()):
        return [Gap(cursor=Cursor(str(newest)), at=moment(ctx.now))]
    rows = tx.events.after(since, min(max(limit, 1), BATCH_MAX))
    events: list[Event] = []
    oldest = rows[0].id if rows else newest + 1
    if oldest > since + 1:
        events.append(Gap(cursor=Cursor(str(oldest - 1)), at=moment(ctx.now)))
    return events + [_event(tx, ctx, row) for row in rows]


def recv(tx: Tx, ctx: Ctx, since: str | None, ack: bool, limit: int) -> Batch:
    """Events after `since`, or after the stored cursor; with `ack` the stored cursor moves past them."""
    start = tx.events.cursor(CONSUMER) if since is None else place(since)
    events = page(tx, ctx, start, limit)
    cursor = events[-1].cursor if events else Cursor(str(start))
    if ack:
        tx.events.acknowledge(CONSUMER, place(cursor), ctx.now)
    return Batch(events=events, cursor=cursor)


def _event(tx: Tx, ctx: Ctx, row: EventRow) -> Event:
    return _BUILDERS[row.event](tx, ctx, row)


def _message_received(tx: Tx, ctx: Ctx, row: EventRow) -> Event:
    known = tx.messages.get(row.message or 0)
    return MessageReceived(
        cursor=_cursor(row),
        at=moment(row.at_ms),
        friend=friend_id(row.friend or 0),
        id=message_id(row.message or 0),
        message=None if known is None else message_view(tx, known),
    )


def _message_state(tx: Tx, ctx: Ctx, row: EventRow) -> Event:
    return MessageStateChanged(
        cursor=_cursor(row),
        at=moment(row.at_ms),
        friend=friend_id(row.friend or 0),
        id=message_id(row.message or 0),
        state=MessageState(row.detail),
    )


def _friend_request(tx: Tx, ctx: Ctx, row: EventRow) -> Event:
    relation = tx.friends.get(row.friend or 0)
    open_still = relation is not None and relation.state in (State.INCOMING, State.OUTGOING)
    return FriendRequested(
        cursor=_cursor(row),
        at=moment(row.at_ms),
        friend=friend_id(row.friend or 0),
        request=request_view(relation) if relation is not None and open_still else None,
    )


def _friend_added(tx: Tx, ctx: Ctx, row: EventRow) -> Event:
    relation = tx.friends.get(row.friend or 0)
    return FriendAdded(
        cursor=_cursor(row),
        at=moment(row.at_ms),
        friend=friend_id(row.friend or 0),
        detail=None if relation is None else friend_view(tx, ctx, relation),
    )


def _friend_removed(tx: Tx, ctx: Ctx, row: EventRow) -> Event:
    return FriendRemoved(cursor=_cursor(row), at=moment(row.at_ms), friend=friend_id(row.friend or 0))


def _friend_changed(tx: Tx, ctx: Ctx, row: EventRow) -> Event:
    return FriendChanged(cursor=_cursor(row), at=moment(row.at_ms), friend=friend_id(row.friend or 0))


def _identity_alarm(tx: Tx, ctx: Ctx, row: EventRow) -> Event:
    friend = None if row.friend is None else friend_id(row.friend)
    return IdentityAlarm(cursor=_cursor(row), at=moment(row.at_ms), friend=friend, reason=row.detail)


def _expired(tx: Tx, ctx: Ctx, row: EventRow) -> Event:
    return Expired(
        cursor=_cursor(row),
        at=moment(row.at_ms),
        friend=friend_id(row.friend or 0),
        id=message_id(row.message or 0),
    )


def _cursor(row: EventRow) -> Cursor:
    return Cursor(str(row.id))


_BUILDERS: dict[str, Callable[[Tx, Ctx, EventRow], Event]] = {
    "message_received": _message_received,
    "message_state": _message_state,
    "friend_request": _friend_request,
    "friend_added": _friend_added,
    "friend_removed": _friend_removed,
    "friend_changed": _friend_changed,
    "identity_alarm": _identity_alarm,
    "expired": _expired,
}
