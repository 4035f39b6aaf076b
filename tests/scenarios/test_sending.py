"""What `send` promises whoever waits for it."""

import asyncio

import pytest

from chattor.config.settings import DeliverySettings, Settings
from chattor.errors import NotAllowed, TimedOut
from chattor.handlers.delivery import Cargo
from chattor.handlers.reading import FULL
from chattor.model.events import Expired
from chattor.model.message import MessageState, Wait
from chattor.protocol.limits import UNREAD_MAX
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


async def test_what_expired_says_so_and_is_sent_again(friends: Two) -> None:
    alice, bob = friends
    alice.process.core.settings = Settings(delivery=DeliverySettings(expire_after="1h"))
    await bob.stop()
    await asyncio.sleep(1)
    await alice.node.send("f1", "late")
    event = await alice.expect(Expired)
    (message,) = await alice.node.history("f1")
    assert (message.id, message.state, message.text) == (event.id, MessageState.EXPIRED, "late")

    await bob.start()
    sent = await alice.node.outbox_resend(message.id)

    await bob.shown("late")
    assert [(one.id, one.text) for one in await alice.node.history("f1")] == [(message.id, None), (sent.id, "late")]


async def test_a_friend_who_leaves_too_much_unread_waits_until_it_is_read(friends: Two) -> None:
    alice, bob = friends
    await bob.process.core.act(lambda tx, ctx: tx.friends.update(1, unread_bytes=UNREAD_MAX - 1))
    for text in ("the last", "too much", "far too much"):
        await alice.node.send("f1", text)
    await asyncio.sleep(3600)
    assert await bob.texts("f1") == ["the last"]
    assert [row.note for row in await bob.node.friends_list()] == [FULL]
    assert [one.state for one in await alice.node.history("f1")] == ["delivered", "sending", "sending"]
    await bob.node.send("f1", "the other way is open", Wait.DELIVERED, timeout=60)

    await bob.node.read("f1")

    await bob.shown("too much", "far too much")
    assert [row.note for row in await bob.node.friends_list()] == [None]


async def test_the_window_opens_only_as_far_as_was_acknowledged(friends: Two) -> None:
    await friends.alice.node.send("f1", "hello", Wait.DELIVERED, timeout=60)
    session = friends.alice.process.runtime._sessions.current(1)
    assert session is not None
    assert session.manifest(may_fork=False).in_flight == 0

    for pos, count in ((10, 3), (20, 5)):
        session.carried(Cargo(sent_pos=pos, count=count, size=100 * count))
    session.acknowledged(9)
    assert session.manifest(may_fork=False).in_flight == 8
    session.acknowledged(10)
    assert session.manifest(may_fork=False).in_flight == 5
    assert session.manifest(may_fork=False).in_flight_bytes == 500
