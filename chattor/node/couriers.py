"""One courier per open link carries what waits for its peer. Nothing is sent from anywhere else."""

import logging

from chattor.errors import ChattorError
from chattor.handlers import delivery
from chattor.node.core import Core
from chattor.node.session import Session
from chattor.node.tasks import Tasks
from chattor.protocol.link import End

log = logging.getLogger(__name__)


class Couriers:
    """The couriers of one node."""

    def __init__(self, core: Core, tasks: Tasks) -> None:
        self._core = core
        self._tasks = tasks

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
        except ChattorError as error:
            log.warning("courier of f%s: %s", session.friend, error)
        finally:
            session.connection.close(End.LOCAL)  # a link without its courier would hold back what waits

    async def _load(self, session: Session, friend: int) -> bool:
        """One load; whether there may be more."""
        cargo = await self._core.act(delivery.load, friend, session.manifest())
        session.carried(cargo)
        return bool(cargo.frames) and session.connection.send(cargo.frames)
