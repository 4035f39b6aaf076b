"""What links say, carried into the store, and what the pool decides, carried out. Answers leave after the commit."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from chattor.errors import ChattorError, IdentityChanged, Internal, OwnIdentity
from chattor.handlers import delivery, peers
from chattor.handlers.peers import Admission, Door, Refusal
from chattor.net.connection import Connection
from chattor.net.listener import Listener
from chattor.net.pool import Decision
from chattor.node.core import Core
from chattor.node.inbound import Inbound
from chattor.node.presence import PresenceTracker
from chattor.node.session import Session
from chattor.node.sessions import Sessions
from chattor.node.tasks import Tasks
from chattor.protocol.frames import Frame
from chattor.protocol.friendship import State
from chattor.protocol.limits import UNSOLICITED_BURST, UNSOLICITED_RATE, WHISPER_BURST, WHISPER_RATE
from chattor.protocol.link import (
    Alive,
    End,
    Event,
    Greeted,
    Greeting,
    Idled,
    Link,
    Proved,
    Purpose,
    Received,
    ReplayWindow,
    Silent,
    Target,
)
from chattor.protocol.past import Past
from chattor.protocol.ratelimit import TokenBucket
from chattor.store.repos.own import Guise
from chattor.transport.base import Stream

log = logging.getLogger(__name__)
FAREWELL = 0.5  # s


class Links:
    """Every link of one node, from the first byte to the last."""

    def __init__(
        self,
        core: Core,
        sessions: Sessions,
        presence: PresenceTracker,
        tasks: Tasks,
        *,
        opened: Callable[[Session], None],
        ended: Callable[[Session], None],
        serve: Callable[[Session, Sequence[Frame]], Awaitable[int]],
    ) -> None:
        self._core = core
        self._sessions = sessions
        self._tasks = tasks
        self._opened = opened
        self._ended = ended
        self._inbound = Inbound(core, sessions, presence, serve)
        self._replays = ReplayWindow()
        self._past = Past()
        self._listener = Listener(now=core.clock.monotonic, rng=core.rng, on_event=self._obey, on_end=self._end)

    def accept(self, stream: Stream, guise: Guise) -> None:
        """Somebody dialled one of our addresses."""
        self._listener.accept(stream, self._respond(guise))

    async def dialled(self, stream: Stream, friend: int) -> Session:
        """We dialled somebody; `settled` of the session tells when it is open or failed. Raises NotFound."""
        try:
            row, purpose = await self._core.ask(delivery.target, friend)
        except BaseException:  # nobody else holds it yet
            stream.close()
            raise
        admission = peers.admission(self._core.own, row, purpose)
        guise = self._core.own.shown(row.knows)
        link = Link.initiate(
            identity=guise.identity,
            certificate=self._core.certificate(guise),
            target=Target(row.onion_pk, row.id_commit, peers.pinned(row)),
            purpose=purpose,
            cur=admission.continuity,
            prev=admission.continuity_before,
            rng=self._core.rng,
            now=self._core.clock.monotonic(),
        )
        connection = Connection(stream, link, now=self._core.clock.monotonic, on_event=self._obey)
        session = self._session(connection, dialled=True, purpose=purpose)
        session.friend, session.commits = row.id, admission.commits
        self._tasks.start(self._carry(connection), "link")
        return session

    def parted(self, id_commit: bytes) -> None:
        """A friendship ended."""
        self._past.parted(id_commit, self._core.clock.monotonic())

    async def stop(self) -> None:
        """Say goodbye on every link and give the last words a moment; whatever is left is dropped with the tasks."""
        for session in self._sessions:
            session.connection.close(End.LOCAL)
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await self._sessions.none_left()
        await self._listener.stop()

    def close_idle(self) -> None:
        """Close what was not used for long."""
        for connection in self._sessions.idle():
            connection.close(End.IDLE)

    def _respond(self, dialled: Guise) -> Link:
        """At an address we left the newest certificate of its identity is shown, if it is answered still."""
        shown = self._core.own.shown(dialled.epoch)
        return Link.respond(
            identity=shown.identity,
            certificate=self._core.certificate(shown),
            onion_pk=dialled.identity.onion.public,
            rng=self._core.rng,
            now=self._core.clock.monotonic(),
            replays=self._replays,
        )

    def _session(self, connection: Connection, *, dialled: bool, purpose: Purpose) -> Session:
        now = self._core.clock.monotonic()
        session = Session(
            connection=connection,
            dialled=dialled,
            bucket=TokenBucket(UNSOLICITED_RATE, UNSOLICITED_BURST, now),
            whispers=TokenBucket(WHISPER_RATE, WHISPER_BURST, now),
            purpose=purpose,
        )
        self._sessions.enter(session)
        return session

    async def _obey(self, connection: Connection, events: Sequence[Event]) -> None:
        """All events of one read; reading stops meanwhile."""
        frames: list[Frame] = []
        unasked = 0
        for event in events:
            match event:
                case Proved():
                    await self._proved(connection, event)
                case Greeted():
                    await self._greeted(self._known(connection), event)
                case Received():
                    frames.append(event.frame)
                case Idled():
                    unasked += event.count
                case Alive() | Silent():
                    session = self._known(connection)
                    await self._decide(self._sessions.probed(session, alive=isinstance(event, Alive)))
        said_goodbye = connection.link.ended is End.BYE  # what he said before it counts
        if frames and (said_goodbye or not connection.link.closed):
            unasked += await self._inbound.heard(self._known(connection), frames)
        if unasked and not connection.link.closed:
            await self._inbound.restrain(self._known(connection), unasked)

    def _known(self, connection: Connection) -> Session:
        session = self._sessions.of(connection)
        if session is None:
            raise Internal("a link nobody knows")
        return session

    async def _proved(self, connection: Connection, event: Proved) -> None:
        session = self._sessions.of(connection) or self._session(connection, dialled=False, purpose=event.purpose)
        session.certificate = event.certificate
        if late := self._past.overtook(event.certificate, session.purpose, connection.link.began):
            session.refuse(late)
            return
        verdict = await self._vet(session, event)
        if isinstance(verdict, Refusal):
            session.refuse(verdict.reason)
            return
        session.friend = verdict.friend
        if session.friend is not None:
            self._past.met(event.certificate, self._core.clock.monotonic())
        friend = verdict.state is State.FRIEND
        decision = self._sessions.proved(session, event.certificate.ik_sig, friend=friend)
        if decision.close or decision.probe is not None:
            log.info("second link of f%s: %s", session.friend, decision)
        await self._decide(decision)

    async def _vet(self, session: Session, event: Proved) -> Admission | Refusal:
        """Hold the certificate against what is pinned; whoever dialled us is classified."""
        if session.friend is not None:
            return await self._core.act(peers.prove, session.friend, event.certificate, session.purpose)
        return await self._core.act(peers.admit, event.certificate, event.purpose, session.shown.epoch)

    async def _decide(self, decision: Decision[Connection]) -> None:
        """Carry out what the pool decided."""
        for connection in decision.close:
            connection.close(End.REPLACED)
        if decision.probe is not None:
            decision.probe.probe()
        if decision.promoted is not None:
            session = self._known(decision.promoted)
            session.counts = True
            await self._promoted(session)

    async def _promoted(self, session: Session) -> None:
        """This link counts from now on: it may greet."""
        if session.dialled:
            if session.greeted is not None:
                await self._greeted(session, session.greeted)
            return
        admission = await self._core.ask(peers.readmit, session.friend, session.purpose)
        if isinstance(admission, Refusal):
            session.failure = admission.reason
            session.connection.close(End.LOCAL)
            return
        session.commits = admission.commits
        session.connection.greet(
            Greeting(
                r_high=admission.high.seq,
                r_hash=admission.high.hash,
                cur=admission.continuity,
                prev=admission.continuity_before,
            )
        )

    async def _greeted(self, session: Session, event: Greeted) -> None:
        """The peer's HELLO. A dialled link that does not count yet holds its answer, and commits nothing."""
        session.greeted = event
        if not session.counts:
            return
        continuity = event.continuity if session.commits else None
        asks = session.purpose is Purpose.REQUEST and not session.dialled
        door = None if asks else Door(session.shown.epoch, session.dialled)
        high = await self._core.act(peers.greet, session.friend, session.peer, continuity, door)
        if isinstance(high, Refusal):
            session.refuse(high.reason)
            return
        if session.dialled:
            session.connection.greet(Greeting(r_high=high.seq, r_hash=high.hash))
        if not session.connection.link.closed:
            self._sessions.opened(session)
            self._opened(session)

    async def _carry(self, connection: Connection) -> None:
        self._end(connection, await connection.outcome())

    def _end(self, connection: Connection, outcome: End | ChattorError) -> None:
        """A link is over: let go of it, and follow up what that means."""
        session = self._sessions.of(connection)
        log.info("link %s ended: %s", "" if session is None else f"of f{session.friend}", outcome)
        self._tasks.start(self._follow_up(session, outcome), "end of a link")

    async def _follow_up(self, session: Session | None, outcome: End | ChattorError) -> None:
        """What waits goes on, even if the store cannot remember why this link ended."""
        if session is None:
            await self._remember(None, outcome)
            return
        session.is_dismissed = outcome in (End.BYE, End.IDLE)
        decision = self._sessions.leave(session, session.failure or str(outcome))
        try:
            await self._remember(session, outcome)
        finally:
            try:
                await self._decide(decision)
            finally:
                self._ended(session)

    async def _remember(self, session: Session | None, outcome: End | ChattorError) -> None:
        if isinstance(outcome, OwnIdentity):
            await self._core.act(peers.clone_seen)
        if session is None or session.friend is None:
            return
        if isinstance(outcome, IdentityChanged):
            await self._core.act(peers.alarm_about, session.friend, str(outcome))
        if session.is_open:
            await self._core.act(peers.left, session.friend, session.failure)
