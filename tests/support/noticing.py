"""A window in a process of its own that notifies: `python -m tests.support.noticing PAYLOAD SEQUENCE HOW`.

When it gets SIGUSR1, a friend called PAYLOAD writes PAYLOAD; text and name are to be told.
"""

import asyncio
import signal
import sys
from dataclasses import replace

from msgspec import structs

from chattor.api import Api
from chattor.config.settings import NotificationSettings
from chattor.tui.app import run
from tests.support.hostile import WickedGateway, spoil
from tests.support.played import PlayedNode
from tests.support.scenes import options
from tests.support.window import payload


class NoticingGateway(WickedGateway):
    """Waits for the signal once there is a window."""

    def __init__(self, payload: str, wanted: NotificationSettings) -> None:
        super().__init__(payload)
        self._wanted = wanted

    async def attach(self) -> Api:
        """Also let the friend wait for his turn."""
        node = self.node
        node._core.settings = structs.replace(node._core.settings, notifications=self._wanted)
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self._write, node)
        return await super().attach()

    def _write(self, node: PlayedNode) -> None:
        node.peer_says("f1", "hello")
        spoil(node, self._payload)


def main(name: str, sequence: str, how: str) -> None:
    """Run until it is left."""
    wanted = NotificationSettings(content="text", sequence=sequence, how=how)  # type: ignore[arg-type]
    run(NoticingGateway(payload(name), wanted), replace(options(), environment={"TERM": "xterm-256color"}))


if __name__ == "__main__":
    main(*sys.argv[1:])
