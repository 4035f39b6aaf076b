"""What `send` promises whoever waits for it."""

import asyncio

import pytest

from chattor.errors import NotAllowed, TimedOut
from chattor.model.message import MessageState, Wait
from tests.scenarios.conftest import Two


async def test_whoever_waits_hears_when_the_friend_has_it(friends: Two) -> None:
    alice, bob = friends

    sent = await alice.node.send("f1", "hello", Wait.DELIVERED, timeout=60)

    assert sent.state is MessageState.DELIVERED
    assert await bob.texts("f1") == ["hello"]


async def test_whoever_waits_for_a_message_that_is_cancelled_hears_that_it_was_not_delivered(friends: Two) -> None:
    alice, bob = friends
    await bob.stop()
    await asyncio.sleep(1)
    waiting = asyncio.create_task(alice.node.send("f1", "hello", Wait.DELIVERED))
    await asyncio.sleep(1)
    (entry,) = await alice.node.outbox_list()

    await alice.node.outbox_cancel(entry.id)

    with pytest.raises(NotAllowed, match="cancelled"):
        await waiting


async def test_whoever_waits_while_the_friendship_ends_hears_that_it_was_not_delivered(friends: Two) -> None:
    alice, bob = friends
    await bob.stop()
    await asyncio.sleep(1)
    waiting = asyncio.create_task(alice.node.send("f1", "hello", Wait.DELIVERED))
    await asyncio.sleep(1)

    await alice.node.friends_block("f1")

    with pytest.raises(NotAllowed, match="before it was delivered"):
        await waiting


async def test_whoever_waits_while_the_node_stops_hears_that_it_stays_queued(friends: Two) -> None:
    alice, bob = friends
    await bob.stop()
    await asyncio.sleep(1)
    waiting = asyncio.create_task(alice.node.send("f1", "hello", Wait.DELIVERED))
    await asyncio.sleep(1)

    alice.process.core.hub.close()

    with pytest.raises(TimedOut, match="stays queued"):
        await waiting
