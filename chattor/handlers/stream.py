"""Our stream to a friend: append, hand to a link, acknowledge, resume after a HELLO, heal a fork (protocol §5)."""

from dataclasses import dataclass, replace

from chattor.errors import ProtocolViolation
from chattor.handlers.context import Ctx
from chattor.model.message import MessageState
from chattor.protocol.frames import Frame, Msg, Tombstone
from chattor.protocol.limits import FORK_ALARM_WITHIN, WINDOW_BYTES, WINDOW_MESSAGES
from chattor.protocol.stream import START, Found, Match, Position, Rest, Sending, direction, extend, rest_hash, resume
from chattor.store.repos.chain import Item
from chattor.store.repos.friends import FriendRow
from chattor.store.tx import Tx

FORK_NOTICE = "a store was restored from an older copy; the conversation was put together again"
FORK_ALARM = "your identity or your friend's may be running twice: two stores diverged twice within an hour"


@dataclass(frozen=True, slots=True)
class Batch:
    """What may be written to a link now: frames in order, the pos of the last, and how many bytes of rest."""

    frames: tuple[Frame, ...]
    upto_pos: int
    size: int


def append(tx: Tx, ctx: Ctx, friend: FriendRow, rest: Rest) -> Item:
    """Write one item at the end of our stream to a friend."""
    raw = rest.encode()
    digest, msg_id = rest_hash(raw), ctx.rng(16)
    at = extend(_way(ctx, friend), friend.sending.last, msg_id, digest)
    pos = tx.chain.add(friend=friend.id, msg_id=msg_id, rest=raw, rest_hash=digest, at=at)
    tx.friends.save_sending(friend.id, replace(friend.sending, last=at))
    tx.wake(friend.id)
    return Item(pos=pos, msg_id=msg_id, rest=raw, rest_hash=digest, at=at, written=False)


def take(tx: Tx, ctx: Ctx, friend: FriendRow, after_pos: int, in_flight: int, in_flight_bytes: int) -> Batch:
    """The next items for a link within the window; from now on they count as written."""
    frames: list[Frame] = []
    previous = _before(tx, friend, after_pos)
    upto, size = after_pos, 0
    for item in tx.chain.after(friend.id, after_pos, WINDOW_MESSAGES - in_flight):
        cost = len(item.rest or b"")
        if in_flight_bytes + size + cost > WINDOW_BYTES and (frames or in_flight):
            break
        frames.append(_frame(item, previous))
        previous, upto, size = item.at, item.pos, size + cost
    if frames:
        tx.chain.mark_written(friend.id, after_pos, upto)
        for message in tx.messages.mark_sending(friend.id, after_pos, upto):
            tx.emit(ctx.now, "message_state", friend=friend.id, message=message, detail=MessageState.SENDING)
    return Batch(tuple(frames), upto, size)


def acknowledge(tx: Tx, ctx: Ctx, friend: FriendRow, position: Position) -> int:
    """Take an ACK: everything up to `position` is delivered. Returns the pos it reaches.

    Raises ProtocolViolation when the hash is not ours at that number: the link closes, the next HELLO decides.
    """
    sending = friend.sending
    if position.seq <= sending.acked_seq:
        return sending.acked_pos
    item = tx.chain.at(friend.id, position)
    if item is None or item.pos <= sending.acked_pos or not item.written:
        raise ProtocolViolation("acknowledgement of what was never sent")
    _delivered(tx, ctx, friend, item.pos)
    tx.friends.save_sending(friend.id, replace(sending, acked_pos=item.pos, acked_seq=position.seq))
    return item.pos


def continue_from(tx: Tx, ctx: Ctx, friend: FriendRow, peer: Position) -> int:
    """Take a HELLO: where the peer stands. Returns the pos after which everything travels again."""
    decision = resume(peer, _match(tx, friend, peer))
    if decision.fork:
        _fork(tx, ctx, friend, peer, decision.after_pos)
    else:
        _delivered(tx, ctx, friend, decision.after_pos)
        moved = replace(friend.sending, acked_pos=decision.after_pos, acked_seq=peer.seq)
        tx.friends.save_sending(friend.id, moved)
    return decision.after_pos


def _way(ctx: Ctx, friend: FriendRow) -> bytes:
    if friend.ik_sig is None:
        raise LookupError("a stream needs a pinned identity")
    return direction(ctx.own.identity.sig.public, friend.ik_sig)


def _before(tx: Tx, friend: FriendRow, pos: int) -> Position:
    """The chain position an item after `pos` extends."""
    if pos <= friend.sending.base_pos:
        return friend.sending.base
    items = tx.chain.between(friend.id, pos - 1, pos)
    return items[0].at if items else friend.sending.base


def _frame(item: Item, previous: Position) -> Frame:
    if item.rest is None:
        return Tombstone(seq=item.at.seq, msg_id=item.msg_id, prev=previous.hash, rest_hash=item.rest_hash)
    return Msg(seq=item.at.seq, msg_id=item.msg_id, prev=previous.hash, rest=item.rest)


def _match(tx: Tx, friend: FriendRow, peer: Position) -> Match:
    sending = friend.sending
    if peer == sending.base:
        return Match(Found.CURRENT, sending.base_pos)
    item = tx.chain.at(friend.id, peer)
    if item is not None:
        return Match(Found.CURRENT if item.pos > sending.base_pos else Found.OLDER, item.pos)
    return Match(Found.OLDER, 0) if peer == START else Match(Found.UNKNOWN)


def _delivered(tx: Tx, ctx: Ctx, friend: FriendRow, upto_pos: int) -> None:
    """Mark what became acknowledged; states never go back."""
    for message in tx.messages.on_their_way(friend.id, friend.sending.acked_pos, upto_pos):
        tx.messages.set_state(message, MessageState.DELIVERED)
        tx.emit(ctx.now, "message_state", friend=friend.id, message=message, detail=MessageState.DELIVERED)


def _fork(tx: Tx, ctx: Ctx, friend: FriendRow, peer: Position, after_pos: int) -> None:
    """Renumber everything after `after_pos` from where the peer stands; what has no bytes left is not sent again."""
    way, last = _way(ctx, friend), peer
    items = tx.chain.after(friend.id, after_pos)
    tx.chain.drop(item.pos for item in items if item.rest is None)
    for item in items:
        if item.rest is not None:
            last = extend(way, last, item.msg_id, item.rest_hash)
            tx.chain.renumber(item.pos, last)
            tx.messages.set_seq(friend.id, item.msg_id, last.seq)
    tx.friends.save_sending(
        friend.id,
        Sending(base=peer, base_pos=after_pos, acked_pos=after_pos, acked_seq=peer.seq, last=last),
    )
    _tell_of_fork(tx, ctx, friend)


def _tell_of_fork(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    again = friend.forked_ms is not None and 0 <= ctx.now - friend.forked_ms < FORK_ALARM_WITHIN * 1000
    notice = FORK_ALARM if again else FORK_NOTICE
    tx.friends.update(friend.id, forked_ms=ctx.now, notice=notice)
    tx.emit(ctx.now, "friend_changed", friend=friend.id)
    if again:
        tx.emit(ctx.now, "identity_alarm", friend=friend.id, detail=FORK_ALARM)
