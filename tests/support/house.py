"""What stands behind the door of a played node: the node and its real keyfile. Nothing is closed but the door."""

import asyncio
from pathlib import Path

from chattor import __version__
from chattor.model.status import Status, TorStatus
from chattor.node.node import Node
from chattor.store import vault


class PlayedHouse:
    """Implements `chattor.rpc.door.House`; closed hard, the node is out of reach."""

    def __init__(self, node: Node, directory: Path) -> None:
        self.node: Node | None = node
        self.lock_after: float | None = None
        self._inside = node
        self._directory = directory

    async def open(self, passphrase: str) -> None:
        """Let the node be reached again. Raises WrongPassphrase."""
        await self.check(passphrase)
        self.node = self._inside

    async def close(self) -> None:
        """Put the node out of reach."""
        self.node = None

    async def check(self, passphrase: str) -> None:
        """Raises WrongPassphrase."""
        await asyncio.to_thread(vault.unlock, self._directory, passphrase)

    def dismiss(self) -> None:
        """End every subscription."""
        self._inside.dismiss()

    def absent(self) -> Status:
        """How it stands while the node is out of reach."""
        return Status(
            version=__version__, pid=0, profile="default", onion="", tor=TorStatus(), reachable=False, friends=0,
            online=0, unread=0, outbox=0, locked=True,
        )  # fmt: skip
