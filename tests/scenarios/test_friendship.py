"""The life of a friendship between two nodes (protocol §6)."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from chattor.errors import NotAllowed
from chattor.model.events import FriendAdded, FriendRemoved
from tests.scenarios.conftest import Two
from tests.support.people import people
from tests.support.probe import Branch, Probe


async def test_a_removed_friend_who_did_not_hear_of_it_yet_leaves_no_request_behind(friends: Two) -> None:
    alice, bob = friends
    friends.network.refuse("bob")
    friends.network.cut("alice", "bob", after=0)
    await alice.node.send("f1", "goes into the cut")
    await asyncio.sleep(10)

    await alice.node.friends_remove("f1")
    await bob.node.send("f1", "are you there?")
    await bob.expect(FriendRemoved)
    await asyncio.sleep(10)

    assert await alice.node.friends_list() == []
    assert await bob.node.friends_list() == []


@pytest.mark.parametrize("remover", ["alice", "bob"])
@pytest.mark.parametrize("after", [tenths / 10 for tenths in range(2, 13)])
async def test_what_arrives_late_on_a_link_from_before_the_end_is_no_request(
    friends: Two, remover: str, after: float
) -> None:
    friends.network.down("alice")
    await asyncio.sleep(1)
    friends.network.up("alice")
    await asyncio.sleep(after)
    release = friends.network.hang("alice", "bob")
    await getattr(friends, remover).node.friends_remove("f1")
    await asyncio.sleep(40)
    release()
    await asyncio.sleep(40)
    for person in friends:
        assert await person.node.friends_list() == []
        assert await person.node.friends_requests() == []


@pytest.mark.parametrize("after", [tenths / 10 for tenths in range(2, 13)])
async def test_whoever_dialled_before_he_heard_that_he_was_removed_leaves_no_request(
    friends: Two, after: float
) -> None:
    alice, bob = friends
    friends.network.down("bob")
    await asyncio.sleep(1)
    friends.network.refuse("bob")
    await alice.node.friends_remove("f1")
    await bob.node.send("f1", "are you there?")
    friends.network.up("bob")
    await asyncio.sleep(after)
    release = friends.network.hang("alice", "bob")
    friends.network.allow("bob")
    await bob.expect(FriendRemoved)
    await asyncio.sleep(5)
    release()
    await asyncio.sleep(60)
    for person in friends:
        assert await person.node.friends_list() == []
        assert await person.node.friends_requests() == []


@pytest.mark.parametrize("wrote", [True, False])
@pytest.mark.parametrize("again", ["remover", "removed"])
@pytest.mark.parametrize("pause", [1, 20, 60])
async def test_friends_who_parted_may_become_friends_again_at_once(
    friends: Two, wrote: bool, again: str, pause: float
) -> None:
    alice, bob = friends
    if wrote:
        await alice.node.send("f1", "before")
    await asyncio.sleep(pause)
    await alice.node.friends_remove("f1", keep_history=False)
    await bob.expect(FriendRemoved)
    await asyncio.sleep(pause)

    asker, asked = (alice, bob) if again == "remover" else (bob, alice)
    since = (await asker.node.recv()).cursor
    async with asyncio.timeout(60):
        await asker.node.friends_add(await asked.code())
        request = await asked.request()
        await asked.node.friends_accept(request.id)
        added = await asker.expect(FriendAdded, since)
        await asker.node.send(added.friend, "after")
        await asked.shown("after", friend=request.id)


@pytest.mark.parametrize("later", [quarters / 4 for quarters in range(28)])
async def test_requests_that_cross_at_any_moment_make_friends(directory: Path, later: float) -> None:
    async with people(directory, "alice", "bob", latency=(1, 1)) as (alice, bob):
        await alice.node.friends_add(await bob.code(), name="bob")
        await asyncio.sleep(later)
        await bob.node.friends_add(await alice.code(), name="alice")
        async with asyncio.timeout(60):
            await alice.expect(FriendAdded)
            await bob.expect(FriendAdded)
            await alice.node.send("f1", "hello")
            await bob.shown("hello")


@pytest.mark.parametrize("later", [quarters / 4 for quarters in range(36)])
async def test_a_request_taken_back_at_any_moment_leaves_nothing(directory: Path, later: float) -> None:
    async with people(directory, "alice", "bob", latency=(1, 1)) as (alice, bob):
        await alice.node.friends_add(await bob.code(), name="bob")
        await asyncio.sleep(later)
        await alice.node.friends_cancel("bob")
        await asyncio.sleep(60)
        assert await alice.node.friends_list() == []
        assert await bob.node.friends_list() == []
        assert await alice.node.outbox_list() == []


@pytest.mark.parametrize("crossed", [True, False])
@pytest.mark.parametrize("keep_history", [True, False])
@pytest.mark.parametrize("told", ["on the link that stood", "on a link he dialled as a friend"])
async def test_a_friendship_that_begins_anew_on_the_same_link_is_no_fork(
    friends: Two, crossed: bool, keep_history: bool, told: str, probe: Probe
) -> None:
    alice, bob = friends
    for number in range(3):
        await alice.node.send("f1", f"first time, {number}")
        await bob.node.send("f1", f"first time too, {number}")
    await alice.stop()
    await alice.start()  # the HELLOs of the next link name places in the streams
    await asyncio.sleep(30)

    if told == "on a link he dialled as a friend":
        friends.network.refuse("bob")
        friends.network.cut("alice", "bob", after=0)
    await alice.node.friends_remove("f1", keep_history)
    await asyncio.sleep(5)
    with suppress(NotAllowed):  # he may know already
        await bob.node.send("f1", "are we still friends?")
    await bob.expect(FriendRemoved)
    friends.network.allow("bob")
    await asyncio.sleep(5)

    asked = await alice.node.friends_add(await bob.code())
    if crossed:
        await bob.node.friends_add(await alice.code())
    else:
        await bob.node.friends_accept((await bob.request()).id)
    await asyncio.sleep(5)
    for number in range(3):
        await alice.node.send(asked.id, f"second time, {number}")
        await bob.node.send("f1", f"second time too, {number}")

    await bob.shown(*(f"second time, {number}" for number in range(3)))
    await alice.shown(*(f"second time too, {number}" for number in range(3)), friend=asked.id)
    assert [probe.hits[branch] for branch in (Branch.FORK, Branch.BROKEN)] == [0, 0]
