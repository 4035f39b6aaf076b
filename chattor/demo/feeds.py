"""Steps: Ada's channel for friends, which Ben reads without having asked for it."""

from collections.abc import Callable
from typing import Final

from chattor.demo.patience import eventually
from chattor.demo.person import Person
from chattor.demo.story import MOMENTS, Story, expect
from chattor.model.channel import Channel, Post
from chattor.model.events import Event, PostReceived

CHANNEL: Final = "friends"
FIRST: Final = "good morning, friends"
TAKEN_BACK: Final = "a post to be taken back"
MISSED: Final = "while you were away"


async def post(story: Story) -> str:
    """Ada posts; Ben, who is a friend, gets it pushed, and she learns that he read it."""
    await _publish(story, FIRST)
    await story.ben.until(_is_post(FIRST), "the post", within=MOMENTS)
    await _show(story)
    async with story.ben.api() as api:
        await api.channels_read(_hers(story))

    async def is_seen() -> bool:
        return (await _feed(story.ada, CHANNEL))[0].seen_by == 1

    await eventually(is_seen, "the sign that Ben saw it", within=MOMENTS)
    return "Ben has it without subscribing, seen by 1"


async def retract(story: Story) -> str:
    """Ada takes a post back; Ben's copy goes too."""
    mine = await _publish(story, TAKEN_BACK)
    await story.ben.until(_is_post(TAKEN_BACK), "the post", within=MOMENTS)
    await story.ada.verb(Post, "channels", "retract", mine.id)
    story.posted[-1] = None

    async def is_gone() -> bool:
        return (await _feed(story.ben, _hers(story)))[0].retracted

    await eventually(is_gone, "the retraction", within=MOMENTS)
    return await _show(story)


async def missed(story: Story) -> str:
    """Ada posts while Ben is away."""
    await _publish(story, MISSED)
    return f"{len(story.posted)} published"


async def sync(story: Story) -> str:
    """Ben asks for news, and has what he missed."""
    read = await story.ben.verb(list[Channel], "channels", "sync", _hers(story))
    expect([one.name for one in read] == [CHANNEL] and read[0].last_sync is not None, f"he reads {read}")
    return await _show(story)


async def _publish(story: Story, text: str) -> Post:
    published = await story.ada.verb(Post, "channels", "publish", CHANNEL, text)
    story.posted.append(text)
    return published


async def _show(story: Story) -> str:
    """Both feeds are what was published."""
    for person, channel in ((story.ada, CHANNEL), (story.ben, _hers(story))):
        texts = [one.text for one in await _feed(person, channel)][::-1]
        expect(texts == story.posted, f"{person.name}'s feed shows {texts}")
    return f"{len(story.posted)} posts in both feeds, {story.posted.count(None)} taken back"


async def _feed(person: Person, channel: str) -> list[Post]:
    """Newest first."""
    return await person.verb(list[Post], "channels", "feed", channel)


def _hers(story: Story) -> str:
    """What Ben calls Ada's channel."""
    return f"{story.ada.name}/{CHANNEL}"


def _is_post(text: str) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, PostReceived) and event.post is not None and event.post.text == text
