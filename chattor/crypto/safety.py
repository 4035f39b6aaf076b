"""The safety number (protocol §6): sixty digits two friends compare to know that nobody sits between them."""

import hashlib
from typing import Final

from chattor.crypto.keys import id_commit

_ROUNDS: Final = 5_200
_GROUPS: Final = 6  # of five digits


def safety_number(one: tuple[bytes, bytes], other: tuple[bytes, bytes]) -> str:
    """Twelve groups of five digits, the same on both sides. Each identity is its (ik_sig, ik_dh)."""
    return " ".join(sorted(fingerprint(*keys, id_commit(*keys)) for keys in (one, other)))


def fingerprint(ik_sig: bytes, ik_dh: bytes, commitment: bytes) -> str:
    """Six groups of five digits: an identity's half of all its safety numbers.

    Iterated, so that searching for a look-alike costs 5,200 hashes a try.
    """
    identity = ik_sig + ik_dh + commitment
    digest = b"chattor/1 safety" + identity
    for _ in range(_ROUNDS):
        digest = hashlib.sha512(digest + identity).digest()
    return " ".join(f"{int.from_bytes(digest[at : at + 5]) % 100_000:05}" for at in range(0, 5 * _GROUPS, 5))
