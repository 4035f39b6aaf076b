"""Messages a second through the ratchet, against Syndace's DoubleRatchet and against the primitive calls alone.

Run as `python -m tests.bench.ratchet`. A message is one encrypt and one decrypt of 256 bytes in one thread; a
ping-pong message turns the ratchet. All candidates run in turn, so only the ratios mean something. The floor is
the calls into the libraries that no implementation of protocol §4 can leave out, without any state around them.
"""

import argparse
import asyncio
import os
import statistics
import sys
import time
from collections.abc import Callable

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from doubleratchet import DoubleRatchet, EncryptedMessage, Header
from doubleratchet.recommended import (
    HashFunction,
    aead_aes_hmac,
    diffie_hellman_ratchet_curve25519,
    kdf_hkdf,
    kdf_separate_hmacs,
)

from chattor.crypto.header import NONCE, HeaderBox
from chattor.crypto.keys import DhKey
from chattor.crypto.ratchet import Ratchet, chain_step, root_step
from chattor.crypto.session import ratchet_keys

AD = b"a" * 96
TEXT = b"m" * 256
Run = Callable[[int], None]


def ours() -> tuple[Run, Run]:
    """Our ratchet, header encryption included."""
    keys, ratchet_key = ratchet_keys(b"s" * 32), DhKey(os.urandom(32))
    i = Ratchet.initiator(keys, ratchet_key.public, AD, os.urandom)
    r = Ratchet.responder(keys, ratchet_key, AD, os.urandom)

    def burst(count: int) -> None:
        encrypt, decrypt = i.encrypt, r.decrypt
        for _ in range(count):
            decrypt(encrypt(TEXT))

    def ping_pong(count: int) -> None:
        for _ in range(count // 2):
            r.decrypt(i.encrypt(TEXT))
            i.decrypt(r.encrypt(TEXT))

    return burst, ping_pong


def floor() -> tuple[Run, Run]:
    """The primitive calls alone."""
    key, box, dh = b"k" * 32, HeaderBox(), DhKey(os.urandom(32))
    remote, header, nonce = DhKey(os.urandom(32)).public, b"h" * 40, bytes(12)

    def burst(count: int) -> None:
        seal, unseal, step, aead, rng = box.seal, box.open, chain_step, ChaCha20Poly1305, os.urandom
        for _ in range(count):
            step(key)
            sealed = seal(key, rng(NONCE), header)
            body = aead(key).encrypt(nonce, TEXT, sealed)
            unseal(key, sealed)
            step(key)
            aead(key).decrypt(nonce, body, sealed)

    def ping_pong(count: int) -> None:
        for _ in range(count):
            burst(1)
            DhKey(os.urandom(32))
            root_step(key, dh.exchange(remote))
            root_step(key, dh.exchange(remote))

    return burst, ping_pong


class _RootKdf(kdf_hkdf.KDF):
    @staticmethod
    def _get_hash_function() -> HashFunction:
        return HashFunction.SHA_256

    @staticmethod
    def _get_info() -> bytes:
        return b"root"


class _ChainKdf(kdf_separate_hmacs.KDF):
    @staticmethod
    def _get_hash_function() -> HashFunction:
        return HashFunction.SHA_256


class _Aead(aead_aes_hmac.AEAD):
    @staticmethod
    def _get_hash_function() -> HashFunction:
        return HashFunction.SHA_256

    @staticmethod
    def _get_info() -> bytes:
        return b"aead"


class _Syndace(DoubleRatchet):
    @staticmethod
    def _build_associated_data(associated_data: bytes, header: Header) -> bytes:
        return associated_data + header.ratchet_pub + bytes(8)


async def _syndace_pair() -> tuple[_Syndace, _Syndace]:
    dh = diffie_hellman_ratchet_curve25519.DiffieHellmanRatchet
    key = DhKey(os.urandom(32))
    common = (dh, _RootKdf, _ChainKdf, b"\x01\x02", 1000, 1000, _Aead, b"s" * 32)
    i, first = await _Syndace.encrypt_initial_message(*common, key.public, TEXT, AD)
    r, _ = await _Syndace.decrypt_initial_message(*common, key.seed, first, AD)
    return i, r


def syndace() -> tuple[Run, Run]:
    """DoubleRatchet of PyPI with the algorithms it recommends; no header encryption."""
    i, r = asyncio.run(_syndace_pair())

    async def send(one: _Syndace, other: _Syndace) -> None:
        message: EncryptedMessage = await one.encrypt_message(TEXT, AD)
        await other.decrypt_message(message, AD)

    async def in_burst(count: int) -> None:
        for _ in range(count):
            await send(i, r)

    async def in_turn(count: int) -> None:
        for _ in range(count // 2):
            await send(i, r)
            await send(r, i)

    return lambda count: asyncio.run(in_burst(count)), lambda count: asyncio.run(in_turn(count))


def rate(run: Run, count: int) -> float:
    """Messages a second of one run."""
    start = time.perf_counter()
    run(count)
    return count / (time.perf_counter() - start)


def main() -> None:
    """Print the medians and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    candidates = {"chattor": ours(), "floor": floor(), "doubleratchet": syndace()}
    for at, (kind, count) in enumerate([("burst", 4_000), ("ping-pong", 1_000)]):
        rates: dict[str, list[float]] = {name: [] for name in candidates}
        for _ in range(rounds):
            for name, runs in candidates.items():
                rates[name].append(rate(runs[at], count))
        middle = {name: statistics.median(values) for name, values in rates.items()}
        shown = "  ".join(f"{name} {value:,.0f}/s" for name, value in middle.items())
        mine = middle["chattor"]
        ratios = f"{mine / middle['doubleratchet']:.1f} × doubleratchet, {mine / middle['floor']:.2f} of the floor"
        sys.stdout.write(f"{kind:9}  {shown}  = {ratios}\n")


if __name__ == "__main__":
    main()
