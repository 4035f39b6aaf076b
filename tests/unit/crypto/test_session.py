"""The key schedule: both sides reach the same keys, and only they do."""

import hmac

import pytest

from chattor.crypto.session import (
    Role,
    choose,
    confirm,
    confirmed,
    hint,
    next_secret,
    ratchet_keys,
    session_key,
)

H = b"h" * 32
CK = b"c" * 32
A, B, C = b"a" * 32, b"b" * 32, b"z" * 32


def test_a_hint_is_eight_bytes_of_hmac_and_zeros_without_a_secret() -> None:
    assert hint(A, H) == hmac.digest(A, H, "sha256")[:8]
    assert hint(None, H) == bytes(8)
    assert hint(A, H) != hint(A, b"g" * 32), "it means nothing on another link"


@pytest.mark.parametrize(
    ("initiator", "cur", "prev", "expected"),
    [
        pytest.param((A, B), A, B, (1, A), id="in step"),
        pytest.param((A, B), B, C, (2, B), id="initiator committed one further"),
        pytest.param((A, B), C, A, (1, A), id="responder committed one further"),
        pytest.param((A, B), C, B, (2, B), id="both previous"),
        pytest.param((A, B), C, None, (0, None), id="nothing shared"),
        pytest.param((None, None), None, None, (0, None), id="never linked: absent hints match nothing"),
        pytest.param((None, None), A, B, (0, None), id="initiator restored"),
        pytest.param((A, B), None, None, (0, None), id="responder restored"),
    ],
)
def test_the_responder_chooses(
    initiator: tuple[bytes | None, bytes | None],
    cur: bytes | None,
    prev: bytes | None,
    expected: tuple[int, bytes | None],
) -> None:
    assert choose((hint(initiator[0], H), hint(initiator[1], H)), cur, prev, H) == expected


def test_a_session_key_depends_on_chaining_key_transcript_and_secret() -> None:
    keys = [session_key(CK, H, A), session_key(B, H, A), session_key(CK, C, A), session_key(CK, H, None)]
    assert len(set(keys)) == 4
    assert session_key(CK, H, None) == session_key(CK, H, bytes(32))
    assert session_key(CK, H, A) == keys[0]


def test_the_schedule_is_hkdf_as_the_protocol_writes_it() -> None:
    def expand(salt: bytes, key: bytes, info: bytes) -> bytes:
        return hmac.digest(hmac.digest(salt, key, "sha256"), info + b"\x01", "sha256")

    sk = session_key(CK, H, A)
    assert sk == expand(CK, A + b"\xff" * 32, b"chattor/1 session" + H)
    assert next_secret(sk) == expand(bytes(32), sk, b"chattor/1 continuity")
    assert ratchet_keys(sk).header_initiator == expand(bytes(32), sk, b"chattor/1 hk I")
    assert ratchet_keys(sk).header_responder == expand(bytes(32), sk, b"chattor/1 hk R")


def test_each_side_confirms_with_its_own_words() -> None:
    assert confirm(A, Role.RESPONDER) == hmac.digest(A, b"chattor/1 confirm R", "sha256")
    assert confirmed(A, Role.INITIATOR, hmac.digest(A, b"chattor/1 confirm I", "sha256"))
    assert not confirmed(A, Role.INITIATOR, confirm(A, Role.RESPONDER)), "an echo is no proof"
    assert not confirmed(A, Role.INITIATOR, b"")


def test_no_two_derived_keys_agree_and_none_shows() -> None:
    keys = ratchet_keys(A)
    derived = [keys.root, keys.header_initiator, keys.header_responder, next_secret(A)]
    assert len({A, *derived}) == 5
    assert not any(key.hex()[:8] in repr(keys) or repr(key) in repr(keys) for key in derived)
