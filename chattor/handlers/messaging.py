"""Texts: send, receive, cancel, read. One transaction each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chattor.errors import BadInput, NotAllowed, ProtocolViolation, SentAndGone
from chattor.handlers import changes, ephemeral, reading, resolve, stream, timers
from chattor.handlers.context import Ctx
from chattor.handlers.views import friend_id, message_id, message_view
from chattor.model.message import GIVEN_UP, Message, MessageState, Priority, Sent
from chattor.protocol.content import Text, check_text, check_ttl, decode_text, encode_text
from chattor.protocol.frames import Msg, Tombstone
from chattor.protocol.friendship import State
from chattor.protocol.limits import ITEM_COST, KEY_MAX, KEYS_MAX
from chattor.protocol.stream import Kind, Position, Rest, Verdict, extend, judge, rest_hash
from chattor.store.repos.events import Happened
from chattor.store.repos.friends import FriendRow
from chattor.store.repos.messages import MessageRow
from chattor.store.tx import Tx
from chattor.text import safe_text

HISTORY_MAX = 1000
REUSED = "the same message id came with another text: is a copy of your friend's profile running?"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendText:
    """Send a text to FRIEND, maybe in answer to a message id, maybe repeatable under a key of ours or of an agent's.

    `ttl` is how many seconds it lives; without it the timer of the conversation counts.
    """

    friend: str
    text: str
    reply_to: str | None = None
    key: str | None = None
    ttl: int | None = None
    priority: Priority = Priority.NORMAL
    agent: int = 0


def send_text(tx: Tx, ctx: Ctx, command: SendText) -> Sent:
    """Put a text on disk and into the outbox. Raises BadInput, TextTooLong, NotFound, NotAllowed.

    Raises SentAndGone for a key whose message was forgotten.
    """
    check_text(command.text)
    if command.ttl is not None:
        check_ttl(command.ttl)
    friend = resolve.friend(tx, command.friend)
    if (before := sent_before(tx, friend, command)) is not None:
        return before
    resolve.reachable(friend)
    ttl = friend.timer.seconds if command.ttl is None else command.ttl
    queued = _queue(tx, ctx, friend, command.text, _target(tx, friend, command.reply_to), ttl, command.priority)
    tx.friends.update(friend.id, last_message_ms=ctx.now, draft="")
    if command.key is not None:
        tx.messages.remember_key(friend.id, command.agent, command.key, queued.number, KEYS_MAX)
    return queued.view(friend.id)


def sent_before(tx: Tx, friend: FriendRow, command: SendText) -> Sent | None:
    """What an earlier call with the same key made. Raises BadInput for what is no key.

    Raises SentAndGone if it was forgotten since: nobody knows how far it got.
    """
    if command.key is None:
        return None
    if not 0 < len(command.key) <= KEY_MAX:
        raise BadInput(f"a key has 1 to {KEY_MAX} characters")
    number = tx.messages.answered(friend.id, command.agent, command.key)
    if number is None:
        return None
    row = tx.messages.get(number)
    if row is None:
        raise SentAndGone(f"it was sent, as {message_id(number)}, and is gone here since")
    return _sent(row)


def resend(tx: Tx, ctx: Ctx, name: str) -> Sent:
    """Send the text of a message again that never arrived; the text moves over. Raises NotFound, NotAllowed."""
    row = resolve.own_message(tx, name)
    if row.state not in GIVEN_UP or row.text is None:
        raise NotAllowed(f"there is nothing to send again (state: {row.state})")
    friend = resolve.addressee(tx, friend_id(row.friend))
    queued = _queue(tx, ctx, friend, row.text, row.reply_to, row.ttl, row.priority)
    tx.friends.update(friend.id, last_message_ms=ctx.now)
    tx.messages.erase(row.id)
    tx.emit(ctx.now, Happened.MESSAGE_CHANGED, friend=row.friend, message=row.id)
    return queued.view(friend.id)


@dataclass(frozen=True, slots=True)
class _Queued:
    """A message that waits, and where it stands in our stream."""

    number: int
    seq: int

    def view(self, friend: int) -> Sent:
        return Sent(id=message_id(self.number), friend=friend_id(friend), state=MessageState.QUEUED, seq=self.seq)


def _queue(
    tx: Tx, ctx: Ctx, friend: FriendRow, text: str, target: bytes | None, ttl: int, priority: Priority
) -> _Queued:
    """A new message at the end of the conversation."""
    item = stream.write(tx, ctx, friend, Kind.TEXT, encode_text(Text(text, target)), ttl=ttl)
    number = tx.messages.add_out(
        friend=friend.id,
        msg_id=item.msg_id,
        seq=item.at.seq,
        body=text,
        reply_to=target,
        sent_ms=ctx.now,
        ttl=ttl,
        priority=priority,
    )
    tx.emit(ctx.now, Happened.MESSAGE_STATE, friend=friend.id, message=number, detail=MessageState.QUEUED)
    return _Queued(number, item.at.seq)


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
    _, way = stream.ways(friend)
    high, broken, size = friend.high, False, 0
    for item in items:
        verdict = judge(high, item.seq, item.prev)
        if verdict is Verdict.BROKEN:
            broken = True
            break
        if verdict is Verdict.NEXT:
            digest = rest_hash(item.rest) if isinstance(item, Msg) else item.rest_hash
            _take_in(tx, ctx, friend, item, digest)
            size += ITEM_COST + (len(item.rest) if isinstance(item, Msg) else 0)
            high = extend(way, high, item.msg_id, digest)
    if high != friend.high:
        tx.friends.advance_high(friend.id, high)
        tx.friends.update(friend.id, last_message_ms=ctx.now)
        reading.count(tx, ctx, friend, size)
    return Received(high, broken)


def _take_in(tx: Tx, ctx: Ctx, friend: FriendRow, item: Msg | Tombstone, digest: bytes) -> None:
    """A tombstone shows nothing, so it is not seen: an older store of its author may still have the text to show."""
    known = tx.seen.rest_hash(friend.id, item.msg_id)
    if known is not None and known != digest:
        _tell_of_reuse(tx, ctx, friend)
    if known is None and isinstance(item, Msg):
        tx.seen.mark(friend.id, item.msg_id, digest)
        _show(tx, ctx, friend, item)


def _tell_of_reuse(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    """Said once until it is acknowledged: a friend could repeat it for ever."""
    row = tx.friends.get(friend.id)
    if row is not None and row.notice != REUSED:
        tx.friends.update(friend.id, notice=REUSED)
        tx.emit(ctx.now, Happened.IDENTITY_ALARM, friend=friend.id, detail=REUSED)


def _show(tx: Tx, ctx: Ctx, friend: FriendRow, item: Msg) -> None:
    rest = Rest.decode(item.rest)
    take = _KINDS.get(rest.kind)
    if take is None:
        tx.seen.set_aside(friend=friend.id, msg_id=item.msg_id, kind=rest.kind, rest=item.rest, at_ms=ctx.now)
    else:
        take(tx, ctx, friend, item, rest)


def _take_text(tx: Tx, ctx: Ctx, friend: FriendRow, item: Msg, rest: Rest) -> None:
    """Show a text, unless what became of it was faster."""
    content = decode_text(rest.body)
    if tx.seen.is_settled(friend.id, item.msg_id):
        return
    number = tx.messages.add_in(
        friend=friend.id,
        msg_id=item.msg_id,
        seq=item.seq,
        body=safe_text(content.text, multiline=True),
        reply_to=content.reply_to,
        edited=False,
        sent_ms=rest.sent_ms,
        received_ms=ctx.now,
        ttl=rest.ttl,
    )
    tx.emit(ctx.now, Happened.MESSAGE_RECEIVED, friend=friend.id, message=number)


_KINDS: dict[int, Callable[[Tx, Ctx, FriendRow, Msg, Rest], None]] = {
    Kind.TEXT: _take_text,
    Kind.EDIT: changes.take_edit,
    Kind.DELETE: changes.take_deletion,
    Kind.REACTION: changes.take_reaction,
    Kind.TIMER: timers.take_timer,
}


def cancel(tx: Tx, ctx: Ctx, name: str) -> Message:
    """Take back a message that never left; it travels as TOMBSTONE. Raises NotAllowed once it was written."""
    row = resolve.own_message(tx, name)
    if row.state is not MessageState.QUEUED:
        on_its_way = row.state is MessageState.SENDING
        raise NotAllowed("it left already and may have arrived" if on_its_way else f"it is {row.state} already")
    tx.chain.bury(row.friend, row.msg_id)
    tx.progress.settle(row.id, MessageState.CANCELLED, ctx.now)
    tx.emit(ctx.now, Happened.MESSAGE_STATE, friend=row.friend, message=row.id, detail=MessageState.CANCELLED)
    ephemeral.begin(tx, ctx, [row.id])
    return message_view(tx, resolve.message(tx, name))


def history(tx: Tx, ctx: Ctx, command: "History") -> list[Message]:
    """A page of a conversation, oldest first. Raises NotFound, BadInput."""
    return [message_view(tx, row) for row in _page(tx, command)]


def show(tx: Tx, ctx: Ctx, command: "History") -> list[Message]:
    """The same for somebody who looks at it: the time of what he sees begins."""
    ephemeral.show(tx, ctx, _page(tx, command))
    return history(tx, ctx, command)


def _page(tx: Tx, command: "History") -> list[MessageRow]:
    friend = resolve.relation(tx, command.friend)
    limit = min(max(command.limit, 1), HISTORY_MAX)
    if sum(place is not None for place in (command.before, command.around, command.at)) > 1:
        raise BadInput("before, around and at exclude each other")
    if command.before is not None:
        return tx.messages.before(friend.id, resolve.message_with(tx, friend, command.before).id, limit)
    middle = _middle(tx, friend, command)
    if middle is None:
        return tx.messages.newest(friend.id, limit)
    half = limit // 2
    return tx.messages.before(friend.id, middle, half) + tx.messages.after(friend.id, middle, limit - half)


def _middle(tx: Tx, friend: FriendRow, command: "History") -> int | None:
    """The message the page is around; None for the newest page, also when nothing is as late as the moment."""
    if command.around is not None:
        return resolve.message_with(tx, friend, command.around).id
    if command.at is None:
        return None
    if command.at.tzinfo is None:
        raise BadInput("a moment needs its time zone")
    return tx.messages.first_since(friend.id, round(command.at.timestamp() * 1000))


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A page of FRIEND's conversation: the newest `limit`, or before or around a message id, or around a moment."""

    friend: str
    limit: int = 50
    before: str | None = None
    around: str | None = None
    at: datetime | None = None


def sent(tx: Tx, ctx: Ctx, name: str) -> Sent:
    """How far one of our messages got."""
    return _sent(resolve.own_message(tx, name))


def _sent(row: MessageRow) -> Sent:
    return Sent(id=message_id(row.id), friend=friend_id(row.friend), state=row.state, seq=row.seq)


def _target(tx: Tx, friend: FriendRow, name: str | None) -> bytes | None:
    return None if name is None else resolve.message_with(tx, friend, name).msg_id
