"""Messages as the faces see them. Field names are the JSON shapes of the product page."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from chattor.model.ids import FriendId, MessageId

TEXT_MAX: Final = 16_000
"""Bytes of UTF-8 in a text."""


class Direction(StrEnum):
    """Who wrote it."""

    IN = "in"
    OUT = "out"


class MessageState(StrEnum):
    """How far it got; ours only move forward. Incoming ones are `read` up to the read marker, then `delivered`."""

    QUEUED = "queued"
    SENDING = "sending"
    DELIVERED = "delivered"
    READ = "read"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


UNDER_WAY: Final = (MessageState.QUEUED, MessageState.SENDING)
"""Of ours: it may still arrive."""
GIVEN_UP: Final = (MessageState.CANCELLED, MessageState.EXPIRED)
"""Of ours: it never will."""
ME: Final = "me"
"""How `Message.reactions` names us."""


class Wait(StrEnum):
    """How far `send` waits before it answers."""

    QUEUED = "queued"
    DELIVERED = "delivered"


class Priority(StrEnum):
    """How urgent a message is: while many friends wait to be dialled, that of the most urgent message goes first.

    It never changes the order of what one friend is told. The least urgent comes first here.
    """

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class Message(Struct, frozen=True, kw_only=True):
    """One line of a conversation; `text` is None once it was deleted or has expired.

    `expires_at` of a text whose time is limited is set when its time begins, and stays when the text is gone.
    """

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
    ttl: int | None = None
    """Seconds the text lives once it was shown or, an own one, delivered; None for ever."""

    @property
    def has_expired(self) -> bool:
        """Whether its text is gone because a time was over, and was not deleted."""
        return self.text is None and (self.state is MessageState.EXPIRED or self.expires_at is not None)


class Sent(Struct, frozen=True, kw_only=True):
    """The answer to send: it is on disk."""

    id: MessageId
    friend: FriendId
    state: MessageState
    seq: int


class OutboxEntry(Struct, frozen=True, kw_only=True):
    """Something that waits, and why. What is no message (an edit, a request) has no text, and the id of its friend."""

    id: MessageId
    friend: FriendId
    text: str | None
    state: MessageState
    attempts: int
    next_attempt_at: datetime | None
    reason: str
    queued_at: datetime
    priority: Priority = Priority.NORMAL
