"""chattor for Python programs: bots, scripts, bridges. `docs/client.md` shows how.

    async with connect() as chattor:
        async for event in chattor.events():
            ...

Everything a program needs is imported from here; `chattor.errors` has the errors.
"""

from chattor.client.client import Client
from chattor.client.connect import connect
from chattor.model.channel import Channel, Post
from chattor.model.events import (
    ChannelChanged,
    Event,
    FriendAdded,
    FriendRequested,
    Gap,
    MessageChanged,
    MessageReceived,
    MessageStateChanged,
    PostReceived,
    PresenceChanged,
)
from chattor.model.friend import Friend, Request
from chattor.model.message import Direction, Message, MessageState, Sent, Wait

__all__ = [
    "Channel",
    "ChannelChanged",
    "Client",
    "Direction",
    "Event",
    "Friend",
    "FriendAdded",
    "FriendRequested",
    "Gap",
    "Message",
    "MessageChanged",
    "MessageReceived",
    "MessageState",
    "MessageStateChanged",
    "Post",
    "PostReceived",
    "PresenceChanged",
    "Request",
    "Sent",
    "Wait",
    "connect",
]
