"""Carries a step of the friendship table out: new state and effects, in one transaction."""

from collections.abc import Callable

from chattor.handlers.context import Ctx
from chattor.model.message import MessageState
from chattor.protocol.frames import Accept, Frame, Remove, Request, encode
from chattor.protocol.friendship import Effect, Local, Remote, State, advance
from chattor.store.repos.friends import FriendRow
from chattor.store.tx import Tx


def move(tx: Tx, ctx: Ctx, friend: FriendRow, what: Local | Remote) -> FriendRow:
    """Take one step of the table. Raises NotAllowed (ours) or ProtocolViolation (theirs); then nothing changed."""
    step = advance(friend.state, what)
    if step.state is not friend.state:
        tx.friends.update(friend.id, state=step.state.value)
    for effect in step.effects:
        _EFFECTS[effect](tx, ctx, friend)
    return reload(tx, friend)


def reload(tx: Tx, friend: FriendRow) -> FriendRow:
    """The relation as it stands now."""
    row = tx.friends.get(friend.id)
    if row is None:
        raise LookupError(f"relation {friend.id} is gone")
    return row


def tidy(tx: Tx, friend: FriendRow) -> None:
    """Forget a relation that ended once nothing hangs on it: no history, nothing to tell the other side."""
    if friend.state is State.NONE and not tx.outbox.of(friend.id) and not tx.messages.last_id(friend.id):
        tx.friends.delete(friend.id)


def post(tx: Tx, ctx: Ctx, friend: FriendRow, kind: str, frame: Frame) -> None:
    """Queue a durable operation and dial at once."""
    _, body = encode(frame)
    tx.outbox.add(friend=friend.id, op_id=op_id(frame), kind=kind, body=body, queued_ms=ctx.now)
    tx.friends.update(friend.id, attempts=0, next_ms=0, reason="")
    tx.wake(friend.id)


def op_id(frame: Frame) -> bytes:
    """The operation id of a frame that has one."""
    if not isinstance(frame, Request | Accept | Remove):
        raise TypeError(f"{type(frame).__name__} is no durable operation")
    return frame.op_id


def _post_request(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    post(tx, ctx, friend, "request", Request(op_id=ctx.rng(16), name=ctx.own.name, note=friend.note))


def _post_accept(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    tx.outbox.withdraw(friend.id, "accept")
    post(tx, ctx, friend, "accept", Accept(op_id=ctx.rng(16), name=ctx.own.name))


def _post_remove(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    """A request that never left needs no withdrawing on the other side."""
    unheard = any(operation.kind == "request" and not operation.written for operation in tx.outbox.of(friend.id))
    if not unheard:
        post(tx, ctx, friend, "remove", Remove(op_id=ctx.rng(16)))


def _withdraw(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    for kind in ("request", "accept"):
        tx.outbox.withdraw(friend.id, kind)


def _remember(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    tx.friends.reject(friend.id_commit, ctx.now)


def _reset(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    tx.chain.delete_all(friend.id)
    tx.friends.reset_streams(friend.id)
    tx.begin_anew(friend.id)


def _abandon(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    for message, state in tx.messages.abandon(friend.id):
        event = "expired" if state is MessageState.EXPIRED else "message_state"
        tx.emit(ctx.now, event, friend=friend.id, message=message, detail=state)


def _close(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    tx.hang_up(friend.id)


def _teller(event: str) -> Callable[[Tx, Ctx, FriendRow], None]:
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
    Effect.TELL_REQUESTED: _teller("friend_request"),
    Effect.TELL_ADDED: _teller("friend_added"),
    Effect.TELL_REMOVED: _teller("friend_removed"),
}
