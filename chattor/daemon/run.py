"""Hosts a node in the foreground until a signal or `chattor stop` ends it.

What a host is made of is `launch`'s business; here is only how it starts and ends: cleanly on the first signal, at
once on the second, and in any case within STOP_WITHIN. A crash loses nothing, so neither does being quick.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol

from chattor.daemon import systemd

STOP_WITHIN: Final = 2.0  # s from the wish to stop to the end of the process
SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_INTERRUPTED: Final = 130
_TOO_SLOW: Final = 1


class Stoppable(Protocol):
    """A node that can be asked to stop."""

    @property
    def stopping(self) -> asyncio.Event:
        """Set once somebody asked."""
        ...


class Host(Protocol):
    """A node run by this process, with its socket open."""

    @property
    def node(self) -> Stoppable:
        """The node."""
        ...

    async def close(self) -> None:
        """Stop the node and let everything go."""
        ...


async def run(start: Callable[[], Awaitable[Host]]) -> None:
    """Start a host and keep it until somebody wants it to end. Raises what `start` raises."""
    wish = asyncio.Event()
    with _signals(wish):
        starting = asyncio.ensure_future(start())
        await _first(wish, starting)
        if not starting.done():
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            return
        host = await starting
        systemd.notify(systemd.READY)
        asked = asyncio.create_task(host.node.stopping.wait())
        await _first(wish, asked)
        asked.cancel()
        systemd.notify(systemd.STOPPING)
        deadline = asyncio.get_running_loop().call_later(STOP_WITHIN, os._exit, _TOO_SLOW)
        await host.close()
        deadline.cancel()


async def _first(wish: asyncio.Event, other: "asyncio.Future[Any]") -> None:
    wished = asyncio.create_task(wish.wait())
    await asyncio.wait([wished, other], return_when=asyncio.FIRST_COMPLETED)
    wished.cancel()


@contextmanager
def _signals(wish: asyncio.Event) -> Iterator[None]:
    def came() -> None:
        if wish.is_set():
            os._exit(_INTERRUPTED)
        wish.set()

    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, came)
    try:
        yield
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
