"""Keys: the trap first, then what each wrapper promises."""

import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chattor.crypto.keys import (
    DhKey,
    Identity,
    KemKey,
    SigningKey,
    encapsulate,
    expanded_onion_key,
    hkdf,
    id_commit,
    knock_key,
    valid_point,
    verify,
)
from chattor.errors import BadSignature, ProtocolViolation
from tests.support.dice import dice

IDENTITY_POINT = b"\x01" + bytes(31)
SMALL_ORDER = [
    IDENTITY_POINT,
    bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes(32),
    bytes(31) + b"\x80",
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
]
FORGERY = IDENTITY_POINT + bytes(32)
LOW_ORDER_X25519 = [
    bytes(32),
    b"\x01" + bytes(31),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
]


@pytest.mark.parametrize("key", SMALL_ORDER, ids=lambda key: key.hex()[:6] + key.hex()[-2:])
def test_trap_m3_input_20_a_forgery_under_a_small_order_key_is_refused(key: bytes) -> None:
    messages = [b"message %d" % number for number in range(64)]
    public = Ed25519PublicKey.from_public_bytes(key)
    assert any(_library_accepts(public, message) for message in messages), "the trap is gone, so may the guard"
    assert not valid_point(key)
    for message in messages:
        with pytest.raises(BadSignature, match="not a valid point"):
            verify(key, FORGERY, message)


def _library_accepts(public: Ed25519PublicKey, message: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        public.verify(FORGERY, message)
    except InvalidSignature:
        return False
    return True


def test_a_signature_holds_for_its_message_and_key_only() -> None:
    key, other = SigningKey(bytes(32)), SigningKey(b"\x01" * 32)
    signature = key.sign(b"hello")
    verify(key.public, signature, b"hello")
    for public, mark, message in [
        (key.public, signature, b"hellO"),
        (other.public, signature, b"hello"),
        (key.public, signature[:-1], b"hello"),
        (key.public, signature[:-1] + bytes([signature[-1] ^ 1]), b"hello"),
        (key.public[:-1], signature, b"hello"),
    ]:
        with pytest.raises(BadSignature):
            verify(public, mark, message)


def test_input_21_a_signature_with_the_group_order_added_is_refused() -> None:
    order = 2**252 + 27742317777372353535851937790883648493
    key = SigningKey(bytes(32))
    signature = key.sign(b"hello")
    moved = (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    with pytest.raises(BadSignature):
        verify(key.public, signature[:32] + moved, b"hello")


@pytest.mark.parametrize("remote", [*LOW_ORDER_X25519, bytes(31), b""], ids=lambda key: key.hex()[:8] or "empty")
def test_an_exchange_with_a_low_order_key_is_refused(remote: bytes) -> None:
    with pytest.raises(ProtocolViolation):
        DhKey(b"\x07" * 32).exchange(remote)


def test_an_encapsulated_secret_reaches_the_owner_of_the_key() -> None:
    key = KemKey(b"\x05" * 64)
    secret, ciphertext = encapsulate(key.public)
    assert key.decapsulate(ciphertext) == secret
    forged = bytes([ciphertext[0] ^ 1]) + ciphertext[1:]
    assert key.decapsulate(forged) != secret


def test_input_17_an_encapsulation_key_out_of_range_or_size_is_refused() -> None:
    good = KemKey(b"\x05" * 64).public
    for bad in (b"\xff\xff\xff" + good[3:], good[:-1], good + b"\0"):
        with pytest.raises(ProtocolViolation):
            encapsulate(bad)
    with pytest.raises(ProtocolViolation):
        KemKey(b"\x05" * 64).decapsulate(bytes(1087))


def test_an_expanded_onion_key_signs_for_the_same_address() -> None:
    from nacl.bindings import crypto_scalarmult_ed25519_base_noclamp

    expanded = expanded_onion_key(b"\x09" * 32)
    assert len(expanded) == 64
    assert crypto_scalarmult_ed25519_base_noclamp(expanded[:32]) == SigningKey(b"\x09" * 32).public


def test_an_identity_survives_its_bytes() -> None:
    identity = Identity.generate(dice("identity"))
    again = Identity.from_bytes(identity.to_bytes())
    assert len(identity.to_bytes()) == 96
    assert (again.onion.public, again.sig.public, again.dh.public) == (
        identity.onion.public,
        identity.sig.public,
        identity.dh.public,
    )
    assert again.id_commit == id_commit(identity.sig.public, identity.dh.public)
    with pytest.raises(ValueError, match="96 bytes"):
        Identity.from_bytes(bytes(95))


def test_no_secret_shows_in_a_repr() -> None:
    identity = Identity.generate(dice("identity"))
    shown = repr(identity) + repr(KemKey(b"\x05" * 64))
    for seed in (identity.onion.seed, identity.sig.seed, identity.dh.seed):
        assert seed.hex()[:8] not in shown
        assert repr(seed) not in shown
    assert identity.sig.public.hex()[:16] in shown


def test_the_knock_key_depends_on_address_and_commitment() -> None:
    keys = {knock_key(bytes(32), bytes(16)), knock_key(b"\1" * 32, bytes(16)), knock_key(bytes(32), b"\1" * 16)}
    assert len(keys) == 3
    assert knock_key(bytes(32), bytes(16)) == hkdf(bytes(48), b"chattor/1 knock")


def test_a_library_without_ml_kem_is_named_at_import() -> None:
    program = (
        "import sys; sys.modules['cryptography.hazmat.primitives.asymmetric.mlkem'] = None\n"
        "try:\n    import chattor.crypto.keys\nexcept ImportError as error:\n    print(error)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "cryptography 50 or newer, built with ML-KEM-768" in answer.stdout
