"""What a link tells its shell, and what it is told: frozen values, the facts in the past tense."""

from msgspec import Struct

from chattor.crypto.certificate import Certificate
from chattor.protocol.frames import Frame
from chattor.protocol.handshake import Purpose


class Greeting(Struct, frozen=True, kw_only=True):
    """What our HELLO says: our place in the peer's stream. The responder adds the continuity secrets it holds."""

    r_high: int
    r_hash: bytes
    cur: bytes | None = None
    prev: bytes | None = None

    def __repr__(self) -> str:
        return f"Greeting(r_high={self.r_high})"


class Continuity(Struct, frozen=True):
    """The secret this link used (None: zeros), the next one, and whether the two sides shared any.

    To be committed on `Greeted` by the one link that may: prev := used, cur := next.
    """

    used: bytes | None
    next: bytes
    recognised: bool

    def __repr__(self) -> str:
        return f"Continuity(recognised={self.recognised})"


class Proved(Struct, frozen=True):
    """The peer holds the keys of this certificate; a responder now waits for `greet` or `close`."""

    certificate: Certificate
    purpose: Purpose

    def __repr__(self) -> str:
        return f"Proved({self.purpose.name})"


class Greeted(Struct, frozen=True):
    """The peer's HELLO holds: where it stands in our stream. An initiator now waits for `greet`; else we are open."""

    r_high: int
    r_hash: bytes
    continuity: Continuity

    def __repr__(self) -> str:
        return f"Greeted(r_high={self.r_high})"


class Received(Struct, frozen=True):
    """A frame for the node."""

    frame: Frame


class Idled(Struct, frozen=True):
    """So many frames came that ask nothing of the node: pings, pongs, types that may be ignored."""

    count: int


class Alive(Struct, frozen=True):
    """The probe was answered."""


class Silent(Struct, frozen=True):
    """The probe was not answered in time."""


Event = Proved | Greeted | Received | Idled | Alive | Silent
