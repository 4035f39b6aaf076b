"""Who dials whom and when (protocol §5, Dialling)."""

import asyncio
from pathlib import Path

import pytest

from chattor.model.friend import FriendState
from chattor.model.ids import FriendId
from chattor.model.message import Priority
from chattor.protocol.limits import DEAD_AFTER, DIAL_TIMEOUT, DIALS_AT_ONCE, RETRY_JITTER, RETRY_MAX
from tests.scenarios.conftest import Two
from tests.support.people import befriend, people
from tests.support.probe import Probe


@pytest.mark.parametrize("seconds", range(380, 480, 7))
async def test_whoever_becomes_reachable_dials_again_even_if_a_hopeless_dial_was_under_way(
    friends: Two, seconds: float
) -> None:
    alice, bob = friends
    friends.network.partition("alice", "bob")
    await alice.node.send("f1", "through the wall")
    await asyncio.sleep(seconds)  # several dials have failed; at some of these moments another one hangs
    assert "through the wall" not in await bob.texts("f1")

    friends.network.heal("alice", "bob")
    friends.network.down("alice")
    friends.network.up("alice")

    await bob.shown("through the wall", within=60)


@pytest.mark.parametrize("seconds", range(380, 480, 7))
async def test_a_new_message_dials_again_even_if_a_hopeless_dial_was_under_way(friends: Two, seconds: float) -> None:
    alice, bob = friends
    friends.network.partition("alice", "bob")
    await alice.node.send("f1", "through the wall")
    await asyncio.sleep(seconds)

    friends.network.heal("alice", "bob")
    await alice.node.send("f1", "and once more")

    await bob.shown("through the wall", "and once more", within=60)


async def test_a_friend_lost_during_the_dial_leaves_no_stream_open(tmp_path: Path) -> None:
    async with people(tmp_path, "alice", "bob", latency=(1, 1)) as (alice, bob):
        await asyncio.sleep(2)
        await alice.node.friends_add(await bob.code(), name="bob")
        await asyncio.sleep(0.5)

        await alice.node.friends_cancel("bob")
        await asyncio.sleep(5)

        assert not alice.network.standing("alice", "bob")


async def test_whoever_hangs_up_on_what_we_have_to_say_is_dialled_ever_more_seldom(
    strangers: Two, probe: Probe
) -> None:
    """Bob withdrew his request by a block, and is nobody's friend: he refuses to hear that it was accepted."""
    alice, bob = strangers
    await bob.node.friends_add(await alice.code(), name="alice")
    request = await alice.request()
    await bob.node.friends_block("alice")
    await alice.node.friends_accept(request.id)
    await bob.node.friends_unblock("alice")
    await asyncio.sleep(3600)
    assert (await bob.request()).state is FriendState.INCOMING, "he is told what she believes"

    met = len(probe.story)
    await asyncio.sleep(3600)

    links = sum(line.endswith("alice prove") for line in probe.story[met:])
    assert 1 <= links <= 2 * 3600 / (RETRY_MAX * (1 - RETRY_JITTER)) + 1
    friend = await bob.node.friends_accept((await bob.request()).id)
    await bob.node.send(friend.id, "friends after all")
    await alice.shown("friends after all")


async def test_whoever_has_the_most_urgent_message_is_dialled_before_all_others_who_wait(tmp_path: Path) -> None:
    names = [f"friend{number:02}" for number in range(2 * DIALS_AT_ONCE + 2)]
    async with people(tmp_path, "alice", *names) as (alice, *others):
        for one in others:
            await befriend(alice, one)
            alice.network.partition("alice", one.name)
        numbers = {one.name: int(one.id[1:]) for one in await alice.node.friends_list()}
        await asyncio.sleep(10 * DEAD_AFTER)  # all links are dead by now, and nobody is dialled
        dialling = alice.process.runtime._dialler._dialling
        assert not dialling

        urgency = {names[-2]: Priority.LOW, names[-1]: Priority.HIGH}
        for name in names:
            await alice.node.send(name, "hello", priority=urgency.get(name, Priority.NORMAL))
        first = set(dialling)
        await asyncio.sleep(DIAL_TIMEOUT + 1)
        then = set(dialling)

        assert (len(first), len(then), first & then) == (DIALS_AT_ONCE, DIALS_AT_ONCE, set())
        assert numbers[names[-1]] in then
        assert numbers[names[-2]] not in first | then
        shown = {one.friend: one.priority for one in await alice.node.outbox_list()}
        assert [shown[FriendId(f"f{numbers[name]}")] for name in names[-3:]] == [
            Priority.NORMAL,
            Priority.LOW,
            Priority.HIGH,
        ]
