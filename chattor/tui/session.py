"""Between the interface and one running node: follows its events, looks things up, carries commands.

It waits so that the interface never does. All it learns it tells as happenings, in the order it learned them; events
are bundled so that a flood costs one redraw. It knows no widget. Methods raise what the Api raises.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from chattor.api import Api, Gateway
from chattor.clock import Clock
from chattor.errors import ChattorError
from chattor.model.events import Event
from chattor.model.ids import FriendId, MessageId
from chattor.model.message import Message, Sent
from chattor.tui.state import (
    Asked,
    FriendsLoaded,
    Happening,
    IdentityLoaded,
    MessageSent,
    NodeFound,
    NodeLost,
    PageLoaded,
    ReadDone,
    RequestsLoaded,
    StatusLoaded,
)
from chattor.tui.view import Part, Thread, View

PAGE: Final = 100  # messages looked up at once
FIRST_PAGE_MAX: Final = 400  # the newest page reaches back to the first unread message, up to here
BRIDGED_PAGES: Final = 10  # after a gap so many pages are looked up to join what was loaded before
FRAME: Final = 1 / 60  # s; events are told at most this often
BREATHE: Final = 64  # events taken in before the keyboard gets its turn
LOOK_AGAIN: Final = (1.0, 2.0, 4.0, 8.0)  # s between attempts to find a node again


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The node at hand, and whether it ends with this window."""

    api: Api
    hosting: bool


class Session:
    """One interface's dealings with its node. `tell` is given bundles of happenings and must not wait."""

    def __init__(
        self,
        gateway: Gateway,
        desk: Desk,
        clock: Clock,
        tell: Callable[[Sequence[Happening]], None],
        look_again: Sequence[float] = LOOK_AGAIN,
    ) -> None:
        self._gateway = gateway
        self._desk = desk
        self._clock = clock
        self._tell_all = tell
        self._look_again = look_again
        self._inbox: list[Happening] = []
        self._flushing: asyncio.TimerHandle | None = None

    @property
    def api(self) -> Api:
        """The node."""
        return self._desk.api

    @property
    def hosting(self) -> bool:
        """Does the node end when we do?"""
        return self._desk.hosting

    @property
    def has_news(self) -> bool:
        """Was something learned that is not told yet?"""
        return bool(self._inbox)

    def now(self) -> datetime:
        """The wall clock."""
        return datetime.fromtimestamp(self._clock.wall() / 1000, UTC)

    async def follow(self) -> None:
        """Tell what happens for as long as a node runs; when a daemon stops, wait for it to come back."""
        while True:
            asyncio.get_running_loop().call_soon(self.tell, NodeFound())  # once we are subscribed: nothing is missed
            with suppress(ChattorError):
                await self._listen()
            self.tell(NodeLost())
            if self.hosting:
                return
            self._desk = replace(self._desk, api=await self._find_again())

    def tell(self, *happenings: Happening) -> None:
        """Now, after everything learned before."""
        if self._flushing:
            self._flushing.cancel()
            self._flushing = None
        told, self._inbox = [*self._inbox, *happenings], []
        self._tell_all(told)

    async def refresh(self, view: View) -> None:
        """Look up again whatever is stale."""
        self.tell(Asked(parts=view.stale))
        if Part.IDENTITY in view.stale:
            self.tell(IdentityLoaded(identity=await self.api.identity()))
        if Part.STATUS in view.stale:
            self.tell(StatusLoaded(status=await self.api.status()))
        if Part.FRIENDS in view.stale:
            self.tell(FriendsLoaded(friends=tuple(await self.api.friends_list())))
        if Part.REQUESTS in view.stale:
            self.tell(RequestsLoaded(requests=tuple(await self.api.friends_requests())))
        if Part.THREAD in view.stale and view.thread:
            await self._catch_up(view.thread)

    async def newest(self, friend: FriendId, unread: int) -> None:
        """The newest page of a conversation, with enough of it to show everything unread."""
        limit = min(max(PAGE, unread + PAGE // 4), FIRST_PAGE_MAX)
        await self._page(friend, limit, None)

    async def older(self, thread: Thread) -> None:
        """The page before the first message loaded."""
        if thread.messages:
            await self._page(thread.friend, PAGE, thread.messages[0].id)

    async def read(self, friend: FriendId) -> None:
        """The user has seen the end of a conversation."""
        await self.api.read(friend)
        self.tell(ReadDone(friend=friend))

    async def send(self, friend: FriendId, text: str, key: str) -> Sent:
        """Put a message on disk; repeated with the same key it is still one message."""
        sent = await self.api.send(friend, text, key=key)
        self.tell(MessageSent(sent=sent, text=text, at=self.now()))
        return sent

    async def _listen(self) -> None:
        taken = 0
        async for event in self.api.events():
            self._note(event)
            taken += 1
            if taken % BREATHE == 0:
                await asyncio.sleep(0)

    def _note(self, event: Event) -> None:
        self._inbox.append(event)
        if self._flushing is None:
            self._flushing = asyncio.get_running_loop().call_later(FRAME, self.tell)

    async def _find_again(self) -> Api:
        attempt = 0
        while True:
            await asyncio.sleep(self._look_again[min(attempt, len(self._look_again) - 1)])
            attempt += 1
            with suppress(ChattorError):
                return await self._gateway.attach()

    async def _page(self, friend: FriendId, limit: int, before: MessageId | None) -> None:
        page = await self.api.history(friend, limit=limit, before=before)
        self.tell(PageLoaded(friend=friend, messages=tuple(page), before=before, first=len(page) < limit))

    async def _catch_up(self, thread: Thread) -> None:
        """The newest page, and the ones before it until they meet what is loaded."""
        known = {message.id for message in thread.messages}
        found: list[Message] = []
        for _ in range(BRIDGED_PAGES):
            page = await self.api.history(thread.friend, limit=PAGE, before=found[0].id if found else None)
            found = [*page, *found]
            first = len(page) < PAGE
            if first or not known or any(message.id in known for message in page):
                break
        else:
            first = False
        self.tell(PageLoaded(friend=thread.friend, messages=tuple(found), before=None, first=first))
