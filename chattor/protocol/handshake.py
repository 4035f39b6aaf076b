"""The three messages that open a link (protocol §3): layouts, padding, and the questions a certificate must answer.

Each half takes the other side's messages in turn and gives its own; after the last one `Secured` is all that
either needs. Nothing here waits or remembers but the replay window, which every half of a node shares.
"""

from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum
from typing import ClassVar, Final

from msgspec import Struct

from chattor.crypto import certificate as certificates
from chattor.crypto.certificate import Certificate
from chattor.crypto.keys import KEY, DhKey, Identity, Rng, knock_key
from chattor.crypto.noise import HYBRID_XX, CipherState, Handshake
from chattor.crypto.session import Role, hint
from chattor.errors import HandshakeRefused, OwnIdentity
from chattor.protocol.limits import HANDSHAKE_1, HANDSHAKE_2, HANDSHAKE_3, REPLAY_WINDOW
from chattor.protocol.pins import Pin, vet, vet_first
from chattor.protocol.wire import Fixed

VERSION: Final = 1
NO_VERSION: Final = 0
"""The version in message 2 of a responder that speaks none of those offered; it closes behind it."""
_OVERHEAD_1: Final = 32 + 1184 + 16 + 16  # e, e1 and its tag, the payload's tag
_OVERHEAD_2: Final = 32 + 1088 + 16 + 32 + 16 + 16  # e, ekem1 and its tag, s and its tag, the payload's tag
_OVERHEAD_3: Final = 32 + 16 + 16  # s and its tag, the payload's tag

Secrets = tuple[bytes | None, bytes | None]
"""The continuity secrets kept for a friend: cur, prev."""


class Purpose(IntEnum):
    """What the dialling side wants; the numbers are the wire's."""

    FRIEND = 1
    REQUEST = 2
    SUBSCRIBE = 3


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """Whom to dial: the onion key and commitment of a friend code, and the pin once there is one."""

    onion_pk: bytes
    id_commit: bytes
    pin: Pin | None = None

    def __repr__(self) -> str:
        return f"Target(pin={self.pin})"


class Offer(Struct, frozen=True):
    """Message 1: the protocol versions the initiator speaks."""

    lowest: int
    highest: int


class Answer(Struct, frozen=True):
    """Message 2: the version chosen, who answers, and its first ratchet key."""

    version: int
    certificate: bytes
    ratchet_key: bytes


class Proof(Struct, frozen=True):
    """Message 3: who dialled, what for, and what tells a friend which continuity secrets it holds."""

    certificate: bytes
    purpose: int
    hint_cur: bytes
    hint_prev: bytes


OFFER: Final = Fixed(Offer, "BB", size=HANDSHAKE_1 - _OVERHEAD_1)
ANSWER: Final = Fixed(Answer, f"B{certificates.SIZE}s32s", size=HANDSHAKE_2 - _OVERHEAD_2)
PROOF: Final = Fixed(Proof, f"{certificates.SIZE}sB8s8s", size=HANDSHAKE_3 - _OVERHEAD_3)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Secured:
    """What the handshake leaves behind: the peer, the two ciphers, and the roots of everything after.

    `ad` binds both identities, the initiator's first, and the transcript `h`.
    """

    peer: Certificate
    purpose: Purpose
    sending: CipherState
    receiving: CipherState
    ck: bytes
    h: bytes
    ad: bytes


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Dialled(Secured):
    """The initiator's: the responder's first ratchet key, public."""

    role: ClassVar[Role] = Role.INITIATOR
    peer_role: ClassVar[Role] = Role.RESPONDER
    ratchet_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Answered(Secured):
    """The responder's: its ratchet key, and the initiator's hints under the transcript `hinted`."""

    role: ClassVar[Role] = Role.RESPONDER
    peer_role: ClassVar[Role] = Role.INITIATOR
    ratchet_key: DhKey
    hints: tuple[bytes, bytes]
    hinted: bytes


@dataclass(slots=True)
class ReplayWindow:
    """The first-message keys seen last: a replayed opening is not answered a second time."""

    size: int = REPLAY_WINDOW
    _order: deque[bytes] = field(default_factory=deque, repr=False)
    _known: set[bytes] = field(default_factory=set, repr=False)

    def first_time(self, ephemeral: bytes) -> bool:
        """Whether it was not seen before; from now on it was."""
        if ephemeral in self._known:
            return False
        if len(self._order) == self.size:
            self._known.discard(self._order.popleft())
        self._order.append(ephemeral)
        self._known.add(ephemeral)
        return True


class Initiation:
    """The half that dials. `secrets` are the continuity secrets (cur, prev) kept for the friend."""

    awaits = HANDSHAKE_2
    refused = False  # never: the other side settles the version

    def __init__(
        self,
        identity: Identity,
        certificate: Certificate,
        target: Target,
        purpose: Purpose,
        secrets: Secrets,
        rng: Rng,
    ) -> None:
        self._identity = identity
        self.shown = certificate
        self._target = target
        self._purpose = purpose
        self._secrets = secrets
        psk = knock_key(target.onion_pk, target.id_commit)
        self._noise = _noise(target.onion_pk, psk, identity, rng, initiator=True)

    def open(self) -> bytes:
        """Message 1."""
        return self._noise.write_message(OFFER.encode(Offer(VERSION, VERSION)))

    def take(self, message: bytes) -> tuple[bytes, Dialled]:
        """Read message 2, give message 3. Raises HandshakeRefused, IdentityChanged, ProtocolViolation."""
        noise = self._noise
        answer = ANSWER.decode(noise.read_message(message))
        peer = _prove(answer.certificate, noise, self._identity)
        self._check(peer)
        if answer.version != VERSION:
            raise HandshakeRefused("no common protocol version")
        cur, prev = (hint(secret, noise.hash) for secret in self._secrets)
        reply = noise.write_message(PROOF.encode(Proof(self.shown.raw, self._purpose, cur, prev)))
        sending, receiving = noise.split()
        return reply, Dialled(
            peer=peer,
            purpose=self._purpose,
            sending=sending,
            receiving=receiving,
            ck=noise.chaining_key,
            h=noise.hash,
            ad=_associated(self.shown, peer, noise.hash),
            ratchet_key=answer.ratchet_key,
        )

    def _check(self, peer: Certificate) -> None:
        target = self._target
        if target.pin is not None:
            vet(peer, target.onion_pk, target.pin)
        elif peer.id_commit != target.id_commit:
            raise HandshakeRefused("code and identity differ")
        else:
            vet_first(peer, target.onion_pk)


class Reception:
    """The half that is dialled at `onion_pk`, which may be an address its certificate has left since."""

    def __init__(
        self, identity: Identity, certificate: Certificate, onion_pk: bytes, rng: Rng, replays: ReplayWindow
    ) -> None:
        self._identity = identity
        self.shown = certificate
        self._rng = rng
        self._replays = replays
        psk = knock_key(onion_pk, certificate.id_commit)
        self._noise = _noise(onion_pk, psk, identity, rng, initiator=False)
        self._ratchet_key: DhKey | None = None
        self.refused = False
        """No version is shared: message 2 says so, and nothing follows it."""

    @property
    def awaits(self) -> int:
        """The size of the next message, in bytes."""
        return HANDSHAKE_3 if self._ratchet_key else HANDSHAKE_1

    def take(self, message: bytes) -> tuple[bytes, Answered | None]:
        """Read message 1 and give message 2, or read message 3. Raises HandshakeRefused, ProtocolViolation."""
        if self._ratchet_key:
            return b"", self._secure(message, self._ratchet_key)
        return self._answer(message), None

    def _answer(self, message: bytes) -> bytes:
        offer = OFFER.decode(self._noise.read_message(message))
        if not self._replays.first_time(self._noise.remote_ephemeral or b""):
            raise HandshakeRefused("a replayed first message")
        self.refused = not offer.lowest <= VERSION <= offer.highest
        self._ratchet_key = DhKey(self._rng(KEY))
        version = NO_VERSION if self.refused else VERSION
        answer = Answer(version, self.shown.raw, self._ratchet_key.public)
        return self._noise.write_message(ANSWER.encode(answer))

    def _secure(self, message: bytes, ratchet_key: DhKey) -> Answered:
        noise, hinted = self._noise, self._noise.hash
        proof = PROOF.decode(noise.read_message(message))
        peer = _prove(proof.certificate, noise, self._identity)
        sending, receiving = noise.split()
        return Answered(
            peer=peer,
            purpose=_purpose(proof.purpose),
            sending=sending,
            receiving=receiving,
            ck=noise.chaining_key,
            h=noise.hash,
            ad=_associated(peer, self.shown, noise.hash),
            ratchet_key=ratchet_key,
            hints=(proof.hint_cur, proof.hint_prev),
            hinted=hinted,
        )


def _noise(onion_pk: bytes, psk: bytes, identity: Identity, rng: Rng, *, initiator: bool) -> Handshake:
    prologue = b"chattor/1" + onion_pk
    return Handshake(HYBRID_XX, initiator=initiator, prologue=prologue, static=identity.dh, psk=psk, rng=rng)


def _prove(raw: bytes, noise: Handshake, own: Identity) -> Certificate:
    """The peer's certificate, if its signatures hold, it names the key the handshake proved, and it is not ours."""
    peer = certificates.parse(raw)
    if peer.ik_dh != noise.remote_static:
        raise HandshakeRefused("the certificate is for another key than the one used")
    if peer.ik_sig == own.sig.public:
        raise OwnIdentity("the other side has our own identity")
    return peer


def _purpose(number: int) -> Purpose:
    try:
        return Purpose(number)
    except ValueError as error:
        raise HandshakeRefused(f"a link for unknown purpose {number}") from error


def _associated(initiator: Certificate, responder: Certificate, h: bytes) -> bytes:
    """The ratchet's associated data (§4): both identities, the initiator's first, and the transcript."""
    return initiator.ik_sig + initiator.ik_dh + responder.ik_sig + responder.ik_dh + h
