"""Our ratchet beside Syndace's DoubleRatchet through random schedules: the same bytes, and the same refusals.

The other library has no header encryption, so it is given our sealed header as associated data; with the same KDFs
and the same private keys its bodies must then equal ours, and its clear headers what is in our sealed ones.
"""

import asyncio
import hmac
import random
import struct
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from doubleratchet import AEAD, KDF, AuthenticationFailedException, DoubleRatchet, EncryptedMessage, Header
from doubleratchet.diffie_hellman_ratchet import DuplicateMessageException
from doubleratchet.recommended import HashFunction, kdf_hkdf
from doubleratchet.recommended.diffie_hellman_ratchet_curve25519 import DiffieHellmanRatchet

from chattor.crypto.header import SEALED, HeaderBox
from chattor.crypto.keys import KEY, DhKey
from chattor.crypto.ratchet import MAX_CHAINS, MAX_SKIP, MAX_SKIPPED, Ratchet
from chattor.crypto.session import ratchet_keys
from chattor.errors import ProtocolViolation
from tests.support.dice import dice
from tests.support.ratchets import AD

IN_SUITE = 400
IN_FULL = 10_000


class RootKdf(kdf_hkdf.KDF):
    @staticmethod
    def _get_hash_function() -> HashFunction:
        return HashFunction.SHA_256

    @staticmethod
    def _get_info() -> bytes:
        return b"chattor/1 rk"


class ChainKdf(KDF):
    @staticmethod
    async def derive(key: bytes, data: bytes, length: int) -> bytes:
        assert (data, length) == (b"", 64)
        return hmac.digest(key, b"chattor/1 ck", "sha256") + hmac.digest(key, b"chattor/1 mk", "sha256")


class Aead(AEAD):
    @staticmethod
    async def encrypt(plaintext: bytes, key: bytes, associated_data: bytes) -> bytes:
        return ChaCha20Poly1305(key).encrypt(bytes(12), plaintext, associated_data)

    @staticmethod
    async def decrypt(ciphertext: bytes, key: bytes, associated_data: bytes) -> bytes:
        try:
            return ChaCha20Poly1305(key).decrypt(bytes(12), ciphertext, associated_data)
        except InvalidTag as error:
            raise AuthenticationFailedException from error


class Other(DoubleRatchet):
    @staticmethod
    def _build_associated_data(associated_data: bytes, header: Header) -> bytes:
        return associated_data


class Drawn:
    """Our rng, which remembers the last private key it gave."""

    def __init__(self, seed: object) -> None:
        self.rng = dice(seed)
        self.key = b""

    def __call__(self, size: int) -> bytes:
        drawn = self.rng(size)
        if size == KEY:
            self.key = drawn
        return drawn


def other_dh(ours: Drawn) -> type[DiffieHellmanRatchet]:
    """Their DH ratchet, taking the private key ours has just drawn."""

    class Following(DiffieHellmanRatchet):
        @staticmethod
        def _generate_priv() -> bytes:
            return ours.key

    return Following


@dataclass
class Sent:
    """One message on its way, as both libraries wrote it."""

    text: bytes
    ours: bytes
    theirs: EncryptedMessage
    chain: bytes


@dataclass
class Side:
    """The same side of one session in both libraries."""

    ours: Ratchet
    theirs: Other | None = None
    chains: list[bytes] = field(default_factory=list)
    inbox: list[Sent] = field(default_factory=list)
    read: list[Sent] = field(default_factory=list)


class Schedule:
    """Two sides, and what a random schedule does to them."""

    def __init__(self, seed: int, hit: Counter[str]) -> None:
        self.hit = hit
        self.choice = random.Random(seed)
        rng = dice((seed, "session"))
        keys = ratchet_keys(rng(32))
        own = DhKey(rng(32))
        drawn = Drawn((seed, "I")), Drawn((seed, "R"))
        self.i = Side(Ratchet.initiator(keys, own.public, AD, drawn[0]))
        self.r = Side(Ratchet.responder(keys, own, AD, drawn[1]))
        common: dict[str, Any] = {
            "root_chain_kdf": RootKdf,
            "message_chain_kdf": ChainKdf,
            "message_chain_constant": b"",
            "dos_protection_threshold": MAX_SKIP,
            "max_num_skipped_message_keys": MAX_SKIPPED,
            "aead": Aead,
            "shared_secret": keys.root,
        }
        self.as_initiator = {
            **common,
            "diffie_hellman_ratchet_class": other_dh(drawn[0]),
            "recipient_ratchet_pub": own.public,
        }
        self.as_responder = {
            **common,
            "diffie_hellman_ratchet_class": other_dh(drawn[1]),
            "own_ratchet_priv": own.seed,
        }

    async def run(self) -> None:
        """A schedule of up to 80 steps."""
        await self.send(self.i, self.r)
        for _ in range(self.choice.randrange(80)):
            sender, receiver = self.choice.choice([(self.i, self.r), (self.r, self.i)])
            match self.choice.choices(["send", "deliver", "lose", "repeat"], [6, 6, 1, 1])[0]:
                case "send" if sender.theirs:
                    await self.send(sender, receiver)
                case "deliver" if receiver.inbox:
                    await self.deliver(sender, receiver)
                case "lose" if receiver.inbox:
                    receiver.inbox.pop(self.choice.randrange(len(receiver.inbox)))
                case "repeat" if receiver.read:
                    await self.repeat(receiver)

    async def send(self, sender: Side, receiver: Side) -> None:
        text = self.choice.randbytes(self.choice.randrange(64))
        chain = sender.ours._sending
        assert chain, "only who may speak is asked to"
        header_key = chain.header_key
        ours = sender.ours.encrypt(text)
        sealed = ours[:SEALED]
        if sender.theirs:
            theirs = await sender.theirs.encrypt_message(text, AD + sealed)
        else:
            sender.theirs, theirs = await Other.encrypt_initial_message(
                message=text, associated_data=AD + sealed, **self.as_initiator
            )
        assert theirs.ciphertext == ours[SEALED:]
        opened = HeaderBox().open(header_key, sealed)
        assert opened == struct.pack(">32sII", *theirs.header)
        if header_key not in sender.chains:
            sender.chains.append(header_key)
        receiver.inbox.append(Sent(text, ours, theirs, header_key))

    async def deliver(self, sender: Side, receiver: Side) -> None:
        at = self.choice.choice([0, self.choice.randrange(len(receiver.inbox))])
        message = receiver.inbox.pop(at)
        if message.chain not in sender.chains[-MAX_CHAINS:]:
            return
        turned = receiver.ours._dh
        assert receiver.ours.decrypt(message.ours) == message.text
        self.hit["turned" if receiver.ours._dh is not turned else "late" if at else "in order"] += 1
        ad = AD + message.ours[:SEALED]
        if receiver.theirs:
            assert await receiver.theirs.decrypt_message(message.theirs, ad) == message.text
        else:
            receiver.theirs, text = await Other.decrypt_initial_message(
                message=message.theirs, associated_data=ad, **self.as_responder
            )
            assert text == message.text
        receiver.read.append(message)

    async def repeat(self, receiver: Side) -> None:
        self.hit["repeated"] += 1
        message = self.choice.choice(receiver.read)
        assert receiver.theirs
        with pytest.raises((DuplicateMessageException, AuthenticationFailedException)):
            await receiver.theirs.decrypt_message(message.theirs, AD + message.ours[:SEALED])
        with pytest.raises(ProtocolViolation):
            receiver.ours.decrypt(message.ours)


async def _run(seeds: range) -> None:
    hit: Counter[str] = Counter()
    for seed in seeds:
        try:
            await Schedule(seed, hit).run()
        except BaseException as error:
            error.add_note(f"schedule {seed}")
            raise
    assert all(hit[branch] > len(seeds) for branch in ("in order", "late", "turned", "repeated")), hit


def test_random_schedules_agree_with_doubleratchet() -> None:
    asyncio.run(_run(range(IN_SUITE)))


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_ten_thousand_schedules_agree_with_doubleratchet() -> None:
    asyncio.run(_run(range(IN_SUITE, IN_SUITE + IN_FULL)))
