"""The safety number: one number for two sides, another for anybody else."""

import hashlib
import re

import pytest

from chattor.crypto.keys import Identity, id_commit
from chattor.crypto.safety import fingerprint, safety_number
from tests.support.dice import dice


def keys(seed: str) -> tuple[bytes, bytes]:
    identity = Identity.generate(dice(seed))
    return identity.sig.public, identity.dh.public


def test_both_sides_read_the_same_sixty_digits() -> None:
    number = safety_number(keys("alice"), keys("bob"))
    assert re.fullmatch(r"\d{5}( \d{5}){11}", number)
    assert number == safety_number(keys("bob"), keys("alice"))


@pytest.mark.parametrize("changed", [0, 1], ids=["ik_sig", "ik_dh"])
def test_either_key_of_either_side_changes_the_number(changed: int) -> None:
    alice, bob, mallory = keys("alice"), keys("bob"), keys("mallory")
    forged = (mallory[0], bob[1]) if changed == 0 else (bob[0], mallory[1])
    assert safety_number(alice, forged) != safety_number(alice, bob)


def test_a_side_is_5200_rounds_of_sha_512() -> None:
    sig, dh = keys("alice")
    identity = sig + dh + id_commit(sig, dh)
    digest = b"chattor/1 safety" + identity
    for _ in range(5200):
        digest = hashlib.sha512(digest + identity).digest()
    digits = "".join(str(int.from_bytes(digest[i : i + 5], "big") % 100000).zfill(5) for i in range(0, 30, 5))
    assert digits * 2 == safety_number((sig, dh), (sig, dh)).replace(" ", "")
    assert digits == fingerprint(sig, dh, id_commit(sig, dh)).replace(" ", "")


def test_a_safety_number_is_both_fingerprints() -> None:
    halves = [fingerprint(*keys(name), id_commit(*keys(name))) for name in ("alice", "bob")]
    assert safety_number(keys("alice"), keys("bob")) == " ".join(sorted(halves))
