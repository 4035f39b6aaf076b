"""Wycheproof over exactly the primitives we use, through our own wrappers where we have one: 1,552 tests."""

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from chattor.crypto.keys import DhKey, KemKey, encapsulate, verify
from chattor.errors import BadSignature, ProtocolViolation
from tests.vectors import vectors


def _cases(name: str, count: int) -> list[dict[str, str]]:
    """The cases of a file as text, told apart by their `id`; the count guards against a file that got lost."""
    cases = [{key: str(value) for key, value in test.items()} for test in vectors(name)]
    assert len(cases) == count
    return cases


def test_x25519() -> None:
    refused = 0
    for case in _cases("wycheproof-x25519.json", 518):
        shared = bytes.fromhex(case["shared"])
        key, remote = DhKey(bytes.fromhex(case["private"])), bytes.fromhex(case["public"])
        if any(shared):
            assert key.exchange(remote) == shared, case
        else:
            refused += 1
            with pytest.raises(ProtocolViolation):
                key.exchange(remote)
    assert refused > 0


def test_ed25519() -> None:
    for case in _cases("wycheproof-ed25519.json", 151):
        key, message, signature = (bytes.fromhex(case[name]) for name in ("key", "msg", "sig"))
        if case["result"] == "valid":
            verify(key, signature, message)
        else:
            with pytest.raises(BadSignature):
                verify(key, signature, message)


def test_chacha20_poly1305() -> None:
    for case in _cases("wycheproof-chacha20-poly1305.json", 325):
        key, nonce, ad, text, body, tag = (bytes.fromhex(case[f]) for f in ("key", "iv", "aad", "msg", "ct", "tag"))
        cipher = ChaCha20Poly1305(key)
        if case["result"] == "valid":
            assert cipher.encrypt(nonce, text, ad) == body + tag, case
            assert cipher.decrypt(nonce, body + tag, ad) == text, case
        else:
            with pytest.raises((InvalidTag, ValueError)):
                cipher.decrypt(nonce, body + tag, ad)


def test_ml_kem_768_key_generation() -> None:
    for case in _cases("wycheproof-mlkem-768-keygen.json", 100):
        assert KemKey(bytes.fromhex(case["seed"])).public.hex() == case["ek"], case["id"]


def test_ml_kem_768_decapsulation() -> None:
    for case in _cases("wycheproof-mlkem-768.json", 193):
        seed, ciphertext = bytes.fromhex(case["seed"]), bytes.fromhex(case["c"])
        if case["result"] == "valid":
            assert KemKey(seed).decapsulate(ciphertext).hex() == case["K"], case["id"]
        else:
            with pytest.raises((ProtocolViolation, ValueError)):
                KemKey(seed).decapsulate(ciphertext)


def test_ml_kem_768_encapsulation_keys() -> None:
    for case in _cases("wycheproof-mlkem-768-encaps.json", 265):
        public = bytes.fromhex(case["ek"])
        if case["result"] == "valid":
            secret, ciphertext = encapsulate(public)
            assert (len(secret), len(ciphertext)) == (32, 1088)
        else:
            with pytest.raises(ProtocolViolation):
                encapsulate(public)
