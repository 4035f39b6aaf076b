"""Who may enter our onions while only friends may, and by which key we enter theirs (protocol §6)."""

from contextlib import suppress
from typing import Final

from chattor.crypto.keys import onion_auth
from chattor.errors import ProtocolViolation
from chattor.handlers.context import Ctx
from chattor.protocol.friendship import State
from chattor.protocol.limits import GUESTS_MAX
from chattor.store.repos.friends import FriendRow
from chattor.store.repos.own import Guise, Own
from chattor.store.tx import Tx

_DAY_MS: Final = 86_400_000


def invited(tx: Tx, ctx: Ctx) -> tuple[bytes, ...]:
    """The `ik_dh` of friends, and of those we asked and who showed it; as many as fit, those seen last first.

    Counted in days: where not all fit, the onion would else be published anew whenever somebody comes by.
    """
    rows = [row for row in tx.friends.all() if row.state in (State.FRIEND, State.OUTGOING)]
    rows.sort(key=lambda row: (-((row.last_seen_ms or row.asked_ms) // _DAY_MS), row.id))
    return tuple(row.ik_dh for row in rows if row.ik_dh is not None)[:GUESTS_MAX]


def keys(guise: Guise, others: tuple[bytes, ...]) -> frozenset[bytes]:
    """By what these people enter the onion of one of our guises."""
    found: set[bytes] = set()
    for other in others:
        with suppress(ProtocolViolation):  # a key of low order is nobody's
            found.add(onion_auth(guise.identity.dh, other, guise.identity.onion.public).public)
    return frozenset(found)


def key_of(own: Own, row: FriendRow) -> bytes | None:
    """The secret by which we enter somebody's onion; None before we know each other. Raises ProtocolViolation.

    Whether he lets in friends only he does not say, so it is always shown.
    """
    if row.ik_dh is None:
        return None
    return onion_auth(own.shown(row.knows).identity.dh, row.ik_dh, row.onion_pk).seed
