"""The tasks of a node: what fails in one is logged and ends that one only. And how one sleeps: until it is woken."""

import asyncio
import logging
from collections.abc import Callable, Coroutine

from chattor.errors import ChattorError

log = logging.getLogger(__name__)
PAUSE = 5.0  # s before what failed is begun again


class Tasks:
    """Started together, ended together."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._ended = False

    def start(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        """Run something until it is done or the node ends; after that it is not begun any more."""
        task = asyncio.create_task(self._root(work, name), name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(lambda _: work.close())  # if it was cancelled before it began
        if self._ended:
            task.cancel()
        return task

    def keep(self, run: Callable[[], Coroutine[None, None, None]], name: str) -> None:
        """Run something for as long as the node lives: after a failure it is begun again."""
        self.start(self._begin_again(run, name), name)

    async def stop(self) -> None:
        """Cancel all and wait until they are gone; safe to repeat."""
        self._ended = True
        running = tuple(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _begin_again(self, run: Callable[[], Coroutine[None, None, None]], name: str) -> None:
        while True:
            await self._root(run(), name)
            await asyncio.sleep(PAUSE)

    @staticmethod
    async def _root(work: Coroutine[None, None, None], name: str) -> None:
        try:
            await work
        except ChattorError as error:
            log.warning("%s: %s", name, error)
        except Exception:
            log.exception("%s failed", name)


async def comes(event: asyncio.Event, within: float | None) -> bool:
    """Wait for an event, but no longer than so many seconds; whether it came."""
    try:
        async with asyncio.timeout(within):
            await event.wait()
    except TimeoutError:
        return False
    return True
