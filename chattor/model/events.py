"""What happened, in the past tense. The durable log keeps ids only; text is looked up when an event is handed out.

Durable events have a cursor of their own. `presence` and `tor_state` are live only: they carry the cursor of the
last durable event, so a consumer may store any cursor it saw.
"""

from datetime import datetime

from msgspec import Struct

from chattor.model.activity import Activity
from chattor.model.agent import Approval
from chattor.model.channel import Post
from chattor.model.friend import Friend, Request
from chattor.model.ids import ApprovalId, ChannelId, Cursor, FriendId, MessageId, PostId
from chattor.model.message import Message, MessageState
from chattor.model.status import Outage, TorStatus


class _Event(Struct, frozen=True, kw_only=True, tag_field="event"):
    cursor: Cursor
    at: datetime


class MessageReceived(_Event, tag="message_received", frozen=True, kw_only=True):
    """A friend's message was committed; `message` is None if it is gone by now."""

    friend: FriendId
    id: MessageId
    message: Message | None


class MessageStateChanged(_Event, tag="message_state", frozen=True, kw_only=True):
    """One of our messages got further."""

    friend: FriendId
    id: MessageId
    state: MessageState


class MessageChanged(_Event, tag="message_changed", frozen=True, kw_only=True):
    """A message was edited, deleted or reacted to, by either side; `message` is None if it is gone by now."""

    friend: FriendId
    id: MessageId
    message: Message | None


class FriendRequested(_Event, tag="friend_request", frozen=True, kw_only=True):
    """A request arrived or was made; None if it is answered by now."""

    friend: FriendId
    request: Request | None


class FriendAdded(_Event, tag="friend_added", frozen=True, kw_only=True):
    """Both sides agreed."""

    friend: FriendId
    detail: Friend | None


class FriendRemoved(_Event, tag="friend_removed", frozen=True, kw_only=True):
    """The relation ended, or a request was withdrawn, rejected or blocked."""

    friend: FriendId


class FriendChanged(_Event, tag="friend_changed", frozen=True, kw_only=True):
    """Name, mute, verified, note, unread, capabilities: look the friend up again."""

    friend: FriendId


class IdentityAlarm(_Event, tag="identity_alarm", frozen=True, kw_only=True):
    """Something about an identity needs a human (protocol §3, §5, §6)."""

    friend: FriendId | None
    reason: str


class Expired(_Event, tag="expired", frozen=True, kw_only=True):
    """A message reached its age limit or its ephemeral timer."""

    friend: FriendId
    id: MessageId


class PostReceived(_Event, tag="post_received", frozen=True, kw_only=True):
    """A post of a channel we read was committed; `post` is None if it is gone by now."""

    channel: ChannelId
    id: PostId
    friend: FriendId | None
    post: Post | None


class ChannelChanged(_Event, tag="channel_changed", frozen=True, kw_only=True):
    """Posts of ours, a retraction, unread, a subscription: look the channel up again."""

    channel: ChannelId


class Unreachable(_Event, tag="unreachable", frozen=True, kw_only=True):
    """Nobody can reach us, or could for a while: told once it lasts, and once it is over. None if long forgotten."""

    outage: Outage | None


class ApprovalChanged(_Event, tag="approval", frozen=True, kw_only=True):
    """An agent wants something done, or a human decided; `approval` is None if it is forgotten by now."""

    id: ApprovalId
    approval: Approval | None


class Gap(_Event, tag="gap", frozen=True, kw_only=True):
    """Events between the asked cursor and this one were pruned: read the history instead."""


class PresenceChanged(_Event, tag="presence", frozen=True, kw_only=True):
    """A friend came, went, is typing, or does something else. Live only."""

    friend: FriendId
    online: bool
    typing: bool
    activity: Activity | None = None


class TorStateChanged(_Event, tag="tor_state", frozen=True, kw_only=True):
    """Our tor moved. Live only."""

    tor: TorStatus


Event = (
    MessageReceived
    | MessageStateChanged
    | MessageChanged
    | FriendRequested
    | FriendAdded
    | FriendRemoved
    | FriendChanged
    | IdentityAlarm
    | Expired
    | PostReceived
    | ChannelChanged
    | ApprovalChanged
    | Unreachable
    | Gap
    | PresenceChanged
    | TorStateChanged
)
