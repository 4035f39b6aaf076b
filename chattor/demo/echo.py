"""Echo: a bot for the demo, and the smallest example of one.

It accepts everybody, says back what it hears, and has news in its public channel now and then.
"""

import asyncio
from typing import Final

from chattor.api import NodeApi
from chattor.demo.patience import together
from chattor.model.events import FriendRequested, MessageReceived
from chattor.model.friend import RequestDirection

PASSPHRASE: Final = "demo demo"  # noqa: S105  of a new user whom the demo deletes again
"""Whoever locks the window, or tries to change it, must know the one that is there."""
GREETING: Final = (
    "Hello, I am a bot. Whatever you write travels to me over a Tor onion service, and back the same way.\n"
    f"Your passphrase in this demo is: {PASSPHRASE}"
)
CHANNEL: Final = "public"
NEWS: Final = (
    "Welcome to my channel. Every post here is signed by me, and you read it because we are friends.",
    "A post goes at once to whoever is there; who comes back later asks for what he missed.",
    "You have two channels of your own: anybody who has your code may read the one, only friends the other.",
    "A post can be taken back. Then its text goes from every copy that hears of it.",
)
EVERY: Final = 90.0  # s between two posts


async def echo(api: NodeApi) -> None:
    """Serve until the node ends."""
    await together(_answer(api), _publish(api))


async def _answer(api: NodeApi) -> None:
    """A repeated event gives no second answer: the key is the event's own."""
    async for event in api.events("0"):
        match event:
            case FriendRequested(request=request) if request and request.direction is RequestDirection.INCOMING:
                friend = await api.friends_accept(request.id)
                await api.send(friend.id, GREETING, key=f"greeting {friend.id}")
            case MessageReceived(message=message) if message and message.text:
                await api.read(message.friend)
                await api.send(message.friend, message.text, key=f"echo {message.id}")
            case _:
                continue


async def _publish(api: NodeApi) -> None:
    """All the news, each once: what is in the channel already says where to go on."""
    told = len(await api.channels_feed(CHANNEL))
    for text in NEWS[told:]:
        await api.channels_publish(CHANNEL, text)
        await asyncio.sleep(EVERY)
