"""`python -m tests.support.toy_daemon DATA_DIR MOOD`: the daemon's runner around a toy node, as a real process.

MOOD is `fine`, `slow` (its close never ends) or `stuck` (its start never ends).
"""

import asyncio
import sys
from pathlib import Path

from chattor.config.paths import locate
from chattor.daemon.run import run
from chattor.rpc.server import Server, serve
from tests.support.api import ToyNode, inhabited


class ToyHost:
    """A toy node and its socket."""

    def __init__(self, node: ToyNode, server: Server, mood: str) -> None:
        self.node = node
        self._server = server
        self._mood = mood

    async def close(self) -> None:
        """Let go, or hang."""
        if self._mood == "slow":
            await asyncio.Event().wait()
        await self._server.close()


async def start(data: Path, mood: str) -> ToyHost:
    """Serve, or hang."""
    node = inhabited()
    server = await serve(node, locate(data_dir=data).socket)
    if mood == "stuck":
        await asyncio.Event().wait()
    return ToyHost(node, server, mood)


if __name__ == "__main__":
    asyncio.run(run(lambda: start(Path(sys.argv[1]), sys.argv[2])))
