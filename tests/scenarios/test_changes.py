"""Edits, deletions and reactions between two nodes, with links that come and go."""

import asyncio

from chattor.model.events import MessageChanged, MessageReceived
from chattor.model.message import Message, MessageState, Wait
from tests.scenarios.conftest import Two
from tests.support.people import Person
from tests.support.virtual import eventually


async def _told(person: Person) -> list[tuple[str | None, bool, list[str]]]:
    return [(one.text, one.edited, sorted(one.reactions)) for one in await person.node.history("f1")]


async def _agreed(friends: Two) -> list[tuple[str | None, bool, list[str]]]:
    async def agree() -> bool:
        return await _told(friends.alice) == await _told(friends.bob)

    await eventually(agree)
    return await _told(friends.alice)


async def test_what_is_edited_deleted_and_reacted_to_while_the_friend_is_away_reaches_him(friends: Two) -> None:
    alice, bob = friends
    first, second = [await alice.node.send("f1", text, Wait.DELIVERED) for text in ("frist", "sceond")]
    await bob.stop()
    await alice.node.edit(first.id, "first")
    await alice.node.delete(second.id)
    await alice.node.react(first.id, "👍")

    await bob.start()

    assert await _agreed(friends) == [("first", True, ["👍"]), (None, False, [])]


async def test_a_message_edited_before_it_left_is_told_once_as_new(friends: Two) -> None:
    alice, bob = friends
    await bob.stop()
    sent = await alice.node.send("f1", "frist")
    await alice.node.edit(sent.id, "first")
    await bob.start()

    event = await bob.expect(MessageReceived)

    assert isinstance(event.message, Message)
    assert (event.message.text, event.message.edited) == ("first", True)
    await _agreed(friends)


async def test_a_change_is_told_with_the_message_as_it_is_now(friends: Two) -> None:
    alice, bob = friends
    sent = await alice.node.send("f1", "hello", Wait.DELIVERED)
    (message,) = await bob.node.history("f1")
    await bob.node.react(message.id, "❤️")

    event = await alice.expect(MessageChanged)

    assert event.id == sent.id
    assert event.message is not None
    assert event.message.reactions == {"❤️": ["f1"]}


async def test_an_edit_reaches_a_friend_who_was_put_back_to_before_the_message(friends: Two) -> None:
    alice, bob = friends
    files = bob.copy()
    sent = await alice.node.send("f1", "frist", Wait.DELIVERED)
    await alice.node.edit(sent.id, "first")
    await _agreed(friends)
    await bob.stop()
    bob.put_back(files)

    await bob.start()

    assert await _agreed(friends) == [("first", True, [])]
    assert [one.state for one in await alice.node.history("f1")] == [MessageState.DELIVERED]


async def test_a_text_cancelled_in_a_later_life_of_its_author_is_shown_before_it_counts_as_delivered(
    friends: Two,
) -> None:
    alice, bob = friends
    await bob.stop()
    await asyncio.sleep(1)
    sent = await alice.node.send("f1", "not lost")
    before = alice.copy()
    await alice.node.outbox_cancel(sent.id)
    await bob.start()
    await asyncio.sleep(60)  # what stands in its place has the same hash
    assert await bob.texts("f1") == []

    alice.crash()
    alice.put_back(before)
    await alice.start()

    await bob.shown("not lost")
    await asyncio.sleep(10)
    assert [(one.text, one.state) for one in await alice.node.history("f1")] == [("not lost", MessageState.DELIVERED)]
