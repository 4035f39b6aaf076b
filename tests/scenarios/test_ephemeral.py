"""Texts of limited time between whole nodes: when the time begins, that it ends, and that both show the same timer."""

import asyncio

import pytest

from chattor.errors import BadInput
from chattor.model.events import Expired, MessageReceived
from chattor.model.message import Message, MessageState, Wait
from chattor.protocol.stream import Kind, Rest
from tests.scenarios.conftest import Two
from tests.support.people import Person
from tests.support.virtual import eventually

MINUTE = 60
HOUR = 3600
YEAR = 365 * 86_400


async def _timer(person: Person) -> int | None:
    return (await person.node.friends_list())[0].ephemeral


async def _agreed(friends: Two) -> int | None:
    async def agree() -> bool:
        return await _timer(friends.alice) == await _timer(friends.bob)

    await asyncio.sleep(5)
    await eventually(agree)
    return await _timer(friends.alice)


async def _received(person: Person) -> Message:
    """The first message, as a face that only peeks hears of it."""
    async for event in person.node.events("0", peek=True):
        if isinstance(event, MessageReceived) and event.message is not None:
            return event.message
    raise AssertionError("the node ended first")


async def _texts(person: Person) -> list[str | None]:
    """What is stored, without looking at it as a person would."""
    return await person.process.database.read(lambda tx: [row.text for row in tx.messages.newest(1, 100)])


async def test_either_side_sets_the_timer_and_both_show_it(friends: Two) -> None:
    alice, bob = friends
    assert (await alice.node.ephemeral("f1", 5 * MINUTE)).ephemeral == 300
    assert await _agreed(friends) == 300

    await bob.node.ephemeral("f1", MINUTE)
    assert await _agreed(friends) == 60

    await alice.node.ephemeral("f1", None)
    assert await _agreed(friends) is None


async def test_timers_that_cross_end_as_the_shorter_one_on_both_sides(friends: Two) -> None:
    alice, bob = friends
    await asyncio.gather(alice.node.ephemeral("f1", None), bob.node.ephemeral("f1", 600))
    assert await _agreed(friends) == 600

    await asyncio.gather(alice.node.ephemeral("f1", 3600), bob.node.ephemeral("f1", MINUTE))
    assert await _agreed(friends) == 60

    await asyncio.gather(alice.node.ephemeral("f1", None), bob.node.ephemeral("f1", 7200))
    assert await _agreed(friends) == 7200


async def test_who_decided_more_often_while_apart_decides(friends: Two) -> None:
    alice, bob = friends
    alice.network.partition("alice", "bob")
    await alice.node.ephemeral("f1", 60)
    await alice.node.ephemeral("f1", None)
    await bob.node.ephemeral("f1", 3600)
    alice.network.heal("alice", "bob")
    alice.network.down("bob")
    alice.network.up("bob")

    assert await _agreed(friends) is None


@pytest.mark.parametrize("seconds", [0, 4, -1, YEAR + 1])
async def test_a_time_nobody_can_mean_is_refused(friends: Two, seconds: int) -> None:
    with pytest.raises(BadInput, match="5 s to 365 d"):
        await friends.alice.node.ephemeral("f1", seconds)
    with pytest.raises(BadInput, match="5 s to 365 d"):
        await friends.alice.node.send("f1", "hello", ttl=seconds)


async def test_a_text_carries_the_timer_of_its_conversation_or_its_own(friends: Two) -> None:
    alice, _ = friends
    await alice.node.ephemeral("f1", MINUTE)
    await alice.node.send("f1", "as agreed")
    await alice.node.send("f1", "longer", ttl=3600)

    assert [message.ttl for message in await alice.node.history("f1")] == [60, 3600]


async def test_the_senders_time_begins_when_the_friend_has_it(friends: Two) -> None:
    alice, bob = friends
    await bob.stop()
    await alice.node.send("f1", "burn", ttl=10)
    await asyncio.sleep(3600)
    assert await alice.texts("f1") == ["burn"]

    await bob.start()
    await eventually(lambda: _has(alice, MessageState.DELIVERED))
    (message,) = await alice.node.history("f1")
    assert message.expires_at is not None
    await asyncio.sleep(9)
    assert await alice.texts("f1") == ["burn"]
    await asyncio.sleep(1.1)

    (message,) = await alice.node.history("f1")
    assert (message.text, message.state, message.expires_at is not None) == (None, MessageState.DELIVERED, True)


async def _has(person: Person, state: MessageState) -> bool:
    return [message.state for message in await person.node.history("f1")] == [state]


async def test_the_readers_time_begins_when_it_is_shown_and_not_before(friends: Two) -> None:
    alice, bob = friends
    await alice.node.send("f1", "burn", Wait.DELIVERED, ttl=10)
    assert (await _received(bob)).expires_at is None
    await asyncio.sleep(3600)
    assert await _texts(alice) == [None]
    assert await _texts(bob) == ["burn"]
    assert await bob.node.search("burn") == []

    (message,) = await bob.node.history("f1")
    assert message.expires_at is not None
    assert [hit.text for hit in await bob.node.search("burn")] == ["burn"]
    await asyncio.sleep(10.1)

    assert await bob.texts("f1") == [None]
    assert (await bob.expect(Expired)).id == message.id
    assert await bob.node.search("burn") == []


async def test_what_ended_here_is_deleted_where_nobody_read_it_yet(friends: Two) -> None:
    alice, bob = friends
    sent = await alice.node.send("f1", "burn", Wait.DELIVERED, ttl=10)
    await asyncio.sleep(20)
    assert [await _texts(person) for person in friends] == [[None], ["burn"]]

    for _ in range(2):
        assert (await alice.node.delete(sent.id)).expires_at is None
    await asyncio.sleep(5)

    assert await _texts(bob) == [None]
    items = await alice.process.database.read(lambda tx: tx.chain.after(1, 0))
    assert [Rest.decode(item.rest).kind for item in items if item.rest is not None] == [Kind.DELETE]


@pytest.mark.parametrize("way", ["read", "recv", "listen", "react"])
async def test_whatever_gives_the_text_away_begins_its_time(friends: Two, way: str) -> None:
    alice, bob = friends
    await alice.node.send("f1", "burn", Wait.DELIVERED, ttl=10)
    message = await _received(bob)
    if way == "read":
        await bob.node.read("f1")
    elif way == "recv":
        events = (await bob.node.recv("0")).events
        assert any(getattr(event, "message", None) for event in events)
    elif way == "listen":
        assert (await bob.expect(MessageReceived)).message is not None
    else:
        await bob.node.react(message.id, "🔥")
    await asyncio.sleep(10.1)

    assert await _texts(bob) == [None]


async def test_a_text_ends_though_its_reader_was_away_when_it_was_due(friends: Two) -> None:
    alice, bob = friends
    await alice.node.send("f1", "burn", Wait.DELIVERED, ttl=60)
    await bob.node.history("f1")
    bob.crash()
    await asyncio.sleep(120)

    await bob.start()
    await asyncio.sleep(0.1)

    assert await _texts(bob) == [None]


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_clock_set_back_keeps_no_text_alive(friends: Two, restarted: bool) -> None:
    alice, bob = friends
    await alice.node.send("f1", "burn", Wait.DELIVERED, ttl=60)
    await bob.node.history("f1")
    await asyncio.sleep(10)
    if restarted:
        await bob.stop()
        bob.clock.jump(-YEAR)
        await bob.start()
    else:
        bob.clock.jump(-YEAR)

    await asyncio.sleep(35)
    assert await _texts(bob) == ["burn"]
    await asyncio.sleep(60)
    assert await _texts(bob) == [None]


async def test_a_time_that_begins_right_after_the_clock_was_set_back_is_as_long_as_any(friends: Two) -> None:
    alice, bob = friends
    await asyncio.sleep(100)
    alice.clock.jump(-HOUR)
    await alice.node.send("f1", "burn", Wait.DELIVERED, ttl=60)
    bob.clock.jump(-HOUR)
    await bob.node.history("f1")

    await asyncio.sleep(55)
    assert [await _texts(person) for person in friends] == [["burn"], ["burn"]]
    await asyncio.sleep(10)
    assert [await _texts(person) for person in friends] == [[None], [None]]


async def test_a_clock_set_forward_ends_what_is_due_by_it(friends: Two) -> None:
    alice, bob = friends
    await alice.node.send("f1", "burn", Wait.DELIVERED, ttl=3600)
    await bob.node.history("f1")
    bob.clock.jump(7200)
    await asyncio.sleep(31)

    assert await _texts(bob) == [None]


async def test_an_edit_lives_no_longer_than_its_text(friends: Two) -> None:
    alice, bob = friends
    await bob.stop()
    sent = await alice.node.send("f1", "brun", ttl=10)
    await alice.node.edit(sent.id, "burn")
    await bob.start()
    await bob.shown("burn")
    await asyncio.sleep(30)

    assert await _texts(alice) == [None]
    assert await _texts(bob) == [None]


async def test_a_text_of_limited_time_that_is_given_up_ends_as_well(friends: Two) -> None:
    alice, bob = friends
    await bob.stop()
    await asyncio.sleep(1)
    sent = await alice.node.send("f1", "burn", ttl=10)
    await alice.node.outbox_cancel(sent.id)
    await asyncio.sleep(11)

    assert await _texts(alice) == [None]


async def test_a_restored_store_learns_the_timer_again(friends: Two) -> None:
    alice, bob = friends
    await alice.node.send("f1", "hello", Wait.DELIVERED)
    before = bob.copy()
    await bob.node.ephemeral("f1", 60)
    assert await _agreed(friends) == 60
    await bob.stop()
    bob.put_back(before)
    await bob.start()

    assert await _agreed(friends) == 60


async def test_a_friendship_that_begins_anew_has_no_timer(friends: Two) -> None:
    alice, bob = friends
    await alice.node.ephemeral("f1", 60)
    assert await _agreed(friends) == 60
    await alice.node.friends_remove("f1")
    await asyncio.sleep(10)
    await alice.node.friends_add(await bob.code())
    await bob.node.friends_accept((await bob.request()).id)

    assert await _agreed(friends) is None
