"""Between the interface and one running node: follows its events, looks things up, carries commands.

It waits so that the interface never does. All it learns it tells as updates, in the order it learned them; events
are bundled so that a flood costs one redraw. It knows no widget. Methods raise what the Api raises.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, tzinfo
from typing import Final

from chattor.api import Api, Gateway
from chattor.clock import Clock
from chattor.config.duration import parse_duration
from chattor.errors import ChattorError
from chattor.model.ids import ChannelId, FriendId, MessageId
from chattor.model.message import Message, Sent
from chattor.tui.updates import (
    ApprovalsLoaded,
    Asked,
    ChannelsLoaded,
    FeedLoaded,
    FriendsLoaded,
    IdentityLoaded,
    MessageSent,
    NewerLoaded,
    NodeFound,
    NodeLocked,
    NodeLost,
    PageLoaded,
    ReadDone,
    RequestsLoaded,
    StatusLoaded,
    Update,
    WindowLoaded,
)
from chattor.tui.view import Part, Thread, View

PAGE: Final = 100  # messages looked up at once
FEED: Final = 100  # posts of a channel looked up; a reader keeps as many, unless told otherwise
FIRST_PAGE_MAX: Final = 400  # the newest page reaches back to the first unread message, up to here
BRIDGED_PAGES: Final = 10  # after a gap so many pages are looked up to join what was loaded before
FRAME: Final = 1 / 60  # s; what is learned within it is told together
PAUSE: Final = 1 / 10  # s; between one bundle and the next while more and more is learned
MANY: Final = 8  # updates in one bundle; after so many the pause is longer: nobody reads that fast, somebody may type
LONGER: Final = 3  # times
BREATHE: Final = 64  # events taken in before the keyboard gets its turn
NEVER: Final = "never"  # what a setting says that is a time or none
LOOK_AT_LOCK: Final = 0.5  # s between looks whether a locked node is open again
LOOK_AGAIN: Final = (1.0, 2.0, 4.0, 8.0)  # s between attempts to find a node again


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The node at hand, and whether it ends with this window."""

    api: Api
    hosting: bool


class Session:
    """One interface's dealings with its node. `tell` is given bundles of updates and must not wait."""

    def __init__(
        self,
        gateway: Gateway,
        desk: Desk,
        clock: Clock,
        tell: Callable[[Sequence[Update]], None],
        look_again: Sequence[float] = LOOK_AGAIN,
        pause: float = PAUSE,
    ) -> None:
        self._gateway = gateway
        self._desk = desk
        self._clock = clock
        self._tell_all = tell
        self._look_again = look_again
        self._pause = pause
        self._inbox: list[Update] = []
        self._flushing: asyncio.TimerHandle | None = None
        self._paused_until = 0.0
        """When the next bundle may be told; what the user asked for himself does not wait."""

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
            with suppress(ChattorError):
                await self._until_open()
                asyncio.get_running_loop().call_soon(self.tell, NodeFound())  # once subscribed: nothing is missed
                await self._listen()
            if await self._is_locked():
                continue
            self.tell(NodeLost())
            if self.hosting:
                return
            self._desk = replace(self._desk, api=await self._find_again())

    def tell(self, *updates: Update) -> None:
        """Now, after everything learned before."""
        if self._flushing:
            self._flushing.cancel()
            self._flushing = None
        told, self._inbox = [*self._inbox, *updates], []
        if told:
            self._tell_all(told)

    async def refresh(self, view: View) -> None:
        """Look up again whatever is stale: asked for at once, and told in one bundle if it comes soon."""
        self._note(Asked(parts=view.stale))
        await asyncio.gather(*self._look_up(view))
        await asyncio.sleep(max(0.0, self._paused_until - asyncio.get_running_loop().time()))
        if self._inbox:
            self._tell_bundle()

    def _look_up(self, view: View) -> Iterator[Awaitable[None]]:
        if Part.IDENTITY in view.stale:
            yield self._identity()
        if Part.STATUS in view.stale:
            yield self._status()
        if Part.FRIENDS in view.stale:
            yield self._friends()
        if Part.REQUESTS in view.stale:
            yield self._requests()
        if Part.APPROVALS in view.stale:
            yield self._approvals()
        if Part.THREAD in view.stale and view.thread and not view.thread.detached:
            yield self._catch_up(view.thread)
        if Part.CHANNELS in view.stale:
            yield self._channels()
        if Part.FEED in view.stale and view.channel:
            yield self._feed(view.channel.id)

    async def identity(self) -> None:
        """Who we are, and where we still answer; no event tells that it changed."""
        await self._identity()
        self.tell()

    async def newest(self, friend: FriendId, unread: int) -> None:
        """The newest page of a conversation, with enough of it to show everything unread."""
        limit = min(max(PAGE, unread + PAGE // 4), FIRST_PAGE_MAX)
        await self._page(friend, limit, None)

    async def older(self, thread: Thread) -> None:
        """The page before the first message loaded."""
        if thread.messages:
            await self._page(thread.friend, PAGE, thread.messages[0].id)

    async def around(self, friend: FriendId, target: MessageId) -> None:
        """A window into the past."""
        page = tuple(await self.api.history(friend, limit=2 * PAGE, around=target))
        before = next((at for at, message in enumerate(page) if message.id == target), 0)
        first, last = before < PAGE, len(page) - before < PAGE
        self.tell(WindowLoaded(friend=friend, messages=page, target=target, first=first, last=last))

    async def day(self, friend: FriendId, of: date, zone: tzinfo | None) -> None:
        """A window on a day: the first message written then or later, where the machine or `zone` is."""
        midnight = datetime.combine(of, time(), zone).astimezone(UTC)
        page = tuple(await self.api.history(friend, limit=2 * PAGE, at=midnight))
        if page:
            here = next((n for n, one in enumerate(page) if (one.received_at or one.sent_at) >= midnight), len(page))
            target = next((one for one in page if one.sent_at >= midnight), page[-1]).id
            first, last = here < PAGE, len(page) - here < PAGE
            self.tell(WindowLoaded(friend=friend, messages=page, target=target, first=first, last=last))

    async def newer(self, thread: Thread) -> None:
        """The page after the last message loaded."""
        if thread.messages:
            after = thread.messages[-1].id
            page = tuple(await self.api.history(thread.friend, limit=2 * PAGE, around=after))
            before = next((at for at, message in enumerate(page) if message.id == after), 0)
            last = len(page) - before < PAGE
            self.tell(NewerLoaded(friend=thread.friend, messages=page, after=after, last=last))

    async def read(self, friend: FriendId) -> None:
        """The user has seen the end of a conversation."""
        await self.api.read(friend)
        self._note(ReadDone(friend=friend))

    async def feed(self, channel: ChannelId) -> None:
        """The newest posts of a channel."""
        await self._feed(channel)
        self.tell()

    async def send(self, friend: FriendId, text: str, key: str, reply_to: MessageId | None = None) -> Sent:
        """Put a message on disk; repeated with the same key it is still one message."""
        sent = await self.api.send(friend, text, reply_to=reply_to, key=key)
        self.tell(MessageSent(sent=sent, text=text, at=self.now(), reply_to=reply_to))
        return sent

    async def lock(self) -> None:
        """Told before it is so: the next key may be the first of the passphrase."""
        self.tell(NodeLocked())
        try:
            await self.api.lock()
        except ChattorError:
            self.tell(NodeFound())
            raise

    async def lock_after(self, idle: float) -> None:
        """Lock the profile if so many seconds without anybody are enough, as `[lock] after` says."""
        after = (await self.api.settings_get("lock.after")).value
        if after != NEVER and idle >= parse_duration(after):
            await self.api.lock()

    async def _until_open(self) -> None:
        """Wait until the node lets us in, wherever it is unlocked. Raises NoDaemon if it goes meanwhile."""
        if await self._is_locked():
            self.tell(NodeLocked())
        while (await self.api.status()).locked:  # noqa: ASYNC110  to those it keeps out a node tells nothing
            await asyncio.sleep(LOOK_AT_LOCK)

    async def _is_locked(self) -> bool:
        with suppress(ChattorError):
            return (await self.api.status()).locked
        return False

    async def _listen(self) -> None:
        taken = 0
        async for event in self.api.events(peek=True):
            self._note(event)
            taken += 1
            if taken % BREATHE == 0:
                await asyncio.sleep(0)

    def _note(self, update: Update) -> None:
        self._inbox.append(update)
        if self._flushing is None:
            loop = asyncio.get_running_loop()
            self._flushing = loop.call_at(max(loop.time() + FRAME, self._paused_until), self._tell_bundle)

    def _tell_bundle(self) -> None:
        pause = self._pause if len(self._inbox) < MANY else self._pause * LONGER
        self._paused_until = asyncio.get_running_loop().time() + pause
        self.tell()

    async def _find_again(self) -> Api:
        attempt = 0
        while True:
            await asyncio.sleep(self._look_again[min(attempt, len(self._look_again) - 1)])
            attempt += 1
            with suppress(ChattorError):
                api = await self._gateway.attach()
                await api.status()  # one with too many clients says so only now
                return api

    async def _page(self, friend: FriendId, limit: int, before: MessageId | None) -> None:
        page = await self.api.history(friend, limit=limit, before=before)
        self.tell(PageLoaded(friend=friend, messages=tuple(page), before=before, first=len(page) < limit))

    async def _identity(self) -> None:
        self._note(IdentityLoaded(identity=await self.api.identity()))

    async def _status(self) -> None:
        self._note(StatusLoaded(status=await self.api.status()))

    async def _friends(self) -> None:
        self._note(FriendsLoaded(friends=tuple(await self.api.friends_list())))

    async def _requests(self) -> None:
        self._note(RequestsLoaded(requests=tuple(await self.api.friends_requests())))

    async def _approvals(self) -> None:
        self._note(ApprovalsLoaded(approvals=tuple(await self.api.approvals_list())))

    async def _channels(self) -> None:
        self._note(ChannelsLoaded(channels=tuple(await self.api.channels_list())))

    async def _feed(self, channel: ChannelId) -> None:
        posts = await self.api.channels_feed(channel, limit=FEED)
        self._note(FeedLoaded(channel=channel, posts=tuple(reversed(posts))))

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
        self._note(PageLoaded(friend=thread.friend, messages=tuple(found), before=None, first=first))
