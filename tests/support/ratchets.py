"""Pairs of ratchets, and all there is to know about one as a value that can be compared."""

from chattor.crypto.keys import DhKey
from chattor.crypto.ratchet import MAX_SKIP, Ratchet
from chattor.crypto.session import RatchetKeys, ratchet_keys
from tests.support.dice import dice

AD = b"identities and transcript".ljust(96, b".")


def ratchet_pair(seed: object = "pair", *, max_skip: int = MAX_SKIP) -> tuple[Ratchet, Ratchet]:
    """The initiator's and the responder's side of one session; the same seed gives the same bytes."""
    rng = dice((seed, "session"))
    keys: RatchetKeys = ratchet_keys(rng(32))
    own = DhKey(rng(32))
    return (
        Ratchet.initiator(keys, own.public, AD, dice((seed, "I")), max_skip=max_skip),
        Ratchet.responder(keys, own, AD, dice((seed, "R")), max_skip=max_skip),
    )


def opened_pair(seed: object = "pair", *, max_skip: int = MAX_SKIP) -> tuple[Ratchet, Ratchet]:
    """The same as a link leaves them: the responder has read the initiator's READY, and either may speak."""
    i, r = ratchet_pair(seed, max_skip=max_skip)
    r.decrypt(i.encrypt(b""))
    return i, r


def state(ratchet: Ratchet) -> dict[str, object]:
    """Every piece of state by name, as plain values."""
    shown: dict[str, object] = {}
    for name in Ratchet.__slots__:
        value = getattr(ratchet, name)
        match name:
            case "_box" | "_rng":
                continue
            case "_dh":
                shown[name] = value.seed
            case "_sending" | "_receiving":
                shown[name] = value and (value.header_key, value.key, value.n)
            case "_skipped":
                shown[name] = [(key, dict(kept)) for key, kept in value.items()]
            case _:
                shown[name] = value
    return shown
