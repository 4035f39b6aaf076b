"""One running core behind the Api: each method is one handler in one transaction, nothing is decided here."""

import asyncio
import os
from collections.abc import AsyncIterator

from chattor import __version__
from chattor.api import Batch
from chattor.crypto.keys import id_commit
from chattor.crypto.safety import fingerprint
from chattor.errors import BadInput, NotAllowed, TimedOut
from chattor.handlers import delivery, friends, log, messaging
from chattor.handlers.overview import overview
from chattor.handlers.views import moment
from chattor.model.address import OnionAddress
from chattor.model.events import Event, PresenceChanged, TorStateChanged
from chattor.model.friend import Friend, Request, SafetyNumber
from chattor.model.ids import Cursor
from chattor.model.message import Message, MessageState, OutboxEntry, Sent, Wait
from chattor.model.status import Identity, Status
from chattor.node.core import Core
from chattor.node.hub import Live, Presence
from chattor.node.runtime import Runtime

_UNDER_WAY = (MessageState.QUEUED, MessageState.SENDING)
_PAGE = 200


class Node:
    """Implements `chattor.api.Api` in process."""

    def __init__(self, core: Core, runtime: Runtime) -> None:
        self._core = core
        self._runtime = runtime
        self.stopping = asyncio.Event()
        """Set when somebody asked the host to stop."""

    async def start(self) -> None:
        """Begin to connect; returns at once. Raises TorMissing, TorRefused."""
        await self._runtime.start()

    async def close(self) -> None:
        """Stop everything in order and close the store; safe to repeat."""
        self.stopping.set()
        self._core.hub.close()
        await self._runtime.stop()
        await self._core.database.close()

    async def status(self) -> Status:
        """One look at the node."""
        counts = await self._core.ask(overview)
        tor = self._runtime.tor
        return Status(
            version=__version__,
            pid=os.getpid(),
            profile=self._core.profile,
            onion=self._onion(),
            tor=tor,
            reachable=tor.ready,
            friends=counts.friends,
            online=counts.online,
            unread=counts.unread,
            outbox=counts.outbox,
        )

    async def identity(self) -> Identity:
        """Our name, friend code, onion and fingerprint."""
        own = self._core.own
        keys = own.identity
        return Identity(
            name=own.name,
            friend_code=friends.own_code(self._core.ctx()).encode(),
            onion=self._onion(),
            fingerprint=fingerprint(keys.sig.public, keys.dh.public, id_commit(keys.sig.public, keys.dh.public)),
        )

    async def stop(self) -> None:
        """Ask the host to stop; answers before it does."""
        self.stopping.set()

    async def friends_list(self) -> list[Friend]:
        """All relations, friends first, then by name."""
        return await self._core.ask(friends.listing)

    async def friends_requests(self) -> list[Request]:
        """Unanswered requests, both directions, oldest first."""
        return await self._core.act(friends.requests)

    async def friends_add(self, code: str, name: str | None = None, note: str = "") -> Request:
        """Ask the owner of a friend code to be friends."""
        return await self._core.act(friends.add, friends.AddFriend(code=code, name=name, note=note))

    async def friends_accept(self, id: str) -> Friend:
        """Accept an incoming request."""
        return await self._core.act(friends.accept, id)

    async def friends_reject(self, id: str) -> Request:
        """Refuse an incoming request."""
        return await self._core.act(friends.reject, id)

    async def friends_cancel(self, id: str) -> Request:
        """Withdraw an outgoing request."""
        return await self._core.act(friends.cancel, id)

    async def friends_rename(self, friend: str, name: str) -> Friend:
        """Give a friend another local name."""
        return await self._core.act(friends.rename, friend, name)

    async def friends_remove(self, friend: str, keep_history: bool = True) -> Friend:
        """End a friendship."""
        return await self._core.act(friends.remove, friend, keep_history)

    async def friends_block(self, friend: str) -> Friend:
        """Close every link to a friend and refuse new ones."""
        return await self._core.act(friends.block, friend)

    async def friends_unblock(self, friend: str) -> Friend:
        """Let a blocked person ask again."""
        return await self._core.act(friends.unblock, friend)

    async def friends_mute(self, friend: str) -> Friend:
        """No notifications from this friend."""
        return await self._core.act(friends.set_option, friend, "muted", "on")

    async def friends_unmute(self, friend: str) -> Friend:
        """Notifications again."""
        return await self._core.act(friends.set_option, friend, "muted", "off")

    async def friends_set(self, friend: str, key: str, value: str) -> Friend:
        """Set one per-friend option."""
        return await self._core.act(friends.set_option, friend, key, value)

    async def friends_acknowledge(self, friend: str) -> Friend:
        """Take note of an alarm."""
        return await self._core.act(friends.acknowledge, friend)

    async def friends_verify(self, friend: str, confirm: bool = False) -> SafetyNumber:
        """The safety number; with `confirm` the friend is marked verified."""
        return await self._core.act(friends.verify, friend, confirm)

    async def send(
        self,
        friend: str,
        text: str,
        wait: Wait = Wait.QUEUED,
        timeout: float | None = None,
        reply_to: str | None = None,
        key: str | None = None,
    ) -> Sent:
        """Queue a message; answers once it is on disk, or delivered with `wait`."""
        if timeout is not None and not 0 <= timeout < float("inf"):
            raise BadInput("the timeout is a number of seconds, 0 or more")
        command = messaging.SendText(friend=friend, text=text, reply_to=reply_to, key=key)
        sent = await self._core.act(messaging.send_text, command)
        if wait is Wait.DELIVERED:
            return await self._delivered(sent, timeout)
        return sent

    async def history(
        self, friend: str, limit: int = 50, before: str | None = None, around: str | None = None
    ) -> list[Message]:
        """A page of a conversation, oldest first."""
        command = messaging.History(friend=friend, limit=limit, before=before, around=around)
        return await self._core.ask(messaging.history, command)

    async def read(self, friend: str) -> Friend:
        """Move our read marker to the end of the conversation."""
        return await self._core.act(messaging.read, friend)

    async def draft(self, friend: str, text: str | None = None) -> str:
        """The unsent text kept for a friend."""
        return await self._core.act(messaging.draft, friend, text)

    async def outbox_list(self, limit: int = 1000) -> list[OutboxEntry]:
        """What waits, oldest first."""
        return await self._core.ask(delivery.outbox, limit)

    async def outbox_retry(self, id: str) -> OutboxEntry:
        """Try now."""
        return await self._core.act(delivery.retry, id)

    async def outbox_cancel(self, id: str) -> Message:
        """Take a message back that never left."""
        return await self._core.act(messaging.cancel, id)

    async def recv(self, since: str | None = None, ack: bool = False, limit: int = 100) -> Batch:
        """Events after `since`, or after the stored cursor."""
        return await self._core.act(log.recv, since, ack, limit)

    async def events(self, since: str | None = None) -> AsyncIterator[Event]:
        """Events as they happen, after `since` if given; ends when the node stops."""
        core = self._core
        cursor = await core.ask(log.head) if since is None else log.place(since)
        with core.hub.ear() as ear:
            while True:
                while page := await core.ask(log.page, cursor, _PAGE):
                    for event in page:
                        yield event
                    cursor = log.place(page[-1].cursor)
                for live in ear.take():
                    yield self._live(live, cursor)
                if core.hub.closed:
                    return
                await ear.listen()

    async def _delivered(self, sent: Sent, timeout: float | None) -> Sent:
        try:
            async with asyncio.timeout(timeout):
                with self._core.hub.ear() as ear:
                    while True:
                        row = await self._core.ask(messaging.sent, sent.id)
                        if row.state not in _UNDER_WAY:
                            return _arrived(row)
                        if self._core.hub.closed:
                            raise TimedOut("the node stopped before it was delivered; it stays queued")
                        await ear.listen()
        except TimeoutError as error:
            raise TimedOut(f"not delivered within {timeout:g} s; it stays queued") from error

    def _live(self, live: Live, cursor: int) -> Event:
        at, place = moment(self._core.clock.wall()), Cursor(str(cursor))
        if isinstance(live, Presence):
            return PresenceChanged(cursor=place, at=at, friend=live.friend, online=live.online, typing=False)
        return TorStateChanged(cursor=place, at=at, tor=live)

    def _onion(self) -> str:
        return str(OnionAddress(self._core.own.identity.onion.public))


def _arrived(sent: Sent) -> Sent:
    """Raises NotAllowed for what never will."""
    if sent.state in (MessageState.CANCELLED, MessageState.EXPIRED):
        raise NotAllowed(f"it was {sent.state} before it was delivered")
    return sent
