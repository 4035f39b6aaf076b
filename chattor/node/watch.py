"""Notices when nobody can reach us, and for how long: because tor is down or cut off, or because the machine slept.

Others mend it; here it is only remembered, so that nobody wonders why he was not heard from. A moment is not worth it.
"""

import logging
from asyncio import Event
from typing import Final

from chattor.clock import Millis, Sleeps
from chattor.errors import LocalError
from chattor.handlers import outages
from chattor.model.status import TorPhase, TorStatus
from chattor.node.core import Core
from chattor.node.tasks import comes

log = logging.getLogger(__name__)
LOOK_EVERY: Final = 15.0  # s
SHORTEST: Final = 60.0  # s
ASLEEP: Final = "the machine was asleep, or its clock was set"
_WORDS: Final = {
    TorPhase.STARTING: "tor was started again",
    TorPhase.BOOTSTRAPPING: "tor was not connected",
    TorPhase.PUBLISHING: "the network had lost our address",
}


def reason(status: TorStatus) -> str:
    """Why nobody can reach us."""
    if status.phase is TorPhase.FAILED:
        return status.detail.rpartition("; tor ")[0] or status.detail
    if status.phase is TorPhase.BOOTSTRAPPING and status.percent == 100:
        return status.detail
    return _WORDS.get(status.phase, "tor was not running")


class Watch:
    """The one task that keeps the book of outages."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._moved = Event()
        self._ready = False
        self._ready_since: Millis | None = None
        """Since when anybody can reach us, or last could; None if never yet, which is no outage but a beginning."""
        self._down_since: Millis = core.clock.wall()
        self._reason = ""
        self._noted = False
        self._seen: Millis = self._down_since
        self._woke: Millis = self._down_since
        self._looked: Millis = self._down_since
        self._sleeps = Sleeps(core.clock)

    def heed(self, status: TorStatus) -> None:
        """Our tor moved."""
        now = self._core.clock.wall()
        if status.ready and not self._ready:
            self._ready_since = now
        elif self._ready and not status.ready:
            self._down_since, self._reason = now, reason(status)
        self._ready = status.ready
        self._moved.set()

    async def run(self) -> None:
        """For as long as the node lives."""
        await self._core.act(outages.bury)
        while True:
            self._moved.clear()
            try:
                await self._look()
            except LocalError as error:
                log.warning("an outage cannot be noted now: %s", error)
            await comes(self._moved, LOOK_EVERY)

    async def _look(self) -> None:
        now, before = self._core.clock.wall(), self._looked
        slept = self._sleeps.slept()
        self._looked = now
        if self._ready_since is None:
            return
        since = before if self._ready else min(before, self._down_since)
        if slept and not self._noted:
            self._woke = now
            await self._note(since, ASLEEP)
        elif self._noted and self._ready and not slept:
            await self._core.act(outages.end, max(self._woke, self._ready_since))
            self._noted = False
        elif self._noted and now - self._seen >= SHORTEST * 1000:
            await self._core.act(outages.go_on)
            self._seen = now
        elif not self._noted and not self._ready and now - self._down_since >= SHORTEST * 1000:
            await self._note(self._down_since, self._reason)

    async def _note(self, since: Millis, why: str) -> None:
        await self._core.act(outages.begin, since, why)
        self._noted, self._seen = True, self._looked
