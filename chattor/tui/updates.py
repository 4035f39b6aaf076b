"""What the interface learns: events of the node, answers to what it asked, and what its user does. Data only."""

from dataclasses import dataclass
from datetime import datetime

from chattor.model import events
from chattor.model.agent import Approval
from chattor.model.channel import Channel, Post
from chattor.model.friend import Friend, Request
from chattor.model.ids import ChannelId, FriendId, MessageId
from chattor.model.message import Message, Sent
from chattor.model.status import Identity, Status
from chattor.tui.view import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityLoaded:
    """Who we are."""

    identity: Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusLoaded:
    """One look at the node."""

    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class FriendsLoaded:
    """All relations."""

    friends: tuple[Friend, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsLoaded:
    """All unanswered requests."""

    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalsLoaded:
    """What agents ask for."""

    approvals: tuple[Approval, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelsLoaded:
    """Our channels, those we read, and those friends offer."""

    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOpened:
    """The user went to a channel."""

    channel: ChannelId


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLoaded:
    """The newest posts of a channel, oldest first."""

    channel: ChannelId
    posts: tuple[Post, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """These parts are being looked up: what happens from now on makes them stale again."""

    parts: frozenset[Part]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The user went to a conversation, or to none."""

    friend: FriendId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLoaded:
    """A page of history: the newest, or the one before a message. `first` if nothing is older."""

    friend: FriendId
    messages: tuple[Message, ...]
    before: MessageId | None
    first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowLoaded:
    """Messages around one in the past, `first` and `last` if nothing is older and newer."""

    friend: FriendId
    messages: tuple[Message, ...]
    target: MessageId
    first: bool
    last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NewerLoaded:
    """Messages after the last one loaded; `last` if nothing is newer."""

    friend: FriendId
    messages: tuple[Message, ...]
    after: MessageId
    last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent:
    """Our own message is on disk."""

    sent: Sent
    text: str
    at: datetime
    reply_to: MessageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDone:
    """Our read marker stands at the end of a conversation."""

    friend: FriendId


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """The user looks at the end of the open conversation, or no longer does."""

    attending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLost:
    """The node we spoke to has stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLocked:
    """The node we speak to was locked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFound:
    """We speak to a node again."""


Update = (
    events.Event
    | IdentityLoaded
    | StatusLoaded
    | FriendsLoaded
    | RequestsLoaded
    | ApprovalsLoaded
    | ChannelsLoaded
    | FeedOpened
    | FeedLoaded
    | Asked
    | Opened
    | PageLoaded
    | WindowLoaded
    | NewerLoaded
    | MessageSent
    | ReadDone
    | Attended
    | NodeLost
    | NodeLocked
    | NodeFound
)
