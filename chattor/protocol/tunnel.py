"""Everything keyed after the handshake (protocol §3 Continuity, §4): the session key both HELLOs agree on, the
record ciphers of both directions, and the ratchet inside.

No states and no time: link.py decides what may be said when.
"""

from collections.abc import Iterable, Iterator

from chattor.crypto.keys import Rng
from chattor.crypto.ratchet import Ratchet
from chattor.crypto.session import choose, confirm, confirmed, next_secret, ratchet_keys, session_key
from chattor.errors import HandshakeRefused, ProtocolViolation
from chattor.protocol.frames import PLAIN, Hello
from chattor.protocol.handshake import VERSION, Answered, Dialled, Secrets
from chattor.protocol.records import Packed, RecordCipher, pack, unpack
from chattor.protocol.signals import Continuity


class Tunnel:
    """One side's keys of one link. `secrets` are the initiator's; the responder learns of his in `choose`."""

    def __init__(self, secured: Dialled | Answered, secrets: Secrets, rng: Rng) -> None:
        self._secured = secured
        self._secrets = secrets
        self._rng = rng
        self._sending = RecordCipher(secured.sending)
        self._receiving = RecordCipher(secured.receiving)
        self._choice = 0
        self._sk: bytes
        self._ratchet: Ratchet

    def choose(self, secrets: Secrets) -> None:
        """The responder picks the continuity secret by the initiator's hints; then it may say `hello`."""
        secured = self._secured
        if isinstance(secured, Answered):
            self._choice, used = choose(secured.hints, *secrets, secured.hinted)
            self._agree(used)

    def hello(self, r_high: int, r_hash: bytes) -> Hello:
        """Our HELLO, with the proof that we hold the session key."""
        return Hello(VERSION, 0, r_high, r_hash, self._choice, confirm(self._sk, self._secured.role))

    def hear(self, hello: Hello) -> Continuity:
        """Check the peer's HELLO. Raises ProtocolViolation, or HandshakeRefused if it holds another session key."""
        if hello.version != VERSION:
            raise ProtocolViolation(f"a HELLO of version {hello.version}")
        if isinstance(self._secured, Dialled):
            self._choice = hello.choice
            self._agree(self._named(hello.choice))
        if hello.choice != self._choice or not confirmed(self._sk, self._secured.peer_role, hello.confirm):
            raise HandshakeRefused("the other side does not hold the same session key")
        return Continuity(self._used, next_secret(self._sk), recognised=self._choice != 0)

    def wrap(self, queued: Iterable[Packed]) -> bytes:
        """The records that carry these frames in order."""
        return b"".join(self._sending.seal(payload) for payload in pack(self._protected(queued)))

    def unwrap(self, ciphertext: bytes) -> list[Packed]:
        """The frames of the next record, bodies as they are; raises ProtocolViolation."""
        return unpack(self._receiving.open(ciphertext))

    def reveal(self, kind: int, body: bytes) -> bytes:
        """The plain body of a frame; raises ProtocolViolation unless it is the very next ratchet message."""
        return body if kind in PLAIN else self._ratchet.decrypt(body)

    def _protected(self, queued: Iterable[Packed]) -> Iterator[Packed]:
        for kind, body in queued:
            yield kind, body if kind in PLAIN else self._ratchet.encrypt(body)

    def _named(self, choice: int) -> bytes | None:
        """The secret the responder recognised by our hint."""
        if choice == 0:
            return None
        secret = self._secrets[choice - 1] if choice <= len(self._secrets) else None
        if secret is None:
            raise HandshakeRefused("the other side chose a continuity secret that was not offered")
        return secret

    def _agree(self, used: bytes | None) -> None:
        secured = self._secured
        self._used = used
        self._sk = session_key(secured.ck, secured.h, used)
        keys = ratchet_keys(self._sk)
        if isinstance(secured, Dialled):
            self._ratchet = Ratchet.initiator(keys, secured.ratchet_key, secured.ad, self._rng, max_skip=0)
        else:
            self._ratchet = Ratchet.responder(keys, secured.ratchet_key, secured.ad, self._rng, max_skip=0)

    def __repr__(self) -> str:
        return f"Tunnel({self._secured.role})"
