"""Whole programs in a storm: daemons and tors die amid messages; each message arrives once and in order (R1, R5)."""

import asyncio
from collections.abc import Iterator
from itertools import repeat
from random import Random
from typing import Final

import pytest

from chattor.clock import SystemClock
from chattor.demo.patience import together
from chattor.model.message import Direction, MessageState
from chattor.transport.tor.network import PrivateNetwork
from tests.support.programs import all_delivered, appear, befriend, conversation, programs, texts, tors_of
from tests.support.storm import EVERY, Fault, Storm

pytestmark = pytest.mark.tor

COUNT: Final = 200  # texts of each


async def weather(network: PrivateNetwork, faults: Iterator[Fault], seed: int, *, within: float) -> Storm:
    """Two friends, a storm, and what they hold afterwards compared with what they were promised."""
    async with asyncio.timeout(within), programs(network.client_torrc_path, "Ada", "Ben") as (ada, ben):
        await appear(ada, ben)
        friends = await befriend(ada, ben)
        storm = Storm(friends, Random(seed), COUNT)
        await storm.rage(faults)
        await together(all_delivered(ada), all_delivered(ben))
        for author, reader in ((ada, ben), (ben, ada)):
            mine, theirs = await conversation(author, friends[author]), await conversation(reader, friends[reader])
            assert texts(theirs, Direction.IN) == texts(mine, Direction.OUT)
            assert {message.state for message in mine if message.direction is Direction.OUT} == {MessageState.DELIVERED}
            assert len(texts(mine, Direction.OUT)) >= COUNT
        assert [len(tors_of(person)) for person in (ada, ben)] == [1, 1]
    assert storm.checker.verdict().clean, storm.checker.verdict()
    assert storm.checker.outstanding == 0
    return storm


@pytest.mark.timeout(240)
async def test_two_friends_write_to_each_other_through_every_fault(tor_network: PrivateNetwork) -> None:
    dice = Random(11)
    faults = [*EVERY, Storm.kill_tor, Storm.kill_daemon]
    dice.shuffle(faults)
    storm = await weather(tor_network, iter(faults), 11, within=200)
    assert len(storm.strikes) == len(faults)


@pytest.mark.slow
@pytest.mark.timeout(1500)
async def test_fifty_deaths_of_tor(tor_network: PrivateNetwork) -> None:
    storm = await weather(tor_network, repeat(Storm.kill_tor, 50), 12, within=1400)
    assert len(storm.strikes) == 50


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_ten_minutes_of_everything(tor_network: PrivateNetwork) -> None:
    storm = await weather(tor_network, _for_seconds(600, Random(13)), 13, within=800)
    assert {strike.fault for strike in storm.strikes} == {fault.__name__ for fault in EVERY}


def _for_seconds(seconds: float, dice: Random) -> Iterator[Fault]:
    clock = SystemClock()
    end = clock.monotonic() + seconds
    while clock.monotonic() < end:
        yield dice.choice(EVERY)
