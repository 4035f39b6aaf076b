"""Texts: send, receive, cancel, read. One transaction each."""

from dataclasses import dataclass

from chattor.errors import NotAllowed, ProtocolViolation
from chattor.handlers import resolve, stream
from chattor.handlers.context import Ctx
from chattor.handlers.views import friend_id, friend_view, message_id, message_view
from chattor.model.friend import Friend
from chattor.model.message import Direction, Message, MessageState, Sent
from chattor.protocol.content import Text, check_text, decode_text, encode_text
from chattor.protocol.frames import Msg, Tombstone
from chattor.protocol.friendship import State
from chattor.protocol.stream import SALT_SIZE, Kind, Position, Rest, Verdict, direction, extend, judge, rest_hash
from chattor.store.repos.friends import FriendRow
from chattor.store.repos.messages import MessageRow
from chattor.store.tx import Tx
from chattor.text import safe_text

HISTORY_MAX = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SendText:
    """Send a text to FRIEND, maybe in answer to a message id, maybe repeatable under a key."""

    friend: str
    text: str
    reply_to: str | None = None
    key: str | None = None


def send_text(tx: Tx, ctx: Ctx, command: SendText) -> Sent:
    """Put a text on disk and into the outbox. Raises BadInput, TextTooLong, NotFound, NotAllowed."""
    check_text(command.text)
    friend = resolve.friend(tx, command.friend)
    if command.key is not None and (known := tx.messages.answered(command.key)) is not None:
        return _sent(resolve.message(tx, message_id(known)))
    if friend.alarm is not None:
        raise NotAllowed(f"sending to {friend.name} is stopped: {friend.alarm}; acknowledge it first")
    target = _target(tx, friend, command.reply_to)
    body = encode_text(Text(command.text, target))
    rest = Rest(salt=ctx.rng(SALT_SIZE), kind=Kind.TEXT, sent_ms=ctx.now, ttl=0, body=body)
    item = stream.append(tx, ctx, friend, rest)
    number = tx.messages.add_out(
        friend=friend.id, msg_id=item.msg_id, seq=item.at.seq, body=command.text, reply_to=target, sent_ms=ctx.now
    )
    tx.friends.update(friend.id, last_message_ms=ctx.now, draft="")
    if command.key is not None:
        tx.messages.remember_key(command.key, number, ctx.now)
    tx.emit(ctx.now, "message_state", friend=friend.id, message=number, detail=MessageState.QUEUED)
    return Sent(id=message_id(number), friend=friend_id(friend.id), state=MessageState.QUEUED, seq=item.at.seq)


@dataclass(frozen=True, slots=True)
class Received:
    """Where their stream stands now, to be acknowledged after the commit; `broken` closes the link instead."""

    high: Position
    broken: bool = False


def receive(tx: Tx, ctx: Ctx, number: int, items: tuple[Msg | Tombstone, ...]) -> Received:
    """Take stream items of one friend in order. Raises ProtocolViolation: nothing of the batch is kept."""
    friend = tx.friends.get(number)
    if friend is None or friend.state is not State.FRIEND or friend.ik_sig is None:
        raise ProtocolViolation("message from somebody who is not a friend")
    way = direction(friend.ik_sig, ctx.own.identity.sig.public)
    high, broken = friend.high, False
    for item in items:
        verdict = judge(high, item.seq, item.prev)
        if verdict is Verdict.BROKEN:
            broken = True
            break
        if verdict is Verdict.NEXT:
            digest = rest_hash(item.rest) if isinstance(item, Msg) else item.rest_hash
            _take_in(tx, ctx, friend, item, digest)
            high = extend(way, high, item.msg_id, digest)
    if high != friend.high:
        tx.friends.advance_high(friend.id, high)
        tx.friends.update(friend.id, last_message_ms=ctx.now)
    return Received(high, broken)


def _take_in(tx: Tx, ctx: Ctx, friend: FriendRow, item: Msg | Tombstone, digest: bytes) -> None:
    known = tx.messages.seen(friend.id, item.msg_id)
    if known is not None:
        if known != digest:
            tx.emit(ctx.now, "identity_alarm", friend=friend.id, detail="the same message id came with another text")
        return
    tx.messages.mark_seen(friend.id, item.msg_id, digest)
    if isinstance(item, Msg):
        _show(tx, ctx, friend, item)


def _show(tx: Tx, ctx: Ctx, friend: FriendRow, item: Msg) -> None:
    rest = Rest.decode(item.rest)
    if rest.kind != Kind.TEXT:
        tx.messages.set_aside(friend=friend.id, msg_id=item.msg_id, kind=rest.kind, rest=item.rest, at_ms=ctx.now)
        return
    content = decode_text(rest.body)
    number = tx.messages.add_in(
        friend=friend.id,
        msg_id=item.msg_id,
        seq=item.seq,
        body=safe_text(content.text, multiline=True),
        reply_to=content.reply_to,
        sent_ms=rest.sent_ms,
        received_ms=ctx.now,
    )
    tx.emit(ctx.now, "message_received", friend=friend.id, message=number)


def cancel(tx: Tx, ctx: Ctx, name: str) -> Message:
    """Take back a message that never left; it travels as TOMBSTONE. Raises NotAllowed once it was written."""
    row = _own(tx, name)
    item = tx.chain.get(row.friend, row.msg_id)
    if row.state is not MessageState.QUEUED or item is None or item.written:
        raise NotAllowed("it left already and may have arrived")
    tx.chain.bury(item.pos)
    tx.messages.set_state(row.id, MessageState.CANCELLED)
    tx.emit(ctx.now, "message_state", friend=row.friend, message=row.id, detail=MessageState.CANCELLED)
    return message_view(tx, resolve.message(tx, name))


def history(tx: Tx, ctx: Ctx, command: "History") -> list[Message]:
    """A page of a conversation, oldest first. Raises NotFound, BadInput."""
    friend = resolve.relation(tx, command.friend)
    limit = min(max(command.limit, 1), HISTORY_MAX)
    if command.around is not None:
        middle = resolve.message(tx, command.around).id
        half = limit // 2
        rows = tx.messages.before(friend.id, middle, half) + tx.messages.after(friend.id, middle, limit - half)
    elif command.before is not None:
        rows = tx.messages.before(friend.id, resolve.message(tx, command.before).id, limit)
    else:
        rows = tx.messages.newest(friend.id, limit)
    return [message_view(tx, row) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A page of FRIEND's conversation: the newest `limit`, or before or around a message id."""

    friend: str
    limit: int = 50
    before: str | None = None
    around: str | None = None


def read(tx: Tx, ctx: Ctx, name: str) -> Friend:
    """Move our read marker to the end of a conversation."""
    friend = resolve.relation(tx, name)
    newest = tx.messages.last_id(friend.id)
    if newest > friend.read_id:
        unread = tx.messages.unread(friend.id, friend.read_id)
        tx.friends.update(friend.id, read_id=newest)
        if unread:
            tx.emit(ctx.now, "friend_changed", friend=friend.id)
    return friend_view(tx, ctx, resolve.relation(tx, friend_id(friend.id)))


def draft(tx: Tx, ctx: Ctx, name: str, text: str | None) -> str:
    """The unsent text for a friend, replaced first if one is given."""
    friend = resolve.relation(tx, name)
    if text is not None:
        tx.friends.update(friend.id, draft=text[:64_000])
    return tx.friends.draft(friend.id)


def _own(tx: Tx, name: str) -> MessageRow:
    row = resolve.message(tx, name)
    if row.direction is not Direction.OUT:
        raise NotAllowed("it is not yours")
    return row


def sent(tx: Tx, ctx: Ctx, name: str) -> Sent:
    """How far one of our messages got."""
    return _sent(_own(tx, name))


def _sent(row: MessageRow) -> Sent:
    return Sent(id=message_id(row.id), friend=friend_id(row.friend), state=row.state, seq=row.seq)


def _target(tx: Tx, friend: FriendRow, name: str | None) -> bytes | None:
    if name is None:
        return None
    row = resolve.message(tx, name)
    if row.friend != friend.id:
        raise NotAllowed("that message belongs to another conversation")
    return row.msg_id
