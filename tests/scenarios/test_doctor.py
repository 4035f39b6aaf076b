"""What the doctor finds, in a network whose faults are known."""

import asyncio

import pytest

from chattor.errors import NotAllowed
from chattor.model.doctor import Diagnosis
from tests.scenarios.conftest import Two

OWN = ["clock", "profile", "tor", "node", "bootstrap", "guard", "descriptor", "own address"]
FRIEND = ["friend's descriptor", "rendezvous", "handshake"]


def _broken(found: Diagnosis) -> str:
    """The rung that failed, which must be the one between those that held and those nobody tried."""
    oks = [rung.ok for rung in found.rungs]
    at = oks.index(False)
    assert oks == [True] * at + [False] + [None] * (len(oks) - at - 1)
    assert found.rungs[at].advice
    assert not found.ok
    assert all(rung.seconds is None for rung in found.rungs[at + 1 :])
    return found.rungs[at].name


async def test_all_holds_between_friends(friends: Two) -> None:
    found = await friends.alice.node.doctor("bob")
    assert [rung.name for rung in found.rungs] == OWN + FRIEND
    assert found.ok
    assert all(rung.ok and rung.seconds is not None and not rung.advice for rung in found.rungs)
    await asyncio.sleep(5)
    assert friends.network.standing("alice", "bob") == 1, "the link there was; what was tried is closed"


async def test_a_friend_who_is_away_has_no_descriptor_and_one_without_a_link_gets_one(friends: Two) -> None:
    alice, bob = friends
    await bob.stop()
    await asyncio.sleep(600)
    assert _broken(await alice.node.doctor("bob")) == "friend's descriptor"
    await bob.start()
    assert (await alice.node.doctor("bob")).ok
    await alice.node.send("bob", "there you are")
    await bob.shown("there you are", within=5)


async def test_a_friend_behind_a_wall_is_found_but_not_met(friends: Two) -> None:
    friends.network.partition("alice", "bob")
    assert _broken(await friends.alice.node.doctor("f1")) == "rendezvous"
    friends.network.heal("alice", "bob")
    friends.network.refuse("bob")
    assert _broken(await friends.alice.node.doctor("f1")) == "rendezvous"


async def test_whoever_was_blocked_learns_that_nobody_there_is_his_friend(friends: Two) -> None:
    alice, bob = friends
    await bob.node.friends_block("alice")
    await asyncio.sleep(5)
    assert _broken(await alice.node.doctor("bob")) == "handshake"


async def test_without_tor_nothing_above_is_tried(friends: Two) -> None:
    friends.network.down("alice")
    assert _broken(await friends.alice.node.doctor("f1")) == "tor"


async def test_an_own_address_that_does_not_answer_is_told(friends: Two) -> None:
    friends.network.refuse("alice")
    assert _broken(await friends.alice.node.doctor()) == "own address"


async def test_a_clock_of_long_ago_is_told(friends: Two) -> None:
    alice = friends.alice
    alice.clock.jump(-40 * 365 * 86_400)
    found = await alice.node.doctor()
    assert _broken(found) == "clock"
    assert "past" in found.rungs[0].detail


async def test_strangers_are_not_dialled(friends: Two) -> None:
    await friends.bob.node.friends_block("alice")
    with pytest.raises(NotAllowed):
        await friends.bob.node.doctor("alice")
