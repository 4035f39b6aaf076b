"""What the screens show, as one frozen value, and what can be read off it. No I/O, no widget, no clock."""

from enum import StrEnum
from itertools import islice
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from chattor.model.agent import Approval
from chattor.model.channel import Channel, Post
from chattor.model.friend import Friend, FriendState, Request, RequestDirection
from chattor.model.ids import ChannelId, FriendId, MessageId
from chattor.model.status import Identity, Outage, TorStatus
from chattor.tui.history import History


class Part(StrEnum):
    """What may have to be looked up again."""

    IDENTITY = "identity"
    FRIENDS = "friends"
    REQUESTS = "requests"
    STATUS = "status"
    THREAD = "thread"
    CHANNELS = "channels"
    FEED = "feed"
    APPROVALS = "approvals"


EVERYTHING: Final = frozenset(Part)


class Thread(Struct, frozen=True, kw_only=True):
    """The open conversation as far as it is loaded, oldest first."""

    friend: FriendId
    messages: History = History()
    loaded: bool = False
    """The newest page has arrived."""
    complete: bool = False
    """Nothing is older than the first message."""
    divider: MessageId | None = None
    """The first message that was new when the reader came, or while he looked elsewhere."""
    fresh: int = 0
    """How many the divider announces."""
    detached: bool = False
    """There is more after the last message: the reader jumped into the past."""
    target: MessageId | None = None
    """Where he jumped to."""
    jumps: int = 0
    """How often he did."""

    def index(self, id: MessageId | None, within: int | None = None) -> int | None:
        """Where a message is; looked for from the newest on, among all or so many of them."""
        looked_at = islice(reversed(self.messages), within)
        from_end = next((at for at, message in enumerate(looked_at, start=1) if message.id == id), None)
        return None if from_end is None else len(self.messages) - from_end


class Feed(Struct, frozen=True, kw_only=True):
    """The open channel and its newest posts, oldest first."""

    channel: ChannelId
    posts: tuple[Post, ...] = ()
    loaded: bool = False


class View(Struct, frozen=True, kw_only=True):
    """All of it."""

    identity: Identity | None = None
    tor: TorStatus = field(default_factory=TorStatus)
    outage: Outage | None = None
    """Nobody can reach us, for a while already."""
    friends: tuple[Friend, ...] = ()
    requests: tuple[Request, ...] = ()
    approvals: tuple[Approval, ...] = ()
    """What agents ask for."""
    waiting: int = 0
    """Messages in the outbox."""
    channels: tuple[Channel, ...] = ()
    thread: Thread | None = None
    feed: Feed | None = None
    """A conversation is open, or a channel, or neither."""
    attending: bool = False
    """The end of the open conversation or channel is on the screen and the terminal has the focus."""
    lost: bool = False
    """The node we spoke to has stopped."""
    locked: bool = False
    """The node answers nothing until the passphrase is given; nothing of it is kept here either."""
    stale: frozenset[Part] = frozenset()

    def friend(self, id: FriendId | None) -> Friend | None:
        """By id."""
        return next((one for one in self.friends if one.id == id), None)

    @property
    def open(self) -> Friend | None:
        """The friend whose conversation is open."""
        return self.friend(self.thread.friend) if self.thread else None

    @property
    def here(self) -> FriendId | ChannelId | None:
        """Whose conversation, or which channel, is open."""
        return self.thread.friend if self.thread else self.feed.channel if self.feed else None

    @property
    def must_read(self) -> FriendId | None:
        """The friend whose messages were just seen."""
        one = self.open
        return one.id if one and self.attending and one.unread and not self.lost else None

    @property
    def channel(self) -> Channel | None:
        """The channel that is open."""
        return next((one for one in self.channels if self.feed and one.id == self.feed.channel), None)

    @property
    def followed(self) -> tuple[Channel, ...]:
        """The channels of the sidebar: ours and those we read; of friends, who all have two, those with posts."""
        return tuple(one for one in self.channels if one.own or (one.subscribed and (one.posts or not one.friend)))

    @property
    def must_read_channel(self) -> ChannelId | None:
        """The channel whose posts were just seen."""
        one = self.channel
        seen = one and one.unread and self.attending and self.feed and self.feed.loaded
        return one.id if one and seen and not self.lost else None

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

    @property
    def next_unread_channel(self) -> ChannelId | None:
        """The first channel with something new, other than the open one."""
        return next((one.id for one in self.followed if one.unread and one is not self.channel), None)

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
    return replace(one, **changes)
