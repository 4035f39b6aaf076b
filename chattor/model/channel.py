"""Channels and posts as the faces see them. Field names are the JSON shapes of the product page."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from chattor.model.ids import ChannelId, FriendId, PostId

POST_MAX: Final = 15_000
"""Bytes of UTF-8 in a post."""


class Access(StrEnum):
    """Who may read a channel."""

    PUBLIC = "public"
    FRIENDS = "friends"


class Channel(Struct, frozen=True, kw_only=True):
    """One row of the list of channels."""

    id: ChannelId
    name: str
    owner: str
    """What the owner is called here: our name, a friend's, or a stranger's address, shortened."""
    own: bool
    access: Access
    subscribed: bool
    posts: int
    unread: int
    last_sync: datetime | None
    friend: FriendId | None = None
    """The owner, if he is a friend."""
    alarm: str | None = None
    """Its owner, or a copy of him, said two things at once."""
    note: str | None = None
    """Why it could not be fetched."""


class Post(Struct, frozen=True, kw_only=True):
    """One post; `text` is None once it was retracted or has expired, and in the last one of an identity."""

    id: PostId
    channel: ChannelId
    seq: int
    text: str | None
    created_at: datetime
    seen_by: int | None
    """How many friends said that they read it; None for posts of others."""
    retracted: bool
    gap: int = 0
    """How many posts are missing right before this one."""
    contradicted: bool = False
    """Another post claims the same place."""
    successor: str | None = None
    """Here its owner became another identity: the friend code of who goes on."""
