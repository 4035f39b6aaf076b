"""Tells everybody who listens that something was committed; carries the events that are live only.

Durable events are read from the log by each listener at his own pace, so a slow one hurts nobody and misses
nothing. Live ones are kept as the newest value per subject: a slow listener sees the last state, never a queue.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from chattor.model.activity import Activity
from chattor.model.ids import FriendId
from chattor.model.status import TorStatus


@dataclass(frozen=True, slots=True)
class Presence:
    """A friend came or went, began or ceased to type, or does something else."""

    friend: FriendId
    online: bool
    typing: bool
    activity: Activity | None


Live = Presence | TorStatus


class Ear:
    """One listener: a wake-up, and the newest live value per subject since he last looked."""

    def __init__(self) -> None:
        self._awake = asyncio.Event()
        self._live: dict[str, Live] = {}

    def wake(self) -> None:
        """Something was committed, or the node ends."""
        self._awake.set()

    def hear(self, live: Live) -> None:
        """Keep the newest of its subject."""
        self._live[live.friend if isinstance(live, Presence) else "tor"] = live
        self._awake.set()

    def take(self) -> list[Live]:
        """What happened live since last time."""
        taken = list(self._live.values())
        self._live.clear()
        return taken

    async def listen(self) -> None:
        """Return at once if anything happened since the last call, else when something does."""
        await self._awake.wait()
        self._awake.clear()


class Hub:
    """All listeners of a node."""

    def __init__(self) -> None:
        self._ears: dict[Ear, None] = {}  # in the order they came, so that a simulated run repeats exactly
        self.closed = False
        self.dismissals = 0
        """How often everybody was sent away; whoever began before the last time is to go."""

    @contextmanager
    def ear(self) -> Iterator[Ear]:
        """Listen while the block runs."""
        ear = Ear()
        self._ears[ear] = None
        try:
            yield ear
        finally:
            del self._ears[ear]

    def committed(self) -> None:
        """Something durable changed."""
        for ear in self._ears:
            ear.wake()

    def tell(self, live: Live) -> None:
        """Something live only changed."""
        for ear in self._ears:
            ear.hear(live)

    def dismiss(self) -> None:
        """Send everybody away who listens now, or is about to."""
        self.dismissals += 1
        self.committed()

    def close(self) -> None:
        """The node ends: every listener wakes and finds it closed."""
        self.closed = True
        self.committed()
