"""Search between whole nodes: what arrived is found, a hit leads to its place, what went is found no more."""

import asyncio

import pytest

from chattor.errors import NoChannel
from chattor.model.search import Order
from chattor.node.indexer import QUIET
from tests.scenarios.conftest import Two
from tests.support.people import Person
from tests.support.virtual import eventually


async def _found(person: Person, query: str) -> list[str]:
    return [hit.text for hit in await person.node.search(query)]


async def test_a_text_is_found_by_both_at_once(friends: Two) -> None:
    alice, bob = friends
    await alice.node.send("f1", "let us meet at the café")
    await bob.shown("let us meet at the café")

    assert await _found(alice, "cafe from:me") == ["let us meet at the café"]
    assert await _found(bob, "cafe from:me") == []
    assert await _found(bob, "*afe* from:f1") == ["let us meet at the café"]
    (hit,) = await bob.node.search("meet", friend="f1", order=Order.RANK)
    assert hit.snippet == "let us meet at the café"
    assert hit.matches == [(7, 11)]


async def test_a_hit_leads_to_its_place_in_the_conversation(friends: Two) -> None:
    alice, _ = friends
    for number in range(60):
        await alice.node.send("f1", f"tea {number}" if number == 30 else f"line {number}")

    (hit,) = await alice.node.search("tea")
    page = await alice.node.history("f1", limit=11, around=hit.id)

    assert [message.text for message in page] == [
        *(f"line {number}" for number in range(25, 30)),
        "tea 30",
        *(f"line {number}" for number in range(31, 36)),
    ]


async def test_the_node_indexes_what_is_new_once_it_is_quiet(friends: Two) -> None:
    alice, _ = friends
    for _ in range(100):
        await alice.node.send("f1", "hello")
    database = alice.process.database
    assert await database.read(lambda tx: tx.search.waiting()) == 100

    await asyncio.sleep(QUIET + 1)

    assert await database.read(lambda tx: tx.search.waiting()) == 0


async def test_a_conversation_that_was_forgotten_is_found_no_more(friends: Two) -> None:
    alice, _ = friends
    await alice.node.send("f1", "between us")
    assert await _found(alice, "between") == ["between us"]

    await alice.node.friends_remove("f1", keep_history=False)
    assert await _found(alice, "between") == []

    await asyncio.sleep(QUIET)
    database = alice.process.database
    await database.write(lambda tx: tx.search.check())
    assert await database.read(lambda tx: tx.search.waiting()) == 0


async def test_posts_are_found_in_their_channel_and_not_among_messages(friends: Two) -> None:
    alice, bob = friends
    await alice.node.send("f1", "tea at four")
    walk = await alice.node.channels_publish("friends", "Tea at the Café, then a walk")
    await alice.node.channels_publish("public", "no coffee here")

    async def has_come() -> bool:
        return len(await _found(bob, "in:*")) == 2

    await eventually(has_come, 60)

    assert await _found(alice, "tea") == ["tea at four"]
    assert await _found(bob, "in:alice/friends cafe") == ["Tea at the Café, then a walk"]
    (hit,) = await bob.node.search("in:* *afe* from:alice")
    assert (hit.friend, hit.direction, hit.matches) == ("f1", "in", [(12, 15)])
    assert hit.channel is not None
    assert str(hit.id) in [post.id for post in await bob.node.channels_feed(hit.channel)]
    (own,) = await alice.node.search("in:friends walk from:me")
    assert (str(own.id), own.friend, own.direction) == (walk.id, None, "out")
    assert await _found(bob, "in:* from:me") == await _found(bob, "in:* alk before:2000") == []
    newest, *_ = await bob.node.search("in:*", limit=1)
    assert len(await bob.node.search("in:*", before=newest.id)) == 1
    with pytest.raises(NoChannel):
        await bob.node.search("in:nowhere tea")

    await alice.node.channels_retract(walk.id)

    assert await _found(alice, "in:friends tea") == []

    async def is_gone() -> bool:
        return not await _found(bob, "in:* tea")

    await eventually(is_gone, 60)
