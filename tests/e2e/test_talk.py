"""What two people make of their messages with whole programs on real Tor: read, edited, reacted to, deleted."""

import asyncio

import pytest

from chattor.demo.patience import eventually, together
from chattor.demo.person import Person
from chattor.model.activity import Activity, Doing
from chattor.model.events import PresenceChanged
from chattor.model.friend import Friend
from chattor.model.ids import FriendId
from chattor.model.message import Message, MessageState
from tests.support.programs import PATIENCE, Friends, all_delivered

pytestmark = [pytest.mark.tor, pytest.mark.asyncio(loop_scope="session")]


async def _last(person: Person, friend: FriendId) -> Message:
    return (await person.verb(list[Message], "history", friend, "--limit", "1"))[0]


async def test_what_becomes_of_a_message_is_told_on_both_sides(friends: Friends) -> None:
    ada, ben = friends.people
    assert (await ada.chattor("send", friends.calls[ada], "frist", "--wait", "delivered")).code == 0
    mine, theirs = await _last(ada, friends.calls[ada]), await _last(ben, friends.calls[ben])

    edited = await ada.verb(Message, "edit", mine.id, "first")
    reacted = await ben.verb(Message, "react", theirs.id, "👍")
    assert (edited.text, edited.edited, reacted.reactions) == ("first", True, {"👍": ["me"]})
    for person in friends.people:
        await all_delivered(person)
    mine, theirs = await _last(ada, friends.calls[ada]), await _last(ben, friends.calls[ben])
    assert (mine.text, theirs.text, theirs.edited) == ("first", "first", True)
    assert mine.reactions == {"👍": [friends.calls[ada]]}

    assert (await ben.verb(Friend, "read", friends.calls[ben])).unread == 0

    async def is_read() -> bool:
        return (await _last(ada, friends.calls[ada])).state is MessageState.READ

    await eventually(is_read, "the receipt", within=PATIENCE)

    assert (await ada.verb(Message, "delete", mine.id)).text is None
    await all_delivered(ada)
    gone = await _last(ben, friends.calls[ben])
    assert (gone.id, gone.text, gone.reactions) == (theirs.id, None, {})


async def test_a_friend_is_seen_online_and_typing(friends: Friends) -> None:
    ada, ben = friends.people
    assert (await ada.chattor("send", friends.calls[ada], "are you there?", "--wait", "delivered")).code == 0

    async def sees_ada() -> bool:
        listed = await ben.verb(list[Friend], "friends", "list")
        return next(one.online for one in listed if one.id == friends.calls[ben])

    await eventually(sees_ada, "a sign of Ada", within=PATIENCE)
    seen = asyncio.Event()

    async def watch() -> None:
        await ben.until(lambda it: isinstance(it, PresenceChanged) and it.typing, "Ada's typing", within=PATIENCE)
        seen.set()

    async def type_on() -> None:
        async with ada.api() as mine:

            async def is_seen() -> bool:
                await mine.typing(friends.calls[ada])
                return seen.is_set()

            await eventually(is_seen, "Ben to see it", within=PATIENCE)

    await together(watch(), type_on())


async def test_an_agent_is_known_for_one_and_what_it_does_is_seen_until_it_takes_it_back(friends: Friends) -> None:
    ada, ben = friends.people
    working = Activity(state=Doing.WORKING, words="reading the logs")

    async def bens_ada() -> Friend:
        return await ben.verb(Friend, "friends", "show", friends.calls[ben])

    async def is_seen() -> bool:
        seen = await bens_ada()
        return (seen.agent, seen.capabilities, seen.activity) == (True, ["search", "translate.fr"], working)

    async def is_a_person() -> bool:
        seen = await bens_ada()
        return (seen.agent, seen.activity) == (False, None)

    assert (await ada.chattor("send", friends.calls[ada], "I am a program", "--wait", "delivered")).code == 0
    for words in (["capabilities", "search", "translate.fr"], ["declared", "on"]):
        assert (await ada.chattor("settings", "set", f"agent.{words[0]}", *words[1:])).code == 0
    assert await ada.verb(Activity, "activity", "working", "reading the logs") == working
    await eventually(is_seen, "Ben to see an agent at work", within=PATIENCE)

    assert (await ada.chattor("settings", "set", "agent.declared", "off")).code == 0
    assert (await ada.chattor("activity", "none")).code == 0
    await eventually(is_a_person, "Ben to see a person again", within=PATIENCE)
