"""A toy node: the whole `Api` over plain lists in memory, for tests of the faces.

It keeps the product's rules (states, limits, errors, one durable event log) without crypto, store or network. What
the real node hears from friends is played by the `peer_*` methods: `peer_asks`, `peer_accepts`, `peer_shows`,
`peer_alarms`, `peer_says`, `peer_takes`, `peer_reads`. It does not sanitise text: the faces must. Nothing is canned.

`ToyNode("alice")` is alone and its tor is off; `inhabited()` has friends, requests and a few messages.
`tests.support.gateway.ToyGateway` is the `Gateway` in front of one.
"""

import asyncio
import os
from typing import Final

from msgspec.structs import replace

from chattor import __version__
from chattor.errors import (
    BadInput,
    NotAllowed,
    NotFound,
    TextTooLong,
    TimedOut,
)
from chattor.model.events import Expired, MessageReceived, MessageStateChanged, TorStateChanged
from chattor.model.friend import Friend, FriendState
from chattor.model.ids import FriendId, MessageId
from chattor.model.message import Direction, Message, MessageState, OutboxEntry, Sent, Wait
from chattor.model.status import Status, TorPhase, TorStatus
from chattor.protocol.limits import TEXT_MAX
from tests.support.toy_friends import ToyFriends

_SETTLED: Final = {MessageState.DELIVERED, MessageState.READ}
READY: Final = TorStatus(phase=TorPhase.READY, percent=100, ready=True, detail="Done")


class ToyNode(ToyFriends):
    """One node of one profile. A friend who is online takes what is sent to him at once."""

    def __init__(self, name: str = "alice", profile: str = "default") -> None:
        super().__init__(name)
        self._profile = profile
        self._tor = TorStatus()
        self._messages: dict[MessageId, Message] = {}
        self._waiting: dict[MessageId, OutboxEntry] = {}
        self._keys: dict[str, MessageId] = {}
        self._drafts: dict[FriendId, str] = {}
        self._settled: dict[MessageId, asyncio.Event] = {}

    async def status(self) -> Status:
        """One look."""
        friends = [one for one in self._friends.values() if one.state is FriendState.FRIEND]
        return Status(
            version=__version__, pid=os.getpid(), profile=self._profile, onion=self._me.onion, tor=self._tor,
            reachable=self._tor.ready, friends=len(friends), online=sum(one.online for one in friends),
            unread=sum(one.unread for one in friends), outbox=len(self._waiting),
        )  # fmt: skip

    def tor_moves(self, tor: TorStatus) -> None:
        """Our tor got further, or failed."""
        self._tor = tor
        self.whisper(lambda cursor, at: TorStateChanged(cursor=cursor, at=at, tor=tor))

    async def send(
        self,
        friend: str,
        text: str,
        wait: Wait = Wait.QUEUED,
        timeout: float | None = None,
        reply_to: str | None = None,
        key: str | None = None,
    ) -> Sent:
        """Queue; with `wait` answer when the friend has it."""
        one = self._addressee(friend)
        if key is not None and key in self._keys:
            message = self._messages[self._keys[key]]
        else:
            message = self._queue(one, text, None if reply_to is None else self._message(reply_to).id)
            if key is not None:
                self._keys[key] = message.id
        if wait is Wait.DELIVERED:
            await self._delivered(message.id, timeout)
        message = self._messages[message.id]
        return Sent(id=message.id, friend=one.id, state=message.state, seq=message.seq)

    async def history(
        self, friend: str, limit: int = 50, before: str | None = None, around: str | None = None
    ) -> list[Message]:
        """A page, oldest first."""
        if not 1 <= limit <= 1000:
            raise BadInput("limit must be 1 to 1000")
        if before and around:
            raise BadInput("before and around exclude each other")
        one = self.find(friend)
        lines = [message for message in self._messages.values() if message.friend == one.id]
        if around:
            at = lines.index(self._message(around))
            return lines[max(0, at - limit // 2) :][:limit]
        if before:
            lines = lines[: lines.index(self._message(before))]
        return lines[-limit:]

    async def read(self, friend: str) -> Friend:
        """Everything here is read."""
        one = self.find(friend)
        for message in [*self._messages.values()]:
            if message.friend == one.id and message.direction is Direction.IN:
                self._messages[message.id] = replace(message, state=MessageState.READ)
        return self._change(one.id, lambda was: replace(was, unread=0))

    async def draft(self, friend: str, text: str | None = None) -> str:
        """The unsent text."""
        one = self.find(friend)
        if text is not None:
            self._drafts[one.id] = text
        return self._drafts.get(one.id, "")

    async def outbox_list(self, limit: int = 1000) -> list[OutboxEntry]:
        """What waits."""
        return list(self._waiting.values())[:limit]

    async def outbox_retry(self, id: str) -> OutboxEntry:
        """One more attempt, in vain unless the friend is there."""
        entry = self._waits(id)
        entry = self._waiting[entry.id] = replace(entry, attempts=entry.attempts + 1, next_attempt_at=self.now())
        return entry

    async def outbox_cancel(self, id: str) -> Message:
        """Take it back unless it is on its way."""
        entry = self._waits(id)
        if entry.state is not MessageState.QUEUED:
            raise NotAllowed("it left already and may have arrived")
        self._move(entry.id, MessageState.CANCELLED)
        return self._messages[entry.id]

    def peer_says(self, friend: str, text: str, reply_to: str | None = None) -> Message:
        """A friend's message is committed here."""
        one = self.find(friend)
        quoted = None if reply_to is None else self._message(reply_to).id
        message = self._add(one, Direction.IN, text, MessageState.DELIVERED, quoted)
        self._friends[one.id] = replace(self._friends[one.id], unread=one.unread + 1)
        self.emit(
            lambda cursor, at: MessageReceived(cursor=cursor, at=at, friend=one.id, id=message.id, message=message)
        )
        return message

    def peer_takes(self, friend: str) -> None:
        """A friend's node commits everything that waits for it."""
        one = self.find(friend)
        for entry in [entry for entry in self._waiting.values() if entry.friend == one.id]:
            self._move(entry.id, MessageState.SENDING)
            self._move(entry.id, MessageState.DELIVERED)

    def peer_reads(self, friend: str) -> None:
        """A friend looks at all that was delivered."""
        one = self.find(friend)
        for message in [*self._messages.values()]:
            if (message.friend, message.direction, message.state) == (one.id, Direction.OUT, MessageState.DELIVERED):
                self._move(message.id, MessageState.READ)

    def leave_waiting(self, friend: str, text: str) -> Message:
        """What `send` does, for a friend who is away."""
        return self._queue(self._addressee(friend), text, None)

    def link_opens(self, id: str) -> None:
        """A waiting message is written to a link but not acknowledged yet."""
        self._move(self._waits(id).id, MessageState.SENDING)

    def expire(self, id: str) -> None:
        """A message's time is over."""
        message = self._message(id)
        self._move(message.id, MessageState.EXPIRED)
        self._messages[message.id] = replace(self._messages[message.id], text=None)
        self.emit(lambda cursor, at: Expired(cursor=cursor, at=at, friend=message.friend, id=message.id))

    def _addressee(self, friend: str) -> Friend:
        one = self.find(friend)
        if one.state is not FriendState.FRIEND:
            raise NotAllowed(f"{one.name} is not a friend yet")
        if one.alarm:
            raise NotAllowed(f"{one.alarm}; acknowledge it before you send to {one.name}")
        return one

    def _queue(self, friend: Friend, text: str, reply_to: MessageId | None) -> Message:
        if not text:
            raise BadInput("a message cannot be empty")
        if (size := len(text.encode())) > TEXT_MAX:
            raise TextTooLong(f"the text has {size:,} bytes, {TEXT_MAX:,} fit")
        message = self._add(friend, Direction.OUT, text, MessageState.QUEUED, reply_to)
        self._waiting[message.id] = OutboxEntry(
            id=message.id, friend=friend.id, text=text, state=message.state, attempts=0, next_attempt_at=None,
            reason="waiting for the first attempt", queued_at=message.sent_at,
        )  # fmt: skip
        self._tell(message)
        if friend.online:
            asyncio.get_running_loop().call_soon(self.peer_takes, friend.id)
        return message

    def _add(
        self, friend: Friend, direction: Direction, text: str, state: MessageState, reply_to: MessageId | None
    ) -> Message:
        stream = [one for one in self._messages.values() if (one.friend, one.direction) == (friend.id, direction)]
        at = self.now()
        message = Message(
            id=MessageId(f"m{self.next_id()}"), friend=friend.id, direction=direction, text=text, state=state,
            seq=len(stream) + 1, reply_to=reply_to, edited=False, reactions={}, sent_at=at,
            received_at=at if direction is Direction.IN else None, expires_at=None,
        )  # fmt: skip
        self._messages[message.id] = message
        self._friends[friend.id] = replace(self._friends[friend.id], last_message_at=at)
        return message

    def _move(self, id: MessageId, state: MessageState) -> None:
        message = self._messages[id] = replace(self._messages[id], state=state)
        if state is MessageState.SENDING:
            self._waiting[id] = replace(self._waiting[id], state=state, reason="on its way")
        else:
            self._waiting.pop(id, None)
        self._tell(message)
        if state in _SETTLED:
            self._settled.setdefault(id, asyncio.Event()).set()

    def _tell(self, message: Message) -> None:
        self.emit(
            lambda cursor, at: MessageStateChanged(
                cursor=cursor, at=at, friend=message.friend, id=message.id, state=message.state
            )
        )

    async def _delivered(self, id: MessageId, timeout: float | None) -> None:
        try:
            async with asyncio.timeout(timeout):
                await self._settled.setdefault(id, asyncio.Event()).wait()
        except TimeoutError:
            raise TimedOut(f"not delivered within {timeout:g} s") from None

    def _message(self, id: str) -> Message:
        if id not in self._messages:
            raise NotFound(f"no message {id!r}")
        return self._messages[MessageId(id)]

    def _waits(self, id: str) -> OutboxEntry:
        if id not in self._waiting:
            raise NotFound(f"no waiting message {id!r}")
        return self._waiting[MessageId(id)]


def inhabited() -> ToyNode:
    """Alice, with tor up: bob online, carol away with mail waiting, dave asking, and a few lines with bob."""
    node = ToyNode("alice")
    node.tor_moves(READY)
    bob, carol = node.friend("bob"), node.friend("carol")
    node.peer_shows(bob.id, online=True)
    node.peer_says(bob.id, "hello alice")
    node.peer_says(bob.id, "are you there?")
    node.leave_waiting(carol.id, "call me when you are back")
    node.peer_asks("dave", "we met at the congress")
    return node
