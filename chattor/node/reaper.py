"""Ends texts whose time is over, to the moment, whether or not anybody looks.

Sleeps until the next end, but never long: clocks are set, and machines sleep.
"""

import asyncio
import logging
from typing import Final

from chattor.errors import LocalError
from chattor.handlers import ephemeral, search
from chattor.node.core import Core
from chattor.node.tasks import comes
from chattor.store.tx import Effects

log = logging.getLogger(__name__)
LOOK_EVERY: Final = 30.0  # s


class Reaper:
    """The one task that ends texts."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._set = asyncio.Event()

    def heed(self, effects: Effects) -> None:
        """Something was committed: maybe the time of a text began."""
        if effects.deadline:
            self._set.set()

    async def run(self) -> None:
        """For as long as the node lives. A disk that refuses is asked again later."""
        clock = self._core.clock
        last = clock.monotonic()
        while True:
            now, before = clock.monotonic(), self._core.ticked
            self._core.ticked = clock.wall(), now  # not after the commit: what is asked from now on comes after it
            try:
                end = await self._core.act(ephemeral.tick, round((now - last) * 1000))
                last = now
                pause = None if end is None else max(0.0, min(LOOK_EVERY, (end - clock.wall()) / 1000))
            except LocalError as error:
                log.warning("ending texts is put off: %s", error)
                pause, self._core.ticked = LOOK_EVERY, before
            if await comes(self._set, pause):
                self._set.clear()


async def catch_up(core: Core) -> None:
    """End what is due and take it out of the indexes, for a store that is only looked at while no node runs."""
    while (end := await core.act(ephemeral.tick, 0)) is not None and end <= core.clock.wall():
        continue
    while await core.act(search.take_out):
        continue
