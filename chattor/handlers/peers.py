"""Who is at the other end of a proven link, and what a HELLO means for the store (protocol §3, §6)."""

from dataclasses import dataclass

from chattor.crypto.certificate import Certificate
from chattor.errors import IdentityChanged
from chattor.handlers import rotation
from chattor.handlers.context import Ctx
from chattor.handlers.friends import placeholder
from chattor.handlers.relations import move, reload
from chattor.model.trace import Step
from chattor.protocol.friendship import Remote, State
from chattor.protocol.limits import REQUESTS_MAX, REQUESTS_SEEN_MAX
from chattor.protocol.link import Continuity, Purpose
from chattor.protocol.pins import OTHER_ADDRESS, OTHER_IDENTITY, Pin, vet, vet_first
from chattor.protocol.stream import START, Position
from chattor.store.repos.events import Happened
from chattor.store.repos.friends import FriendRow
from chattor.store.repos.outbox import OperationKind
from chattor.store.repos.own import Own
from chattor.store.tx import Tx

SAYS_FRIENDS = "says you were friends"
CLONE = "somebody else uses your identity: is a copy of this profile running?"
MOVED = "your friend became somebody else meanwhile"
CONTINUITY_LOST = "continuity lost: one of the two stores was restored or copied"
_COMMITTING = (State.FRIEND, State.OUTGOING)
_DIALLED = {True: "you dialled", False: "your friend dialled", None: ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A peer that may go on: its relation if it has one, where its stream stands, the continuity secrets we hold.

    `commits`: this link may move the continuity secrets (purpose friend, and friends or nearly so).
    """

    friend: int | None
    state: State = State.NONE
    high: Position = START
    continuity: bytes | None = None
    continuity_before: bytes | None = None
    commits: bool = False


@dataclass(frozen=True, slots=True)
class Door:
    """How two met: the epoch of our certificate that was shown, and whether we dialled."""

    epoch: int
    dialled: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """A peer to close on; whatever had to be remembered was stored."""

    reason: str


def admit(tx: Tx, ctx: Ctx, certificate: Certificate, purpose: Purpose, epoch: int) -> Admission | Refusal:
    """Classify whoever dialled us and proved a certificate; `epoch` is of ours that he was shown."""
    if any(guise.id_commit == certificate.id_commit for guise in ctx.own.guises):
        clone_seen(tx, ctx)
        return Refusal(CLONE)
    row = tx.friends.by_commit(certificate.id_commit)
    if row is None:
        return _admit_unknown(tx, ctx, certificate, purpose, epoch)
    if row.state is State.BLOCKED:
        return Refusal("blocked")
    if purpose is Purpose.SUBSCRIBE:  # whoever he is, there he is nobody
        return Refusal("friends read on their own link") if row.state is State.FRIEND else Admission(friend=None)
    refusal = pin(tx, ctx, row, certificate)
    if refusal is not None:
        return refusal
    if purpose is Purpose.FRIEND and (row.state is not State.NONE or _may_claim(tx, ctx, row, certificate)):
        if row.state is State.NONE:  # whatever he asked long ago, this is what he says now
            tx.friends.update(row.id, note=SAYS_FRIENDS, asked_ms=ctx.now, seen=False)
        row = move(tx, ctx, reload(tx, row), Remote.CLAIM)
    return admission(ctx.own, reload(tx, row), purpose)


def admission(own: Own, row: FriendRow, purpose: Purpose) -> Admission:
    """What a link to or from a known relation starts with.

    Whoever may have followed us already takes a link of who we were for a stranger's, and commits nothing on it.
    """
    shares = purpose is Purpose.FRIEND and row.state in _COMMITTING
    return Admission(
        friend=row.id,
        state=row.state,
        high=row.high if row.state is State.FRIEND else START,
        continuity=row.continuity if shares else None,
        continuity_before=row.continuity_before if shares else None,
        commits=shares and own.successor(row.knows) is None,
    )


def pin(tx: Tx, ctx: Ctx, row: FriendRow, certificate: Certificate) -> Refusal | None:
    """Hold a certificate against what is pinned; the first one is pinned, a newer one moves the address."""
    known = pinned(row)
    try:
        if known is None:
            vet_first(certificate, row.onion_pk)
        else:
            vet(certificate, row.onion_pk, known)
    except IdentityChanged as change:
        return alarm(tx, ctx, row, str(change))
    if certificate.onion_pk != row.onion_pk:
        if tx.friends.by_onion(certificate.onion_pk) is not None:
            return alarm(tx, ctx, row, OTHER_ADDRESS)
        tx.emit(ctx.now, Happened.FRIEND_CHANGED, friend=row.id)
    tx.friends.update(
        row.id,
        ik_sig=certificate.ik_sig,
        ik_dh=certificate.ik_dh,
        onion_pk=certificate.onion_pk,
        epoch=certificate.epoch,
    )
    return None


def pinned(row: FriendRow) -> Pin | None:
    """What is known of a peer's identity; None before his first certificate."""
    return None if row.ik_sig is None or row.ik_dh is None else Pin(row.ik_sig, row.ik_dh, row.epoch)


def alarm(tx: Tx, ctx: Ctx, row: FriendRow, reason: str) -> Refusal:
    """Stop sending to this friend until the user took note. Whoever is blocked is not heard that way either."""
    if row.state is State.BLOCKED:
        return Refusal("blocked")
    if row.alarm != reason:
        tx.friends.update(row.id, alarm=reason)
        tx.emit(ctx.now, Happened.IDENTITY_ALARM, friend=row.id, detail=reason)
    return Refusal(reason)


def clone_seen(tx: Tx, ctx: Ctx) -> None:
    """Somebody proved to be us."""
    tx.emit(ctx.now, Happened.IDENTITY_ALARM, detail=CLONE)


def prove(tx: Tx, ctx: Ctx, number: int, certificate: Certificate, purpose: Purpose) -> Admission | Refusal:
    """Whoever answered our dial proved a certificate: hold it against what is pinned, if we still want anything."""
    row = tx.friends.get(number)
    if row is None:
        return Refusal("the relation ended meanwhile")
    if row.state is State.BLOCKED:
        return Refusal("blocked")
    if _has_left(tx, row, certificate.id_commit):  # dialled before he told us, on another link, who follows
        return Refusal(MOVED)
    return pin(tx, ctx, row, certificate) or admission(ctx.own, reload(tx, row), purpose)


def readmit(tx: Tx, ctx: Ctx, number: int | None, purpose: Purpose) -> Admission | Refusal:
    """What a link starts with that was admitted earlier and counts only now; he may have been blocked meanwhile."""
    row = None if number is None else tx.friends.get(number)
    if row is None:
        return Admission(friend=None)
    return Refusal("blocked") if row.state is State.BLOCKED else admission(ctx.own, row, purpose)


def greet(
    tx: Tx, ctx: Ctx, number: int | None, who: bytes, continuity: Continuity | None, door: Door | None = None
) -> Position | Refusal:
    """Take a valid HELLO: continuity secrets, contact. Where the peer's stream stands with us, for our HELLO.

    `number` is None for a stranger, `who` the commitment of the identity he proved, `continuity` None on links that
    do not commit it, `door` if it tells nothing of whom he takes us for. A relation that ended meanwhile is a
    stranger's; a friend who moved on since the proof is greeted on a link of who he is now.
    """
    row = None if number is None else tx.friends.get(number)
    if row is None:
        return START
    if _has_left(tx, row, who):
        return Refusal(MOVED)
    if continuity is not None and row.state in _COMMITTING:
        tx.friends.update(row.id, continuity=continuity.next, continuity_before=continuity.used)
        if continuity_lost(row, continuity):
            tx.friends.update(row.id, notice=CONTINUITY_LOST)
            tx.emit(ctx.now, Happened.FRIEND_CHANGED, friend=row.id)
    contact(tx, ctx, row.id)
    tx.calls.note(row.id, Step.LINK_OPEN, _DIALLED[None if door is None else door.dialled], ctx.now)
    if door is not None:
        rotation.holds(tx, ctx, row, door.epoch, dialled=door.dialled)
    return row.high if row.state is State.FRIEND else START


def _has_left(tx: Tx, row: FriendRow, id_commit: bytes) -> bool:
    """Whether this is an identity the friend told us he left."""
    gone = tx.friends.moved(id_commit)
    return gone is not None and gone.id == row.id


def continuity_lost(row: FriendRow, continuity: Continuity) -> bool:
    """Whether a secret must have been shared and was not. The first one alone may be ours only: a lost HELLO."""
    return row.state is State.FRIEND and row.continuity_before is not None and not continuity.recognised


def contact(tx: Tx, ctx: Ctx, number: int) -> None:
    """Heard from: the next dial needs no waiting."""
    tx.friends.update(number, last_seen_ms=ctx.now, attempts=0, next_ms=0, reason="")


def left(tx: Tx, ctx: Ctx, number: int, reason: str = "") -> None:
    """A link ended: until now he was here. The relation may be gone with it."""
    row = tx.friends.get(number)
    if row is not None:
        tx.friends.update(number, last_seen_ms=ctx.now)
        tx.calls.note(number, Step.LINK_ENDED, reason, ctx.now)


def alarm_about(tx: Tx, ctx: Ctx, number: int, reason: str) -> None:
    """Whoever answered our dial is not who we know."""
    row = tx.friends.get(number)
    if row is not None:
        alarm(tx, ctx, row, reason)


def make_room(tx: Tx, ctx: Ctx) -> None:
    """Evict one unseen request at random when the inbox is full."""
    unseen = tx.friends.unseen_requests()
    if len(unseen) >= REQUESTS_MAX:
        victim = unseen[int.from_bytes(ctx.rng(4), "big") % len(unseen)]
        tx.friends.delete(victim)
        tx.emit(ctx.now, Happened.FRIEND_REMOVED, friend=victim)


def remember(tx: Tx, ctx: Ctx, certificate: Certificate, name: str, note: str, epoch: int) -> FriendRow:
    """A relation for somebody new, in state NONE, with the certificate pinned; he was shown ours of `epoch`."""
    make_room(tx, ctx)
    row = tx.friends.add(
        state=State.NONE,
        name=name,
        note=note,
        asked_ms=ctx.now,
        onion_pk=certificate.onion_pk,
        id_commit=certificate.id_commit,
        knows=epoch,
    )
    tx.friends.update(row.id, ik_sig=certificate.ik_sig, ik_dh=certificate.ik_dh, epoch=certificate.epoch)
    contact(tx, ctx, row.id)
    return reload(tx, row)


def _admit_unknown(tx: Tx, ctx: Ctx, certificate: Certificate, purpose: Purpose, epoch: int) -> Admission | Refusal:
    gone = tx.friends.moved(certificate.id_commit)
    if gone is not None:  # the router answers what it must not repeat for ever, and nothing else
        return Refusal("blocked") if gone.state is State.BLOCKED else Admission(friend=None)
    other = tx.friends.by_onion(certificate.onion_pk)
    if other is not None:
        return alarm(tx, ctx, other, OTHER_IDENTITY)
    if purpose is not Purpose.FRIEND or _uninvited(tx, ctx, certificate):
        return Admission(friend=None)
    row = remember(tx, ctx, certificate, placeholder(certificate.onion_pk), SAYS_FRIENDS, epoch)
    return admission(ctx.own, move(tx, ctx, row, Remote.CLAIM), purpose)


def _may_claim(tx: Tx, ctx: Ctx, row: FriendRow, certificate: Certificate) -> bool:
    """Whether somebody who is no friend may ask by saying he is: not while our REMOVE is still on its way to him."""
    parting = any(operation.kind is OperationKind.REMOVE for operation in tx.outbox.of(row.id))
    return not parting and not _uninvited(tx, ctx, certificate)


def _uninvited(tx: Tx, ctx: Ctx, certificate: Certificate) -> bool:
    """Whether a newcomer leaves no trace: we take no requests, or rejected this identity before."""
    return ctx.requests_closed or tx.friends.is_rejected(certificate.id_commit) or is_crowded(tx, ctx)


def is_crowded(tx: Tx, ctx: Ctx) -> bool:
    """Whether newcomers must wait: too many ask at once, or nobody answers those who did."""
    return ctx.requests_paused or tx.friends.count_seen_requests() >= REQUESTS_SEEN_MAX
