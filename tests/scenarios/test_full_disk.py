"""A disk that is full for a while (R3): nothing that was to be done by itself is forgotten."""

import asyncio
from pathlib import Path
from random import Random

from chattor.config.settings import DeliverySettings, Settings
from chattor.model.message import MessageState, Wait
from chattor.transport.memory import MemoryNetwork
from chattor.transport.pipe import Fault
from tests.scenarios.conftest import Two
from tests.support.people import Person, befriend
from tests.support.virtual import eventually
from tests.unit.store.conftest import full_disk

PAGE = 4096


async def test_a_link_that_ends_while_the_disk_is_full_is_replaced(friends: Two) -> None:
    alice, bob = friends
    friends.network.stall("alice", "bob")
    await alice.node.send("f1", "into a dead link")
    friends.network.refuse("alice")
    with full_disk(PAGE):
        await asyncio.sleep(100)  # by now both have found the link dead

    await bob.shown("into a dead link", within=60)


async def test_dials_that_fail_while_the_disk_is_full_are_not_repeated_at_once(friends: Two) -> None:
    alice, _ = friends
    for name in ("alice", "bob"):
        friends.network.refuse(name)
    friends.network.cut("alice", "bob", after=0)
    await alice.node.send("f1", "later")
    await asyncio.sleep(5)
    before = friends.network.hits[Fault.REFUSE]
    with full_disk(PAGE):
        await asyncio.sleep(600)

    assert friends.network.hits[Fault.REFUSE] - before < 60


async def test_messages_expire_though_the_disk_was_full_for_a_while(tmp_path: Path) -> None:
    dice = Random(1)
    network = MemoryNetwork(dice, latency=(0.05, 0.3))
    hasty = Settings(delivery=DeliverySettings(expire_after="1h"))
    alice = Person("alice", tmp_path, network, dice, settings=hasty)
    bob = Person("bob", tmp_path, network, dice)
    await alice.start()
    await bob.start()
    await befriend(alice, bob)
    await bob.stop()
    await asyncio.sleep(1)
    await alice.node.send("f1", "too late")
    await asyncio.sleep(3500)
    with full_disk(PAGE):
        await asyncio.sleep(600)

    async def is_expired() -> bool:
        return [message.state for message in await alice.node.history("f1")] == [MessageState.EXPIRED]

    await eventually(is_expired, within=60)
    await alice.stop()


async def test_texts_end_and_leave_the_index_though_the_disk_was_full_when_they_were_due(friends: Two) -> None:
    alice, _ = friends
    await alice.node.send("f1", "burn", Wait.DELIVERED, ttl=60)
    assert len(await alice.node.search("burn")) == 1
    with full_disk(PAGE):
        await asyncio.sleep(120)

    async def is_gone() -> bool:
        return await alice.texts("f1") == [None]

    await eventually(is_gone, within=60)
    await asyncio.sleep(60)
    assert await alice.process.database.read(lambda tx: tx.search.waiting()) == 0
