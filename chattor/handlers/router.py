"""Every frame a peer may send after its HELLO, what it needs to be allowed, and what is answered after the commit."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chattor.crypto.certificate import Certificate
from chattor.errors import BadInput, ProtocolViolation
from chattor.handlers import channel_frames, lookalikes, messaging, peers, reading, rotation, stream
from chattor.handlers.channel_frames import News
from chattor.handlers.context import Ctx
from chattor.handlers.friends import placeholder
from chattor.handlers.relations import ask_again, move, reload, tidy
from chattor.protocol.channel_frames import ChannelList, Channels, Post, Posts, Sync, Unsubscribe
from chattor.protocol.frames import Accept, Ack, Done, Frame, Msg, Reject, Remove, Request, Rotate, Tombstone
from chattor.protocol.friendship import Remote, State
from chattor.protocol.pins import OTHER_IDENTITY
from chattor.protocol.stream import Position
from chattor.store.repos.friends import FriendRow
from chattor.store.repos.outbox import OperationKind
from chattor.store.tx import Tx
from chattor.text import safe_name, safe_text


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What to do with the link after the commit."""

    friend: int | None
    """The relation; another than the link's if it began meanwhile, or a REQUEST just made it."""
    answers: list[Frame] = field(default_factory=list)
    acked_pos: int | None = None
    """Our stream is acknowledged up to here."""
    unasked: int = 0
    """How many frames came that nothing of ours called for: they are limited by a rate, the others by their windows."""
    are_friends: bool = False
    news: News = field(default_factory=News)
    """What was said about channels."""
    broken: bool = False
    """Their stream does not continue ours, or they must try again later: close, the next HELLO repairs."""
    over: bool = False
    """This link has said what it had to say: close it once the answers are out."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Who sent it: the proven certificate, and the relation if there is one. `epoch` is of ours that he was shown."""

    certificate: Certificate
    friend: int | None
    epoch: int


def dispatch(tx: Tx, ctx: Ctx, peer: Peer, frames: Sequence[Frame]) -> Outcome:
    """Carry out the frames of one read in order. Raises ProtocolViolation: then nothing of them is kept."""
    gone = tx.friends.moved(peer.certificate.id_commit)
    if gone is not None:
        return _farewell(tx, gone, peer, frames)
    outcome = Outcome(friend=_known(tx, ctx, peer))
    run: list[Msg | Tombstone] = []
    for frame in frames:
        if isinstance(frame, Msg | Tombstone):
            run.append(frame)
            continue
        _flush(tx, ctx, run, outcome)
        outcome.unasked += not _take(tx, ctx, peer, frame, outcome)
        if outcome.over:
            return outcome
    _flush(tx, ctx, run, outcome)
    row = None if outcome.friend is None else tx.friends.get(outcome.friend)
    outcome.are_friends = row is not None and row.state is State.FRIEND
    if not outcome.are_friends:
        outcome.news = News()  # what was said about channels before the end is answered no more
    return outcome


def _farewell(tx: Tx, friend: FriendRow, peer: Peer, frames: Sequence[Frame]) -> Outcome:
    """A friend still shows the identity he left: he may not know that we followed. Nothing else is heard of it.

    An announcement we do not remember says that he lost what he knew of us: we go and show it.
    """
    outcome = Outcome(friend=None, over=True)
    for frame in frames:
        if not isinstance(frame, Accept | Remove | Rotate | Request):
            continue
        outcome.unasked += 1
        if tx.outbox.is_handled(peer.certificate.id_commit, frame.op_id):
            outcome.answers.append(Done(op_id=frame.op_id))
        elif isinstance(frame, Rotate) and friend.state is State.FRIEND:
            tx.revisit(friend.id)
    return outcome


def _known(tx: Tx, ctx: Ctx, peer: Peer) -> int | None:
    """The relation of whoever is there. It may have begun, or ended and begun anew, since the link was classified."""
    if peer.friend is not None and tx.friends.get(peer.friend) is not None:
        return peer.friend
    row = tx.friends.by_commit(peer.certificate.id_commit)
    if row is not None and (refusal := peers.pin(tx, ctx, row, peer.certificate)) is not None:
        raise ProtocolViolation(refusal.reason)
    return None if row is None else row.id


def _take(tx: Tx, ctx: Ctx, peer: Peer, frame: Frame, outcome: Outcome) -> bool:
    """Carry one frame out; whether it answers something of ours."""
    match frame:
        case Ack():
            return _on_ack(tx, ctx, frame, outcome)
        case Done():
            return _on_done(tx, ctx, frame, outcome)
        case Request():
            _on_request(tx, ctx, peer, frame, outcome)
        case Accept():
            _on_accept(tx, ctx, peer, frame, outcome)
        case Reject():
            _on_reject(tx, ctx, peer, frame, outcome)
        case Remove():
            _on_remove(tx, ctx, peer, frame, outcome)
        case Rotate():
            _on_rotate(tx, ctx, peer, frame, outcome)
        case Channels() | ChannelList() | Sync() | Post() | Posts() | Unsubscribe():
            row = _relation(tx, outcome)
            if row.state is State.OUTGOING:
                ask_again(tx, ctx, row)
            channel_frames.take(tx, ctx, row, frame, outcome.news)
            return not isinstance(frame, channel_frames.QUESTIONS)
        case _:
            raise ProtocolViolation(f"{type(frame).__name__} is not allowed here")
    return False


def _flush(tx: Tx, ctx: Ctx, run: list[Msg | Tombstone], outcome: Outcome) -> None:
    """Take a run of stream items as one, so that one ACK answers them."""
    if not run or outcome.broken:
        return
    row = _relation(tx, outcome)
    if row.state is State.NONE:
        run.clear()  # we ended it and our REMOVE is on its way: not stored, not acknowledged
        return
    if reading.is_full(row):
        run.clear()  # likewise, until we read: then the next link brings it
        return
    if row.state is State.OUTGOING:
        ask_again(tx, ctx, row)
        outcome.broken = True  # his acceptance comes first
        return
    received = messaging.receive(tx, ctx, row.id, tuple(run))
    run.clear()
    outcome.broken = received.broken
    outcome.answers.append(Ack(r_high=received.high.seq, r_hash=received.high.hash))


def _relation(tx: Tx, outcome: Outcome) -> FriendRow:
    row = None if outcome.friend is None else tx.friends.get(outcome.friend)
    if row is None:
        raise ProtocolViolation("a stranger may only leave a request")
    return row


def _on_ack(tx: Tx, ctx: Ctx, frame: Ack, outcome: Outcome) -> bool:
    row = _relation(tx, outcome)
    if row.state is not State.FRIEND:
        return False
    outcome.acked_pos = stream.acknowledge(tx, ctx, row, Position(frame.r_high, frame.r_hash))
    return frame.r_high > row.sending.acked_seq


def _on_done(tx: Tx, ctx: Ctx, frame: Done, outcome: Outcome) -> bool:
    row = _relation(tx, outcome)
    operation = tx.outbox.done(row.id, frame.op_id)
    if operation is not None and operation.kind is OperationKind.REMOVE:
        tx.begin_anew(row.id)  # by now they forgot the streams as well
        tx.part(row.id_commit)  # and until now a link they began was a friend's
    if operation is not None and operation.kind is OperationKind.ROTATE:
        rotation.followed(tx, ctx, row, operation.body)
    tidy(tx, row)
    tx.leave_residue()
    return operation is not None


def _on_request(tx: Tx, ctx: Ctx, peer: Peer, frame: Request, outcome: Outcome) -> None:
    row = None if outcome.friend is None else tx.friends.get(outcome.friend)
    if row is None and (other := tx.friends.by_onion(peer.certificate.onion_pk)) is not None:
        peers.alarm(tx, ctx, other, OTHER_IDENTITY)  # he came when nobody had that address
        outcome.over = True
        return
    fresh = row is None or row.state is State.NONE
    if fresh and (ctx.requests_closed or tx.friends.is_rejected(peer.certificate.id_commit)):
        outcome.answers.append(Done(op_id=frame.op_id))
        return
    if fresh and peers.is_crowded(tx, ctx):
        outcome.broken = True  # no DONE: it is tried again
        return
    if row is not None and row.state is State.FRIEND and not ctx.own.same_identity(row.knows, peer.epoch):
        outcome.broken = True  # he has not followed us yet and takes us for two: our ROTATE comes first
        return
    name, note = _shown_name(frame.name, peer), safe_text(frame.note, multiline=False)
    if row is None:
        tx.outbox.forget_handled(peer.certificate.id_commit, frame.op_id)  # what came of it is gone: heard anew
        row = peers.remember(tx, ctx, peer.certificate, name, note, peer.epoch)
        outcome.friend = row.id
        lookalikes.compare(tx, row.id, name)
    elif row.state in (State.NONE, State.INCOMING) and not tx.outbox.is_handled(row.id_commit, frame.op_id):
        tx.friends.update(row.id, name=name, note=note, asked_ms=ctx.now, seen=False)
        lookalikes.compare(tx, row.id, name)
    tx.friends.update(row.id, knows=peer.epoch)  # it is whom he asked that must answer
    _carry_out(tx, ctx, peer, reload(tx, row), Remote.REQUEST, frame.op_id, outcome)


def _on_accept(tx: Tx, ctx: Ctx, peer: Peer, frame: Accept, outcome: Outcome) -> None:
    row = _relation(tx, outcome)
    if row.state is State.OUTGOING and row.name == placeholder(row.onion_pk):
        name = _shown_name(frame.name, peer)
        tx.friends.update(row.id, name=name)
        lookalikes.compare(tx, row.id, name)
    _carry_out(tx, ctx, peer, row, Remote.ACCEPTED, frame.op_id, outcome)


def _on_reject(tx: Tx, ctx: Ctx, peer: Peer, frame: Reject, outcome: Outcome) -> None:
    _carry_out(tx, ctx, peer, _relation(tx, outcome), Remote.REJECTED, frame.op_id, outcome)


def _on_remove(tx: Tx, ctx: Ctx, peer: Peer, frame: Remove, outcome: Outcome) -> None:
    if outcome.friend is None:
        outcome.answers.append(Done(op_id=frame.op_id))  # nothing left to end, and they need not ask again
        return
    _carry_out(tx, ctx, peer, _relation(tx, outcome), Remote.REMOVED, frame.op_id, outcome)


def _on_rotate(tx: Tx, ctx: Ctx, peer: Peer, frame: Rotate, outcome: Outcome) -> None:
    """The link that brought it is of the identity that was left: it ends."""
    row = _relation(tx, outcome)
    if rotation.follow(tx, ctx, row, peer.certificate, frame):
        tx.outbox.mark_handled(peer.certificate.id_commit, frame.op_id, ctx.now)
        outcome.answers.append(Done(op_id=frame.op_id))
    else:
        peers.alarm(tx, ctx, row, rotation.TAKEN)
    outcome.over = True


def _carry_out(tx: Tx, ctx: Ctx, peer: Peer, row: FriendRow, what: Remote, op_id: bytes, outcome: Outcome) -> None:
    """One step of the table, once per operation; the answer is DONE either way."""
    commit = peer.certificate.id_commit
    if not tx.outbox.is_handled(commit, op_id):
        moved = move(tx, ctx, row, what)
        begins = what is Remote.REQUEST and moved.state is State.FRIEND
        # A REMOVE that ended nothing, should it be repeated, must not end what began after it.
        if moved.state is not row.state or begins or what is Remote.REMOVED:
            tx.outbox.mark_handled(commit, op_id, ctx.now)
        rotation.tell(tx, ctx, moved)
        tidy(tx, moved)
    outcome.answers.append(Done(op_id=op_id))


def _shown_name(name: str, peer: Peer) -> str:
    """A peer's own name for itself, or a neutral one when it is none that may be shown."""
    try:
        return safe_name(name)
    except BadInput:
        return placeholder(peer.certificate.onion_pk)
