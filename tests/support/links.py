"""Two link engines and the wire between them: the ground of every test about links.

`Pair` holds both sides and the time. `carry` moves what one side has to say, `talk` both until nothing is left;
whoever must greet greets by itself. A `Person` is an identity with its certificate, the same for the same name.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache

from chattor.crypto.certificate import Certificate, issue
from chattor.crypto.keys import Identity
from chattor.protocol.frames import Frame
from chattor.protocol.link import (
    Event,
    Greeted,
    Greeting,
    Link,
    Pin,
    Proved,
    Purpose,
    Received,
    ReplayWindow,
    State,
    Target,
)
from tests.support.dice import dice

START = Greeting(r_high=0, r_hash=bytes(32))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an identity and a certificate."""

    name: str
    identity: Identity
    certificate: Certificate

    @property
    def target(self) -> Target:
        """Whom a stranger with the friend code dials."""
        return Target(self.certificate.onion_pk, self.certificate.id_commit)

    @property
    def pin(self) -> Pin:
        """What a friend has pinned."""
        return Pin(self.certificate.ik_sig, self.certificate.ik_dh, self.certificate.epoch)

    @property
    def pinned(self) -> Target:
        """Whom a friend dials."""
        return replace(self.target, pin=self.pin)


@cache
def person(name: str, epoch: int = 1) -> Person:
    """The same person for the same name; another epoch is another certificate of the same keys."""
    identity = Identity.generate(dice(name))
    return Person(name, identity, issue(identity, epoch=epoch, created_ms=0))


@dataclass(slots=True)
class Side:
    """One engine, what it says in its HELLO, what it heard."""

    link: Link
    greeting: Greeting = START
    greets: bool = True
    heard: list[Event] = field(default_factory=list)

    def hear(self, data: bytes, now: float) -> None:
        """Give it bytes, and its greeting when it is asked for."""
        events = self.link.receive(data, now)
        self.heard += events
        if self.greets and any(isinstance(event, Proved | Greeted) for event in events) and self.asked:
            self.link.greet(self.greeting)

    @property
    def asked(self) -> bool:
        """Whether the link waits for `greet`."""
        waiting = State.PROVED if self.link.role == "R" else State.GREETED
        return self.link.state is waiting

    @property
    def frames(self) -> list[Frame]:
        """The frames it received."""
        return [event.frame for event in self.heard if isinstance(event, Received)]

    @property
    def greeted(self) -> Greeted:
        """The other side's HELLO."""
        (found,) = (event for event in self.heard if isinstance(event, Greeted))
        return found


def dial(
    who: Person,
    target: Target,
    *,
    purpose: Purpose = Purpose.FRIEND,
    secrets: tuple[bytes | None, bytes | None] = (None, None),
    seed: object = "dial",
    now: float = 0.0,
) -> Link:
    """A link that dials."""
    return Link.initiate(
        identity=who.identity,
        certificate=who.certificate,
        target=target,
        purpose=purpose,
        cur=secrets[0],
        prev=secrets[1],
        rng=dice((who.name, seed)),
        now=now,
    )


def answer(who: Person, *, replays: ReplayWindow | None = None, seed: object = "answer", now: float = 0.0) -> Link:
    """A link that is dialled."""
    return Link.respond(
        identity=who.identity,
        certificate=who.certificate,
        rng=dice((who.name, seed)),
        now=now,
        replays=replays or ReplayWindow(),
    )


class Pair:
    """Ana dials Ben, friends already, unless told otherwise."""

    def __init__(self, dialler: Link | None = None, dialled: Link | None = None) -> None:
        self.now = 0.0
        self.ana = Side(dialler or dial(person("ana"), person("ben").pinned))
        self.ben = Side(dialled or answer(person("ben")))

    def carry(self, source: Side, change: Callable[[bytes], bytes] = bytes) -> bytes:
        """Bring what one side has to say to the other, changed on the way; gives what arrived."""
        data = change(source.link.data_to_send())
        if data:
            self.other(source).hear(data, self.now)
        return data

    def other(self, side: Side) -> Side:
        """Who is at the other end."""
        return self.ben if side is self.ana else self.ana

    def talk(self) -> "Pair":
        """Let both speak until nothing is left to say."""
        while self.carry(self.ana) or self.carry(self.ben):
            pass
        return self

    def send(self, source: Side, *frames: Frame) -> list[Frame]:
        """Send frames and give what the other side received of them."""
        before = len(self.other(source).frames)
        source.link.send(frames)
        self.talk()
        return self.other(source).frames[before:]

    def wait(self, seconds: float) -> None:
        """Let time pass, stopping at every deadline."""
        end = self.now + seconds
        while (due := min(self._deadlines(), default=end)) < end:
            self.now = max(due, self.now)
            self._tick()
        self.now = end
        self._tick()

    def forge(self, source: Side, payload: bytes) -> bytes:
        """A record of a peer that holds the keys and breaks the rules."""
        assert source.link._tunnel is not None
        return source.link._tunnel._sending.seal(payload)

    def _deadlines(self) -> list[float]:
        return [at for side in (self.ana, self.ben) if (at := side.link.deadline()) is not None]

    def _tick(self) -> None:
        for side in (self.ana, self.ben):
            side.heard += side.link.tick(self.now)
        self.talk()
