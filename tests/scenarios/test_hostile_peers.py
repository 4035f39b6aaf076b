"""People with every key they should have, who flood: what they say unasked is read no faster than the limit."""

import asyncio
from collections.abc import Callable

import pytest

from chattor.model.message import Wait
from chattor.protocol.frames import Ack, Done, FrameType, Remove, Request
from chattor.protocol.lifecycle import End
from chattor.protocol.limits import (
    FORK_EVERY,
    FORKS_BURST,
    READ_MAX,
    REQUESTS_MAX,
    REQUESTS_RATE,
    REQUESTS_SEEN_MAX,
    UNSOLICITED_BURST,
    UNSOLICITED_RATE,
)
from chattor.protocol.link import Greeting, Purpose
from chattor.transport.pipe import ROOM
from tests.scenarios.conftest import Two
from tests.support.people import Person
from tests.support.virtual import eventually
from tests.support.visitors import Visit, Visitor

A_MINUTE = 60.0


def _done(visit: Visit) -> None:
    visit.say(*(Done(number.to_bytes(16, "big")) for number in range(100)))


def _ack(visit: Visit) -> None:
    visit.say(*[Ack(0, bytes(32))] * 100)


def _ping(visit: Visit) -> None:
    visit.forge(*[(FrameType.PING, b"")] * 100)


def _ignorable(visit: Visit) -> None:
    visit.forge(*[(0x90, b"")] * 100)


FLOODS = [_done, _ack, _ping, _ignorable]


async def _acquaintance(two: Two) -> Visit:
    """A link of somebody whose request lies in the inbox."""
    visit = await (await Visitor.come(two.network, "mallory")).visit(two.alice)
    visit.say(Request(b"r" * 16, "Mallory", "hi"))
    await asyncio.sleep(A_MINUTE)
    return visit


@pytest.mark.parametrize("flood", FLOODS, ids=lambda flood: flood.__name__)
async def test_a_flood_of_what_nobody_asked_for_is_read_at_the_limit(
    strangers: Two, flood: Callable[[Visit], None]
) -> None:
    visit = await _acquaintance(strangers)
    before = strangers.network.carried("alice", "mallory")

    for _ in range(1000):
        flood(visit)
        await asyncio.sleep(0.01)

    passed = strangers.network.carried("alice", "mallory") - before
    assert passed < ROOM + 2 * READ_MAX, "more was read than one read and what the stream itself takes"
    await visit.leave()


async def test_whoever_says_far_more_than_he_may_is_let_go(strangers: Two) -> None:
    visit = await _acquaintance(strangers)

    visit.say(*(Done(number.to_bytes(16, "big")) for number in range(3_000)))
    await asyncio.sleep(5)

    assert visit.end is End.BYE


async def test_whoever_stays_within_the_limit_is_heard(strangers: Two) -> None:
    visit = await _acquaintance(strangers)
    for _ in range(30):
        visit.forge((FrameType.PING, b""), (0x90, b""))
        await asyncio.sleep(2 / UNSOLICITED_RATE)

    visit.say(*[Request(b"s" * 16, "Mallory", "again")] * UNSOLICITED_BURST)
    await asyncio.sleep(10)

    assert visit.end is None
    assert len([frame for frame in visit.heard if isinstance(frame, Done)]) == 1 + UNSOLICITED_BURST
    await visit.leave()


async def test_a_stranger_who_asks_and_withdraws_for_ever_cannot_fill_the_event_log(strangers: Two) -> None:
    visitor = await Visitor.come(strangers.network, "mallory")
    for number in range(600):
        visit = await visitor.visit(strangers.alice)
        visit.say(Request(number.to_bytes(16, "big"), "Mallory"), Remove(number.to_bytes(16, "little")))
        await asyncio.sleep(1)
        await visit.leave()

    events = (await strangers.alice.node.recv("0", limit=1000)).events
    assert len(events) <= 2 * (REQUESTS_MAX + 600 * REQUESTS_RATE + 10)


@pytest.mark.parametrize("purpose", [Purpose.REQUEST, Purpose.FRIEND])
async def test_a_crowd_leaves_no_more_requests_than_anybody_answers_though_all_are_looked_at(
    strangers: Two, purpose: Purpose
) -> None:
    alice = strangers.alice
    for number in range(REQUESTS_SEEN_MAX + 20):
        visit = await (await Visitor.come(strangers.network, f"asker {number}")).visit(alice, purpose)
        if purpose is Purpose.REQUEST:
            visit.say(Request(b"1" * 16, "Mallory"))
        await asyncio.sleep(1 / REQUESTS_RATE)
        await alice.node.friends_requests()
        await visit.leave()

    assert len(await alice.node.friends_requests()) == REQUESTS_SEEN_MAX


async def test_a_request_that_came_in_a_crowd_is_tried_again_and_taken(strangers: Two) -> None:
    alice, bob = strangers
    visitor = await Visitor.come(strangers.network, "mallory")
    for number in range(REQUESTS_MAX + 5):
        visit = await visitor.visit(alice)
        visit.say(Request(number.to_bytes(16, "big"), "Mallory"), Remove(number.to_bytes(16, "little")))
        await asyncio.sleep(0.5)
        await visit.leave()

    await bob.node.friends_add(await alice.code(), name="alice")

    await eventually(lambda: _asked_by(alice, "bob"), within=3600)


async def _asked_by(person: Person, name: str) -> bool:
    return name in [request.name for request in await person.node.friends_requests()]


async def test_a_friend_who_is_elsewhere_again_and_again_is_answered_a_few_times_and_then_seldom(friends: Two) -> None:
    alice, bob = friends
    await alice.node.send("f1", "hello", wait=Wait.DELIVERED)
    await bob.stop()
    liar = await Visitor.come(friends.network, "liar", bob.identity)

    async def is_served(number: int) -> bool:
        greeting = Greeting(r_high=number, r_hash=bytes([number]) * 32)
        visit = await liar.visit(alice, Purpose.FRIEND, greeting)
        await asyncio.sleep(5)
        served = visit.end is None
        await visit.leave()
        return served

    assert [await is_served(number) for number in range(10, 10 + FORKS_BURST)] == [True] * FORKS_BURST
    alice.clock.jump(-3000)
    assert not await is_served(50)
    await asyncio.sleep(FORK_EVERY)
    assert await is_served(51)
