"""Texts between friends: in order, once, however long one of them is away (protocol §5, §6; R7, R15, R20)."""

import asyncio
from collections.abc import Callable

import pytest

from chattor.errors import NotAllowed, TimedOut
from chattor.handlers import stream
from chattor.handlers.context import Ctx
from chattor.model.events import MessageReceived
from chattor.model.message import MessageState, Wait
from chattor.protocol.limits import TEXT_MAX, WINDOW_BYTES, WINDOW_MESSAGES
from chattor.protocol.stream import Rest
from chattor.store.tx import Tx
from tests.scenarios.conftest import Two
from tests.support.people import Person
from tests.support.probe import Branch, Probe

UNKNOWN_KIND = 99


async def test_bursts_both_ways_arrive_in_order(friends: Two) -> None:
    alice, bob = friends
    asked = [f"{number}" for number in range(WINDOW_MESSAGES + 100)]
    answered = [f"answer {number}" for number in range(200)]

    await asyncio.gather(
        *(alice.node.send("f1", text) for text in asked), *(bob.node.send("f1", text) for text in answered)
    )
    await bob.shown(asked[-1])
    await alice.shown(answered[-1])

    assert [event.message.text for event in await _received(bob) if event.message] == asked
    assert [event.message.text for event in await _received(alice) if event.message] == answered


async def test_more_than_a_window_of_long_texts_arrives_in_order(friends: Two) -> None:
    alice, bob = friends
    texts = [f"{number} ".ljust(TEXT_MAX, ".") for number in range(3 * WINDOW_BYTES // TEXT_MAX)]
    for text in texts:
        await alice.node.send("f1", text)
    await bob.shown(*texts)
    assert await bob.texts("f1") == texts


@pytest.mark.parametrize("days", [0.1, 3, pytest.param(30, marks=pytest.mark.slow)])
@pytest.mark.parametrize("author_too", [False, True], ids=["the reader was away", "both were away"])
async def test_whoever_was_away_has_his_mail_within_30_s_of_his_return(
    friends: Two, days: float, author_too: bool
) -> None:
    alice, bob = friends
    await bob.stop()
    await alice.node.send("f1", "first")
    await alice.node.send("f1", "second")
    await asyncio.sleep(days * 86_400 / 2)
    if author_too:
        await alice.stop()
    await asyncio.sleep(days * 86_400 / 2)

    await bob.start()
    if author_too:
        await asyncio.sleep(3600)
        await alice.start()

    await bob.shown("first", "second", within=30)
    assert await bob.texts("f1") == ["first", "second"]


async def test_whoever_writes_and_leaves_delivers_within_30_s_of_his_return(friends: Two) -> None:
    alice, bob = friends
    friends.network.down("alice")
    await asyncio.sleep(5)
    await alice.node.send("f1", "written without tor")
    await asyncio.sleep(3600)

    friends.network.up("alice")

    await bob.shown("written without tor", within=30)


async def test_whoever_waits_too_long_is_told_and_the_message_stays_queued(friends: Two) -> None:
    alice, bob = friends
    await bob.stop()
    with pytest.raises(TimedOut, match="it stays queued"):
        await alice.node.send("f1", "patience", Wait.DELIVERED, timeout=20)
    assert [entry.text for entry in await alice.node.outbox_list()] == ["patience"]

    await bob.start()
    await bob.shown("patience", within=30)


async def test_a_message_that_never_left_is_taken_back_and_the_others_arrive(friends: Two, probe: Probe) -> None:
    alice, bob = friends
    friends.network.down("alice")
    await asyncio.sleep(1)
    sent = [await alice.node.send("f1", text) for text in ("one", "two", "three")]

    cancelled = await alice.node.outbox_cancel(sent[1].id)
    friends.network.up("alice")
    await bob.shown("one", "three")
    await asyncio.sleep(1)  # the acknowledgements are on their way

    assert cancelled.state is MessageState.CANCELLED
    assert await bob.texts("f1") == ["one", "three"]
    assert probe.hits[Branch.TOMBSTONE] == 1
    assert [message.state for message in await alice.node.history("f1")] == ["delivered", "cancelled", "delivered"]


async def test_a_message_that_was_written_to_a_link_cannot_be_taken_back(friends: Two) -> None:
    alice, bob = friends
    friends.network.stall("alice", "bob")
    sent = await alice.node.send("f1", "who knows")
    await asyncio.sleep(1)
    with pytest.raises(NotAllowed, match="may have arrived"):
        await alice.node.outbox_cancel(sent.id)
    await bob.shown("who knows", within=120)


async def test_a_repeated_send_with_the_same_key_is_one_message(friends: Two) -> None:
    alice, bob = friends
    first = await alice.node.send("f1", "once", key="k")
    alice.crash()
    await alice.start()
    again = await alice.node.send("f1", "once", key="k")
    await bob.shown("once")
    assert first.id == again.id
    assert await bob.texts("f1") == ["once"]


async def test_r15_a_message_of_a_later_version_is_set_aside_and_the_others_flow(friends: Two) -> None:
    alice, bob = friends

    def send_unknown(tx: Tx, ctx: Ctx) -> None:
        friend = tx.friends.all()[0]
        stream.append(tx, ctx, friend, Rest(salt=bytes(16), kind=UNKNOWN_KIND, sent_ms=ctx.now, ttl=0, body=b"?"))

    await alice.node.send("f1", "before")
    await alice.process.core.act(send_unknown)
    await alice.node.send("f1", "after")
    await bob.shown("before", "after")

    kept = await bob.process.database.read(lambda tx: tx._sql.execute("SELECT kind, rest FROM set_aside").fetchall())
    ((kind, rest),) = kept
    assert kind == UNKNOWN_KIND
    assert isinstance(rest, bytes)
    assert rest.endswith(b"?")
    assert await bob.texts("f1") == ["before", "after"]
    await asyncio.sleep(5)  # until Alice knows
    assert await alice.node.outbox_list() == []


@pytest.mark.parametrize("leave", [Person.stop, Person.crash], ids=["stopped", "killed"])
async def test_a_client_that_comes_back_with_its_cursor_misses_and_repeats_nothing(
    friends: Two, leave: Callable[[Person], object]
) -> None:
    alice, bob = friends
    cursor, seen = "0", []
    for number in range(12):
        await alice.node.send("f1", f"{number}")
        await asyncio.sleep(1)
        if number % 3 == 2:
            batch = await bob.node.recv(cursor, limit=2)
            cursor = batch.cursor
            seen += batch.events
            if asyncio.iscoroutine(leaving := leave(bob)):
                await leaving
            await bob.start()
            await asyncio.sleep(40)
    seen += (await bob.node.recv(cursor)).events

    assert [event.message.text for event in seen if isinstance(event, MessageReceived) and event.message] == [
        f"{number}" for number in range(12)
    ]


async def _received(person: Person) -> list[MessageReceived]:
    found: list[MessageReceived] = []
    cursor = "0"
    while events := (batch := await person.node.recv(cursor, limit=1000)).events:
        found += [event for event in events if isinstance(event, MessageReceived)]
        cursor = batch.cursor
    return found
