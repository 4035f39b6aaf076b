"""When nobody could reach us is remembered and told: tor gone, the machine asleep, the process killed meanwhile."""

import asyncio
from datetime import datetime, timedelta

import pytest

from chattor.api import Batch
from chattor.handlers import outages
from chattor.handlers.views import moment
from chattor.model.events import Unreachable
from chattor.model.status import Outage, TorPhase, TorStatus
from chattor.node.watch import ASLEEP, LOOK_EVERY, SHORTEST, reason
from tests.scenarios.conftest import Two
from tests.support.people import Person

MINUTE = 60


async def _told(person: Person) -> list[Outage]:
    told = (await person.node.status()).outages
    assert told == (await person.node.doctor()).outages
    return told


def _now(person: Person) -> datetime:
    return moment(person.clock.wall())


async def _events(person: Person) -> list[Outage | None]:
    batch: Batch = await person.node.recv("0", limit=1000)
    return [event.outage for event in batch.events if isinstance(event, Unreachable)]


async def test_an_outage_is_told_while_it_lasts_and_when_it_is_over(friends: Two) -> None:
    alice = friends.alice
    await asyncio.sleep(MINUTE)
    assert await _told(alice) == []
    began = _now(alice)
    friends.network.down("alice")
    await asyncio.sleep(SHORTEST + LOOK_EVERY)
    assert await _told(alice) == [Outage(began=began, ended=None, reason="tor was not connected")]
    await asyncio.sleep(20 * MINUTE)
    friends.network.up("alice")
    ended = _now(alice)
    await asyncio.sleep(1)
    assert await _told(alice) == [Outage(began=began, ended=ended, reason="tor was not connected")]
    assert len(await _events(alice)) == 2
    assert await _told(friends.bob) == []


async def test_a_moment_without_tor_and_the_beginning_are_no_outages(friends: Two) -> None:
    friends.network.down("alice")
    await asyncio.sleep(SHORTEST - 1)
    friends.network.up("alice")
    await asyncio.sleep(10 * MINUTE)
    assert await _told(friends.alice) == []
    await friends.alice.stop()
    friends.network.down("alice")
    await friends.alice.start()
    await asyncio.sleep(10 * MINUTE)
    assert await _told(friends.alice) == []


async def test_a_sleep_is_an_outage_from_the_last_look_before_it(friends: Two) -> None:
    alice = friends.alice
    await asyncio.sleep(MINUTE)
    slept = timedelta(hours=8)
    fell_asleep = _now(alice)
    alice.clock.jump(slept.total_seconds())
    woke = _now(alice)
    await asyncio.sleep(2 * LOOK_EVERY)
    [outage] = await _told(alice)
    assert outage.reason == ASLEEP
    assert outage.ended is not None
    assert timedelta() <= fell_asleep - outage.began <= timedelta(seconds=LOOK_EVERY)
    assert timedelta() <= outage.ended - woke <= timedelta(seconds=LOOK_EVERY)


async def test_a_sleep_from_which_tor_takes_long_to_wake_is_one_outage(friends: Two) -> None:
    alice = friends.alice
    await asyncio.sleep(MINUTE)
    alice.clock.jump(3600)
    await asyncio.sleep(LOOK_EVERY / 2)
    friends.network.down("alice")
    await asyncio.sleep(5 * MINUTE)
    friends.network.up("alice")
    ended = _now(alice)
    await asyncio.sleep(MINUTE)
    [outage] = await _told(alice)
    assert (outage.reason, outage.ended) == (ASLEEP, ended)


async def test_one_outage_soon_after_another_is_the_same(friends: Two) -> None:
    for _ in range(2):
        friends.network.down("alice")
        await asyncio.sleep(2 * MINUTE)
        friends.network.up("alice")
        await asyncio.sleep(10)
    [outage] = await _told(friends.alice)
    assert outage.ended is not None
    assert outage.ended - outage.began > timedelta(minutes=4)


async def test_a_killed_node_s_outage_ends_when_it_last_told_the_time(friends: Two) -> None:
    alice = friends.alice
    friends.network.down("alice")
    await asyncio.sleep(10 * MINUTE)
    killed = _now(alice)
    alice.crash()
    await asyncio.sleep(60 * MINUTE)
    friends.network.up("alice")
    await alice.start()
    await asyncio.sleep(MINUTE)
    [outage] = await _told(alice)
    assert outage.ended is not None
    assert timedelta() <= killed - outage.ended <= timedelta(seconds=SHORTEST + LOOK_EVERY)


async def test_only_the_last_week_is_told_and_only_so_much_kept(friends: Two) -> None:
    alice = friends.alice
    core = alice.process.core
    for number in range(outages.KEEP + 20):
        began = core.clock.wall() + number * 1_000_000
        await core.act(outages.begin, began, "tor was not connected")
        await core.act(outages.end, began + 500_000)
    assert len(await _told(alice)) == outages.TELL
    assert len(await core.database.read(lambda tx: tx.outages.newest(1000))) == outages.KEEP
    assert (await _events(alice))[0] is None
    alice.clock.jump(30 * 86_400)
    await asyncio.sleep(1)
    assert [one.reason for one in await _told(alice)] in ([], [ASLEEP])


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (TorStatus(phase=TorPhase.FAILED, detail="tor ended: killed; tor starts again in 1 s"), "tor ended: killed"),
        (
            TorStatus(phase=TorPhase.BOOTSTRAPPING, percent=100, detail="tor hears nothing from the network"),
            "tor hears nothing from the network",
        ),
        (TorStatus(phase=TorPhase.BOOTSTRAPPING, percent=10, detail="Connecting"), "tor was not connected"),
        (TorStatus(phase=TorPhase.PUBLISHING, percent=100), "the network had lost our address"),
        (TorStatus(phase=TorPhase.STARTING), "tor was started again"),
        (TorStatus(), "tor was not running"),
    ],
)
async def test_why_is_said_in_words(status: TorStatus, words: str) -> None:
    assert reason(status) == words
