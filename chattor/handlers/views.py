"""Rows of the store as the values of the Api."""

from datetime import UTC, datetime
from typing import Final

from chattor.config.duration import duration
from chattor.handlers import presence
from chattor.handlers.context import Ctx
from chattor.model.address import OnionAddress
from chattor.model.friend import Friend, FriendState, Request, RequestDirection
from chattor.model.ids import FriendId, MessageId
from chattor.model.message import ME, Direction, Message, MessageState, OutboxEntry, Priority
from chattor.protocol.friendship import State
from chattor.protocol.stream import Kind, Rest
from chattor.store.repos.chain import Item
from chattor.store.repos.friends import FriendRow
from chattor.store.repos.messages import MessageRow
from chattor.store.repos.outbox import Operation
from chattor.store.tx import Tx

_PERIOD = {0: "never", None: "default"}
_SWITCH = {True: "on", False: "off", None: "default"}
_CHANGES: Final = {int(kind): kind.name.lower() for kind in Kind}
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
        online=row.id in ctx.online and presence.tells_presence(ctx, row),
        typing=row.id in ctx.typing and presence.tells_typing(ctx, row),
        verified=row.verified,
        muted=row.muted,
        unread=tx.messages.unread(row.id, row.read_id),
        last_seen=maybe_moment(row.last_seen_ms),
        alarm=row.alarm,
        note=row.notice,
        last_message_at=maybe_moment(row.last_message_ms),
        options={
            "receipts": _SWITCH[row.receipts],
            "typing": _SWITCH[row.typing],
            "presence": _SWITCH[row.presence],
            "retention": _PERIOD.get(row.retention_s) or duration(row.retention_s or 0),
        },
        ephemeral=row.timer.seconds or None,
        agent=row.agent,
        capabilities=list(row.capabilities),
        activity=ctx.activities.get(row.id) if presence.tells_presence(ctx, row) else None,
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
        notice=row.notice,
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
        reactions=_reactions(tx, row),
        sent_at=moment(row.sent_ms),
        received_at=maybe_moment(row.received_ms),
        expires_at=maybe_moment(row.expires_ms),
        ttl=row.ttl or None,
    )


def _reactions(tx: Tx, row: MessageRow) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for author, emoji in tx.reactions.of(row.friend, row.msg_id).items():
        found.setdefault(emoji, []).append(ME if author is Direction.OUT else friend_id(row.friend))
    return {} if row.text is None else found


def outbox_view(friend: FriendRow, row: MessageRow) -> OutboxEntry:
    """A message that waits, and why."""
    return _waiting(friend, message_id(row.id), row.state, row.sent_ms, text=row.text, priority=row.priority)


def change_view(friend: FriendRow, item: Item) -> OutboxEntry:
    """An edit, a deletion, a reaction or a timer that waits. Its id is the friend's: it is retried with him.

    A later version, which this profile was used with before, may have said something else.
    """
    rest = Rest.decode(item.rest or b"")
    what = _CHANGES.get(rest.kind, "something of a later version")
    return _waiting(friend, MessageId(friend_id(friend.id)), _how_far(item.written), rest.sent_ms, what=what)


def operation_view(friend: FriendRow, operation: Operation) -> OutboxEntry:
    """A request or an answer that waits. Its id is the friend's: it is retried with him."""
    state, name = _how_far(operation.written), MessageId(friend_id(friend.id))
    return _waiting(friend, name, state, operation.queued_ms, what=operation.kind)


def _how_far(written: bool) -> MessageState:
    return MessageState.SENDING if written else MessageState.QUEUED


def _waiting(
    friend: FriendRow,
    id: MessageId,
    state: MessageState,
    queued_ms: int,
    *,
    text: str | None = None,
    what: str = "",
    priority: Priority = Priority.NORMAL,
) -> OutboxEntry:
    """Why anything waits is the friend's matter: what kept the last dial from him, and when the next one is due."""
    why = friend.reason or ("on its way" if state is MessageState.SENDING else "waiting for a link")
    return OutboxEntry(
        id=id,
        friend=friend_id(friend.id),
        text=text,
        state=state,
        attempts=friend.attempts,
        next_attempt_at=maybe_moment(friend.next_ms if friend.attempts else None),
        reason=f"{what}: {why}" if what else why,
        queued_at=moment(queued_ms),
        priority=priority,
    )
