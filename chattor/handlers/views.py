"""Rows of the store as the values of the Api."""

from datetime import UTC, datetime

from chattor.handlers.context import Ctx
from chattor.model.address import OnionAddress
from chattor.model.friend import Friend, FriendState, Request, RequestDirection
from chattor.model.ids import FriendId, MessageId
from chattor.model.message import Message, MessageState, OutboxEntry
from chattor.protocol.friendship import State
from chattor.store.repos.friends import FriendRow
from chattor.store.repos.messages import MessageRow
from chattor.store.repos.outbox import Operation
from chattor.store.tx import Tx

_FIRST, _LAST = 0, 253_402_300_799_000  # 1970 … 9999: a peer's clock may say anything, a datetime cannot


def moment(ms: int) -> datetime:
    """Milliseconds since the epoch as UTC, cut to what a datetime can hold."""
    return datetime.fromtimestamp(min(max(ms, _FIRST), _LAST) / 1000, UTC)


def maybe_moment(ms: int | None) -> datetime | None:
    """As `moment`, for a nullable column."""
    return None if ms is None else moment(ms)


def friend_id(number: int) -> FriendId:
    """The opaque id of a relation."""
    return FriendId(f"f{number}")


def message_id(number: int) -> MessageId:
    """The opaque id of a message."""
    return MessageId(f"m{number}")


def friend_view(tx: Tx, ctx: Ctx, row: FriendRow) -> Friend:
    """A row of the friends list."""
    return Friend(
        id=friend_id(row.id),
        name=row.name,
        onion=str(OnionAddress(row.onion_pk)),
        state=FriendState(row.state.value),
        online=row.id in ctx.online and row.state is State.FRIEND,
        typing=False,
        verified=row.verified,
        muted=row.muted,
        unread=tx.messages.unread(row.id, row.read_id),
        last_seen=maybe_moment(row.last_seen_ms),
        alarm=row.alarm,
        note=row.notice,
        last_message_at=maybe_moment(row.last_message_ms),
    )


def request_view(row: FriendRow, direction: RequestDirection | None = None) -> Request:
    """An unanswered request; one that was just answered needs its `direction`."""
    asked = RequestDirection.INCOMING if row.state is State.INCOMING else RequestDirection.OUTGOING
    return Request(
        id=friend_id(row.id),
        direction=direction or asked,
        name=row.name,
        note=row.note,
        onion=str(OnionAddress(row.onion_pk)),
        state=FriendState(row.state.value),
        at=moment(row.asked_ms),
    )


def message_view(tx: Tx, row: MessageRow) -> Message:
    """One line of a conversation."""
    target = tx.messages.number(row.friend, row.reply_to) if row.reply_to else None
    return Message(
        id=message_id(row.id),
        friend=friend_id(row.friend),
        direction=row.direction,
        text=row.text,
        state=row.state,
        seq=row.seq,
        reply_to=None if target is None else message_id(target),
        edited=row.edited,
        reactions={},
        sent_at=moment(row.sent_ms),
        received_at=maybe_moment(row.received_ms),
        expires_at=maybe_moment(row.expires_ms),
    )


def outbox_view(friend: FriendRow, row: MessageRow) -> OutboxEntry:
    """A message that waits, and why."""
    waiting = friend.next_ms if friend.attempts else None
    return OutboxEntry(
        id=message_id(row.id),
        friend=friend_id(friend.id),
        text=row.text,
        state=row.state,
        attempts=friend.attempts,
        next_attempt_at=maybe_moment(waiting),
        reason=friend.reason or ("on its way" if row.state is MessageState.SENDING else "waiting for a link"),
        queued_at=moment(row.sent_ms),
    )


def operation_view(friend: FriendRow, operation: Operation) -> OutboxEntry:
    """A request or an answer that waits. Its id is the friend's: it is retried with him."""
    return OutboxEntry(
        id=MessageId(friend_id(friend.id)),
        friend=friend_id(friend.id),
        text=None,
        state=MessageState.SENDING if operation.written else MessageState.QUEUED,
        attempts=friend.attempts,
        next_attempt_at=maybe_moment(friend.next_ms if friend.attempts else None),
        reason=f"{operation.kind}: {friend.reason or 'waiting for a link'}",
        queued_at=moment(operation.queued_ms),
    )
