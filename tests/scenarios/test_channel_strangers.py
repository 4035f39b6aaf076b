"""Links of purpose subscribe: what strangers may do there, and nothing else (protocol §7)."""

import asyncio

import pytest

from chattor.protocol.channel_frames import ChannelList, Channels, Posts, Seen, Sync, Unsubscribe
from chattor.protocol.channels import NO_POST, channel_id
from chattor.protocol.frames import Frame, Remove, Request
from chattor.protocol.limits import STRANGER_SYNC_EVERY
from chattor.protocol.link import Purpose
from tests.scenarios.conftest import Two
from tests.support.people import Person
from tests.support.visitors import Visitor


def _question(owner: Person) -> Sync:
    return Sync(channel_id(owner.identity.sig.public, "public"), 0, 0, NO_POST)


async def test_a_stranger_who_asks_again_within_a_minute_is_let_go_on_any_link(strangers: Two) -> None:
    visitor = await Visitor.come(strangers.network, "mallory")
    visit = await visitor.visit(strangers.alice, Purpose.SUBSCRIBE)
    visit.say(Channels(), _question(strangers.alice))
    await asyncio.sleep(10)
    assert [type(frame) for frame in visit.heard] == [ChannelList, Posts]

    visit.say(_question(strangers.alice))
    await asyncio.sleep(5)
    assert visit.end is not None
    again = await visitor.visit(strangers.alice, Purpose.SUBSCRIBE)
    again.say(_question(strangers.alice))
    await asyncio.sleep(5)
    assert (again.end is not None, again.heard) == (True, [])

    await asyncio.sleep(STRANGER_SYNC_EVERY)
    later = await visitor.visit(strangers.alice, Purpose.SUBSCRIBE)
    later.say(_question(strangers.alice))
    await asyncio.sleep(5)
    assert [type(frame) for frame in later.heard] == [Posts]
    await later.leave()


@pytest.mark.parametrize(
    "frame",
    [Request(b"1" * 16, "Mallory"), Remove(b"2" * 16), Unsubscribe(NO_POST)],
    ids=lambda one: type(one).__name__,
)
async def test_input_11_a_reader_who_does_anything_but_read_is_let_go(strangers: Two, frame: Frame) -> None:
    visit = await (await Visitor.come(strangers.network, "mallory")).visit(strangers.alice, Purpose.SUBSCRIBE)

    visit.say(frame)
    await asyncio.sleep(5)

    assert visit.end is not None
    assert await strangers.alice.node.friends_requests() == []


async def test_what_a_reader_whispers_is_not_heard(strangers: Two) -> None:
    alice = strangers.alice
    post = await alice.node.channels_publish("public", "hello")
    (row,) = await alice.process.database.read(lambda tx: [tx.posts.get(int(post.id[1:]))])
    assert row is not None
    visit = await (await Visitor.come(strangers.network, "mallory")).visit(alice, Purpose.SUBSCRIBE)

    visit.say(Seen(_question(alice).channel, row.post_id))
    await asyncio.sleep(5)

    assert [one.seen_by for one in await alice.node.channels_feed("public")] == [0]
    await visit.leave()


async def test_a_friend_may_not_come_as_a_stranger_under_his_own_name(friends: Two) -> None:
    alice, bob = friends
    visitor = await Visitor.come(friends.network, "bob again")
    visitor.identity = bob.identity
    visitor.certificate = bob.process.core.certificate(bob.process.core.own.present)

    visit = await visitor.visit(alice, Purpose.SUBSCRIBE)
    await asyncio.sleep(5)

    assert visit.end is not None
    assert (await alice.node.friends_list())[0].online


async def test_whoever_is_blocked_while_he_reads_as_a_stranger_is_let_go(strangers: Two) -> None:
    alice = strangers.alice
    visitor = await Visitor.come(strangers.network, "mallory")
    request = await visitor.visit(alice)
    request.say(Request(b"1" * 16, "Mallory"))
    await asyncio.sleep(1)
    (asked,) = await alice.node.friends_requests()
    reading = await visitor.visit(alice, Purpose.SUBSCRIBE)
    await asyncio.sleep(1)

    await alice.node.friends_block(asked.id)
    await asyncio.sleep(1)

    assert reading.end is not None
