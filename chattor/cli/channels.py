"""`chattor channels …`: signed broadcast feeds. CHANNEL is an id, a name, or OWNER/NAME."""

import click

from chattor.api import Api
from chattor.cli import complete
from chattor.cli import show_channels as show
from chattor.cli.root import root
from chattor.cli.stdin import text_argument
from chattor.cli.verb import verb
from chattor.model.channel import Access, Channel, Post
from chattor.protocol.limits import POST_MAX

_ACCESS = click.Choice([one.value for one in Access])
_PAGE = click.IntRange(1, 1_000)
channel = click.argument("channel", shell_complete=complete.channels)


@root.group()
def channels() -> None:
    """Channels: list, create, publish, subscribe, read."""


@verb(channels, show.channels, name="list")
async def _list(api: Api) -> list[Channel]:
    """List our channels, those we read, and those friends offer."""
    return await api.channels_list()


@verb(channels, show.channel)
@click.argument("name")
@click.option("--access", type=_ACCESS, default=Access.PUBLIC.value, show_default=True, help="Who may read it.")
async def create(api: Api, name: str, access: str) -> Channel:
    """Make a channel, for everybody who has our code or for friends only."""
    return await api.channels_create(name, Access(access))


@verb(channels, show.post)
@channel
@click.argument("text", required=False)
async def publish(api: Api, channel: str, text: str | None) -> Post:
    """Post TEXT in a channel of ours; `-` reads it from stdin."""
    return await api.channels_publish(channel, text_argument(text, POST_MAX))


@verb(channels, show.channel)
@click.argument("code")
@click.option("--channel", metavar="NAME", default="public", show_default=True, help="Which of their channels.")
async def subscribe(api: Api, code: str, channel: str) -> Channel:
    """Read a channel of the owner of a friend CODE, who need not be a friend and does not learn who reads."""
    return await api.channels_subscribe(code, channel)


@verb(channels, show.channel)
@channel
async def unsubscribe(api: Api, channel: str) -> Channel:
    """Read a channel no more."""
    return await api.channels_unsubscribe(channel)


@verb(channels, show.feed, reading=True)
@channel
@click.option("--limit", type=_PAGE, metavar="N", default=50, show_default=True, help="At most so many.")
async def feed(api: Api, channel: str, limit: int) -> list[Post]:
    """Show the posts of a channel, newest first."""
    return await api.channels_feed(channel, limit)


@verb(channels, show.channel)
@channel
async def read(api: Api, channel: str) -> Channel:
    """Mark all of a channel as read; `feed` alone does not."""
    return await api.channels_read(channel)


@verb(channels, show.channels)
@click.argument("channel", required=False, shell_complete=complete.channels)
async def sync(api: Api, channel: str | None) -> list[Channel]:
    """Ask for news now: the owner of one channel, or of all we read."""
    return await api.channels_sync(channel)


@verb(channels, show.post)
@click.argument("id")
async def retract(api: Api, id: str) -> Post:
    """Take a post of ours back; its text goes wherever this is heard."""
    return await api.channels_retract(id)
