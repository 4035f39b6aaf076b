"""Friends and requests as the faces see them. Field names are the JSON shapes of the product page."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from chattor.model.ids import FriendId


class FriendState(StrEnum):
    """Where a relation stands. NONE is only ever an answer (removed, rejected, unblocked); it is never listed."""

    NONE = "none"
    FRIEND = "friend"
    OUTGOING = "outgoing"
    INCOMING = "incoming"
    BLOCKED = "blocked"


class Friend(Struct, frozen=True, kw_only=True):
    """One row of the friends list."""

    id: FriendId
    name: str
    onion: str
    state: FriendState
    online: bool
    typing: bool
    verified: bool
    muted: bool
    unread: int
    last_seen: datetime | None
    alarm: str | None = None
    """What must be acknowledged before sending works again, in words; None when all is well."""
    note: str | None = None
    """A healed fork, a lost continuity: shown, never blocking."""
    last_message_at: datetime | None = None


class RequestDirection(StrEnum):
    """Who asked."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


class Request(Struct, frozen=True, kw_only=True):
    """An unanswered wish to be friends. Its id is the friend's id."""

    id: FriendId
    direction: RequestDirection
    name: str
    note: str
    onion: str
    state: FriendState
    at: datetime


class SafetyNumber(Struct, frozen=True, kw_only=True):
    """What two friends compare (protocol §6): 60 digits in groups of five, the same on both sides."""

    friend: FriendId
    digits: str
    verified: bool
