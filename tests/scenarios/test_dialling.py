"""Who dials whom and when (protocol §5, Dialling)."""

import asyncio
from pathlib import Path

import pytest

from tests.scenarios.conftest import Two
from tests.support.people import people


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
