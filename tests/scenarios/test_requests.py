"""Asking to be friends, and every answer to it (protocol §6)."""

import asyncio

import pytest

from chattor.errors import NotAllowed, NotFound
from chattor.handlers.peers import SAYS_FRIENDS, Admission, Refusal
from chattor.model.events import FriendAdded, FriendRemoved, FriendRequested
from chattor.model.friend import FriendState
from chattor.model.message import Wait
from chattor.node.links import Links
from chattor.node.session import Session
from chattor.protocol.frames import Accept, Request
from chattor.protocol.limits import IDLE_AFTER, REQUESTS_MAX, RETRY_JITTER, RETRY_MAX
from chattor.protocol.link import Proved, Purpose
from tests.scenarios.conftest import Two
from tests.support.people import befriend
from tests.support.virtual import eventually
from tests.support.visitors import Visitor

NONE, OUTGOING, INCOMING = FriendState.NONE, FriendState.OUTGOING, FriendState.INCOMING
FRIEND, BLOCKED = FriendState.FRIEND, FriendState.BLOCKED


async def _ask(two: Two, note: str = "") -> None:
    await two.alice.node.friends_add(await two.bob.code(), name="bob", note=note)
    await two.bob.request()


async def test_a_request_comes_with_name_and_note_and_makes_friends_when_accepted(strangers: Two) -> None:
    alice, bob = strangers
    await _ask(strangers, note="we met at the lake")

    request = await bob.request()
    assert (request.name, request.note, request.state) == ("alice", "we met at the lake", INCOMING)
    assert (await alice.state(), await bob.state()) == (OUTGOING, INCOMING)
    with pytest.raises(NotAllowed, match="not a friend"):
        await alice.node.send("bob", "too early")

    friend = await bob.node.friends_accept(request.id)
    assert (friend.state, friend.name) == (FRIEND, "alice")
    assert (await alice.expect(FriendAdded)).friend == "f1"
    await alice.node.send("bob", "hello")
    await bob.node.send("alice", "hi")
    await bob.shown("hello")
    await alice.shown("hi")


async def test_a_request_the_other_store_has_forgotten_is_made_again(strangers: Two) -> None:
    bob = strangers.bob
    before = bob.copy()
    await _ask(strangers, note="we met at the lake")
    await asyncio.sleep(60)
    await bob.stop()
    bob.put_back(before)
    await bob.start()
    assert await bob.state() is NONE

    await asyncio.sleep(26 * 3600)

    assert (await bob.request()).note == "we met at the lake"


async def test_a_request_made_again_changes_nothing_where_it_was_heard(strangers: Two) -> None:
    alice, bob = strangers
    await _ask(strangers)
    before = await bob.node.friends_requests()

    await asyncio.sleep(3 * 24 * 3600)

    assert await bob.node.friends_requests() == before
    assert [event for event in (await bob.node.recv()).events if isinstance(event, FriendRequested)][1:] == []
    assert await alice.node.outbox_list() == []


@pytest.mark.parametrize("after", [0, 10, 20])
async def test_a_request_nobody_answers_holds_no_link(strangers: Two, after: float) -> None:
    await asyncio.sleep(after)
    await _ask(strangers)

    await asyncio.sleep(2 * IDLE_AFTER)

    assert not strangers.network.standing("alice", "bob")


async def test_a_request_waits_for_whoever_is_away(strangers: Two) -> None:
    alice, bob = strangers
    code = await bob.code()
    await bob.stop()
    await alice.node.friends_add(code, name="bob")
    await asyncio.sleep(3600)
    await alice.stop()

    await bob.start()
    await asyncio.sleep(3600)
    await alice.start()

    assert (await bob.request()).name == "alice"
    await eventually(lambda: _all_quiet(strangers))


async def test_a_rejection_is_silent_and_later_requests_of_the_same_person_leave_no_trace(strangers: Two) -> None:
    alice, bob = strangers
    await _ask(strangers)
    await bob.node.friends_reject("f1")
    await asyncio.sleep(3600)
    assert (await alice.state(), await bob.state()) == (OUTGOING, NONE)

    await alice.node.friends_cancel("bob")
    await asyncio.sleep(60)
    await alice.node.friends_add(await bob.code(), name="bob")
    await asyncio.sleep(60)

    assert await bob.node.friends_requests() == []
    assert await alice.node.outbox_list() == [], "a repeat is answered, so that it is not sent for ever"
    assert [type(event) for event in (await bob.node.recv("0")).events] == [FriendRequested, FriendRemoved]


async def test_whoever_rejected_may_ask_himself(strangers: Two) -> None:
    alice, bob = strangers
    await _ask(strangers)
    await bob.node.friends_reject("f1")

    await bob.node.friends_add(await alice.code(), name="alice")

    await bob.expect(FriendAdded)
    await alice.expect(FriendAdded)


async def test_a_request_that_was_heard_is_taken_back_on_both_sides(strangers: Two) -> None:
    alice, bob = strangers
    await _ask(strangers)
    await alice.node.friends_cancel("bob")
    await bob.expect(FriendRemoved)
    assert (await alice.state(), await bob.state()) == (NONE, NONE)
    with pytest.raises(NotFound):
        await bob.node.friends_accept("f1")


async def test_removing_a_friend_ends_it_on_both_sides_and_gives_up_what_waits(friends: Two) -> None:
    alice, bob = friends
    await alice.node.send("f1", "delivered", wait=Wait.DELIVERED)
    friends.network.down("bob")
    await asyncio.sleep(1)
    await alice.node.send("f1", "still queued")
    await alice.node.friends_remove("f1")
    friends.network.up("bob")

    await bob.expect(FriendRemoved)
    await asyncio.sleep(60)

    assert await bob.texts("f1") == ["delivered"]
    assert [(message.text, message.state) for message in await alice.node.history("f1")] == [
        ("delivered", "delivered"),
        ("still queued", "cancelled"),
    ]
    with pytest.raises(NotAllowed):
        await bob.node.send("f1", "hello?")


async def test_a_block_closes_the_link_within_a_second_and_an_unblocked_person_may_ask_again(friends: Two) -> None:
    alice, bob = friends
    await bob.node.friends_block("f1")
    await asyncio.sleep(1)
    assert not (await alice.node.friends_list())[0].online

    await alice.node.send("f1", "do you hear me?")
    await asyncio.sleep(3600)
    assert await bob.texts("f1") == []
    assert (await alice.state(), await bob.state()) == (FRIEND, BLOCKED)

    await bob.node.friends_unblock("f1")
    assert await bob.state() == NONE
    await asyncio.sleep(RETRY_MAX * (1 + RETRY_JITTER) + 60)  # she still has mail, and dials
    request = await bob.request()
    assert request.note == "says you were friends"
    await bob.node.friends_accept(request.id)
    await bob.shown("do you hear me?", friend=request.id)


async def test_a_block_that_meets_the_admission_of_a_link_still_closes_it(
    friends: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = friends
    await alice.stop()
    vet, bobs = Links._vet, bob.process.core

    async def vet_and_block(links: Links, session: Session, event: Proved) -> Admission | Refusal:
        verdict = await vet(links, session, event)
        if links._core is bobs and await bob.state() is FRIEND:
            await bob.node.friends_block("f1")
        return verdict

    monkeypatch.setattr(Links, "_vet", vet_and_block)
    await alice.start()
    await asyncio.sleep(10)

    assert await bob.state() is BLOCKED
    assert not list(bob.process.runtime._sessions)


@pytest.mark.parametrize(("purpose", "left"), [(Purpose.REQUEST, []), (Purpose.FRIEND, [INCOMING])])
async def test_input_51_an_acceptance_nobody_asked_for_makes_no_friend(
    strangers: Two, purpose: Purpose, left: list[FriendState]
) -> None:
    alice = strangers.alice
    visit = await (await Visitor.come(strangers.network, "mallory")).visit(alice, purpose)

    visit.say(Accept(b"a" * 16, "mallory"))
    await asyncio.sleep(5)

    assert visit.end is not None
    assert [row.state for row in await alice.node.friends_list()] == left


async def test_input_52_a_full_inbox_gives_way_at_random_among_what_nobody_looked_at(strangers: Two) -> None:
    alice = strangers.alice
    for number in range(REQUESTS_MAX + 3):
        visit = await (await Visitor.come(strangers.network, f"asker {number}")).visit(alice)
        visit.say(Request(b"1" * 16, f"asker {number}"))
        await asyncio.sleep(60)
        await visit.leave()

    requests = await alice.node.friends_requests()
    assert len(requests) == REQUESTS_MAX


async def test_friends_have_one_relation_however_often_they_ask(strangers: Two) -> None:
    alice, bob = strangers
    await befriend(alice, bob)
    with pytest.raises(NotAllowed, match="friends already"):
        await alice.node.friends_add(await bob.code())
    with pytest.raises(NotAllowed, match="friends already"):
        await bob.node.friends_add(await alice.code())
    assert len(await alice.node.friends_list()) == len(await bob.node.friends_list()) == 1
    await eventually(lambda: _all_quiet(strangers))


@pytest.mark.parametrize("friend_writes", [False, True])
async def test_an_acceptance_that_a_restore_undid_is_asked_for_again(strangers: Two, friend_writes: bool) -> None:
    alice, bob = strangers
    await _ask(strangers)
    await eventually(lambda: _all_quiet(strangers))
    before = alice.copy()
    await bob.node.friends_accept("f1")
    await alice.expect(FriendAdded)
    await alice.stop()
    alice.put_back(before)
    if friend_writes:
        await bob.node.send("alice", "still friends?")
    strangers.network.down("bob")

    await alice.start()
    strangers.network.up("bob")  # he dials everybody

    await alice.expect(FriendAdded)
    if friend_writes:
        await alice.shown("still friends?")
    await alice.node.send("bob", "sure")
    await bob.shown("sure")
    await eventually(lambda: _all_quiet(strangers))


async def test_whoever_was_put_back_to_an_ended_friendship_accepts_what_began_it_anew(friends: Two) -> None:
    alice, bob = friends
    await eventually(lambda: _all_quiet(friends))
    before = alice.copy()
    await bob.node.friends_remove("f1")
    await alice.expect(FriendRemoved)
    await bob.node.friends_add(await alice.code(), name="alice")
    await alice.request()
    await eventually(lambda: _all_quiet(friends))
    await alice.stop()
    alice.put_back(before)

    await alice.start()

    await alice.node.send("bob", "did I miss anything?")
    await bob.shown("did I miss anything?")
    assert (await alice.state(), await bob.state()) == (FRIEND, FRIEND)


async def _all_quiet(two: Two) -> bool:
    return not (await two.alice.node.outbox_list() or await two.bob.node.outbox_list())


async def test_whoever_was_blocked_and_still_takes_us_for_a_friend_asks_as_of_now(friends: Two) -> None:
    alice, bob = friends
    await alice.node.send("f1", "kept", Wait.DELIVERED)
    await alice.node.friends_block("f1")
    await asyncio.sleep(3600)
    await bob.node.send("f1", "are you there?")
    unblocked_at = alice.clock.wall()
    await alice.node.friends_unblock("f1")
    await asyncio.sleep(7200)
    (request,) = await alice.node.friends_requests()
    assert request.note == SAYS_FRIENDS
    assert request.at.timestamp() * 1000 >= unblocked_at
