"""What waits, for whom, and when to try again."""

from collections.abc import Mapping
from dataclasses import dataclass

from chattor.errors import NotAllowed, NotFound
from chattor.handlers import resolve, stream, timers
from chattor.handlers.context import Ctx
from chattor.handlers.expiry import expire_unreceived
from chattor.handlers.relations import op_id, reload
from chattor.handlers.views import change_view, friend_id, operation_view, outbox_view
from chattor.model.message import UNDER_WAY, OutboxEntry
from chattor.model.trace import Step
from chattor.protocol.backoff import delay
from chattor.protocol.frames import Frame, FrameType, decode
from chattor.protocol.friendship import State
from chattor.protocol.link import Purpose
from chattor.protocol.stream import Position
from chattor.store.repos.friends import FriendRow
from chattor.store.tx import Tx

OUTBOX_MAX = 1_000
_ALL = -1  # no limit, to SQL


def due(tx: Tx, ctx: Ctx) -> list[int]:
    """The numbers of everybody with something on its way: the most urgent message first, then who was here last."""
    operations = tx.outbox.waiting()
    found: list[FriendRow] = []
    for row in tx.friends.all():
        mail = row.state is State.FRIEND and tx.chain.waiting(row.id, row.sending.acked_pos)
        if row.state is not State.BLOCKED and (mail or row.id in operations):
            found.append(row)
    found.sort(key=lambda row: (-tx.progress.urgency(row.id), -(row.last_seen_ms or 0)))
    return [row.id for row in found]


def everybody(tx: Tx, ctx: Ctx) -> list[int]:
    """The numbers of everybody to dial once on becoming reachable: mail first, as it is due, then who was here last."""
    waiting = due(tx, ctx)
    friends = [row for row in tx.friends.all() if row.state is State.FRIEND and row.id not in waiting]
    friends.sort(key=lambda row: -(row.last_seen_ms or 0))
    return waiting + [row.id for row in friends]


def target(tx: Tx, ctx: Ctx, number: int) -> tuple[FriendRow, Purpose]:
    """Whom to greet at the other end of a dial, and as what. Raises NotFound when the relation is gone."""
    row = tx.friends.get(number)
    if row is None or row.state is State.BLOCKED:
        raise NotFound("the relation is gone")
    return row, purpose(row)


def callee(tx: Tx, ctx: Ctx, name: str) -> FriendRow:
    """Whom FRIEND names, if there is a reason to dial. Raises NotFound, Ambiguous, NotAllowed."""
    row = resolve.relation(tx, name)
    if row.state not in (State.FRIEND, State.OUTGOING):
        raise NotAllowed(f"{row.name} is not a friend (state: {row.state})")
    return row


def purpose(row: FriendRow) -> Purpose:
    """What we call ourselves when we dial."""
    return Purpose.FRIEND if row.state is State.FRIEND else Purpose.REQUEST


def failed(tx: Tx, ctx: Ctx, number: int, reason: str, jitter: float, in_vain: int = 0) -> float:
    """A dial failed: note why. Seconds to wait before the next; `jitter` is in [-1, 1].

    `in_vain`: so many links opened lately and came to nothing. Each was a contact, so they are not among the attempts.
    """
    row = tx.friends.get(number)
    wait = delay(max(in_vain, 0 if row is None else row.attempts), jitter)
    if row is not None:
        # The wall-clock time is for the outbox view; what waits is a monotonic timer (node.dialler).
        tx.friends.update(number, attempts=row.attempts + 1, next_ms=ctx.now + int(wait * 1000), reason=reason)
        tx.calls.note(number, Step.DIAL_FAILED, reason, ctx.now)
    return wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Cargo:
    """What a link may carry now: operations first, then `count` stream items of `size` bytes up to `sent_pos`.

    `sent_pos` is None before friendship.
    """

    frames: tuple[Frame, ...] = ()
    operations: tuple[bytes, ...] = ()
    sent_pos: int | None = None
    count: int = 0
    size: int = 0
    forked: bool = False
    """The HELLO it answers had everything renumbered."""


def load(tx: Tx, ctx: Ctx, number: int, manifest: "Manifest") -> Cargo:
    """Take what waits for one friend and mark it written. The first call for a link answers its HELLO.

    Raises NotFound when the link is not between the identities both sides know now: what waits must find another.
    """
    row = tx.friends.get(number)
    if row is None or row.state is State.BLOCKED:
        return Cargo()
    if not _between_us(ctx, row, manifest):
        raise NotFound("the link is between others than who know each other now")
    frames = _operations(tx, number, manifest.operations_sent)
    done = tuple(op_id(frame) for frame in frames)
    if row.state is not State.FRIEND:
        return Cargo(frames=tuple(frames), operations=done)
    if ctx.own.successor(row.knows) is not None:  # he may have followed us: then he takes nothing from who we were
        return Cargo(frames=tuple(frames), operations=done, sent_pos=manifest.sent_pos)
    start, before = manifest.sent_pos, row.sending.base
    if start is None:
        start = stream.continue_from(tx, ctx, row, manifest.hello, may_fork=manifest.may_fork)
        expire_unreceived(tx, ctx, number, start)
        row = _reminded(tx, ctx, row, start)
    batch = stream.take(tx, ctx, row, start, manifest.in_flight, manifest.in_flight_bytes)
    return Cargo(
        frames=(*frames, *batch.frames),
        operations=done,
        sent_pos=batch.upto_pos,
        count=len(batch.frames),
        size=batch.size,
        forked=row.sending.base != before,
    )


def _reminded(tx: Tx, ctx: Ctx, before: FriendRow, start: int) -> FriendRow:
    """The relation after a HELLO. If a store is older than it was, it may lack the timer that was agreed."""
    row = reload(tx, before)
    if start < before.sending.acked_pos or row.sending.base != before.sending.base:
        timers.remind(tx, ctx, row)
    return reload(tx, row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a link carried so far: where the peer's HELLO stood, the last pos sent, what is not acknowledged yet."""

    hello: Position
    sent_pos: int | None
    in_flight: int
    in_flight_bytes: int
    operations_sent: frozenset[bytes]
    shown: int
    """The epoch of our certificate the peer was shown."""
    peer: bytes
    """The commitment of the identity he showed."""
    may_fork: bool = True
    """Whether his HELLO may have everything renumbered."""


def _between_us(ctx: Ctx, row: FriendRow, manifest: Manifest) -> bool:
    """Whether a link is between the identities both sides know: one of us may have become another since."""
    return manifest.peer == row.id_commit and ctx.own.same_identity(manifest.shown, row.knows)


def _operations(tx: Tx, number: int, sent: frozenset[bytes]) -> list[Frame]:
    frames: list[Frame] = []
    for operation in tx.outbox.of(number):
        frame = None if operation.op_id in sent else decode(FrameType[operation.kind.name], operation.body)
        if frame is not None:
            frames.append(frame)
    if frames:
        tx.outbox.mark_written(number)
    return frames


def outbox(tx: Tx, ctx: Ctx, limit: int) -> list[OutboxEntry]:
    """What waits, oldest first, at most `limit` (1 to 1,000)."""
    limit = min(max(limit, 1), OUTBOX_MAX)
    friends = {row.id: row for row in tx.friends.all() if row.state is not State.BLOCKED}
    waiting = tx.messages.waiting(limit)
    entries = [outbox_view(friends[row.friend], row) for row in waiting if row.friend in friends]
    entries += _beside_messages(tx, friends, limit)
    return sorted(entries, key=lambda entry: entry.queued_at)[:limit]


def _beside_messages(tx: Tx, friends: Mapping[int, FriendRow], limit: int) -> list[OutboxEntry]:
    """Requests, answers and changes: whatever waits under a friend's id."""
    operations = [operation_view(row, one) for row in friends.values() for one in tx.outbox.of(row.id)]
    changes = tx.chain.waiting_changes(limit)
    return operations + [change_view(friends[friend], item) for friend, item in changes if friend in friends]


def retry(tx: Tx, ctx: Ctx, name: str) -> OutboxEntry:
    """Try now: a message id, or a friend's id for a request or answer that waits."""
    if name[:1] == "f":
        friend = resolve.relation(tx, name)
        _hurry(tx, friend)
        entry = next(iter(_beside_messages(tx, {friend.id: friend}, _ALL)), None)
        if entry is None:
            raise NotAllowed("nothing waits there")
    else:
        row = resolve.message(tx, name)
        if row.state not in UNDER_WAY:
            raise NotAllowed(f"it does not wait (state: {row.state})")
        entry = outbox_view(_hurry(tx, resolve.relation(tx, friend_id(row.friend))), row)
    return entry


def _hurry(tx: Tx, friend: FriendRow) -> FriendRow:
    tx.friends.update(friend.id, next_ms=0)
    tx.wake(friend.id)
    return resolve.relation(tx, friend_id(friend.id))
