"""Reading the public channels of strangers (protocol §7): whom to dial, and as whom: they never learn who reads."""

from dataclasses import dataclass

from chattor.crypto.certificate import Certificate
from chattor.crypto.keys import KEY, Identity
from chattor.errors import DialFailed, NotFound
from chattor.handlers import resolve
from chattor.handlers.context import Ctx
from chattor.handlers.resolve import friend_of
from chattor.protocol.handshake import Target
from chattor.protocol.pins import Pin
from chattor.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom to dial, and the throwaway identity he knows us by: always the same for him, and for nobody else."""

    target: Target
    mask: Identity


def strangers(tx: Tx, ctx: Ctx) -> list[int]:
    """The owners to visit."""
    return tx.channels.strangers()


def owners(tx: Tx, ctx: Ctx, name: str | None) -> list[int]:
    """The owners of everything we read, or of one channel. Raises NoChannel, AmbiguousChannel."""
    if name is not None:
        owner = resolve.others_channel(tx, name).publisher
        return [] if owner is None else [owner]
    return sorted({row.publisher for row in tx.channels.all() if row.publisher is not None and row.subscribed})


def friend_number(tx: Tx, ctx: Ctx, publisher: int) -> int | None:
    """The friend who is this owner; None for a stranger."""
    owner = tx.channels.publisher(publisher)
    friend = None if owner is None else friend_of(tx, owner)
    return None if friend is None else friend.id


def plan(tx: Tx, ctx: Ctx, publisher: int) -> Plan:
    """How to visit an owner. Raises NotFound when there is nothing to read there any more, or he became a friend."""
    owner = tx.channels.publisher(publisher)
    if owner is None or friend_of(tx, owner) is not None:
        raise NotFound("nothing is read there any more")
    mask = owner.mask
    if mask is None:
        mask = ctx.rng(3 * KEY)
        tx.channels.update_publisher(publisher, mask=mask)
    pin = None if owner.ik_sig is None or owner.ik_dh is None else Pin(owner.ik_sig, owner.ik_dh, owner.epoch)
    return Plan(Target(owner.onion_pk, owner.id_commit, pin), Identity.from_bytes(mask))


def prove(tx: Tx, ctx: Ctx, publisher: int, certificate: Certificate) -> None:
    """The owner proved a certificate that fits his code and what is pinned; a newer one may tell another address."""
    tx.channels.update_publisher(
        publisher,
        onion_pk=certificate.onion_pk,
        ik_sig=certificate.ik_sig,
        ik_dh=certificate.ik_dh,
        epoch=certificate.epoch,
    )


def ended(tx: Tx, ctx: Ctx, publisher: int, reason: str) -> None:
    """A visit is over: note why it failed, for the list of channels; nothing if it did not."""
    owner = tx.channels.publisher(publisher)
    if owner is not None and owner.reason != reason:
        tx.channels.update_publisher(publisher, reason=reason)


def succeeded(tx: Tx, ctx: Ctx, publisher: int) -> None:
    """Raises DialFailed when the last visit to an owner did not."""
    owner = tx.channels.publisher(publisher)
    if owner is not None and owner.reason:
        raise DialFailed(owner.reason)
