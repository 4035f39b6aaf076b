"""The durable event log as the faces see it: rows of ids become events with what they point to now."""

from collections.abc import Callable

from chattor.errors import BadInput
from chattor.handlers import age, ephemeral
from chattor.handlers.agent_views import approval_number, approval_view
from chattor.handlers.channel_views import channel_id, post_id, post_view
from chattor.handlers.context import Ctx
from chattor.handlers.outages import outage_view
from chattor.handlers.views import friend_id, friend_view, message_id, message_view, moment, request_view
from chattor.model.events import (
    ApprovalChanged,
    ChannelChanged,
    Event,
    Expired,
    FriendAdded,
    FriendChanged,
    FriendRemoved,
    FriendRequested,
    Gap,
    IdentityAlarm,
    MessageChanged,
    MessageReceived,
    MessageStateChanged,
    PostReceived,
    Unreachable,
)
from chattor.model.ids import ApprovalId, Cursor
from chattor.model.message import MessageState
from chattor.protocol.friendship import State
from chattor.store.repos.events import EventRow, Happened
from chattor.store.tx import Tx

BATCH_MAX = 1000
KEEP = 100_000
"""Entries at most, whoever has not taken them."""
KEEP_FOR = 30 * 24 * 60 * 60 * 1000
"""Milliseconds an entry stays at least, while there are not too many; longer if a consumer has not taken it."""


def place(cursor: str) -> int:
    """A cursor as a number. Raises BadInput."""
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 18):
        raise BadInput(f"“{cursor[:40]}” is no cursor; use one that recv or listen printed")
    return int(cursor)


def prune(tx: Tx, ctx: Ctx) -> None:
    """Drop what is old and taken, and what is too much; who comes later with an older cursor is told of the gap."""
    tx.events.prune(KEEP)
    if not age.is_doubted(tx, ctx):
        tx.events.prune_until(ctx.now - KEEP_FOR, tx.consumers.slowest())


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


def show(tx: Tx, ctx: Ctx, since: int, limit: int) -> list[Event]:
    """The same for somebody who is given the texts in it: their time begins."""
    told = [tx.messages.get(row.message or 0) for row in tx.events.after(since, min(max(limit, 1), BATCH_MAX))]
    ephemeral.show(tx, ctx, [row for row in told if row is not None])
    return page(tx, ctx, since, limit)


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


def _message_changed(tx: Tx, ctx: Ctx, row: EventRow) -> Event:
    known = tx.messages.get(row.message or 0)
    return MessageChanged(
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


def _post_received(tx: Tx, ctx: Ctx, row: EventRow) -> Event:
    known = tx.posts.get(row.post or 0)
    return PostReceived(
        cursor=_cursor(row),
        at=moment(row.at_ms),
        channel=channel_id(row.channel or 0),
        id=post_id(row.post or 0),
        friend=None if row.friend is None else friend_id(row.friend),
        post=None if known is None else post_view(tx, known),
    )


def _channel_changed(tx: Tx, ctx: Ctx, row: EventRow) -> Event:
    return ChannelChanged(cursor=_cursor(row), at=moment(row.at_ms), channel=channel_id(row.channel or 0))


def _unreachable(tx: Tx, ctx: Ctx, row: EventRow) -> Event:
    known = tx.outages.get(int(row.detail))
    return Unreachable(cursor=_cursor(row), at=moment(row.at_ms), outage=None if known is None else outage_view(known))


def _approval(tx: Tx, ctx: Ctx, row: EventRow) -> Event:
    known = tx.approvals.get(approval_number(row.detail))
    return ApprovalChanged(
        cursor=_cursor(row),
        at=moment(row.at_ms),
        id=ApprovalId(row.detail),
        approval=None if known is None else approval_view(tx, known),
    )


def _cursor(row: EventRow) -> Cursor:
    return Cursor(str(row.id))


_BUILDERS: dict[Happened, Callable[[Tx, Ctx, EventRow], Event]] = {
    Happened.MESSAGE_RECEIVED: _message_received,
    Happened.MESSAGE_STATE: _message_state,
    Happened.MESSAGE_CHANGED: _message_changed,
    Happened.FRIEND_REQUEST: _friend_request,
    Happened.FRIEND_ADDED: _friend_added,
    Happened.FRIEND_REMOVED: _friend_removed,
    Happened.FRIEND_CHANGED: _friend_changed,
    Happened.IDENTITY_ALARM: _identity_alarm,
    Happened.EXPIRED: _expired,
    Happened.POST_RECEIVED: _post_received,
    Happened.CHANNEL_CHANGED: _channel_changed,
    Happened.APPROVAL: _approval,
    Happened.UNREACHABLE: _unreachable,
}
