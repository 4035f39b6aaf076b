"""Ada: a scripted friend for the demo. She asks to be friends, introduces herself, and has a few things to say.

She answers by the first word she recognises, which is the whole of her intelligence, and she says so.
"""

import asyncio
import re
from typing import Final

from chattor.api import NodeApi
from chattor.model.events import FriendAdded, MessageReceived
from chattor.model.ids import FriendId

NOTE: Final = "Hi, I am Ada from the demo. Shall we talk?"

INTRODUCTION: Final = (
    "Hi! You found the requests, good.",
    "I am Ada, a script on this machine with a Tor and a profile of her own. No person reads this.",
    "Ask me about the onion, the keys, the outbox or the demo.",
)

ANSWERS: Final = (
    ("onion", "Each of us is an onion service. There is no server that could tell who talks to whom."),
    ("tor", "Three authorities and three relays run on this machine, real tor all of them. Nothing leaves it."),
    ("keys", "Every link agrees on fresh keys, X25519 and ML-KEM-768 together, and then ratchets on each message."),
    ("outbox", "What you send is on your disk first. If I am away it waits there and goes out by itself."),
    ("demo", "When you quit, my profile, yours and the whole network are deleted."),
    ("echo", "Echo is simple, but never late."),
    ("hello", "Hello again!"),
    ("hi", "Hello again!"),
    ("?", "Good question. I know about the onion, the keys, the outbox and the demo."),
)
OTHERWISE: Final = ("I see.", "Go on.", "That is more than a script can answer. Try a word like onion or outbox.")

_TYPING: Final = 0.8  # s between two messages, so that they can be read as they come


async def ada(api: NodeApi, code: str) -> None:
    """Ask the owner of a friend code to be friends, then talk until the node ends."""
    await api.friends_add(code, note=NOTE)
    heard = 0
    async for event in api.events("0"):
        match event:
            case FriendAdded(friend=friend):
                await _introduce(api, friend)
            case MessageReceived(message=message) if message and message.text:
                await api.read(message.friend)
                await asyncio.sleep(_TYPING)
                await api.send(message.friend, answer(message.text, heard), key=f"answer {message.id}")
                heard += 1
            case _:
                continue


async def _introduce(api: NodeApi, friend: FriendId) -> None:
    for number, line in enumerate(INTRODUCTION):
        await asyncio.sleep(_TYPING)
        await api.send(friend, line, key=f"introduction {number} {friend}")


def answer(text: str, heard: int) -> str:
    """What Ada says to a text; `heard` is how many came before it."""
    words = {each.removesuffix("s") for each in re.findall(r"\w+|[?]", text.lower())}
    known = (said for word, said in ANSWERS if word.removesuffix("s") in words)
    return next(known, OTHERWISE[heard % len(OTHERWISE)])
