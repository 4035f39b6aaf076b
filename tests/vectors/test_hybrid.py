"""Our hybrid handshake against a second implementation that shares nothing but the primitives."""

import pytest

from chattor.crypto.keys import DhKey
from chattor.crypto.noise import HYBRID_XX, CipherState, Handshake
from tests.support.dice import dice
from tests.vectors.straight_hybrid import Result, Secrets, initiate, respond

PAYLOADS = (b"one".ljust(32), b"two".ljust(336), b"three".ljust(448))


def secrets(number: int, who: str) -> Secrets:
    shared = dice((number, "shared"))
    rng = dice((number, who))
    return Secrets(
        static=rng(32), ephemeral=rng(32), kem_seed=rng(64), psk=shared(32), prologue=b"chattor/1" + shared(32)
    )


def engine(own: Secrets, *, initiator: bool) -> Handshake:
    return Handshake(
        HYBRID_XX,
        initiator=initiator,
        prologue=own.prologue,
        static=DhKey(own.static),
        psk=own.psk,
        rng=lambda size: own.ephemeral if size == 32 else own.kem_seed,
    )


def agree(ours: Handshake, theirs: Result, *, initiator: bool) -> None:
    assert (ours.hash, ours.chaining_key) == (theirs.h, theirs.ck)
    send, receive = ours.split()
    keys = theirs.to_responder, theirs.to_initiator
    to_send, to_receive = keys if initiator else reversed(keys)
    assert send.encrypt(b"", b"text") == CipherState(to_send).encrypt(b"", b"text")
    assert receive.decrypt(b"", CipherState(to_receive).encrypt(b"", b"text")) == b"text"


@pytest.mark.parametrize("number", range(50))
def test_our_initiator_agrees_with_a_straight_responder(number: int) -> None:
    own, other = secrets(number, "I"), secrets(number, "R")
    ours = engine(own, initiator=True)

    def talk(reply: bytes) -> bytes:
        assert ours.read_message(reply) == PAYLOADS[1]
        return ours.write_message(PAYLOADS[2])

    theirs = respond(other, PAYLOADS[1], ours.write_message(PAYLOADS[0]), talk)
    assert theirs.payloads == [PAYLOADS[0], PAYLOADS[2]]
    assert theirs.remote_static == DhKey(own.static).public
    agree(ours, theirs, initiator=True)


@pytest.mark.parametrize("number", range(50))
def test_our_responder_agrees_with_a_straight_initiator(number: int) -> None:
    own, other = secrets(number, "R"), secrets(number, "I")
    ours = engine(own, initiator=False)
    read: list[bytes] = []

    def talk(message: bytes) -> bytes:
        read.append(ours.read_message(message))
        return b"" if ours.complete else ours.write_message(PAYLOADS[1])

    theirs = initiate(other, (PAYLOADS[0], PAYLOADS[2]), talk)
    assert read == [PAYLOADS[0], PAYLOADS[2]]
    assert theirs.payloads == [PAYLOADS[1]]
    assert ours.remote_static == DhKey(other.static).public
    agree(ours, theirs, initiator=False)
