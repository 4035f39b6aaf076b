"""The handshake of chattor/1 between two engines: it agrees, and a changed byte ends it."""

from dataclasses import dataclass, field

import pytest

from chattor.crypto.keys import KEM_PUBLIC, DhKey, KemKey, Rng
from chattor.crypto.noise import HYBRID_XX, TAG, CipherState, Handshake, SymmetricState
from chattor.errors import HandshakeRefused, Internal, ProtocolViolation
from tests.support.dice import dice
from tests.unit.crypto.test_keys import LOW_ORDER_X25519

PSK = b"k" * 32
PROLOGUE = b"chattor/1" + b"o" * 32
PAYLOADS = (b"versions".ljust(32), b"certificate".ljust(336), b"purpose".ljust(448))
SIZES = (1280, 1536, 512)


@dataclass
class Pair:
    """Two engines and the messages that went between them."""

    initiator: Handshake
    responder: Handshake
    wire: list[bytes] = field(default_factory=list)

    def run(self, messages: int = 3) -> list[bytes]:
        """Exchange so many messages; gives the payloads as they were read."""
        read = []
        for number, payload in enumerate(PAYLOADS[:messages]):
            writer, reader = (self.initiator, self.responder) if number % 2 == 0 else (self.responder, self.initiator)
            self.wire.append(writer.write_message(payload))
            read.append(reader.read_message(self.wire[-1]))
        return read


def side(
    *, initiator: bool, rng: Rng, static: DhKey | None = None, psk: bytes = PSK, prologue: bytes = PROLOGUE
) -> Handshake:
    return Handshake(
        HYBRID_XX,
        initiator=initiator,
        prologue=prologue,
        static=static or DhKey(rng(32)),
        psk=psk,
        rng=rng,
    )


def pair(seed: str = "noise") -> Pair:
    return Pair(side(initiator=True, rng=dice(seed + " I")), side(initiator=False, rng=dice(seed + " R")))


def test_both_sides_end_with_the_same_secrets() -> None:
    i, r = DhKey(b"i" * 32), DhKey(b"r" * 32)
    two = Pair(side(initiator=True, rng=dice(1), static=i), side(initiator=False, rng=dice(2), static=r))
    assert two.run() == list(PAYLOADS)
    assert [len(message) for message in two.wire] == list(SIZES)
    assert two.initiator.complete
    assert two.responder.complete
    assert two.initiator.remote_static == r.public
    assert two.responder.remote_static == i.public
    assert two.responder.remote_ephemeral == two.wire[0][:32]
    assert two.initiator.hash == two.responder.hash
    assert two.initiator.chaining_key == two.responder.chaining_key


def test_the_ciphers_speak_both_ways_and_rekey_in_step() -> None:
    two = pair()
    two.run()
    (i_send, i_receive), (r_send, r_receive) = two.initiator.split(), two.responder.split()
    for number in range(3):
        assert r_receive.decrypt(b"ad", i_send.encrypt(b"ad", b"to R")) == b"to R"
        assert i_receive.decrypt(b"", r_send.encrypt(b"", b"to I")) == b"to I"
        if number == 1:
            i_send.rekey()
            r_receive.rekey()
    i_send.rekey()
    with pytest.raises(ProtocolViolation):
        r_receive.decrypt(b"", i_send.encrypt(b"", b"only one side rekeyed"))


def test_input_04_a_replayed_ciphertext_is_refused_and_changes_nothing() -> None:
    send, receive = CipherState(b"k" * 32), CipherState(b"k" * 32)
    first, second = send.encrypt(b"", b"one"), send.encrypt(b"", b"two")
    assert receive.decrypt(b"", first) == b"one"
    for bad in (first, second[:-1], b"", bytes(TAG)):
        with pytest.raises(ProtocolViolation):
            receive.decrypt(b"", bad)
    assert receive.decrypt(b"", second) == b"two"


def test_a_cipher_stops_before_its_last_nonce() -> None:
    cipher = CipherState(b"k" * 32)
    cipher._nonce = 2**64 - 2
    cipher.encrypt(b"", b"")
    with pytest.raises(Internal, match="nonces"):
        cipher.encrypt(b"", b"")


@pytest.mark.parametrize("number", [0, 1, 2])
def test_every_changed_byte_of_a_handshake_ends_it(number: int) -> None:
    for at in range(0, SIZES[number], 1 if number != 1 else 3):
        two = pair()
        two.run(number)
        writer, reader = (two.initiator, two.responder) if number % 2 == 0 else (two.responder, two.initiator)
        message = bytearray(writer.write_message(PAYLOADS[number]))
        message[at] ^= 0x40
        with pytest.raises(HandshakeRefused):
            reader.read_message(bytes(message))


@pytest.mark.parametrize("number", [0, 1, 2])
def test_every_truncation_of_a_handshake_ends_it(number: int) -> None:
    for size in range(0, SIZES[number], 61):
        two = pair()
        two.run(number)
        writer, reader = (two.initiator, two.responder) if number % 2 == 0 else (two.responder, two.initiator)
        with pytest.raises(HandshakeRefused):
            reader.read_message(writer.write_message(PAYLOADS[number])[:size])


def knock(e: bytes, e1: bytes) -> bytes:
    """A first message by somebody who has our code and sends these keys."""
    state = SymmetricState(HYBRID_XX.protocol.encode())
    state.mix_hash(PROLOGUE)
    state.mix_key_and_hash(PSK)
    state.mix_hash(e)
    state.mix_key(e)
    return e + state.encrypt_and_hash(e1) + state.encrypt_and_hash(PAYLOADS[0])


@pytest.mark.parametrize("point", LOW_ORDER_X25519, ids=lambda key: key.hex()[:8])
def test_input_15_a_low_order_ephemeral_is_refused(point: bytes) -> None:
    two = pair()
    two.run(1)
    reply = bytearray(two.responder.write_message(PAYLOADS[1]))
    reply[:32] = point
    with pytest.raises(HandshakeRefused, match="low order"):
        two.initiator.read_message(bytes(reply))
    responder = side(initiator=False, rng=dice(2))
    responder.read_message(knock(point, KemKey(b"k" * 64).public))
    with pytest.raises(HandshakeRefused, match="low order"):
        responder.write_message(PAYLOADS[1])


@pytest.mark.parametrize("point", LOW_ORDER_X25519, ids=lambda key: key.hex()[:8])
def test_input_15_a_low_order_static_is_refused(point: bytes) -> None:
    class LowOrder(DhKey):
        """A key that claims another public half."""

        __slots__ = ()

        def __init__(self, seed: bytes) -> None:
            super().__init__(seed)
            self.public = point

    rng = dice(1)
    two = Pair(side(initiator=True, rng=rng, static=LowOrder(b"i" * 32)), side(initiator=False, rng=dice(2)))
    with pytest.raises(HandshakeRefused, match="low order"):
        two.run()


def test_input_17_an_encapsulation_key_out_of_range_is_refused() -> None:
    responder = side(initiator=False, rng=dice(2))
    responder.read_message(knock(DhKey(b"e" * 32).public, b"\xff" * KEM_PUBLIC))
    with pytest.raises(HandshakeRefused, match="not an ML-KEM-768 key"):
        responder.write_message(PAYLOADS[1])


@pytest.mark.parametrize("size", [KEM_PUBLIC - 1, KEM_PUBLIC + 1])
def test_input_17_an_encapsulation_key_of_a_wrong_size_is_refused(size: int) -> None:
    with pytest.raises(HandshakeRefused):
        side(initiator=False, rng=dice(2)).read_message(knock(DhKey(b"e" * 32).public, bytes(size)))


def test_input_16_our_own_ephemeral_echoed_is_refused() -> None:
    two = pair()
    two.run(1)
    reply = two.responder.write_message(PAYLOADS[1])
    with pytest.raises(HandshakeRefused):
        two.initiator.read_message(two.wire[0][:32] + reply[32:])


def test_input_18_a_changed_kem_ciphertext_is_refused() -> None:
    two = pair()
    two.run(1)
    reply = bytearray(two.responder.write_message(PAYLOADS[1]))
    reply[32 + 500] ^= 1
    with pytest.raises(HandshakeRefused, match="authenticate"):
        two.initiator.read_message(bytes(reply))


def test_input_27_a_third_message_of_another_run_is_refused() -> None:
    one, two = pair("one"), pair("two")
    one.run()
    two.run(2)
    with pytest.raises(HandshakeRefused):
        two.responder.read_message(one.wire[2])


@pytest.mark.parametrize(
    ("psk", "prologue"),
    [
        pytest.param(b"x" * 32, PROLOGUE, id="another code"),
        pytest.param(PSK, b"chattor/2" + b"o" * 32, id="another version"),
        pytest.param(PSK, b"chattor/1" + b"p" * 32, id="another address"),
    ],
)
def test_input_29_a_knock_with_the_wrong_key_is_refused_at_once(psk: bytes, prologue: bytes) -> None:
    message = side(initiator=True, rng=dice(1), psk=psk, prologue=prologue).write_message(PAYLOADS[0])
    with pytest.raises(HandshakeRefused):
        side(initiator=False, rng=dice(2)).read_message(message)


def test_turns_are_kept() -> None:
    two = pair()
    with pytest.raises(Internal):
        two.responder.write_message(b"")
    with pytest.raises(Internal):
        two.initiator.read_message(b"")
    with pytest.raises(Internal):
        two.initiator.split()
    two.run()
    with pytest.raises(Internal):
        two.responder.write_message(b"")


def test_no_key_shows_in_a_repr() -> None:
    two = pair()
    two.run()
    send, receive = two.initiator.split()
    for thing in (two.initiator, two.initiator._symmetric, two.initiator._keys, send, receive):
        for secret in (PSK, two.initiator.chaining_key, send._key, receive._key):
            assert secret.hex()[:8] not in repr(thing)
            assert repr(secret) not in repr(thing)
