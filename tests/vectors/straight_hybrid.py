"""A second implementation of our hybrid handshake: no engine, no tokens, one line after another.

Written from the Noise specification and the hfs extension with stdlib HMAC, so that the two share nothing but the
primitives. Each function plays one side against `talk`, which takes a message to the other side and gives its answer.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

NAME = b"Noise_XXhfs+psk0_25519+MLKEM768_ChaChaPoly_SHA256"
NONCE = [bytes(4) + bytes([number]) + bytes(7) for number in range(4)]


@dataclass
class Result:
    """What one side ends with."""

    h: bytes
    ck: bytes
    remote_static: bytes
    to_responder: bytes
    to_initiator: bytes
    payloads: list[bytes]


@dataclass
class Secrets:
    """What one side starts with."""

    static: bytes
    ephemeral: bytes
    kem_seed: bytes
    psk: bytes
    prologue: bytes


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def kdf2(ck: bytes, data: bytes) -> tuple[bytes, bytes]:
    prk = hmac.digest(ck, data, "sha256")
    one = hmac.digest(prk, b"\x01", "sha256")
    return one, hmac.digest(prk, one + b"\x02", "sha256")


def kdf3(ck: bytes, data: bytes) -> tuple[bytes, bytes, bytes]:
    one, two = kdf2(ck, data)
    return one, two, hmac.digest(hmac.digest(ck, data, "sha256"), two + b"\x03", "sha256")


def seal(k: bytes, n: int, h: bytes, text: bytes) -> bytes:
    return ChaCha20Poly1305(k).encrypt(NONCE[n], text, h)


def unseal(k: bytes, n: int, h: bytes, sealed: bytes) -> bytes:
    return ChaCha20Poly1305(k).decrypt(NONCE[n], sealed, h)


def dh(secret: bytes, public: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(public))


def public(secret: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def initiate(own: Secrets, payloads: tuple[bytes, bytes], talk: Callable[[bytes], bytes]) -> Result:
    ck = sha(NAME)
    h = sha(ck, own.prologue)
    # -> psk, e, e1
    ck, temp, k = kdf3(ck, own.psk)
    h = sha(h, temp)
    e = public(own.ephemeral)
    h = sha(h, e)
    ck, k = kdf2(ck, e)
    kem = MLKEM768PrivateKey.from_seed_bytes(own.kem_seed)
    sealed_kem = seal(k, 0, h, kem.public_key().public_bytes_raw())
    h = sha(h, sealed_kem)
    sealed_1 = seal(k, 1, h, payloads[0])
    h = sha(h, sealed_1)
    reply = talk(e + sealed_kem + sealed_1)
    # <- e, ee, ekem1, s, es
    re, sealed_ct, sealed_rs, sealed_2 = reply[:32], reply[32:1136], reply[1136:1184], reply[1184:]
    h = sha(h, re)
    ck, k = kdf2(ck, re)
    ck, k = kdf2(ck, dh(own.ephemeral, re))
    ct = unseal(k, 0, h, sealed_ct)
    h = sha(h, sealed_ct)
    ck, k = kdf2(ck, kem.decapsulate(ct))
    rs = unseal(k, 0, h, sealed_rs)
    h = sha(h, sealed_rs)
    ck, k = kdf2(ck, dh(own.ephemeral, rs))
    payload_2 = unseal(k, 0, h, sealed_2)
    h = sha(h, sealed_2)
    # -> s, se
    sealed_s = seal(k, 1, h, public(own.static))
    h = sha(h, sealed_s)
    ck, k = kdf2(ck, dh(own.static, re))
    sealed_3 = seal(k, 0, h, payloads[1])
    h = sha(h, sealed_3)
    talk(sealed_s + sealed_3)
    return Result(h, ck, rs, *kdf2(ck, b""), [payload_2])


def respond(own: Secrets, payload: bytes, knock: bytes, talk: Callable[[bytes], bytes]) -> Result:
    ck = sha(NAME)
    h = sha(ck, own.prologue)
    # -> psk, e, e1
    ck, temp, k = kdf3(ck, own.psk)
    h = sha(h, temp)
    re, sealed_kem, sealed_1 = knock[:32], knock[32:1232], knock[1232:]
    h = sha(h, re)
    ck, k = kdf2(ck, re)
    kem = MLKEM768PublicKey.from_public_bytes(unseal(k, 0, h, sealed_kem))
    h = sha(h, sealed_kem)
    payload_1 = unseal(k, 1, h, sealed_1)
    h = sha(h, sealed_1)
    # <- e, ee, ekem1, s, es
    e = public(own.ephemeral)
    h = sha(h, e)
    ck, k = kdf2(ck, e)
    ck, k = kdf2(ck, dh(own.ephemeral, re))
    secret, ct = kem.encapsulate()
    sealed_ct = seal(k, 0, h, ct)
    h = sha(h, sealed_ct)
    ck, k = kdf2(ck, secret)
    sealed_s = seal(k, 0, h, public(own.static))
    h = sha(h, sealed_s)
    ck, k = kdf2(ck, dh(own.static, re))
    sealed_2 = seal(k, 0, h, payload)
    h = sha(h, sealed_2)
    last = talk(e + sealed_ct + sealed_s + sealed_2)
    # -> s, se
    sealed_rs, sealed_3 = last[:48], last[48:]
    rs = unseal(k, 1, h, sealed_rs)
    h = sha(h, sealed_rs)
    ck, k = kdf2(ck, dh(own.ephemeral, rs))
    payload_3 = unseal(k, 0, h, sealed_3)
    h = sha(h, sealed_3)
    return Result(h, ck, rs, *kdf2(ck, b""), [payload_1, payload_3])
