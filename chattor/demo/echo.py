"""Echo: a bot for the demo, and the smallest example of one. It accepts everybody and says back what it hears."""

from chattor.api import Api
from chattor.model.events import FriendRequested, MessageReceived
from chattor.model.friend import RequestDirection

GREETING = "Hello, I am a bot. Whatever you write travels to me over a Tor onion service, and back the same way."


async def echo(api: Api) -> None:
    """Serve until the node ends. A repeated event gives no second answer: the key is the event's own."""
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
