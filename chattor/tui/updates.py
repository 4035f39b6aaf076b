"""What the interface learns: events of the node, answers to what it asked, and what its user does. Data only."""

from datetime import datetime

from msgspec import Struct

from chattor.model import events
from chattor.model.agent import Approval
from chattor.model.channel import Channel, Post
from chattor.model.friend import Friend, Request
from chattor.model.ids import ChannelId, FriendId, MessageId
from chattor.model.message import Message, Sent
from chattor.model.status import Identity, Status
from chattor.tui.view import Part


class IdentityLoaded(Struct, frozen=True, kw_only=True):
    """Who we are."""

    identity: Identity


class StatusLoaded(Struct, frozen=True, kw_only=True):
    """One look at the node."""

    status: Status


class FriendsLoaded(Struct, frozen=True, kw_only=True):
    """All relations."""

    friends: tuple[Friend, ...]


class RequestsLoaded(Struct, frozen=True, kw_only=True):
    """All unanswered requests."""

    requests: tuple[Request, ...]


class ApprovalsLoaded(Struct, frozen=True, kw_only=True):
    """What agents ask for."""

    approvals: tuple[Approval, ...]


class ChannelsLoaded(Struct, frozen=True, kw_only=True):
    """Our channels, those we read, and those friends offer."""

    channels: tuple[Channel, ...]


class FeedOpened(Struct, frozen=True, kw_only=True):
    """The user went to a channel."""

    channel: ChannelId


class FeedLoaded(Struct, frozen=True, kw_only=True):
    """The newest posts of a channel, oldest first."""

    channel: ChannelId
    posts: tuple[Post, ...]


class Asked(Struct, frozen=True, kw_only=True):
    """These parts are being looked up: what happens from now on makes them stale again."""

    parts: frozenset[Part]


class Opened(Struct, frozen=True, kw_only=True):
    """The user went to a conversation, or to none."""

    friend: FriendId | None


class PageLoaded(Struct, frozen=True, kw_only=True):
    """A page of history: the newest, or the one before a message. `first` if nothing is older."""

    friend: FriendId
    messages: tuple[Message, ...]
    before: MessageId | None
    first: bool


class WindowLoaded(Struct, frozen=True, kw_only=True):
    """Messages around one in the past, `first` and `last` if nothing is older and newer."""

    friend: FriendId
    messages: tuple[Message, ...]
    target: MessageId
    first: bool
    last: bool


class NewerLoaded(Struct, frozen=True, kw_only=True):
    """Messages after the last one loaded; `last` if nothing is newer."""

    friend: FriendId
    messages: tuple[Message, ...]
    after: MessageId
    last: bool


class MessageSent(Struct, frozen=True, kw_only=True):
    """Our own message is on disk."""

    sent: Sent
    text: str
    at: datetime
    reply_to: MessageId | None = None


class ReadDone(Struct, frozen=True, kw_only=True):
    """Our read marker stands at the end of a conversation."""

    friend: FriendId


class Attended(Struct, frozen=True, kw_only=True):
    """The user looks at the end of the open conversation, or no longer does."""

    attending: bool


class NodeLost(Struct, frozen=True, kw_only=True):
    """The node we spoke to has stopped."""


class NodeLocked(Struct, frozen=True, kw_only=True):
    """The node we speak to was locked."""


class NodeFound(Struct, frozen=True, kw_only=True):
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
