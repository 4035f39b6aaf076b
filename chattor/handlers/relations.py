"""Carries a step of the friendship table out: new state and effects, in one transaction."""

import hashlib
from collections.abc import Callable
from typing import Final

from chattor.handlers import ephemeral
from chattor.handlers.context import Ctx
from chattor.handlers.following import follow, has_left_posts, unfollow
from chattor.model.message import MessageState
from chattor.protocol.frames import Accept, Frame, Remove, Request, Rotate, encode
from chattor.protocol.friendship import Effect, Local, Remote, State, advance
from chattor.protocol.stream import direction
from chattor.store.repos.events import Happened
from chattor.store.repos.friends import FriendRow
from chattor.store.repos.outbox import OperationKind
from chattor.store.tx import Tx

INSIST_EVERY: Final = 24 * 3_600_000  # ms


def move(tx: Tx, ctx: Ctx, friend: FriendRow, what: Local | Remote) -> FriendRow:
    """Take one step of the table. Raises NotAllowed (ours) or ProtocolViolation (theirs); then nothing changed."""
    step = advance(friend.state, what)
    if step.state is not friend.state:
        tx.friends.update(friend.id, state=step.state.value)
        if step.state not in (State.OUTGOING, State.INCOMING):
            tx.friends.update(friend.id, note="")  # it was answered
        if step.state is State.FRIEND:
            _fix_ways(tx, ctx, friend)
    for effect in step.effects:
        _EFFECTS[effect](tx, ctx, friend)
    return reload(tx, friend)


def _fix_ways(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    """Which stream is which, from the identities both sides know now: it stays whoever becomes somebody else."""
    if friend.ik_sig is None:
        raise LookupError("a friendship needs a pinned identity")
    ours = ctx.own.shown(friend.knows).identity.sig.public
    tx.friends.update(friend.id, way=direction(ours, friend.ik_sig)[0])


def reload(tx: Tx, friend: FriendRow) -> FriendRow:
    """The relation as it stands now."""
    row = tx.friends.get(friend.id)
    if row is None:
        raise LookupError(f"relation {friend.id} is gone")
    return row


def tidy(tx: Tx, friend: FriendRow) -> None:
    """Forget a relation that ended once nothing hangs on it: no history, nothing to tell the other side."""
    if friend.state is not State.NONE or tx.outbox.of(friend.id):
        return
    if not tx.messages.last_id(friend.id) and not has_left_posts(tx, friend):
        tx.friends.delete(friend.id)


def post(tx: Tx, ctx: Ctx, friend: FriendRow, kind: OperationKind, frame: Frame) -> None:
    """Queue a durable operation and dial at once."""
    _, body = encode(frame)
    tx.outbox.add(friend=friend.id, op_id=op_id(frame), kind=kind, body=body, queued_ms=ctx.now)
    tx.friends.update(friend.id, attempts=0, next_ms=0, reason="")
    tx.wake(friend.id)


def op_id(frame: Frame) -> bytes:
    """The operation id of a frame that has one."""
    if not isinstance(frame, Request | Accept | Remove | Rotate):
        raise TypeError(f"{type(frame).__name__} is no durable operation")
    return frame.op_id


def _post_request(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    """Its id follows from when we asked whom: repeated, it changes nothing where it was heard."""
    material = b"chattor request" + ctx.own.present.id_commit + friend.id_commit + friend.asked_ms.to_bytes(8, "big")
    _ask(tx, ctx, friend, hashlib.sha256(material).digest()[:16])


def ask_again(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    """Whoever treats us as a friend while we wait for his answer gave it to another life of one of our two stores."""
    if not _is_asking(tx, friend):
        _ask(tx, ctx, friend, ctx.rng(16))


def insist(tx: Tx, ctx: Ctx) -> None:
    """Repeat once a day what nobody has answered: the store that heard it may have been put back since."""
    for row in tx.friends.all():
        met = max(row.last_seen_ms or 0, row.asked_ms)
        if row.state is State.OUTGOING and met < ctx.now - INSIST_EVERY and not _is_asking(tx, row):
            _post_request(tx, ctx, row)


def _is_asking(tx: Tx, friend: FriendRow) -> bool:
    return any(one.kind is OperationKind.REQUEST for one in tx.outbox.of(friend.id))


def _ask(tx: Tx, ctx: Ctx, friend: FriendRow, named: bytes) -> None:
    post(tx, ctx, friend, OperationKind.REQUEST, Request(op_id=named, name=ctx.own.name, note=friend.note))


def _post_accept(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    tx.outbox.withdraw(friend.id, OperationKind.ACCEPT)
    post(tx, ctx, friend, OperationKind.ACCEPT, Accept(op_id=ctx.rng(16), name=ctx.own.name))


def _post_remove(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    """A request that never left needs no withdrawing on the other side."""
    requests = [one for one in tx.outbox.of(friend.id) if one.kind is OperationKind.REQUEST]
    if all(request.written for request in requests):
        post(tx, ctx, friend, OperationKind.REMOVE, Remove(op_id=ctx.rng(16)))


def _withdraw(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    for kind in (OperationKind.REQUEST, OperationKind.ACCEPT):
        tx.outbox.withdraw(friend.id, kind)


def _remember(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    tx.friends.reject(friend.id_commit, ctx.now)


def _reset(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    tx.chain.delete_all(friend.id)
    tx.calls.forget(friend.id)
    tx.friends.reset_streams(friend.id)
    tx.begin_anew(friend.id)
    tx.part(friend.id_commit)


def _abandon(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    for message, state in tx.progress.abandon(friend.id, ctx.now):
        event = Happened.EXPIRED if state is MessageState.EXPIRED else Happened.MESSAGE_STATE
        tx.emit(ctx.now, event, friend=friend.id, message=message, detail=state)
        ephemeral.begin(tx, ctx, [message])


def _close(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    tx.hang_up(friend.id, friend.id_commit)


def _teller(event: Happened) -> Callable[[Tx, Ctx, FriendRow], None]:
    def tell(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
        tx.emit(ctx.now, event, friend=friend.id)

    return tell


_EFFECTS: dict[Effect, Callable[[Tx, Ctx, FriendRow], None]] = {
    Effect.POST_REQUEST: _post_request,
    Effect.POST_ACCEPT: _post_accept,
    Effect.POST_REMOVE: _post_remove,
    Effect.WITHDRAW: _withdraw,
    Effect.REMEMBER: _remember,
    Effect.RESET: _reset,
    Effect.ABANDON: _abandon,
    Effect.CLOSE: _close,
    Effect.FOLLOW: follow,
    Effect.UNFOLLOW: unfollow,
    Effect.TELL_REQUESTED: _teller(Happened.FRIEND_REQUEST),
    Effect.TELL_ADDED: _teller(Happened.FRIEND_ADDED),
    Effect.TELL_REMOVED: _teller(Happened.FRIEND_REMOVED),
}
