"""Friends and requests as the faces see them. Field names are the JSON shapes of the product page."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from chattor.model.activity import Activity
from chattor.model.ids import FriendId

NOTE_MAX: Final = 280
"""Characters of a request's note."""


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
    options: dict[str, str] = {}
    """What is set for this friend: `receipts`, `typing` and `presence`, each on, off or default, and `retention`."""
    ephemeral: int | None = None
    """Seconds a text of either side lives after it was read or delivered; None for ever."""
    agent: bool = False
    """A program speaks there, as it says itself."""
    capabilities: list[str] = []
    """What it says it can do, in words of small letters, digits, dots and hyphens."""
    activity: Activity | None = None
    """What the friend says to be doing, while online."""


FRIEND_OPTIONS: Final = {
    "muted": ("off", "on"),
    "receipts": ("default", "on", "off"),
    "typing": ("default", "on", "off"),
    "presence": ("default", "on", "off"),
    "retention": ("default", "never"),
}
"""What can be set for one friend, and to what; `default` is as the settings say. Retention takes durations too."""


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
    notice: str | None = None
    """What to mind before answering, in words of ours: a name that looks like a friend's."""


class SafetyNumber(Struct, frozen=True, kw_only=True):
    """What two friends compare (protocol §6): 60 digits in groups of five, the same on both sides."""

    friend: FriendId
    digits: str
    verified: bool
