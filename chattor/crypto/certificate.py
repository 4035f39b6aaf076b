"""The certificate of protocol §1: onion key and identity vouch for each other in 237 bytes.

Issuing and strict parsing only. Whether it is the *right* certificate (pins, address dialled, Noise static,
epoch) is the handshake's question.
"""

import struct
from dataclasses import dataclass, field
from typing import Final

from chattor.crypto.keys import KEY, SIGNATURE, Identity, id_commit, verify
from chattor.errors import BadSignature, HandshakeRefused

VERSION: Final = 1
_BODY: Final = struct.Struct(f">BIQ{KEY}s{KEY}s{KEY}s")
SIZE: Final = _BODY.size + 2 * SIGNATURE  # 237
_ONION_LABEL: Final = b"chattor/1 cert onion"
_IDENTITY_LABEL: Final = b"chattor/1 cert identity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate whose two signatures hold; `raw` is what travels."""

    version: int
    epoch: int
    created_ms: int
    onion_pk: bytes
    ik_sig: bytes
    ik_dh: bytes
    raw: bytes = field(repr=False)

    @property
    def id_commit(self) -> bytes:
        """The commitment a friend code names this identity by."""
        return id_commit(self.ik_sig, self.ik_dh)


def issue(identity: Identity, *, epoch: int, created_ms: int) -> Certificate:
    """Certify our own keys; `created_ms` is Unix time in milliseconds."""
    body = _BODY.pack(VERSION, epoch, created_ms, identity.onion.public, identity.sig.public, identity.dh.public)
    by_onion = identity.onion.sign(_ONION_LABEL + body)
    by_identity = identity.sig.sign(_IDENTITY_LABEL + body)
    return _certificate(body + by_onion + by_identity)


def parse(raw: bytes) -> Certificate:
    """Read a stranger's certificate; raises HandshakeRefused unless size, version, points and signatures are right."""
    if len(raw) != SIZE:
        raise HandshakeRefused(f"a certificate of {len(raw)} bytes")
    certificate = _certificate(raw)
    if certificate.version != VERSION:
        raise HandshakeRefused(f"a certificate of version {certificate.version}")
    body = raw[: _BODY.size]
    try:
        verify(certificate.onion_pk, raw[_BODY.size : -SIGNATURE], _ONION_LABEL + body)
        verify(certificate.ik_sig, raw[-SIGNATURE:], _IDENTITY_LABEL + body)
    except BadSignature as error:
        raise HandshakeRefused(f"a forged certificate: {error}") from error
    return certificate


def _certificate(raw: bytes) -> Certificate:
    version, epoch, created_ms, onion_pk, ik_sig, ik_dh = _BODY.unpack_from(raw)
    return Certificate(
        version=version,
        epoch=epoch,
        created_ms=created_ms,
        onion_pk=onion_pk,
        ik_sig=ik_sig,
        ik_dh=ik_dh,
        raw=raw,
    )
