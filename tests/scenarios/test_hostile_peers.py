"""People with every key they should have, who flood: what they say unasked is read no faster than the limit."""

import asyncio
from collections.abc import Callable

import pytest

from chattor.protocol.frames import Ack, Done, FrameType, Request
from chattor.protocol.lifecycle import End
from chattor.protocol.limits import READ_MAX, UNSOLICITED_BURST, UNSOLICITED_RATE
from chattor.transport.pipe import ROOM
from tests.scenarios.conftest import Two
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
