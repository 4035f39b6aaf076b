"""A node without a window: the desktop is told if that was asked for, and only while no window is open."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from typing import Any, cast

import pytest
from msgspec import structs

from chattor.config.settings import NotificationSettings
from chattor.demo.patience import eventually
from chattor.notify.headless import notify_without_window
from chattor.rpc.door import Door
from tests.support.desktop import Desktop
from tests.support.house import PlayedHouse
from tests.support.played import PASSPHRASE, PlayedNode, bury

WANTED = NotificationSettings(daemon=True, content="text")


@pytest.fixture(autouse=True)
def _buried() -> Iterator[None]:
    yield
    bury()


class Daemon:
    """A played node, its door, and what notifies beside them."""

    def __init__(self, shows: Desktop) -> None:
        self.node = PlayedNode("alice")
        for name in ("bob", "carol", "dora"):
            self.node.friend(name)
        self.door = Door.of(PlayedHouse(self.node, self.node.directory), lambda: 0.0)
        self.house = self.door._house
        self._shows = shows

    def watched(self) -> bool:
        return self.door.watched

    def want(self, wanted: NotificationSettings) -> None:
        self.node._core.settings = structs.replace(self.node._core.settings, notifications=wanted)

    async def until_told(self, *expected: str) -> None:
        """All that was shown so far, in order."""

        async def shown() -> bool:
            return len(self._shows.shown) >= len(expected)

        await eventually(shown, "the notification", within=20)
        assert [": ".join(filter(None, one[1:3])) for one in self._shows.shown] == list(expected)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(notify_without_window(cast("Any", self.house), self.door))
        await self.listening()
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def listening(self, ears: int = 1) -> None:
        async def listens() -> bool:
            return self.node.listeners >= ears

        await eventually(listens, "somebody to listen", within=20)


async def test_the_desktop_is_told_only_if_asked_for(shows: Desktop) -> None:
    daemon = Daemon(shows)
    async with daemon.running():
        daemon.node.peer_says("bob", "not this")
        for _ in range(100):
            await asyncio.sleep(0)
        daemon.want(WANTED)
        daemon.node.peer_says("carol", "but this")
        await daemon.until_told("New message from carol: but this")


async def test_a_window_that_follows_the_events_notifies_by_itself(shows: Desktop) -> None:
    daemon = Daemon(shows)
    daemon.want(WANTED)
    async with daemon.running():
        async with aclosing(cast("Any", daemon.door.events(peek=True))) as window:
            following = asyncio.ensure_future(anext(window))
            await daemon.listening(2)
            assert daemon.watched()
            daemon.node.peer_says("bob", "seen in the window")
            await following
            await asyncio.to_thread(lambda: None)
        assert not daemon.watched()
        daemon.node.peer_says("carol", "seen by nobody")
        await daemon.until_told("New message from carol: seen by nobody")


async def test_a_program_that_listens_is_no_window(shows: Desktop) -> None:
    daemon = Daemon(shows)
    daemon.want(WANTED)
    async with daemon.running(), aclosing(cast("Any", daemon.door.events())) as program:
        following = asyncio.ensure_future(anext(program))
        await daemon.listening(2)
        assert not daemon.watched()
        daemon.node.peer_says("bob", "hello")
        await following
        await daemon.until_told("New message from bob: hello")


async def test_a_locked_profile_tells_that_something_came_and_no_more(shows: Desktop) -> None:
    daemon = Daemon(shows)
    daemon.want(WANTED)
    async with daemon.running():
        await daemon.door.lock()
        await daemon.listening()
        daemon.node.peer_says("bob", "hello")
        await daemon.until_told("New message")
        await daemon.door.unlock(PASSPHRASE)
        daemon.node.peer_says("carol", "hello")
        await daemon.until_told("New message", "New message from carol: hello")


async def test_its_looks_are_no_sign_of_life_of_a_face(shows: Desktop) -> None:
    daemon = Daemon(shows)
    daemon.want(WANTED)
    daemon.door._called_at = before = -1.0
    async with daemon.running():
        daemon.node.peer_says("bob", "hello")
        await daemon.until_told("New message from bob: hello")
    assert daemon.door._called_at == before
