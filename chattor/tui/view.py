"""What the screens show, as one frozen value, and what can be read off it. No I/O, no widget, no clock."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from msgspec import structs

from chattor.model.friend import Friend, FriendState, Request, RequestDirection
from chattor.model.ids import FriendId, MessageId
from chattor.model.message import Message
from chattor.model.status import Identity, TorStatus


class Part(StrEnum):
    """What may have to be looked up again."""

    IDENTITY = "identity"
    FRIENDS = "friends"
    REQUESTS = "requests"
    STATUS = "status"
    THREAD = "thread"


EVERYTHING: Final = frozenset(Part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The open conversation as far as it is loaded, oldest first."""

    friend: FriendId
    messages: tuple[Message, ...] = ()
    loaded: bool = False
    """The newest page has arrived."""
    complete: bool = False
    """Nothing is older than the first message."""
    divider: MessageId | None = None
    """The first message that was new when the reader came, or while he looked elsewhere."""
    fresh: int = 0
    """How many the divider announces."""

    def index(self, id: MessageId) -> int | None:
        """Where a message is; looked for from the newest on."""
        for at in range(len(self.messages) - 1, -1, -1):
            if self.messages[at].id == id:
                return at
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All of it."""

    identity: Identity | None = None
    tor: TorStatus = field(default_factory=TorStatus)
    friends: tuple[Friend, ...] = ()
    requests: tuple[Request, ...] = ()
    waiting: int = 0
    """Messages in the outbox."""
    thread: Thread | None = None
    attending: bool = False
    """The end of the open conversation is on the screen and the terminal has the focus."""
    lost: bool = False
    """The node we spoke to has stopped."""
    stale: frozenset[Part] = frozenset()

    def friend(self, id: FriendId | None) -> Friend | None:
        """By id."""
        return next((one for one in self.friends if one.id == id), None)

    @property
    def open(self) -> Friend | None:
        """The friend whose conversation is open."""
        return self.friend(self.thread.friend) if self.thread else None

    @property
    def must_read(self) -> FriendId | None:
        """The friend whose messages were just seen."""
        one = self.open
        return one.id if one and self.attending and one.unread and not self.lost else None

    @property
    def incoming(self) -> tuple[Request, ...]:
        """Who asks us."""
        return tuple(one for one in self.requests if one.direction is RequestDirection.INCOMING)

    @property
    def listed(self) -> tuple[Friend, ...]:
        """The sidebar's order: unread first, then whoever wrote last, then by name; those who are no friends last."""
        return tuple(sorted((one for one in self.friends if one.state is not FriendState.INCOMING), key=_place))

    @property
    def next_unread(self) -> FriendId | None:
        """The friend Alt+A goes to: the first with something new, other than the open one."""
        here = self.thread.friend if self.thread else None
        return next((one.id for one in self.listed if one.unread and one.id != here), None)

    def with_friend(self, id: FriendId, **changes: object) -> "View":
        """The view with one friend changed; the same view if there is no such friend."""
        if self.friend(id) is None:
            return self
        return replace(self, friends=tuple(_with(one, changes) if one.id == id else one for one in self.friends))


_STATES: Final = {FriendState.FRIEND: 0, FriendState.OUTGOING: 1, FriendState.BLOCKED: 2}


def _place(one: Friend) -> tuple[int, bool, float, str, str]:
    latest = one.last_message_at.timestamp() if one.last_message_at else 0.0
    return _STATES.get(one.state, 3), not one.unread, -latest, one.name.casefold(), one.id


def _with(one: Friend, changes: dict[str, object]) -> Friend:
    return structs.replace(one, **changes)
