"""The gateway as a program: open until a signal."""

import asyncio
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from chattor.websocket.server import serving

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


async def run(node: Path, port: int, origins: Sequence[str], opened: Callable[[int], None]) -> None:
    """Serve the node behind the socket at `node`; `opened` is told the port. Raises OSError."""
    wish = asyncio.Event()
    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, wish.set)
    async with serving(node, port, origins) as taken:
        opened(taken)
        await wish.wait()
