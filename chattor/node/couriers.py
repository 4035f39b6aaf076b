"""One courier per open link carries what waits for its peer. Nothing is sent from anywhere else."""

import logging

from chattor.errors import ChattorError, NotFound
from chattor.handlers import delivery, fetching
from chattor.node.core import Core
from chattor.node.session import Session
from chattor.node.tasks import Tasks
from chattor.protocol.limits import FORK_EVERY, FORKS_BURST
from chattor.protocol.link import End
from chattor.protocol.ratelimit import TokenBucket

log = logging.getLogger(__name__)


class Couriers:
    """The couriers of one node."""

    def __init__(self, core: Core, tasks: Tasks) -> None:
        self._core = core
        self._tasks = tasks
        self._forks: dict[int, TokenBucket] = {}

    def begin(self, session: Session) -> None:
        """A link is open."""
        session.courier = self._tasks.start(self._carry(session), "courier")

    async def _carry(self, session: Session) -> None:
        """For as long as the link lives. When the store refuses, the link goes: what waits stays and is tried again."""
        try:
            while not session.connection.link.closed:
                await session.work.wait()
                session.work.clear()
                while session.friend is not None and await self._load(session, session.friend):
                    continue
                if session.friend is not None and session.asks_channels:
                    await self._ask(session, session.friend)
        except NotFound as error:  # one of the two is somebody else by now
            session.is_past = True
            log.info("courier of f%s: %s", session.friend, error)
        except ChattorError as error:
            log.warning("courier of f%s: %s", session.friend, error)
        finally:
            session.connection.close(End.LOCAL)  # a link without its courier would hold back what waits

    async def _ask(self, session: Session, friend: int) -> None:
        """What is new in a friend's channels? The rest follows from his answers."""
        session.asks_channels = False
        questions = await self._core.act(fetching.begin_with_friend, friend, session.pulls.asked)
        session.pulls.begin(questions)
        if not questions or not session.connection.send(questions):
            session.synced.set()

    async def _load(self, session: Session, friend: int) -> bool:
        """One load; whether there may be more. Whoever says he is elsewhere again and again must wait: it costs us."""
        now = self._core.clock.monotonic()
        forks = self._forks.setdefault(friend, TokenBucket(1 / FORK_EVERY, FORKS_BURST, now))
        cargo = await self._core.act(delivery.load, friend, session.manifest(may_fork=forks.holds_one(now)))
        forks.spend(cargo.forked, now)
        session.carried(cargo)
        return bool(cargo.frames) and session.connection.send(cargo.frames)
