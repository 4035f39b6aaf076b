"""Channels, ours and others'."""

from chattor.handlers import channels, publishing
from chattor.model.channel import Access, Channel, Post
from chattor.node.api.part import Part


class ChannelsPart(Part):
    """Implements `chattor.api.channels`."""

    async def channels_list(self) -> list[Channel]:
        """Ours first, then what we read, then what friends offer."""
        return await self._core.ask(channels.listing)

    async def channels_create(self, name: str, access: Access = Access.PUBLIC) -> Channel:
        """A new channel of ours."""
        return await self._core.act(channels.create, name, access)

    async def channels_publish(self, channel: str, text: str) -> Post:
        """Post a text in a channel of ours."""
        return await self._core.act(publishing.publish, publishing.Publish(channel=channel, text=text))

    async def channels_retract(self, id: str) -> Post:
        """Take a post of ours back."""
        return await self._core.act(publishing.retract, id)

    async def channels_subscribe(self, code: str, channel: str = "public") -> Channel:
        """Read a channel of whoever a code names."""
        return await self._core.act(channels.subscribe, channels.Subscribe(code=code, channel=channel))

    async def channels_unsubscribe(self, channel: str) -> Channel:
        """Read a channel no more."""
        return await self._core.act(channels.unsubscribe, channel)

    async def channels_feed(self, channel: str, limit: int = 50) -> list[Post]:
        """The newest posts, newest first."""
        return await self._core.ask(channels.feed, channel, limit)

    async def channels_read(self, channel: str) -> Channel:
        """Move our read marker to the end of a channel."""
        return await self._core.act(channels.read, channel)

    async def channels_sync(self, channel: str | None = None) -> list[Channel]:
        """Ask for news now, and wait for the answers."""
        await self._runtime.subscriptions.sync(channel)
        return await self._core.ask(channels.subscribed, channel)
