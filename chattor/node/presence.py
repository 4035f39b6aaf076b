"""Who is here and who types, while links live: keeps `protocol.presence` on time and tells who listens."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from chattor.handlers.views import friend_id
from chattor.node.core import Core
from chattor.node.hub import Presence
from chattor.node.tasks import comes
from chattor.protocol import frames


class PresenceTracker:
    """The friends about."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._awake = asyncio.Event()

    def heard(self, friend: int, signs: Sequence[frames.Presence]) -> None:
        """A friend gave signs of himself."""
        with self._told():
            for one in signs:
                self._core.signs.heard(friend, one, self._now())

    def wrote(self, friend: int) -> None:
        """A friend's text came: he types no longer."""
        with self._told():
            self._core.signs.stopped(friend)

    def gone(self, friend: int) -> None:
        """The link to a friend is over."""
        with self._told():
            self._core.signs.gone(friend)

    async def run(self) -> None:
        """Let signs fade, for ever."""
        while True:
            self._awake.clear()
            at = self._core.signs.next()
            if not await comes(self._awake, None if at is None else max(0.0, at - self._now())):
                with self._told():
                    self._core.signs.fade(self._now())

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell of everybody whose signs changed meanwhile."""
        signs = self._core.signs
        online, typing, doing = signs.online, signs.typing, signs.activities
        yield
        now_doing = signs.activities
        others = {friend for friend in doing.keys() | now_doing.keys() if doing.get(friend) != now_doing.get(friend)}
        for friend in sorted((online ^ signs.online) | (typing ^ signs.typing) | others):
            self._core.hub.tell(
                Presence(
                    friend=friend_id(friend),
                    online=friend in signs.online,
                    typing=friend in signs.typing,
                    activity=now_doing.get(friend),
                )
            )
        self._awake.set()

    def _now(self) -> float:
        return self._core.clock.monotonic()
