"""Steps: how two people become friends, and a stranger does not."""

import os
from typing import Final

from chattor.demo import intruder
from chattor.demo.patience import together
from chattor.demo.story import MOMENTS, NOTE, Story, expect
from chattor.model.events import FriendAdded, FriendRequested
from chattor.model.friend import Friend, FriendState, Request, RequestDirection

_OPENING: Final = 1280  # bytes, what a handshake begins with


async def stranger(story: Story) -> str:
    """Knock at Ben's without the code."""
    onion = story.identities[story.ben].onion
    openings = (os.urandom(_OPENING), os.urandom(4 * _OPENING), b"GET / HTTP/1.1\r\n\r\n".ljust(_OPENING))
    answers = await together(
        *(intruder.knock(story.ada, onion, opening, f"stranger {n}") for n, opening in enumerate(openings))
    )
    expect(not any(answers), f"{sum(map(len, answers))} bytes came back")
    requests = await story.ben.verb(list[Request], "friends", "requests")
    expect(not requests, f"{len(requests)} requests appeared")
    return f"{len(openings)} connections, 0 bytes, 0 requests"


async def add(story: Story) -> str:
    """Ada adds Ben by his code."""
    code = story.identities[story.ben].friend_code
    asked = await story.ada.verb(Request, "friends", "add", code, "--name", story.ben.name, "--note", NOTE)
    story.friends[story.ada] = asked.id
    return f"the request is {asked.state}"


async def request(story: Story) -> str:
    """Ben finds it."""
    await story.ben.until(lambda event: isinstance(event, FriendRequested), "the request", within=MOMENTS)
    requests = await story.ben.verb(list[Request], "friends", "requests")
    found = [(request.direction, request.name, request.note) for request in requests]
    expect(found == [(RequestDirection.INCOMING, story.ada.name, NOTE)], f"Ben's inbox holds {found}")
    expect(requests[0].onion == story.identities[story.ada].onion, "it came from another onion")
    story.friends[story.ben] = requests[0].id
    return "one, with name and note"


async def accept(story: Story) -> str:
    """Ben accepts; both are friends."""
    await story.ben.verb(Friend, "friends", "accept", story.friends[story.ben])
    for person in story.world.people:
        await person.until(lambda event: isinstance(event, FriendAdded), "the friendship", within=MOMENTS)
        friends = await person.verb(list[Friend], "friends", "list")
        found = [(friend.id, friend.state) for friend in friends]
        expect(found == [(story.friends[person], FriendState.FRIEND)], f"{person.name} lists {found}")
    return "both list one friend"
