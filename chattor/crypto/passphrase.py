"""The keyfile (protocol §8): the store's data key, sealed under a passphrase. Bytes in, bytes out.

Layout, 107 bytes: `magic 4 | version u8 | memory KiB u32 | passes u8 | lanes u8 | salt 16 | nonce 24 | data key 32 |
tag 16 | checksum 8`. The checksum tells a damaged file from a wrong passphrase; every version keeps magic and
checksum, so that a newer file is known as such. What is a good passphrase is decided here too.
"""

import hashlib
import struct
import unicodedata
from typing import Final

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

from chattor.crypto.cost import STANDARD, Cost
from chattor.crypto.keys import KEY, Rng
from chattor.errors import BadInput, StoreDamaged, StoreTooNew, WrongPassphrase
from chattor.model.passphrase import PASSPHRASE_MIN

PASSPHRASE_MAX: Final = 1024  # bytes of UTF-8
_MAGIC: Final = b"ctkf"
_VERSION: Final = 1
_SALT: Final = 16
_NONCE: Final = 24
_HEAD: Final = struct.Struct(f">4sBIBB{_SALT}s{_NONCE}s")
_CHECKSUM: Final = 8
_STRENGTHS: Final = (("strong", 75), ("good", 55), ("fair", 40), ("weak", 0))  # bits
SIZE: Final = _HEAD.size + KEY + 16 + _CHECKSUM  # 107


def seal(data_key: bytes, passphrase: str, rng: Rng, cost: Cost = STANDARD) -> bytes:
    """A keyfile for a 32-byte data key; raises BadInput for a passphrase against the rules."""
    check(passphrase)
    head = _HEAD.pack(_MAGIC, _VERSION, cost.memory_kib, cost.passes, cost.lanes, rng(_SALT), rng(_NONCE))
    salt, nonce = _HEAD.unpack(head)[5:]
    key = _stretch(passphrase, salt, cost)
    body = head + crypto_aead_xchacha20poly1305_ietf_encrypt(data_key, head, nonce, key)
    return body + _checksum(body)


def open(keyfile: bytes, passphrase: str) -> bytes:  # noqa: A001 - the module is its namespace
    """The data key; raises WrongPassphrase, StoreDamaged with the cause, or StoreTooNew."""
    body, salt, nonce, cost = _parse(keyfile)
    return _unseal(body, passphrase, salt, nonce, cost)


def examine(keyfile: bytes) -> None:
    """Whether a keyfile is whole and within bounds; raises StoreDamaged with the cause, or StoreTooNew."""
    _parse(keyfile)


def check(passphrase: str) -> None:
    """Raises BadInput naming the rule a new passphrase breaks."""
    if len(passphrase) < PASSPHRASE_MIN:
        raise BadInput(f"a passphrase has at least {PASSPHRASE_MIN} characters")
    if len(passphrase) > PASSPHRASE_MAX or len(_encode(passphrase)) > PASSPHRASE_MAX:
        raise BadInput(f"a passphrase has at most {PASSPHRASE_MAX} bytes")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in passphrase):
        raise BadInput("a passphrase has no line breaks or control characters")


def strength(passphrase: str) -> str:
    """How long it would stand against guessing: `weak`, `fair`, `good` or `strong`.

    Counted as if letters made words (2 bits each after the first, 4.7), and repeats and sequences were free.
    """
    bits = sum(_surprise(passphrase[at - 1 : at], character) for at, character in enumerate(passphrase))
    return next(word for word, least in _STRENGTHS if bits >= least)


def _parse(keyfile: bytes) -> tuple[bytes, bytes, bytes, Cost]:
    body = keyfile[:-_CHECKSUM]
    if keyfile[: len(_MAGIC)] != _MAGIC:
        raise StoreDamaged("the keyfile is not one of chattor's")
    if keyfile[-_CHECKSUM:] != _checksum(body):
        raise StoreDamaged("the keyfile is damaged: its checksum does not fit")
    if keyfile[len(_MAGIC)] != _VERSION:
        raise StoreTooNew(f"the keyfile has version {keyfile[len(_MAGIC)]}")
    if len(keyfile) != SIZE:
        raise StoreDamaged(f"the keyfile is damaged: {len(keyfile)} bytes instead of {SIZE}")
    _, _, memory_kib, passes, lanes, salt, nonce = _HEAD.unpack_from(body)
    cost = Cost(memory_kib=memory_kib, passes=passes, lanes=lanes)
    if not cost.bearable:
        raise StoreDamaged(f"the keyfile asks for {memory_kib} KiB, {passes} passes, {lanes} lanes: out of bounds")
    return body, salt, nonce, cost


def _surprise(previous: str, character: str) -> float:
    if previous and abs(ord(previous) - ord(character)) <= 1:
        return 0.0
    if character == " ":
        return 1.0
    if character.isdigit():
        return 3.3
    if character.isalpha():
        return 2.0 if previous.isalpha() and previous.isupper() == character.isupper() else 4.7
    return 5.0


def _encode(passphrase: str) -> bytes:
    """NFC, because two keyboards may spell one letter differently; lone surrogates stay what they are."""
    return unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")


def _stretch(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    stretch = Argon2id(salt=salt, length=KEY, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib)
    return stretch.derive(_encode(passphrase))


def _unseal(body: bytes, passphrase: str, salt: bytes, nonce: bytes, cost: Cost) -> bytes:
    if len(passphrase) > PASSPHRASE_MAX:
        raise WrongPassphrase("the passphrase is too long to be right")
    try:
        return crypto_aead_xchacha20poly1305_ietf_decrypt(
            body[_HEAD.size :], body[: _HEAD.size], nonce, _stretch(passphrase, salt, cost)
        )
    except CryptoError as error:
        raise WrongPassphrase("the passphrase is wrong") from error


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(b"chattor/1 keyfile" + body).digest()[:_CHECKSUM]
