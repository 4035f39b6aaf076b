"""Messages as the faces see them. Field names are the JSON shapes of the product page."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from chattor.model.ids import FriendId, MessageId


class Direction(StrEnum):
    """Who wrote it."""

    IN = "in"
    OUT = "out"


class MessageState(StrEnum):
    """How far it got; it only moves forward. Incoming messages are `delivered`, then `read`."""

    QUEUED = "queued"
    SENDING = "sending"
    DELIVERED = "delivered"
    READ = "read"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Wait(StrEnum):
    """How far `send` waits before it answers."""

    QUEUED = "queued"
    DELIVERED = "delivered"


class Message(Struct, frozen=True, kw_only=True):
    """One line of a conversation; `text` is None once it was deleted or has expired."""

    id: MessageId
    friend: FriendId
    direction: Direction
    text: str | None
    state: MessageState
    seq: int
    reply_to: MessageId | None
    edited: bool
    reactions: dict[str, list[str]]
    sent_at: datetime
    received_at: datetime | None
    expires_at: datetime | None


class Sent(Struct, frozen=True, kw_only=True):
    """The answer to send: it is on disk."""

    id: MessageId
    friend: FriendId
    state: MessageState
    seq: int


class OutboxEntry(Struct, frozen=True, kw_only=True):
    """One message that waits, and why."""

    id: MessageId
    friend: FriendId
    text: str | None
    state: MessageState
    attempts: int
    next_attempt_at: datetime | None
    reason: str
    queued_at: datetime
