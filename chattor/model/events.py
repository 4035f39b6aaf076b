"""What happened, in the past tense. The durable log keeps ids only; text is looked up when an event is handed out.

Durable events have a cursor of their own. `presence` and `tor_state` are live only: they carry the cursor of the
last durable event, so a consumer may store any cursor it saw.
"""

from datetime import datetime

from msgspec import Struct

from chattor.model.friend import Friend, Request
from chattor.model.ids import Cursor, FriendId, MessageId
from chattor.model.message import Message, MessageState
from chattor.model.status import TorStatus


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
    """Name, mute, verified, note, unread: look the friend up again."""

    friend: FriendId


class IdentityAlarm(_Event, tag="identity_alarm", frozen=True, kw_only=True):
    """Something about an identity needs a human (protocol §3, §5, §6)."""

    friend: FriendId | None
    reason: str


class Expired(_Event, tag="expired", frozen=True, kw_only=True):
    """A message reached its age limit or its ephemeral timer."""

    friend: FriendId
    id: MessageId


class Gap(_Event, tag="gap", frozen=True, kw_only=True):
    """Events between the asked cursor and this one were pruned: read the history instead."""


class PresenceChanged(_Event, tag="presence", frozen=True, kw_only=True):
    """A friend came, went, or is typing. Live only."""

    friend: FriendId
    online: bool
    typing: bool


class TorStateChanged(_Event, tag="tor_state", frozen=True, kw_only=True):
    """Our tor moved. Live only."""

    tor: TorStatus


Event = (
    MessageReceived
    | MessageStateChanged
    | FriendRequested
    | FriendAdded
    | FriendRemoved
    | FriendChanged
    | IdentityAlarm
    | Expired
    | Gap
    | PresenceChanged
    | TorStateChanged
)
