"""The life of a message, as `trace` tells it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from chattor.errors import NotFound
from chattor.handlers.context import Ctx
from chattor.model.message import Wait
from chattor.model.trace import Step, TraceStep
from chattor.store.repos.calls import KEEP
from chattor.store.repos.progress import Marks
from chattor.store.tx import Tx
from tests.scenarios.conftest import Two
from tests.support.people import Person
from tests.support.virtual import eventually


async def _steps(person: Person, id: str) -> list[Step]:
    return [one.step for one in await person.node.trace(id)]


async def _until(person: Person, id: str, step: Step) -> list[TraceStep]:
    async def came() -> bool:
        return step in await _steps(person, id)

    await eventually(came, 120)
    return await person.node.trace(id)


async def test_what_finds_an_open_link_tells_since_when_it_stands_and_every_step(friends: Two) -> None:
    alice, bob = friends
    sent = await alice.node.send("f1", "hello", Wait.DELIVERED)
    await bob.node.read("f1")
    told = await _until(alice, sent.id, Step.READ)
    assert [one.step for one in told] == [Step.LINK_OPEN, Step.QUEUED, Step.SENT, Step.DELIVERED, Step.READ]
    moments = [one.at for one in told if one.at]
    assert (len(moments), moments) == (5, sorted(moments))
    theirs = await bob.node.trace("m1")
    assert [one.step for one in theirs] == [Step.WRITTEN, Step.RECEIVED]
    assert theirs[0].at == told[1].at


async def test_failed_dials_are_told_with_their_reason_and_counted(friends: Two) -> None:
    alice, bob = friends
    await bob.stop()
    await asyncio.sleep(60)
    sent = await alice.node.send("f1", "hello")
    await asyncio.sleep(3600)
    told = await alice.node.trace(sent.id)
    failed = [one for one in told if one.step is Step.DIAL_FAILED]
    assert [one.detail for one in failed] == ["the onion service was not found"]
    assert failed[0].times > 3
    assert failed[0].at is not None
    assert failed[0].until is not None
    assert failed[0].until - failed[0].at > timedelta(minutes=30)
    assert {one.step for one in told} == {Step.DIAL_FAILED, Step.QUEUED, Step.WAITING}
    assert (told[-1].step, told[-1].detail) == (Step.WAITING, "next dial; the last: the onion service was not found")
    assert told[-1].at is not None

    await bob.start()
    told = await _until(alice, sent.id, Step.DELIVERED)
    assert [one.step for one in told][-3:] == [Step.LINK_OPEN, Step.SENT, Step.DELIVERED]
    assert told[-3].detail in ("you dialled", "your friend dialled")


async def test_a_link_that_dies_under_a_message_is_part_of_its_life(friends: Two) -> None:
    alice, _ = friends
    friends.network.stall("alice", "bob")
    sent = await alice.node.send("f1", "hello")
    told = await _until(alice, sent.id, Step.DELIVERED)
    steps = [one.step for one in told]
    assert steps.index(Step.SENT) < steps.index(Step.LINK_ENDED) < steps.index(Step.DELIVERED)


async def test_what_was_taken_back_says_so(friends: Two) -> None:
    await friends.bob.stop()
    await asyncio.sleep(60)
    sent = await friends.alice.node.send("f1", "hello")
    await friends.alice.node.outbox_cancel(sent.id)
    assert (await _steps(friends.alice, sent.id))[-1] is Step.CANCELLED
    with pytest.raises(NotFound):
        await friends.alice.node.trace("m99")


async def _vanishes(alice: Person, id: str) -> None:
    await asyncio.sleep(120)


async def _is_deleted(alice: Person, id: str) -> None:
    await alice.node.delete(id)


@pytest.mark.parametrize(("ttl", "end"), [(60, None), (60, _vanishes), (None, _is_deleted)])
async def test_of_what_lives_for_a_time_or_is_gone_no_moment_is_kept(
    friends: Two, ttl: int | None, end: Callable[[Person, str], Awaitable[None]] | None
) -> None:
    alice = friends.alice
    sent = await alice.node.send("f1", "hello", Wait.DELIVERED, ttl=ttl)
    if end is not None:
        await end(alice, sent.id)
    told = await alice.node.trace(sent.id)
    assert [(one.step, one.at is None) for one in told] == [(Step.QUEUED, False), (Step.DELIVERED, True)]
    number = int(sent.id[1:])
    assert await alice.process.core.database.read(lambda tx: tx.progress.marks(number)) == Marks()


async def test_only_so_much_is_kept_and_nothing_after_the_friendship(friends: Two) -> None:
    alice, _ = friends
    core = alice.process.core

    def note(tx: Tx, ctx: Ctx, number: int) -> None:
        tx.calls.note(1, Step.DIAL_FAILED, f"reason {number}", ctx.now)

    for number in range(KEEP + 10):
        await core.act(note, number)
    kept = await core.database.read(lambda tx: tx.calls.of(1))
    assert (len(kept), kept[-1].detail) == (KEEP, f"reason {KEEP + 9}")
    await alice.node.friends_remove("bob")
    await asyncio.sleep(60)
    assert [one.detail for one in await core.database.read(lambda tx: tx.calls.of(1)) if "reason" in one.detail] == []
