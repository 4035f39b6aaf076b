"""One link as an engine (protocol §3, §4): bytes and the time in, events and bytes out; no socket, clock or dice.

A RemoteError closes the link for good and changes nothing else: nothing of the bytes that broke a rule is reported
or answered.

Both HELLOs, then data; the responder greets first. Behind its own HELLO, in the same record, the initiator sends an
empty READY, its first ratchet message. The responder sends data only after it, so that a Diffie-Hellman step of
each side protects every message in both directions.
"""

from collections.abc import Sequence

from chattor.crypto.certificate import Certificate
from chattor.crypto.keys import Identity, Rng
from chattor.crypto.session import Role
from chattor.errors import LocalError, RemoteError
from chattor.protocol import limits
from chattor.protocol.frames import PLAIN, Bye, Frame, FrameType, Hello, Ping, Pong, Ready, decode, encode
from chattor.protocol.handshake import Initiation, Purpose, Reception, ReplayWindow, Secrets, Target
from chattor.protocol.lifecycle import FIRST, Alarm, End, State, Step, advance
from chattor.protocol.pins import Pin
from chattor.protocol.records import Inbox, Packed
from chattor.protocol.signals import Alive, Continuity, Event, Greeted, Greeting, Idled, Proved, Received, Silent
from chattor.protocol.tunnel import Tunnel

__all__ = [
    "Alive", "Continuity", "End", "Event", "Greeted", "Greeting", "Idled", "Link", "Pin", "Proved", "Purpose",
    "Received", "ReplayWindow", "Silent", "State", "Target",
]  # fmt: skip

_STEPS: dict[int, Step] = {FrameType.HELLO: Step.HELLO, FrameType.READY: Step.READY}


class Link:
    """One side of one link. `state` tells where it stands, `ended` why it is over, `peer` who proved to be there.

    `shown` is the certificate we prove to be ours, `began` the monotonic time it was made.
    """

    def __init__(self, half: Initiation | Reception, role: Role, secrets: Secrets, rng: Rng, now: float) -> None:
        self.role = role
        self.state = FIRST[role]
        self.ended: End | None = None
        self.peer: Certificate | None = None
        self.shown = half.shown
        self.began = now
        self._half = half
        self._secrets = secrets
        self._rng = rng
        self._now = now
        self._tunnel: Tunnel | None = None
        self._greeted: list[Event] = []
        self._inbox = Inbox()
        self._out: list[bytes] = []
        self._queue: list[Packed] = []
        self._backlog = 0
        self._events: list[Event] = []
        self._idled = 0
        self._alarms = {Alarm.HANDSHAKE: now + limits.HANDSHAKE_TIMEOUT}
        self._pong_free = now

    @classmethod
    def initiate(
        cls,
        *,
        identity: Identity,
        certificate: Certificate,
        target: Target,
        purpose: Purpose,
        cur: bytes | None,
        prev: bytes | None,
        rng: Rng,
        now: float,
    ) -> "Link":
        """Dial: message 1 waits in `data_to_send`. `cur` and `prev` are the continuity secrets kept for the friend."""
        half = Initiation(identity, certificate, target, purpose, (cur, prev), rng)
        link = cls(half, Role.INITIATOR, (cur, prev), rng, now)
        link._out.append(half.open())
        return link

    @classmethod
    def respond(
        cls,
        *,
        identity: Identity,
        certificate: Certificate,
        rng: Rng,
        now: float,
        replays: ReplayWindow,
        onion_pk: bytes | None = None,
    ) -> "Link":
        """Be dialled as the identity of `certificate`; says nothing before message 1 authenticates.

        `onion_pk` is the address dialled, if it is another one than the certificate's.
        """
        half = Reception(identity, certificate, onion_pk or certificate.onion_pk, rng, replays)
        link = cls(half, Role.RESPONDER, (None, None), rng, now)
        link._alarms[Alarm.FIRST] = now + limits.FIRST_MESSAGE_TIMEOUT
        return link

    @property
    def closed(self) -> bool:
        """Whether it is over; what `data_to_send` still gives may leave."""
        return self.state is State.CLOSED

    @property
    def read_limit(self) -> int:
        """How many bytes to ask the stream for: not one beyond the handshake message awaited."""
        return limits.READ_MAX if self._tunnel else self._half.awaits - len(self._inbox)

    def receive(self, data: bytes, now: float) -> list[Event]:
        """Take what arrived. Raises a RemoteError, and then the link is closed; after its end nothing is heard."""
        if self.closed:
            return []
        self._now = now
        self._inbox.feed(data)
        try:
            while self._hear():
                pass
        except RemoteError:
            self.abandon(End.FAULT)
            self._events.clear()
            raise
        if self._idled:
            self._events.append(Idled(self._idled))
            self._idled = 0
        if self._tunnel and len(self._inbox):  # a record must not only begin
            self._alarms.setdefault(Alarm.RECORD, now + limits.RECORD_TIMEOUT)
        return self._ring()

    def greet(self, greeting: Greeting) -> None:
        """Say our HELLO, when `Proved` (responder) or `Greeted` (initiator) asked for it. Raises LocalError."""
        tunnel = self._keyed
        self._advance(Step.GREET)
        tunnel.choose((greeting.cur, greeting.prev))
        self._put(tunnel.hello(greeting.r_high, greeting.r_hash))
        if self.state is State.OPEN:
            self._put(Ready())
            self._opened()

    def send(self, frames: Sequence[Frame]) -> None:
        """Queue frames, all or none. Raises LocalError unless open, and for a frame too large.

        Ends the link when far more waits than an honest peer lets wait.
        """
        self._advance(Step.SEND)
        packed = [_sized(*encode(frame)) for frame in frames]
        self._queue += packed
        self._backlog += sum(limits.FRAME_HEADER + len(body) for _, body in packed)
        if self._backlog > limits.LINK_BACKLOG:
            self.abandon(End.STALLED)

    @property
    def is_idle(self) -> bool:
        """Open, and nothing waits to leave: a word that matters little would delay none that matters."""
        return self.state is State.OPEN and not self._queue and not self._out

    def data_to_send(self) -> bytes:
        """Everything that may leave now, as one write; what was queued together shares records."""
        if self._queue:
            queued, self._queue, self._backlog = self._queue, [], 0
            self._out.append(self._keyed.wrap(queued))
        data = b"".join(self._out)
        self._out.clear()
        return data

    def probe(self, now: float) -> None:
        """Ask for a sign of life: `Alive` or, after TIE_PROBE seconds, `Silent` follows."""
        if self.state is State.OPEN:
            self._put(Ping())
        if not self.closed:
            self._alarms[Alarm.PROBE] = now + limits.TIE_PROBE

    def deadline(self) -> float | None:
        """The next moment `tick` must run; None once closed."""
        return min(self._alarms.values(), default=None)

    def tick(self, now: float) -> list[Event]:
        """Let time pass: pings, pongs that were held back, the end of patience."""
        self._now = now
        return self._ring()

    def close(self, end: End = End.LOCAL) -> None:
        """End it here: what is queued still leaves, then BYE if the link was open."""
        if self.state is State.OPEN:
            self._put(Bye())
            self._finish(end)
        else:
            self.abandon(end)

    def abandon(self, end: End) -> None:
        """End it without a word: nothing that waits leaves any more."""
        if not self.closed:
            self._out.clear()
            self._queue.clear()
            self._finish(end)

    @property
    def _keyed(self) -> Tunnel:
        if self._tunnel is None:
            raise LocalError("the handshake is not over")
        return self._tunnel

    def _advance(self, step: Step) -> None:
        self.state = advance(self.role, self.state, step)

    def _put(self, frame: Frame) -> None:
        self._queue.append(encode(frame))

    def _finish(self, end: End) -> None:
        self.state, self.ended = State.CLOSED, end
        self._alarms.clear()
        self._inbox.clear()

    def _opened(self) -> None:
        del self._alarms[Alarm.HANDSHAKE]
        self._alarms[Alarm.LIFETIME] = self._now + limits.LINK_LIFETIME
        self._heard()

    def _heard(self) -> None:
        """A sign of life: silence is counted from now."""
        self._alarms[Alarm.PING] = self._now + limits.PING_EVERY
        self._alarms[Alarm.DEAD] = self._now + limits.DEAD_AFTER

    def _hear(self) -> bool:
        """Take the next whole message or record, if it is there and we still listen."""
        if self.closed:
            return False
        tunnel = self._tunnel
        whole = self._inbox.record() if tunnel else self._inbox.take(self._half.awaits)
        if whole is None:
            return False
        if tunnel is None:
            self._hear_message(whole)
        else:
            self._alarms.pop(Alarm.RECORD, None)
            self._hear_record(tunnel, whole)
        return True

    def _hear_message(self, message: bytes) -> None:
        reply, secured = self._half.take(message)
        self._advance(Step.MESSAGE)
        self._alarms.pop(Alarm.FIRST, None)
        self._out.append(reply)
        if secured is not None:
            self._tunnel = Tunnel(secured, self._secrets, self._rng)
            self.peer = secured.peer
            self._events.append(Proved(secured.peer, secured.purpose))
        elif self._half.refused:
            self._finish(End.REFUSED)

    def _hear_record(self, tunnel: Tunnel, ciphertext: bytes) -> None:
        for kind, body in tunnel.unwrap(ciphertext):
            self._advance(_STEPS.get(kind, Step.FRAME))
            self._hear_frame(tunnel, decode(kind, tunnel.reveal(kind, body)))
            if self.closed:
                return
        if self.state is State.OPEN:
            self._heard()

    def _hear_frame(self, tunnel: Tunnel, frame: Frame | None) -> None:
        match frame:
            case Hello():
                greeted = Greeted(frame.r_high, frame.r_hash, tunnel.hear(frame))
                (self._events if self.role is Role.INITIATOR else self._greeted).append(greeted)
            case Ready():
                self._events += self._greeted
                self._opened()
            case Ping():
                self._alarms[Alarm.PONG] = max(self._now, self._pong_free)
                self._idled += 1
            case Pong() if self._alarms.pop(Alarm.PROBE, None) is not None:
                self._events.append(Alive())
            case Bye():
                self._finish(End.BYE)
            case Pong() | None:  # None: of a type that may be ignored
                self._idled += 1
            case _:
                self._events.append(Received(frame))

    def _ring(self) -> list[Event]:
        """Let every alarm that is due ring, in the order of `Alarm`; all that happened by then."""
        for alarm in Alarm:
            at = self._alarms.get(alarm)
            if at is not None and at <= self._now:
                del self._alarms[alarm]
                self._on(alarm)
        events, self._events = self._events, []
        return events

    def _on(self, alarm: Alarm) -> None:
        match alarm:
            case Alarm.PING:
                self._put(Ping())
                self._alarms[alarm] = self._now + limits.PING_EVERY
            case Alarm.PONG:
                self._put(Pong())
                self._pong_free = self._now + limits.PONG_EVERY
            case Alarm.PROBE:
                self._events.append(Silent())
            case Alarm.LIFETIME:
                self.close(End.LIFETIME)
            case Alarm.DEAD:
                self.abandon(End.DEAD)
            case _:
                self.abandon(End.SLOW)

    def __repr__(self) -> str:
        return f"<Link {self.role} {self.state.name.lower()}>"


def _sized(kind: FrameType, body: bytes) -> Packed:
    if len(body) + (0 if kind in PLAIN else limits.RATCHET_OVERHEAD) > limits.FRAME_BODY_MAX:
        raise LocalError(f"a {kind.name} of {len(body)} bytes")
    return kind, body
