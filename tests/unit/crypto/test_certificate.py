"""Certificates: what is issued parses, and nothing else does."""

import struct

import pytest

from chattor.crypto.certificate import SIZE, issue, parse
from chattor.crypto.keys import Identity
from chattor.errors import HandshakeRefused
from tests.support.dice import dice
from tests.unit.crypto.test_keys import FORGERY, SMALL_ORDER

US = Identity.generate(dice("us"))
THEM = Identity.generate(dice("them"))
BODY = 109


def _signed(body: bytes, onion: Identity = US, identity: Identity = US) -> bytes:
    by_onion = onion.onion.sign(b"chattor/1 cert onion" + body)
    return body + by_onion + identity.sig.sign(b"chattor/1 cert identity" + body)


def test_a_certificate_says_what_was_certified() -> None:
    certificate = issue(US, epoch=7, created_ms=1_700_000_000_000)
    assert parse(certificate.raw) == certificate
    assert len(certificate.raw) == SIZE == 237
    assert (certificate.version, certificate.epoch, certificate.created_ms) == (1, 7, 1_700_000_000_000)
    assert (certificate.onion_pk, certificate.ik_sig, certificate.ik_dh) == (
        US.onion.public,
        US.sig.public,
        US.dh.public,
    )
    assert certificate.id_commit == US.id_commit
    assert certificate.raw == _signed(certificate.raw[:BODY])


def test_every_flipped_bit_is_refused() -> None:
    raw = issue(US, epoch=1, created_ms=0).raw
    for bit in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(HandshakeRefused):
            parse(bytes(flipped))


@pytest.mark.parametrize("raw", [b"", bytes(236), bytes(237), bytes(238)], ids=len)
def test_other_sizes_and_zeros_are_refused(raw: bytes) -> None:
    with pytest.raises(HandshakeRefused):
        parse(raw)


def test_a_certificate_of_another_version_is_refused_by_name() -> None:
    body = b"\x02" + issue(US, epoch=1, created_ms=0).raw[1:BODY]
    with pytest.raises(HandshakeRefused, match="version 2"):
        parse(_signed(body))


def test_input_19_a_certificate_signed_by_another_onion_is_refused() -> None:
    body = issue(US, epoch=1, created_ms=0).raw[:BODY]
    with pytest.raises(HandshakeRefused, match="does not fit"):
        parse(_signed(body, onion=THEM))
    with pytest.raises(HandshakeRefused, match="does not fit"):
        parse(_signed(body, identity=THEM))


def test_the_two_signatures_cannot_stand_for_each_other() -> None:
    raw = issue(US, epoch=1, created_ms=0).raw
    with pytest.raises(HandshakeRefused):
        parse(raw[:BODY] + raw[BODY + 64 :] + raw[BODY : BODY + 64])


@pytest.mark.parametrize("key", SMALL_ORDER, ids=lambda key: key.hex()[:6] + key.hex()[-2:])
def test_input_20_a_small_order_identity_is_refused(key: bytes) -> None:
    for created_ms in range(16):
        body = struct.pack(">BIQ32s32s32s", 1, 0, created_ms, US.onion.public, key, US.dh.public)
        with pytest.raises(HandshakeRefused, match="not a valid point"):
            parse(body + US.onion.sign(b"chattor/1 cert onion" + body) + FORGERY)
