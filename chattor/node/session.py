"""One link's life in the node: who is there, what it carried, what is not acknowledged yet."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from chattor.crypto.certificate import Certificate
from chattor.handlers.channel_frames import News
from chattor.handlers.delivery import Cargo, Manifest
from chattor.net.connection import Connection
from chattor.protocol.frames import Frame
from chattor.protocol.link import End, Greeted, Purpose
from chattor.protocol.pulls import Pulls
from chattor.protocol.ratelimit import TokenBucket
from chattor.protocol.stream import START, Position


@dataclass(slots=True, kw_only=True, eq=False)
class Session:
    """A link from its proof to its end. `friend` is None for a stranger."""

    connection: Connection
    dialled: bool
    bucket: TokenBucket
    whispers: TokenBucket
    purpose: Purpose
    friend: int | None = None
    certificate: Certificate | None = None
    commits: bool = False
    """Whether this link may move the continuity secrets."""
    counts: bool = False
    """The pool made it its peer's current link: it may greet and commit."""
    greeted: Greeted | None = None
    """The peer's HELLO, once it came."""
    is_open: bool = False
    opened_at: float = 0.0
    """When it opened, monotonic."""
    is_fruitful: bool = False
    """The peer said something that answers us, or sent a message."""
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the link is open or will never be; then `failure` says why not."""
    failure: str = ""
    is_past: bool = False
    """It said what it had to say: who is there has another identity by now."""
    is_dismissed: bool = False
    """It ended on purpose: the peer's, or ours because nothing used it. It did not die, and needs no other one."""
    work: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when there may be something to carry."""
    follows: set[bytes] = field(default_factory=set)
    """Channels of ours the peer wants to have as they grow."""
    pulls: Pulls = field(default_factory=Pulls)
    asks_channels: bool = False
    """Whether its courier is to ask what is new in the peer's channels."""
    synced: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once everything asked about channels was answered, or never will be."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when there is something to tell of us before it is due."""
    courier: asyncio.Task[None] | None = None
    attendant: asyncio.Task[None] | None = None
    sent_pos: int | None = None
    _is_anew: bool = False
    _in_flight: deque[tuple[int, int, int]] = field(default_factory=deque)
    _operations: set[bytes] = field(default_factory=set)

    @property
    def shown(self) -> Certificate:
        """The certificate of ours the peer was shown."""
        return self.connection.link.shown

    @property
    def peer(self) -> bytes:
        """The commitment of the identity the peer proved."""
        return b"" if self.certificate is None else self.certificate.id_commit

    @property
    def hello(self) -> Position:
        """Where the peer said it stands in our stream."""
        if self.greeted is None or self._is_anew:
            return START
        return Position(self.greeted.r_high, self.greeted.r_hash)

    def manifest(self, *, may_fork: bool) -> Manifest:
        """What it carried so far."""
        return Manifest(
            hello=self.hello,
            sent_pos=self.sent_pos,
            in_flight=sum(count for _, count, _ in self._in_flight),
            in_flight_bytes=sum(size for _, _, size in self._in_flight),
            operations_sent=frozenset(self._operations),
            shown=self.shown.epoch,
            peer=self.peer,
            may_fork=may_fork,
        )

    def carried(self, cargo: Cargo) -> None:
        """This goes out now."""
        self._operations.update(cargo.operations)
        self.sent_pos = cargo.sent_pos
        if cargo.count and cargo.sent_pos is not None:
            self._in_flight.append((cargo.sent_pos, cargo.count, cargo.size))

    def acknowledged(self, pos: int) -> None:
        """The peer committed everything up to `pos`: the window opens."""
        while self._in_flight and self._in_flight[0][0] <= pos:
            self._in_flight.popleft()
        self.work.set()

    def begin_anew(self) -> None:
        """A friendship ended: should another begin on this link, its streams begin at the start."""
        self._is_anew = True
        self.sent_pos = None
        self._in_flight.clear()

    def opened(self, now: float) -> None:
        """Both HELLOs hold."""
        self.is_open, self.opened_at = True, now
        self.settled.set()
        self.ask_channels()

    def ask_channels(self) -> None:
        """Ask, after whatever waits, what is new in the peer's channels."""
        self.asks_channels = True
        self.synced.clear()
        self.work.set()

    def heard_of_channels(self, news: News) -> list[Frame]:
        """The peer spoke about channels; what to answer."""
        self.follows = (self.follows | news.follows) - news.leaves
        question = news.next
        if question is not None and self.pulls.go_on(question):
            return [*news.answers, question]
        if question is not None or news.is_over:
            self.synced.set()
        return news.answers

    def refuse(self, reason: str) -> None:
        """End it, for this reason of ours. Whoever we dialled is not told any more who we are."""
        self.failure = reason
        if self.dialled and not self.is_open:
            self.connection.drop()
        else:
            self.connection.close(End.LOCAL)

    def ended(self, reason: str) -> None:
        """It is over."""
        self.failure = reason
        self.settled.set()
        self.synced.set()
        for task in (self.courier, self.attendant):
            if task is not None:
                task.cancel()
