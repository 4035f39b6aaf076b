"""The published Noise vectors, and dissononce, through the engine that runs our own handshake."""

from typing import Any

import pytest
from dissononce.cipher.chachapoly import ChaChaPolyCipher
from dissononce.dh.private import PrivateKey
from dissononce.dh.x25519.x25519 import X25519DH
from dissononce.extras.dh.dangerous.dh_nogen import NoGenDH
from dissononce.hash.sha256 import SHA256Hash
from dissononce.processing.handshakepatterns.interactive.XX import XXHandshakePattern
from dissononce.processing.impl.cipherstate import CipherState as OtherCipher
from dissononce.processing.impl.handshakestate import HandshakeState as OtherHandshake
from dissononce.processing.impl.symmetricstate import SymmetricState as OtherSymmetric
from dissononce.processing.modifiers.psk import PSKPatternModifier

from chattor.crypto.keys import DhKey, Rng
from chattor.crypto.noise import CipherState, Handshake
from tests.support.dice import dice
from tests.vectors import vectors
from tests.vectors.noise_patterns import pattern_of

VECTORS = [*vectors("noise-cacophony.json"), *vectors("noise-snow.json")]


def side(vector: dict[str, Any], who: str) -> Handshake:
    """One side of a vector; `who` is its prefix there."""

    def known(name: str) -> bytes | None:
        return bytes.fromhex(vector[f"{who}_{name}"]) if f"{who}_{name}" in vector else None

    static, ephemeral = known("static"), known("ephemeral")
    psks = vector.get(f"{who}_psks") or [""]
    pattern = pattern_of(vector["protocol_name"])
    return Handshake(
        pattern,
        initiator=who == "init",
        prologue=known("prologue") or b"",
        static=DhKey(static) if static else None,
        psk=bytes.fromhex(psks[0]) if pattern.has_psk else None,
        rng=fixed(ephemeral or b""),
        remote_static=known("remote_static"),
    )


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["protocol_name"].split("_")[1])
def test_a_published_vector(vector: dict[str, Any]) -> None:
    two = side(vector, "init"), side(vector, "resp")
    one_way = len(pattern_of(vector["protocol_name"]).messages) == 1
    ciphers: list[tuple[CipherState, CipherState]] = []
    for number, message in enumerate(vector["messages"]):
        payload, wire = bytes.fromhex(message["payload"]), bytes.fromhex(message["ciphertext"])
        at = 0 if one_way else number % 2
        if not two[0].complete:
            assert two[at].write_message(payload) == wire
            assert two[1 - at].read_message(wire) == payload
            continue
        ciphers = ciphers or [one.split() for one in two]
        assert ciphers[at][0].encrypt(b"", payload) == wire
        assert ciphers[1 - at][1].decrypt(b"", wire) == payload
    assert ciphers
    assert two[0].hash == two[1].hash
    if "handshake_hash" in vector:
        assert two[0].hash.hex() == vector["handshake_hash"]


def test_the_vectors_are_all_there() -> None:
    names = [vector["protocol_name"].split("_")[1] for vector in VECTORS]
    assert len(names) == 97
    assert {"XX", "XXpsk3", "IK", "KK", "NN", "X1X1", "NNpsk0"} <= set(names)


@pytest.mark.parametrize("suffix", ["", "psk0"])
@pytest.mark.parametrize("block", range(10))
def test_random_handshakes_agree_with_dissononce(suffix: str, block: int) -> None:
    """50 a block: 500 of XX and 500 of XXpsk0, byte for byte, with roles in turn."""
    for number in range(50):
        rng = dice((suffix, block, number))
        prologue, psk = rng(rng(1)[0]), rng(32)
        keys = [(rng(32), rng(32)), (rng(32), rng(32))]
        ours_first = number % 2 == 0
        static, ephemeral = keys[0]
        ours = Handshake(
            pattern_of(f"Noise_XX{suffix}_25519_ChaChaPoly_SHA256"),
            initiator=ours_first,
            prologue=prologue,
            static=DhKey(static),
            psk=psk if suffix else None,
            rng=fixed(ephemeral),
        )
        theirs = other_side(keys[1], initiator=not ours_first, prologue=prologue, psk=psk if suffix else None)
        compare(ours, theirs, ours_first=ours_first, payloads=[rng(rng(1)[0]) for _ in range(3)])


def fixed(ephemeral: bytes) -> Rng:
    """An rng for one key that is already known."""
    return lambda _: ephemeral


def other_side(keys: tuple[bytes, bytes], *, initiator: bool, prologue: bytes, psk: bytes | None) -> Any:
    """A dissononce handshake with given static and ephemeral keys."""
    dh = X25519DH()
    pattern = XXHandshakePattern()
    if psk:
        pattern = PSKPatternModifier(0).modify(pattern)
    state = OtherHandshake(
        OtherSymmetric(OtherCipher(ChaChaPolyCipher()), SHA256Hash()), NoGenDH(dh, PrivateKey(keys[1]))
    )
    static = dh.generate_keypair(PrivateKey(keys[0]))
    state.initialize(pattern, initiator, prologue, s=static, psks=[psk] if psk else None)
    return state


def compare(ours: Handshake, theirs: Any, *, ours_first: bool, payloads: list[bytes]) -> None:
    """Run the two against each other to the end and a message beyond it."""
    pair = None
    for number, payload in enumerate(payloads):
        if (number % 2 == 0) == ours_first:
            received = bytearray()
            pair = theirs.read_message(ours.write_message(payload), received)
            assert received == payload
        else:
            wire = bytearray()
            pair = theirs.write_message(payload, wire)
            assert ours.read_message(bytes(wire)) == payload
    assert pair is not None
    assert ours.hash == theirs.symmetricstate.get_handshake_hash()
    send, receive = ours.split()
    their_receive, their_send = pair if ours_first else reversed(pair)
    assert their_receive.decrypt_with_ad(b"", send.encrypt(b"", b"there")) == b"there"
    assert receive.decrypt(b"", their_send.encrypt_with_ad(b"", b"and back")) == b"and back"
