"""The life of a friendship between two nodes (protocol §6)."""

import asyncio

from chattor.model.events import FriendRemoved
from tests.scenarios.conftest import Two


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
