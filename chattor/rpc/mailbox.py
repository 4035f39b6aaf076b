"""What was notified and not yet read. Without a bound, a program slower than its events would fill the memory."""

import asyncio

from chattor.errors import FellBehind
from chattor.rpc.remote import Notice


class Mailbox:
    """The notifications of one subscription; what comes on top of `limit` items is dropped, and that is said."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._waiting: asyncio.Queue[Notice | FellBehind | None] = asyncio.Queue()
        self._behind = False

    def put(self, told: Notice | None) -> None:
        """One notification; None for the end of the connection."""
        if _ends(told) or self._limit is None or self._waiting.qsize() < self._limit:
            self._waiting.put_nowait(told)
        elif not self._behind:
            self._behind = True
            self._waiting.put_nowait(FellBehind(f"more than {self._limit} events were not read"))

    async def take(self) -> Notice | None:
        """The next one. Raises FellBehind, once, in the place of what was dropped."""
        told = await self._waiting.get()
        if isinstance(told, FellBehind):
            raise told
        return told

    async def emptied(self) -> None:
        """Drop what waits until the subscription ends."""
        while not _ends(await self._waiting.get()):
            continue


def _ends(told: Notice | FellBehind | None) -> bool:
    return told is None or (isinstance(told, Notice) and not told.item)
