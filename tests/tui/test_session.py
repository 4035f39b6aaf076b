"""The session against a real node: what it tells, in which order, and what happens when the node goes away."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

import pytest

from chattor.api import Api
from chattor.config.paths import locate
from chattor.config.settings import Settings
from chattor.errors import NotAllowed
from chattor.gateway import ProfileGateway
from chattor.model.friend import Friend
from chattor.profile import Profile
from chattor.rpc.client import connect
from chattor.rpc.session import Limits
from chattor.tui.sending import Sending
from chattor.tui.session import BRIDGED_PAGES, PAGE, Desk, Session
from chattor.tui.state import reduce
from chattor.tui.updates import Asked, NodeFound, NodeLocked, NodeLost, Opened, PageLoaded, Update
from chattor.tui.view import EVERYTHING, Part, View
from tests.support.gateway import PlayedGateway
from tests.support.played import PASSPHRASE, PlayedNode, inhabited
from tests.support.scenes import FrozenClock
from tests.support.served import hosted


class Ear:
    """Hears what the session tells, as the application would, and looks up what is stale when asked to."""

    def __init__(self, node: PlayedNode, *, hosting: bool = False) -> None:
        self.gateway = PlayedGateway(node, running=not hosting)
        self.heard: list[Update] = []
        self.bundles = 0
        self.view = View()
        self._news = asyncio.Event()
        desk = Desk(api=node.door, hosting=hosting)
        self.session = Session(self.gateway, desk, FrozenClock(), self._tell, look_again=(0.0,))
        self._following: asyncio.Task[None] | None = None

    def _tell(self, updates: Sequence[Update]) -> None:
        self.bundles += 1
        self.heard += updates
        for update in updates:
            self.view = reduce(self.view, update)
        self._news.set()

    async def __aenter__(self) -> Self:
        self._following = asyncio.create_task(self.session.follow())
        await self.until(NodeFound)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.go_deaf()

    async def go_deaf(self) -> None:
        if self._following:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)

    async def until(self, kind: type, times: int = 1) -> None:
        await self.until_true(lambda: sum(isinstance(one, kind) for one in self.heard) >= times)

    async def until_true(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def refresh(self) -> None:
        await self.session.refresh(self.view)

    async def open(self, name: str) -> None:
        one = self.friend(name)
        self._tell([Opened(friend=one.id)])
        await self.session.newest(one.id, one.unread)

    def friend(self, name: str) -> Friend:
        return next(one for one in self.view.friends if one.name == name)

    @property
    def texts(self) -> list[str | None]:
        assert self.view.thread is not None
        return [message.text for message in self.view.thread.messages]


async def test_at_first_everything_is_looked_up() -> None:
    async with Ear(inhabited()) as ear:
        assert ear.view.stale == EVERYTHING
        await ear.refresh()
    assert ear.view.stale == frozenset()
    assert ear.view.identity is not None
    assert {one.name for one in ear.view.listed} == {"bob", "carol"}
    assert (len(ear.view.incoming), ear.view.waiting, ear.view.tor.ready) == (1, 1, True)


async def test_nothing_that_happens_after_the_subscription_is_missed() -> None:
    node = inhabited()
    async with Ear(node) as ear:
        node.peer_says("bob", "right in between")
        await ear.refresh()
        await ear.open("bob")
        await ear.until(PageLoaded)
        assert ear.texts[-1] == "right in between"


async def test_a_flood_is_told_in_bundles() -> None:
    node = inhabited()
    async with Ear(node) as ear:
        await ear.refresh()
        before = ear.bundles
        node.peer_says("carol", *(f"message {number}" for number in range(5000)))
        await ear.until_true(lambda: ear.friend("carol").unread == 5000)
        assert ear.bundles - before < 500


async def test_a_conversation_pages_back_to_its_beginning() -> None:
    node = inhabited()
    node.peer_says("carol", *(f"line {number}" for number in range(2 * PAGE)))
    async with Ear(node) as ear:
        await ear.refresh()
        await ear.session.read(ear.friend("carol").id)
        await ear.until_true(lambda: not ear.friend("carol").unread)
        await ear.open("carol")
        pages = 0
        while ear.view.thread is not None and not ear.view.thread.complete:
            await ear.session.older(ear.view.thread)
            pages += 1
        assert len(ear.texts) == 2 * PAGE + 1
        assert pages >= 1


async def test_the_first_page_reaches_back_to_the_first_unread_message() -> None:
    node = inhabited()
    node.peer_says("carol", *(f"line {number}" for number in range(PAGE + 30)))
    async with Ear(node) as ear:
        await ear.refresh()
        await ear.open("carol")
        assert ear.view.thread is not None
        divider = ear.view.thread.index(ear.view.thread.divider) if ear.view.thread.divider else None
        assert divider is not None
        assert ear.texts[divider] == "line 0"


async def test_after_a_gap_the_pages_in_between_are_bridged() -> None:
    node = inhabited()
    async with Ear(node) as ear:
        await ear.refresh()
        await ear.open("bob")
        known = list(ear.texts)
        await ear.go_deaf()
        node.peer_says("bob", *(f"missed {number}" for number in range(PAGE * 3)))
        ear.session.tell(NodeFound())
        await ear.refresh()
        assert ear.texts == [*known, *(f"missed {number}" for number in range(PAGE * 3))]
        assert BRIDGED_PAGES > 3


async def test_a_message_is_shown_as_soon_as_it_is_on_disk() -> None:
    async with Ear(inhabited()) as ear:
        await ear.refresh()
        await ear.open("carol")
        await ear.session.send(ear.friend("carol").id, "are you back?", "key")
        assert ear.texts[-1] == "are you back?"


async def test_a_message_whose_answer_got_lost_is_not_sent_twice() -> None:
    node = inhabited()
    async with Ear(node) as ear:
        await ear.refresh()
        carol = node.find("carol")
        sending = Sending(ear.session)
        node.peer_alarms(carol.id, "another identity")
        with pytest.raises(NotAllowed):
            await sending.send(carol.id, "hello")
        key = sending._failed[carol.id, "hello"]
        await node.friends_acknowledge(carol.id)
        await node.send(carol.id, "hello", key=key)  # it had arrived after all
        await sending.send(carol.id, "hello")
        assert [entry.text for entry in await node.outbox_list()].count("hello") == 1


async def test_a_hosted_node_that_stops_is_lost_for_good() -> None:
    node = inhabited()
    async with Ear(node, hosting=True) as ear:
        await ear.gateway.daemon_stops()
        await ear.until(NodeLost)
        assert ear.view.lost
        assert ear._following is not None
        await ear._following


async def test_a_daemon_that_comes_back_is_found_again() -> None:
    node, later = inhabited(), inhabited()
    async with Ear(node) as ear:
        await ear.refresh()
        await ear.gateway.daemon_stops()
        await ear.until(NodeLost)
        ear.gateway.daemon_starts(later)
        await ear.until(NodeFound, times=2)
        assert not ear.view.lost
        assert Part.FRIENDS in ear.view.stale
        later.peer_says("bob", "back again")
        await ear.refresh()
        assert any(isinstance(one, Asked) for one in ear.heard)
        assert ear.session.api is later.door


class _Insistent(ProfileGateway):
    """Knows how often it looked for the node."""

    attempts = 0

    async def attach(self) -> Api:
        """Speak to it."""
        self.attempts += 1
        return await super().attach()


async def test_a_daemon_that_has_too_many_clients_is_come_back_to(tmp_path: Path) -> None:
    profile = Profile(paths=locate(None, tmp_path / "d", tmp_path / "c"), settings=Settings())
    node, gateway = inhabited(), _Insistent(profile)
    async with Ear(node) as ear:
        ear.session._gateway = gateway
        await ear.gateway.daemon_stops()
        async with hosted(later := inhabited(), profile.paths.socket, limits=Limits(clients=1)):
            another = await connect(profile.paths.socket)
            await another.status()
            while gateway.attempts <= 2:
                await another.status()
            assert [type(one) for one in ear.heard if isinstance(one, NodeFound | NodeLost)] == [NodeFound, NodeLost]
            await another.close()
            await ear.until(NodeFound, times=2)
            later.peer_says("bob", "there is room again")
            await ear.refresh()
            await ear.go_deaf()
            await gateway.close()
    assert sum(isinstance(one, NodeLost) for one in ear.heard) == 1


async def test_who_locks_is_told_before_it_is_so() -> None:
    """The next key may be the first of the passphrase: it must not go into the conversation."""
    node, told = inhabited(), list[tuple[list[Update], bool]]()
    desk = Desk(api=node.door, hosting=False)
    gateway = PlayedGateway(node, running=True)
    session = Session(gateway, desk, FrozenClock(), lambda bundle: told.append(([*bundle], node.door.locked)))
    await session.lock()
    assert told == [([NodeLocked()], False)]
    assert node.door.locked


@pytest.mark.parametrize("hosting", [False, True])
async def test_a_profile_that_is_locked_shows_nothing_and_goes_on_when_it_is_unlocked(hosting: bool) -> None:
    node = inhabited()
    async with Ear(node, hosting=hosting) as ear:
        await ear.refresh()
        assert ear.view.friends
        await node.door.lock()
        await ear.until(NodeLocked)
        assert ear.view == View(tor=ear.view.tor, locked=True)
        await node.door.unlock(PASSPHRASE)
        await ear.until(NodeFound, times=2)
        assert (ear.view.locked, ear.view.lost) == (False, False)
        assert ear.session.api is node.door
