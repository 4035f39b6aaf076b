"""Another address, or another identity, with all friends following (protocol §6): ours, and theirs.

Who we were stays in the store and is answered until every friend holds our present certificate, and for a month at
least; people who asked us and people who are friends no more hold nothing up beyond that month. A relation's `knows`
is the epoch of the one it holds: a new address is learned from any handshake, a new identity by ROTATE, one after the
other if there were several.
"""

from dataclasses import replace
from typing import Final

from chattor.crypto import certificate as certificates
from chattor.crypto.certificate import Certificate, issue
from chattor.crypto.keys import KEY, Identity, SigningKey, verify
from chattor.errors import NotAllowed, ProtocolViolation
from chattor.handlers import following, publishing
from chattor.handlers.context import Ctx
from chattor.handlers.relations import move, post, reload, tidy
from chattor.handlers.views import moment
from chattor.model.address import OnionAddress
from chattor.model.status import FormerAddress, Left
from chattor.protocol.frames import FrameType, Rotate, decode
from chattor.protocol.friendship import Remote, State, advance
from chattor.protocol.limits import FORMER_KEPT, FORMER_MAX
from chattor.protocol.pins import succession
from chattor.store.repos.events import Happened
from chattor.store.repos.friends import FriendRow
from chattor.store.repos.outbox import OperationKind
from chattor.store.repos.own import Guise, Own
from chattor.store.tx import Tx

FOLLOWED: Final = "a new identity, announced by the one you knew: compare safety numbers again"
TAKEN: Final = "your friend moved to an identity you know as somebody else"
_HOLDING: Final = (State.FRIEND, State.OUTGOING)


def rotate_onion(tx: Tx, ctx: Ctx) -> None:
    """Move to a new address. Raises NotAllowed while too many are left and still answered."""
    was = _own(tx).identity
    _become(tx, ctx, Identity(onion=SigningKey(ctx.rng(KEY)), sig=was.sig, dh=was.dh))
    for row in tx.friends.all():
        if row.state is State.FRIEND:
            tx.hang_up(row.id, row.id_commit)
            tx.revisit(row.id)


def rotate_identity(tx: Tx, ctx: Ctx) -> None:
    """Become a new identity at a new address, and tell every friend and reader. Raises NotAllowed as above."""
    _become(tx, ctx, Identity.generate(ctx.rng))
    anew = replace(ctx, own=_own(tx))
    word, certificate = _succession(ctx.own.present, anew.own.present)
    publishing.end(tx, ctx, certificate + anew.own.identity.sig.sign(word))
    following.renew(tx, anew)
    for row in tx.friends.all():
        tell(tx, anew, row)


def retire(tx: Tx, ctx: Ctx) -> None:
    """Answer no more as who all friends know we are not, a month after we left it."""
    own = _own(tx)
    over = [guise for guise in own.former if not _until(guise) > ctx.now and not _holders(tx, guise)]
    if not over:
        return
    for guise in over:
        tx.own.forget(guise.epoch)
    kept = {guise.id_commit for guise in _own(tx).guises}
    upto = max((guise.epoch for guise in over if guise.id_commit not in kept), default=0)
    for row in tx.friends.all():
        if row.state in (State.INCOMING, State.NONE) and row.knows <= upto:
            _lose(tx, ctx, row)
    tx.became(_own(tx))


def _lose(tx: Tx, ctx: Ctx, row: FriendRow) -> None:
    """Nobody we are now could answer this request, or tell of this end."""
    tx.outbox.withdraw_all(row.id)
    if row.state is State.INCOMING:
        row = move(tx, ctx, row, Remote.REMOVED)
    tidy(tx, row)


def former(tx: Tx, ctx: Ctx) -> list[FormerAddress]:
    """The addresses we left and still answer at, oldest first."""
    own = _own(tx)
    return [
        FormerAddress(
            onion=str(OnionAddress(guise.identity.onion.public)),
            left=Left.IDENTITY if guise.id_commit != own.present.id_commit else Left.ONION,
            left_at=moment(guise.left_ms or 0),
            until=moment(_until(guise)),
            waiting=len(_holders(tx, guise)),
        )
        for guise in own.former
    ]


def tell(tx: Tx, ctx: Ctx, row: FriendRow) -> None:
    """Tell a friend of the identity that follows the one he knows, if there is one and he is not being told."""
    successor = ctx.own.successor(row.knows)
    told = any(operation.kind is OperationKind.ROTATE for operation in tx.outbox.of(row.id))
    if row.state is not State.FRIEND or successor is None or told:
        return
    known = ctx.own.shown(row.knows)
    word, certificate = _succession(known, successor)
    frame = Rotate(
        op_id=ctx.rng(16),
        certificate=certificate,
        signature=known.identity.sig.sign(word),
        consent=successor.identity.sig.sign(word),
    )
    post(tx, ctx, row, OperationKind.ROTATE, frame)


def holds(tx: Tx, ctx: Ctx, row: FriendRow, epoch: int, *, dialled: bool) -> None:
    """A relation greeted us on a link where our certificate of `epoch` was shown; `dialled`: by us.

    Whoever dialled us knows the identity whose door it was; it is an older one if his store was put back. Whoever
    was dialled may only have been polite to somebody he knows no more.
    """
    if ctx.own.same_identity(row.knows, epoch):
        tx.friends.update(row.id, knows=epoch)
    elif not dialled:
        tx.outbox.withdraw(row.id, OperationKind.ROTATE)
        tx.friends.update(row.id, knows=epoch)
    tell(tx, ctx, reload(tx, row))


def followed(tx: Tx, ctx: Ctx, row: FriendRow, body: bytes) -> None:
    """A friend took our ROTATE: he holds its certificate."""
    told = decode(FrameType.ROTATE, body)
    if isinstance(told, Rotate):
        tx.friends.update(row.id, knows=certificates.parse(told.certificate).epoch)
        tell(tx, ctx, reload(tx, row))


def follow(tx: Tx, ctx: Ctx, row: FriendRow, known: Certificate, frame: Rotate) -> bool:
    """Take a ROTATE from whoever proved the pinned identity: the pins move. False if somebody is there already.

    Raises a RemoteError for anything the pinned identity does not vouch for, or the new one does not agree to.
    """
    advance(row.state, Remote.ROTATED)
    new = certificates.parse(frame.certificate)
    word = succession(known.id_commit, frame.certificate)
    verify(known.ik_sig, frame.signature, word)
    verify(new.ik_sig, frame.consent, word)
    if new.epoch <= row.epoch or new.id_commit == row.id_commit or _is_ours(ctx, new):
        raise ProtocolViolation("a successor that is none")
    if not _make_way(tx, ctx, row, new):
        return False
    tx.friends.remember_move(row.id, row.id_commit, ctx.now)
    following.move(tx, row.id_commit, new)
    tx.friends.update(
        row.id,
        onion_pk=new.onion_pk,
        id_commit=new.id_commit,
        ik_sig=new.ik_sig,
        ik_dh=new.ik_dh,
        epoch=new.epoch,
        verified=False,
        notice=FOLLOWED,
    )
    tx.emit(ctx.now, Happened.FRIEND_CHANGED, friend=row.id)
    return True


def _become(tx: Tx, ctx: Ctx, identity: Identity) -> None:
    if len(_own(tx).former) >= FORMER_MAX:
        raise NotAllowed(f"{FORMER_MAX} addresses you left are still answered; wait until friends have followed")
    tx.own.replace(identity, ctx.now)
    tx.became(_own(tx))


def _make_way(tx: Tx, ctx: Ctx, row: FriendRow, new: Certificate) -> bool:
    """Let go of what else stands for the new identity: a request of his or ours. Nothing more is thrown away."""
    found = (tx.friends.by_commit(new.id_commit), tx.friends.by_onion(new.onion_pk))
    others = {other.id: other for other in found if other is not None and other.id != row.id}
    if any(other.state in (State.FRIEND, State.BLOCKED) or tx.messages.last_id(other.id) for other in others.values()):
        return False
    for other in others.values():
        tx.hang_up(other.id, other.id_commit)
        tx.friends.delete(other.id)
        tx.emit(ctx.now, Happened.FRIEND_REMOVED, friend=other.id)
    return True


def _holders(tx: Tx, guise: Guise) -> list[FriendRow]:
    """Who knows us at best as we were then, and may still come."""
    return [row for row in tx.friends.all() if row.knows <= guise.epoch and row.state in _HOLDING]


def _until(guise: Guise) -> int:
    return (guise.left_ms or 0) + int(FORMER_KEPT * 1000)


def _certificate(guise: Guise) -> Certificate:
    return issue(guise.identity, epoch=guise.epoch, created_ms=guise.created_ms)


def _succession(former: Guise, successor: Guise) -> tuple[bytes, bytes]:
    """What both sign, and the certificate it is about."""
    certificate = _certificate(successor).raw
    return succession(former.id_commit, certificate), certificate


def _is_ours(ctx: Ctx, certificate: Certificate) -> bool:
    return any(guise.identity.sig.public == certificate.ik_sig for guise in ctx.own.guises)


def _own(tx: Tx) -> Own:
    own = tx.own.load()
    if own is None:
        raise LookupError("the store holds no identity")
    return own
