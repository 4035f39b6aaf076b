"""The proven links of a node: which one counts for whom."""

import asyncio
from collections.abc import Iterator

from chattor.net.connection import Connection
from chattor.net.pool import Decision, Pool
from chattor.node.core import Core
from chattor.node.presence import PresenceTracker
from chattor.node.session import Session
from chattor.protocol.link import End


class Sessions:
    """Bookkeeping only; `links.Links` obeys the decisions that come out of it."""

    def __init__(self, core: Core, presence: PresenceTracker) -> None:
        self._core = core
        self._presence = presence
        self._pool: Pool[Connection] = Pool(core.own.identity.sig.public, friend_links=core.friend_links)
        self._by_connection: dict[Connection, Session] = {}
        self._current: dict[int, Session] = {}
        self._empty = asyncio.Event()
        self._empty.set()

    def __iter__(self) -> Iterator[Session]:
        return iter(tuple(self._by_connection.values()))

    def current(self, friend: int) -> Session | None:
        """The open link to a friend, if there is one."""
        return self._current.get(friend)

    def of(self, connection: Connection) -> Session | None:
        """The session of a connection."""
        return self._by_connection.get(connection)

    def enter(self, session: Session) -> None:
        """A connection begins."""
        self._by_connection[session.connection] = session
        self._empty.clear()

    async def none_left(self) -> None:
        """Wait until every connection is over."""
        await self._empty.wait()

    def proved(self, session: Session, peer: bytes, *, friend: bool) -> Decision[Connection]:
        """It is known who is there, by ik_sig: the pool decides what becomes of the link.

        Links of the same peer from before this relation began carry its mail from now on, if they stay.
        """
        for other in map(self._by_connection.get, self._pool.links(peer)):
            if other is not None and session.friend is not None and other.friend != session.friend:
                self.recognised(other, session.friend)
        return self._pool.add(
            session.connection,
            peer=peer,
            own=session.shown.ik_sig,
            dialled=session.dialled,
            friend=friend,
            now=self._now(),
        )

    def probed(self, session: Session, *, alive: bool) -> Decision[Connection]:
        """A probed link answered, or did not."""
        return self._pool.alive(session.connection) if alive else self._pool.silent(session.connection)

    def opened(self, session: Session) -> None:
        """Both HELLOs hold: the friend is there."""
        session.opened(self._now())
        self._pool.opened(session.connection)
        if session.friend is not None:
            self._current[session.friend] = session

    def recognised(self, session: Session, friend: int) -> None:
        """A link got a relation by its request, or another one because the former is over."""
        if session.friend is not None:
            self._gone(session, session.friend)
        session.friend = friend
        if session.is_open:
            self._current[friend] = session
        session.work.set()

    def used(self, session: Session, *, friend: bool) -> None:
        """A link carried something; whether its peer is a friend by now."""
        self._pool.use(session.connection, self._now())
        if session.certificate is not None:
            self._pool.reclassify(session.certificate.ik_sig, friend=friend)

    def idle(self) -> tuple[Connection, ...]:
        """Links to close for want of use."""
        return self._pool.idle(self._now())

    def leave(self, session: Session, reason: str) -> Decision[Connection]:
        """A connection is over; one that waited behind it may count now."""
        self._by_connection.pop(session.connection, None)
        if not self._by_connection:
            self._empty.set()
        session.ended(reason)
        if session.friend is not None:
            self._gone(session, session.friend)
        return self._pool.remove(session.connection)

    def hang_up(self, friend: int, who: bytes) -> None:
        """Close every link to a friend; `who` is his commitment: where he reads channels as a stranger he is nobody."""
        for session in self:
            if friend == session.friend or who == session.peer:
                session.connection.close(End.LOCAL)

    def begin_anew(self, friend: int) -> None:
        """The streams with a friend begin anew: what his links carried was of the past."""
        for session in self:
            if session.friend == friend:
                session.begin_anew()

    def _gone(self, session: Session, friend: int) -> None:
        """A link is no longer a friend's."""
        if self._current.get(friend) is session:
            del self._current[friend]
            self._presence.gone(friend)

    def _now(self) -> float:
        return self._core.clock.monotonic()
