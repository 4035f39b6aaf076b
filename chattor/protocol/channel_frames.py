"""What travels about channels (protocol §7): the values of these frames. Their numbers and codecs stand in `frames`."""

from enum import IntEnum
from typing import Annotated

from msgspec import Meta, Struct

from chattor.protocol.limits import CHANNELS_MAX, NAME_MAX

ChannelName = Annotated[str, Meta(max_length=NAME_MAX)]


class Access(IntEnum):
    """Who may read a channel."""

    PUBLIC = 0
    FRIENDS = 1


class Listing(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One channel of a CHANNEL_LIST; its name is not sanitised yet."""

    name: ChannelName
    access: Access


class Channels(Struct, frozen=True):
    """Which channels of yours may I see?"""


class ChannelList(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """These."""

    channels: Annotated[list[Listing], Meta(max_length=CHANNELS_MAX)]

    def __repr__(self) -> str:
        return f"ChannelList({len(self.channels)})"


class Sync(Struct, frozen=True):
    """What came after this post, and whatever comes while this link stands; number 0 and no id: after none."""

    channel: bytes
    incarnation: int
    seq: int
    post_id: bytes


class Post(Struct, frozen=True):
    """One post of a channel (protocol §7); without a body once it was retracted."""

    channel: bytes
    epoch: int
    incarnation: int
    seq: int
    prev: bytes
    created_ms: int
    expires_ms: int
    kind: int
    body_hash: bytes
    signature: bytes
    body: bytes

    def __repr__(self) -> str:
        return f"Post(seq={self.seq}, {len(self.body)} bytes)"


class Posts(Struct, frozen=True):
    """The answer to a SYNC is over: it went up to this post; `more` is 1 if there are more.

    `oldest` is the id of the oldest post that is kept: nothing is missing before it.
    """

    channel: bytes
    incarnation: int
    seq: int
    post_id: bytes
    more: int
    oldest: bytes


class Unsubscribe(Struct, frozen=True):
    """Send me no more of this channel."""

    channel: bytes


class Seen(Struct, frozen=True):
    """I have read a channel up to this post."""

    channel: bytes
    post_id: bytes


ChannelFrame = Channels | ChannelList | Sync | Post | Posts | Unsubscribe
