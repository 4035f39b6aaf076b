"""Channels of somebody who became another identity end with a post that names him, and readers follow (protocol §7)."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from chattor.errors import NotFound
from chattor.model.channel import Channel, Post
from chattor.model.events import ChannelChanged
from chattor.protocol.limits import FORMER_KEPT, STRANGER_SYNC_EVERY, SYNC_EVERY
from tests.support.people import A_DAY, Person, befriend, days, people
from tests.support.probe import Probe, Watched
from tests.support.virtual import eventually

A_ROUND = SYNC_EVERY * 1.3
ENDS = "it ends here"


class Three(NamedTuple):
    """Alice publishes; Bob is her friend; Carol, a stranger, reads what is public."""

    alice: Person
    bob: Person
    carol: Person


@pytest.fixture
async def three(directory: Path, probe: Probe) -> AsyncIterator[Three]:
    async with people(directory, "alice", "bob", "carol", make_core=partial(Watched, probe=probe)) as crowd:
        alice, bob, carol = crowd
        await befriend(bob, alice)
        await alice.node.channels_publish("public", "as who I was")
        await carol.node.channels_subscribe(await alice.code())
        await _reads(carol, "c3", "as who I was")
        await _reads(bob, "alice/public", "as who I was")
        yield Three(*crowd)


async def _posts(person: Person, channel: str) -> list[Post]:
    return (await person.node.channels_feed(channel, limit=1000))[::-1]


async def _reads(person: Person, channel: str, *wanted: str | None, within: float = A_ROUND) -> None:
    """Wait until a feed says this, oldest first."""

    async def found() -> list[str | None]:
        return [ENDS if post.successor else post.text for post in await _posts(person, channel)]

    async def does() -> bool:
        return await found() == list(wanted)

    try:
        await eventually(does, within)
    except TimeoutError:
        assert await found() == list(wanted)


async def _channel(person: Person, name: str) -> Channel:
    return next(one for one in await person.node.channels_list() if one.id == name)


async def test_a_stranger_reads_on_with_whoever_the_owner_became(three: Three) -> None:
    alice, _, carol = three
    identity = await alice.node.rotate_identity()
    since = (await carol.node.recv()).cursor
    await _reads(carol, "c3", "as who I was", ENDS)
    assert (await carol.expect(ChannelChanged, since)).channel == "c3"
    await alice.node.channels_publish("public", "as who I am")

    await _reads(carol, "c3", "as who I was", ENDS, "as who I am")
    await _reads(alice, "public", "as who I was", ENDS, "as who I am")

    for reader, channel in ((carol, "c3"), (alice, "public")):
        posts = await _posts(reader, channel)
        assert [post.successor for post in posts] == [None, identity.friend_code, None]
        assert [(post.gap, post.contradicted, post.retracted) for post in posts] == [(0, False, False)] * 3
    row = await _channel(carol, "c3")
    assert (row.alarm, row.note, row.unread, row.posts) == (None, None, 2, 2)
    assert row.owner in identity.onion or identity.onion.startswith(row.owner.split("…")[0])


async def test_friends_see_the_end_of_what_they_read_and_read_on(three: Three) -> None:
    alice, bob, _ = three
    identity = await alice.node.rotate_identity()
    await asyncio.sleep(A_ROUND)
    await alice.node.channels_publish("public", "as who I am")

    await _reads(bob, "alice/public", "as who I was", ENDS, "as who I am")
    assert [post.successor for post in await _posts(bob, "alice/public")][1] == identity.friend_code


async def test_a_stranger_who_was_away_follows_two_identities_and_an_address_as_long_as_they_are_answered(
    three: Three,
) -> None:
    alice, _, carol = three
    await carol.stop()
    await alice.node.rotate_onion()
    await alice.node.rotate_identity()
    await alice.node.channels_publish("public", "as somebody in between")
    await alice.node.rotate_identity()
    await alice.node.channels_publish("public", "as who I am")
    await days(FORMER_KEPT / A_DAY - 1, alice)
    await carol.start()

    await _reads(carol, "c3", "as who I was", ENDS, ENDS, "as who I am", within=2 * A_ROUND)
    assert (await _channel(carol, "c3")).alarm is None

    await days(1.2, alice)
    assert (await alice.node.identity()).former == []
    await alice.node.channels_publish("public", "and go on")
    await _reads(carol, "c3", "as who I was", ENDS, ENDS, "as who I am", "and go on")


async def test_all_channels_somebody_reads_end_before_he_follows(three: Three) -> None:
    alice, _, carol = three
    await alice.node.channels_create("walks")
    await carol.node.channels_subscribe(await alice.code(), "walks")
    await asyncio.sleep(A_ROUND)
    await alice.node.rotate_identity()
    walks = next(one.id for one in await carol.node.channels_list() if one.name == "walks")

    await _reads(carol, walks, ENDS, within=2 * A_ROUND)
    await _reads(carol, "c3", "as who I was", ENDS)
    await alice.node.channels_publish("walks", "the lake")
    await _reads(carol, walks, ENDS, "the lake", within=A_ROUND + STRANGER_SYNC_EVERY)


async def test_the_end_of_a_channel_for_friends_is_told_to_no_stranger(three: Three) -> None:
    alice, _, carol = three
    hidden = await carol.node.channels_subscribe(await alice.code(), "friends")
    await alice.node.rotate_identity()

    await _reads(carol, "c3", "as who I was", ENDS, within=2 * A_ROUND)
    await asyncio.sleep(A_ROUND)

    assert await _posts(carol, hidden.id) == []


async def test_an_end_is_final_and_outlives_a_hundred_posts(three: Three) -> None:
    alice, _, carol = three
    await carol.stop()
    await alice.node.rotate_identity()
    (_, end) = await _posts(alice, "public")
    with pytest.raises(NotFound):
        await alice.node.channels_retract(end.id)
    for number in range(120):
        await alice.node.channels_publish("public", str(number))

    await carol.start()

    newest = [str(number) for number in range(20, 120)]
    await _reads(carol, "c3", *newest, within=2 * A_ROUND)
