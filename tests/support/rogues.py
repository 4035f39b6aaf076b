"""Peers that hold every key they should and break the rules: what an engine of ours would never send.

They speak Noise by the same library as we do; nothing is checked, and everything inside can be chosen.
"""

from dataclasses import dataclass

from chattor.crypto.certificate import Certificate
from chattor.crypto.keys import DhKey, KemKey, Rng, encapsulate, knock_key
from chattor.crypto.noise import HYBRID_XX, Handshake, SymmetricState
from chattor.protocol.handshake import ANSWER, OFFER, PROOF, Answer, Offer, Proof, Purpose, Target
from tests.support.dice import dice
from tests.support.links import Person

LOW_ORDER = [
    bytes(32),
    b"\x01" + bytes(31),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
]
"""The seven encodings of X25519 points that give an all-zero secret."""


def pretending(public: bytes) -> DhKey:
    """A key that claims another public half."""
    key = DhKey(bytes(31) + b"\x05")
    key.public = public
    return key


def opening(target: Target, *, ephemeral: bytes | None = None, kem: bytes | None = None, payload: bytes = b"") -> bytes:
    """A first message with whatever inside, made with the code of `target`."""
    symmetric = SymmetricState(HYBRID_XX.protocol.encode())
    symmetric.mix_hash(b"chattor/1" + target.onion_pk)
    symmetric.mix_key_and_hash(knock_key(target.onion_pk, target.id_commit))
    public = ephemeral or DhKey(bytes(31) + b"\x07").public
    symmetric.mix_hash(public)
    symmetric.mix_key(public)
    sealed = symmetric.encrypt_and_hash(kem or KemKey.generate(dice("kem")).public)
    return public + sealed + symmetric.encrypt_and_hash(payload or OFFER.encode(Offer(1, 1)))


@dataclass(slots=True)
class RogueInitiator:
    """Dials `target` with any static key and any certificate."""

    target: Target
    static: DhKey
    rng: Rng
    noise: Handshake

    @classmethod
    def make(cls, target: Target, static: DhKey, seed: object = "rogue") -> "RogueInitiator":
        """Somebody with the code of `target`."""
        rng = dice(seed)
        return cls(target, static, rng, _noise(target, static, rng, initiator=True))

    def open(self, lowest: int = 1, highest: int = 1) -> bytes:
        """Message 1."""
        return self.noise.write_message(OFFER.encode(Offer(lowest, highest)))

    def prove(self, message: bytes, certificate: bytes, purpose: int = Purpose.FRIEND) -> bytes:
        """Message 3, whatever message 2 said."""
        self.noise.read_message(message)
        return self.noise.write_message(PROOF.encode(Proof(certificate, purpose, bytes(8), bytes(8))))


class _BrokenKem(Handshake):
    """Encapsulates honestly, then flips a bit of the ciphertext: the other side gets another secret."""

    def _write(self, token: str) -> bytes:
        if token != "ekem1":
            return super()._write(token)
        assert self._keys.re1 is not None
        secret, ciphertext = encapsulate(self._keys.re1)
        sealed = self._symmetric.encrypt_and_hash(bytes([ciphertext[0] ^ 1]) + ciphertext[1:])
        self._symmetric.mix_key(secret)
        return sealed


@dataclass(slots=True)
class RogueResponder:
    """Answers for `target` with any static key and any certificate."""

    noise: Handshake

    @classmethod
    def make(cls, target: Target, static: DhKey, *, break_kem: bool = False) -> "RogueResponder":
        """Somebody who knows the code of `target`, as everybody who has it does, and sits at its address."""
        kind = _BrokenKem if break_kem else Handshake
        return cls(_noise(target, static, dice("rogue"), initiator=False, kind=kind))

    def answer(self, message: bytes, certificate: bytes, version: int = 1) -> bytes:
        """Message 2."""
        self.noise.read_message(message)
        return self.noise.write_message(ANSWER.encode(Answer(version, certificate, DhKey(bytes(32)).public)))


def forged(genuine: Certificate, **parts: bytes) -> bytes:
    """A certificate with some parts replaced: onion_pk, ik_sig, ik_dh, by_onion, by_identity."""
    places = {"onion_pk": 13, "ik_sig": 45, "ik_dh": 77, "by_onion": 109, "by_identity": 173}
    raw = bytearray(genuine.raw)
    for name, value in parts.items():
        raw[places[name] : places[name] + len(value)] = value
    return bytes(raw)


def cross_signed(body_of: Person, signed_by: Person) -> bytes:
    """The body of one person's certificate with the onion signature of another over it."""
    body = body_of.certificate.raw[:109]
    return forged(body_of.certificate, by_onion=signed_by.identity.onion.sign(b"chattor/1 cert onion" + body))


def _noise(target: Target, static: DhKey, rng: Rng, *, initiator: bool, kind: type[Handshake] = Handshake) -> Handshake:
    return kind(
        HYBRID_XX,
        initiator=initiator,
        prologue=b"chattor/1" + target.onion_pk,
        static=static,
        psk=knock_key(target.onion_pk, target.id_commit),
        rng=rng,
    )
