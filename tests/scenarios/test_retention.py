"""How long conversations are kept, by the settings and by friend."""

import asyncio

import pytest

from chattor.config.settings import HistorySettings, Settings
from chattor.errors import BadInput, SentAndGone
from chattor.handlers.retention import BATCH
from chattor.model.events import Gap
from chattor.model.message import Wait
from tests.scenarios.conftest import Two

MINUTE = 60
HOUR = 3600
DAY = 24 * HOUR


async def test_what_is_older_than_the_setting_goes_and_stays_with_the_friend(friends: Two) -> None:
    alice, bob = friends
    alice.process.core.settings = Settings(history=HistorySettings(retention="1h"))
    await alice.node.send("f1", "old", Wait.DELIVERED)
    await bob.node.send("f1", "old answer", Wait.DELIVERED)
    await asyncio.sleep(59 * MINUTE)
    await alice.node.send("f1", "new", Wait.DELIVERED)
    assert len(await alice.texts("f1")) == 3

    await asyncio.sleep(MINUTE + 31)

    assert await alice.texts("f1") == ["new"]
    assert await bob.texts("f1") == ["old", "old answer", "new"]
    assert [hit.text for hit in await alice.node.search("old")] == []
    await alice.process.database.write(lambda tx: tx.search.check())


async def test_a_friend_may_have_a_time_of_his_own(friends: Two) -> None:
    alice, _ = friends
    alice.process.core.settings = Settings(history=HistorySettings(retention="1h"))
    changed = await alice.node.friends_set("f1", "retention", "2h")
    assert changed.options["retention"] == "2h"
    await alice.node.send("f1", "kept for long", Wait.DELIVERED)
    await asyncio.sleep(90 * MINUTE)
    assert await alice.texts("f1") == ["kept for long"]

    assert (await alice.node.friends_set("f1", "retention", "never")).options["retention"] == "never"
    await asyncio.sleep(HOUR)
    assert await alice.texts("f1") == ["kept for long"]

    assert (await alice.node.friends_set("f1", "retention", "default")).options["retention"] == "default"
    await asyncio.sleep(31)
    assert await alice.texts("f1") == []


async def test_what_waits_to_leave_is_not_old(friends: Two) -> None:
    alice, bob = friends
    await alice.node.friends_set("f1", "retention", "5m")
    await bob.stop()
    await asyncio.sleep(1)
    await alice.node.send("f1", "patient")
    await asyncio.sleep(HOUR)
    assert await alice.texts("f1") == ["patient"]

    await bob.start()
    await bob.shown("patient", within=HOUR)


async def test_an_edit_brings_nothing_back_that_was_kept_long_enough(friends: Two) -> None:
    alice, bob = friends
    await bob.node.friends_set("f1", "retention", "1h")
    sent = await alice.node.send("f1", "old", Wait.DELIVERED)
    await asyncio.sleep(HOUR + MINUTE)
    assert await bob.texts("f1") == []

    await alice.node.edit(sent.id, "old but changed")
    await alice.node.send("f1", "new", Wait.DELIVERED)

    assert await bob.texts("f1") == ["new"]


async def test_many_go_a_few_at_a_time(friends: Two) -> None:
    alice, _ = friends
    for number in range(2 * BATCH + 1):
        await alice.node.send("f1", f"text {number}")
    await asyncio.sleep(60)
    await alice.node.friends_set("f1", "retention", "1s")
    await asyncio.sleep(31)

    assert await alice.texts("f1") == []


async def test_a_clock_that_was_wrong_for_a_while_holds_up_nothing(friends: Two) -> None:
    alice, bob = friends
    bob.clock.jump(400 * DAY)
    for number in range(BATCH + 6):
        await alice.node.send("f1", f"of the future {number}", Wait.DELIVERED)
    bob.clock.jump(-400 * DAY)
    await bob.node.friends_set("f1", "retention", "60s")
    await alice.node.send("f1", "later", Wait.DELIVERED)
    assert (await bob.texts("f1"))[-1] == "later"

    await asyncio.sleep(2 * MINUTE)

    assert "later" not in await bob.texts("f1")


async def test_a_clock_set_far_ahead_takes_nothing_along(friends: Two) -> None:
    alice, bob = friends
    await bob.node.friends_set("f1", "retention", "30d")
    await alice.node.rotate_onion()
    await alice.node.send("f1", "dear", Wait.DELIVERED)
    for person in friends:
        person.clock.jump(400 * DAY)
    await asyncio.sleep(12 * HOUR)
    for _ in range(30):  # a program that is started again and again has not lived through a day
        await bob.stop()
        await bob.start()
    await asyncio.sleep(5 * HOUR)
    assert await bob.texts("f1") == ["dear"]
    assert len((await alice.node.identity()).former) == 1

    bob.clock.jump(-400 * DAY)
    await asyncio.sleep(30 * HOUR)

    assert await bob.texts("f1") == ["dear"]
    assert (await alice.node.identity()).former == [], "a clock that stands by it for a day is believed"


async def test_whoever_was_away_for_long_has_his_history_shortened_a_day_later(friends: Two) -> None:
    _, bob = friends
    await bob.node.friends_set("f1", "retention", "5d")
    await friends.alice.node.send("f1", "while you were here", Wait.DELIVERED)
    await asyncio.sleep(HOUR)
    bob.clock.jump(6 * DAY)
    await asyncio.sleep(31)
    assert await bob.texts("f1") == [], "nobody is surprised by less than a week"

    await friends.alice.node.send("f1", "while you were away", Wait.DELIVERED)
    await bob.stop()
    bob.clock.jump(90 * DAY)
    await bob.start()
    await asyncio.sleep(2 * HOUR)
    assert await bob.texts("f1") == ["while you were away"]
    await asyncio.sleep(24 * HOUR)
    assert await bob.texts("f1") == []


async def test_a_key_is_not_forgotten_with_its_message(friends: Two) -> None:
    alice, bob = friends
    sent = await alice.node.send("f1", "once", Wait.DELIVERED, key="k")
    await alice.node.friends_set("f1", "retention", "60s")
    await asyncio.sleep(2 * MINUTE)

    with pytest.raises(SentAndGone, match=f"as {sent.id}, and is gone"):
        await alice.node.send("f1", "once", Wait.DELIVERED, key="k")
    assert await bob.texts("f1") == ["once"]


@pytest.mark.parametrize("value", ["", "0s", "soon", "on", "1y"])
async def test_a_time_nobody_can_mean_is_refused(friends: Two, value: str) -> None:
    with pytest.raises(BadInput, match="retention is “never”, “default”"):
        await friends.alice.node.friends_set("f1", "retention", value)


async def test_a_clock_set_far_ahead_takes_no_event_from_whoever_comes_back_for_it(friends: Two) -> None:
    alice, bob = friends
    await bob.node.send("f1", "dear", Wait.DELIVERED)
    await alice.stop()
    alice.clock.jump(400 * DAY)
    await alice.start()
    await asyncio.sleep(MINUTE)
    first = await anext(aiter(alice.node.events("0")))
    assert not isinstance(first, Gap)
