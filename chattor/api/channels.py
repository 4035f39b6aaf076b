"""Channels. CHANNEL is an id, a name, or OWNER/NAME; of ours and others' with one name ours is meant."""

from typing import Protocol

from chattor.model.channel import Access, Channel, Post


class ChannelsApi(Protocol):
    """Signed broadcast feeds, ours and others'."""

    async def channels_list(self) -> list[Channel]:
        """Ours first, then what we read, then what friends offer."""
        ...

    async def channels_create(self, name: str, access: Access = Access.PUBLIC) -> Channel:
        """A new channel of ours, for everybody who has our code or for friends only."""
        ...

    async def channels_publish(self, channel: str, text: str) -> Post:
        """Post a text of at most 15,000 bytes in a channel of ours; answers once it is on disk."""
        ...

    async def channels_retract(self, id: str) -> Post:
        """Take a post of ours back: its text goes wherever this is heard."""
        ...

    async def channels_subscribe(self, code: str, channel: str = "public") -> Channel:
        """Read a channel of the owner of a friend code, who need not be a friend; `code` may also be a FRIEND."""
        ...

    async def channels_unsubscribe(self, channel: str) -> Channel:
        """Read a channel no more."""
        ...

    async def channels_feed(self, channel: str, limit: int = 50) -> list[Post]:
        """The newest posts, newest first."""
        ...

    async def channels_read(self, channel: str) -> Channel:
        """Move our read marker to the end of a channel."""
        ...

    async def channels_sync(self, channel: str | None = None) -> list[Channel]:
        """Ask for news now, of one channel's owner or of all, and wait for the answers; what we read, as it is then."""
        ...
