"""Steps: messages, which arrive whatever happens, are read, and are found again."""

import asyncio
from typing import Final

from chattor.demo.patience import together
from chattor.demo.person import Person
from chattor.demo.story import MOMENTS, Story, expect, got, is_text
from chattor.model.friend import Friend
from chattor.model.message import Direction, MessageState, Sent
from chattor.model.search import SearchHit

MANY: Final = 100  # messages each way at once
BURST: Final = 100  # messages while the other side is killed
LATER: Final = 20  # messages while it is away
ARRIVES_WITHIN: Final = 30.0  # s after the friend can be reached again
_FOUND: Final = 42
"""The number of the message that is searched for."""


async def talk(story: Story) -> str:
    """Both write at once."""
    await story.exchange("talk", MANY)
    return await story.agree()


async def wait(story: Story) -> str:
    """What is called delivered is there."""
    text = f"{story.ada.name}, wait"
    sent = await story.ada.verb(Sent, "send", story.friends[story.ada], text, "--wait", "delivered", "--timeout", "60")
    expect(sent.state is MessageState.DELIVERED, f"it is {sent.state}")
    story.said[story.ada].append(text)
    return await story.agree()


async def read(story: Story) -> str:
    """Ben reads; Ada is told so."""
    friend = await story.ben.verb(Friend, "read", story.friends[story.ben])
    expect(friend.unread == 0, f"{friend.unread} are still unread")
    last = [one for one in await story.conversation(story.ada) if one.direction is Direction.OUT][-1]
    await story.ada.until(got(last.id, MessageState.READ), "the receipt", within=MOMENTS)
    states = [one.state for one in await story.conversation(story.ada) if one.direction is Direction.OUT]
    expect(set(states) == {MessageState.READ}, f"they are {', '.join(sorted(set(states)))}")
    return f"{len(states)} messages became read"


async def search(story: Story) -> str:
    """Both find one message among all, by its words."""
    text = f"{story.ada.name}, talk {_FOUND}"

    async def find(person: Person) -> list[tuple[Direction, str]]:
        hits = await person.verb(list[SearchHit], "search", f'"{text}"')
        return [(hit.direction, hit.text) for hit in hits]

    found = await together(*(find(person) for person in story.world.people))
    expect(found == [[(Direction.OUT, text)], [(Direction.IN, text)]], f"they found {found}")
    return f"“{text}”, found by both"


async def crash(story: Story) -> str:
    """Kill Ben while messages come in."""
    writing = asyncio.create_task(story.say(story.ada, "crash", BURST))
    await story.ben.until(is_text(f"{story.ada.name}, crash 1"), "the first of many", within=MOMENTS)
    await story.ben.kill()
    await writing
    return f"{BURST} queued, {BURST - len(await story.waiting())} of them delivered by then"


async def away(story: Story) -> str:
    """Write to Ben, who is away."""
    await story.say(story.ada, "away", LATER)
    waiting = [entry.text for entry in await story.waiting()]
    expect(waiting[-LATER:] == story.said[story.ada][-LATER:], f"the outbox holds {len(waiting)} others")
    return f"{len(waiting)} wait in the outbox"


async def back(story: Story) -> str:
    """Ben returns, and his mail with him."""
    last = (await story.waiting())[-1]
    await story.ben.start()
    await story.ben.reachable()
    await story.ada.until(got(last.id, MessageState.DELIVERED), "the last message to arrive", within=ARRIVES_WITHIN)
    return await story.agree()


async def again(story: Story) -> str:
    """Both write again."""
    await story.exchange("again", 1)
    return await story.agree()
