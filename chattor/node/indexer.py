"""Brings the search indexes up to date while nobody waits: what is gone leaves at once, what is new comes at rest.

A text that is gone from the indexes is gone from the log of the store as well before the task waits again.
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
QUIET: Final = 1.0  # s without a commit before new texts are indexed: a burst is not slowed down
PATIENCE: Final = 30.0  # s after which they are indexed all the same


class Indexer:
    """The one task that writes the indexes unasked."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._changed = asyncio.Event()
        self._is_clean = True
        self._scrubbed = -1
        """The residue when the log of the store was last emptied."""

    def heed(self, effects: Effects) -> None:
        """Something was committed: maybe there are texts to index, or to forget."""
        if effects.events or effects.untidy:
            self._changed.set()

    async def run(self) -> None:
        """For as long as the node lives. A disk that refuses is asked again later."""
        self._changed.set()  # what the last run left over
        while True:
            try:
                await self._until_quiet()
                while await self._core.act(search.take_in):
                    continue
            except LocalError as error:
                log.warning("the search index is put off: %s", error)
                await asyncio.sleep(PATIENCE)
                self._changed.set()

    async def _until_quiet(self) -> None:
        """Wait for commits and for their end."""
        await self._next(None if self._is_clean else PATIENCE)
        end = self._core.clock.monotonic() + PATIENCE
        while True:
            await self._clean_up()
            if not await self._next(QUIET) or self._core.clock.monotonic() > end:
                return

    async def _next(self, seconds: float | None) -> bool:
        """Wait for the next commit, but no longer; whether there was one."""
        if not await comes(self._changed, seconds):
            return False
        self._changed.clear()
        return True

    async def _clean_up(self) -> None:
        """Take out what is gone, and empty the log that still tells of it, unless a backup reads it."""
        while await self._core.act(search.take_out):
            continue
        residue = await self._core.ask(ephemeral.residue)
        self._is_clean = residue == self._scrubbed or await self._core.database.scrub()
        if self._is_clean:
            self._scrubbed = residue
