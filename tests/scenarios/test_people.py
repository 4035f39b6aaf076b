"""Whom we know: parting and meeting again, the block list, an impostor (protocol §6)."""

import asyncio

import pytest

from chattor.crypto.keys import Identity
from chattor.errors import NotAllowed
from chattor.model.events import FriendAdded, FriendRemoved, IdentityAlarm
from chattor.model.friend import FriendState
from chattor.protocol import pins
from chattor.protocol.frames import Done, Request
from chattor.protocol.limits import RETRY_JITTER, RETRY_MAX
from chattor.protocol.link import Purpose
from tests.scenarios.conftest import Two
from tests.support.dice import dice
from tests.support.visitors import Visitor


@pytest.mark.parametrize("keep", [True, False])
async def test_friends_who_meet_again_find_what_they_kept(friends: Two, keep: bool) -> None:
    alice, bob = friends
    await alice.node.send("f1", "the first time")
    await bob.shown("the first time")
    await bob.node.send("f1", "too")
    await alice.shown("too")

    await alice.node.friends_remove("f1", keep_history=keep)
    await bob.expect(FriendRemoved)
    await asyncio.sleep(60)
    since = (await alice.node.recv()).cursor
    asked = await alice.node.friends_add(await bob.code(), name="bob")
    await bob.node.friends_accept((await bob.request()).id)
    await alice.expect(FriendAdded, since)
    await alice.node.send(asked.id, "the second time")
    await bob.shown("the second time")

    kept = ["the first time", "too"] if keep else []
    assert await alice.texts(asked.id) == [*kept, "the second time"]
    assert await bob.texts("f1") == ["the first time", "too", "the second time"]


async def test_whoever_is_blocked_comes_back_by_no_request_and_no_new_address(friends: Two) -> None:
    alice, bob = friends
    await alice.node.friends_block("f1")
    assert [row.state for row in await alice.node.friends_list()] == [FriendState.BLOCKED]

    await bob.node.friends_remove("f1")
    await asyncio.sleep(60)
    await bob.node.friends_add(await alice.code(), note="please")
    await asyncio.sleep(600)
    await bob.node.rotate_onion()
    await bob.stop()
    await bob.start()
    await asyncio.sleep(3600)

    assert await alice.node.friends_requests() == []
    assert [row.state for row in await alice.node.friends_list()] == [FriendState.BLOCKED]
    await alice.node.friends_unblock("f1")
    await asyncio.sleep(RETRY_MAX * (1 + RETRY_JITTER))  # he still asks, now and then
    assert (await alice.request()).note == "please"


async def test_an_impostor_at_a_friends_address_stops_sending_until_it_is_acknowledged(friends: Two) -> None:
    alice, bob = friends
    other = Identity.generate(dice("mallory"))
    impostor = Identity(onion=bob.identity.onion, sig=other.sig, dh=other.dh)
    visit = await (await Visitor.come(friends.network, "mallory", impostor)).visit(alice, Purpose.FRIEND)

    assert (await alice.expect(IdentityAlarm)).reason == pins.OTHER_IDENTITY
    assert visit.heard == []
    with pytest.raises(NotAllowed, match="acknowledge it first"):
        await alice.node.send("f1", "a secret")
    await bob.node.send("f1", "I am still here")
    await alice.shown("I am still here")
    assert (await alice.node.friends_acknowledge("f1")).alarm is None
    await alice.node.send("f1", "a secret")
    await bob.shown("a secret")


async def test_a_mutation_of_a_name_is_said_and_blocks_nothing(friends: Two) -> None:
    alice, _ = friends
    await alice.node.friends_rename("f1", "Carol")
    visit = await (await Visitor.come(friends.network, "mallory")).visit(alice)
    visit.say(Request(b"1" * 16, "\u0421arol"))
    request = await alice.request()

    assert request.notice == "this name looks like that of your friend Carol (f1)"
    assert (await alice.node.friends_accept(request.id)).state is FriendState.FRIEND
    await asyncio.sleep(5)
    assert Done(b"1" * 16) in visit.heard
