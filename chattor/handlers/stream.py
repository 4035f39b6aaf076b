"""Our stream to a friend: append, hand to a link, acknowledge, resume after a HELLO, heal a fork (protocol §5)."""

from dataclasses import dataclass, replace

from chattor.errors import ProtocolViolation
from chattor.handlers import ephemeral
from chattor.handlers.context import Ctx
from chattor.model.message import MessageState
from chattor.protocol.frames import Frame, Msg, Tombstone
from chattor.protocol.limits import FORK_ALARM_WITHIN, WINDOW_BYTES, WINDOW_MESSAGES
from chattor.protocol.stream import (
    SALT_SIZE,
    START,
    Found,
    Kind,
    Match,
    Position,
    Rest,
    Sending,
    extend,
    rest_hash,
    resume,
)
from chattor.store.repos.chain import Item
from chattor.store.repos.events import Happened
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


def write(
    tx: Tx, ctx: Ctx, friend: FriendRow, kind: Kind, body: bytes, *, about: bytes | None = None, ttl: int = 0
) -> Item:
    """Say something in our stream to a friend; `about` is the message an edit or a deletion is about.

    `ttl` is how many seconds its text lives once it was shown; 0 for ever.
    """
    rest = Rest(salt=ctx.rng(SALT_SIZE), kind=kind, sent_ms=ctx.now, ttl=ttl, body=body)
    return append(tx, ctx, friend, rest, about)


def append(tx: Tx, ctx: Ctx, friend: FriendRow, rest: Rest, about: bytes | None = None) -> Item:
    """Write one item at the end of our stream to a friend."""
    raw = rest.encode()
    digest, msg_id = rest_hash(raw), ctx.rng(16)
    at = extend(ways(friend)[0], friend.sending.last, msg_id, digest)
    pos = tx.chain.add(friend=friend.id, msg_id=msg_id, kind=rest.kind, about=about, rest=raw, rest_hash=digest, at=at)
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
        for message in tx.progress.send(friend.id, after_pos, upto, ctx.now):
            tx.emit(ctx.now, Happened.MESSAGE_STATE, friend=friend.id, message=message, detail=MessageState.SENDING)
    return Batch(tuple(frames), upto, size)


def acknowledge(tx: Tx, ctx: Ctx, friend: FriendRow, position: Position) -> int:
    """Take an ACK: everything up to `position` is delivered. Returns the pos it reaches.

    Raises ProtocolViolation when the hash is not ours at that number: the link closes, the next HELLO decides.
    """
    sending = friend.sending
    if position.seq <= sending.acked_seq:
        # Below the present run of numbers it may speak of items a fork dropped: only above it can we tell.
        if position.seq > sending.base.seq and tx.chain.at(friend.id, position) is None:
            raise ProtocolViolation("acknowledgement with another hash than ours")
        return sending.acked_pos
    item = tx.chain.at(friend.id, position)
    if item is None or item.pos <= sending.acked_pos or not item.written:
        raise ProtocolViolation("acknowledgement of what was never sent")
    _delivered(tx, ctx, friend, item.pos)
    tx.friends.save_sending(friend.id, replace(sending, acked_pos=item.pos, acked_seq=position.seq))
    return item.pos


def continue_from(tx: Tx, ctx: Ctx, friend: FriendRow, peer: Position, *, may_fork: bool = True) -> int:
    """Take a HELLO: where the peer stands. Returns the pos after which everything travels again.

    Raises ProtocolViolation when it forks more often than stores are put back: a false friend could keep us at it.
    """
    decision = resume(peer, _match(tx, friend, peer))
    if decision.fork:
        if not may_fork:
            raise ProtocolViolation("the stream forks too often; it is healed again in a few minutes")
        _fork(tx, ctx, friend, peer, decision.after_pos)
    else:
        _delivered(tx, ctx, friend, decision.after_pos)
        moved = replace(friend.sending, acked_pos=decision.after_pos, acked_seq=peer.seq)
        tx.friends.save_sending(friend.id, moved)
    return decision.after_pos


def ways(friend: FriendRow) -> tuple[bytes, bytes]:
    """The bytes of our stream and of theirs in the chain."""
    if friend.way is None:
        raise LookupError("a stream needs a friendship")
    return bytes([friend.way]), bytes([1 - friend.way])


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
    if item is not None and item.written:  # else a later life of this store wrote it, or a tombstone in its place
        return Match(Found.CURRENT if item.pos > sending.base_pos else Found.OLDER, item.pos)
    return Match(Found.OLDER, 0) if peer == START else Match(Found.UNKNOWN)


def _delivered(tx: Tx, ctx: Ctx, friend: FriendRow, upto_pos: int) -> None:
    """Mark what became acknowledged; states never go back."""
    arrived = tx.progress.on_their_way(friend.id, friend.sending.acked_pos, upto_pos)
    for message in arrived:
        tx.progress.settle(message, MessageState.DELIVERED, ctx.now)
        tx.emit(ctx.now, Happened.MESSAGE_STATE, friend=friend.id, message=message, detail=MessageState.DELIVERED)
    ephemeral.begin(tx, ctx, arrived)


def _fork(tx: Tx, ctx: Ctx, friend: FriendRow, peer: Position, after_pos: int) -> None:
    """Renumber everything after `after_pos` from where the peer stands; what has no bytes left is not sent again."""
    way, last = ways(friend)[0], peer
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
    tx.emit(ctx.now, Happened.FRIEND_CHANGED, friend=friend.id)
    if again:
        tx.emit(ctx.now, Happened.IDENTITY_ALARM, friend=friend.id, detail=FORK_ALARM)
