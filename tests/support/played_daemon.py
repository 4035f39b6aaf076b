"""`python -m tests.support.played_daemon DATA_DIR MOOD`: the daemon's runner around a played node, as a real process.

MOOD is `fine`, `slow` (its close never ends) or `stuck` (its start never ends).
"""

import asyncio
import sys
from pathlib import Path

from chattor.config.paths import locate
from chattor.daemon.run import run
from chattor.rpc.server import Server, serve
from tests.support.played import PlayedNode, inhabited


class PlayedHost:
    """A node and its socket, let go in the order of `launch.Host`."""

    def __init__(self, node: PlayedNode, server: Server, mood: str) -> None:
        self.node = node.door
        self._inside = node
        self._server = server
        self._mood = mood

    async def close(self) -> None:
        """Let go, or hang."""
        if self._mood == "slow":
            await asyncio.Event().wait()
        await self._server.close()
        await self._inside.close()


async def start(data: Path, mood: str) -> PlayedHost:
    """Serve, or hang."""
    node = inhabited(data)  # where the test cleans up, whatever becomes of this process
    server = await serve(node.door, locate(data_dir=data).socket)
    await node.start()
    if mood == "stuck":
        await asyncio.Event().wait()
    return PlayedHost(node, server, mood)


if __name__ == "__main__":
    asyncio.run(run(lambda: start(Path(sys.argv[1]), sys.argv[2])))
