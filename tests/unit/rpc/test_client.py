"""`RemoteNode` over both wires: many calls at once on asyncio, one after the other without a loop."""

import asyncio
import inspect
import tempfile
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from msgspec import defstruct, structs

from chattor.errors import BadInput, Busy, Locked, NoDaemon, NotFound, OtherVersion, TextTooLong, TimedOut
from chattor.model.events import MessageReceived
from chattor.model.message import MessageState, Wait
from chattor.rpc import blocking, contract, pipe
from chattor.rpc.client import AsyncWire, connect
from chattor.rpc.contract import Method, Refused
from chattor.rpc.remote import RemoteNode
from chattor.rpc.server import serve
from chattor.rpc.session import Limits
from tests.support.played import inhabited
from tests.support.served import served


async def _text(events: AsyncIterator[object]) -> str | None:
    event = await anext(events)
    assert isinstance(event, MessageReceived)
    assert event.message
    return event.message.text


async def _all(events: AsyncIterator[object]) -> None:
    async for _ in events:
        pass


async def test_nobody_listening_is_no_daemon(tmp_path: Path) -> None:
    with pytest.raises(NoDaemon):
        await connect(Path("/nonexistent/rpc.sock"))
    with pytest.raises(NoDaemon):
        blocking.connect(Path("/nonexistent/rpc.sock"))


async def test_values_and_errors_arrive_as_the_node_made_them() -> None:
    node = inhabited()
    async with served(node) as path:
        remote = await connect(path)
        assert await remote.friends_list() == await node.friends_list()
        assert await remote.history("bob", limit=1) == await node.history("bob", limit=1)
        with pytest.raises(NotFound, match="no friend “eve”"):
            await remote.read("eve")
        with pytest.raises(TimedOut):
            await remote.send("carol", "x", Wait.DELIVERED, timeout=0.01)
        await remote.close()
        await remote.close()


async def test_a_node_of_another_version_is_told_from_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Newer methods, newer parameters, and answers that lack what this version wants."""
    ours = contract.named

    def older(name: str) -> Method:
        if name == "friends.show":
            raise Refused(contract._unknown(name))
        return structs.replace(ours(name), params=defstruct("history", ["friend"], forbid_unknown_fields=True))

    async with served(inhabited()) as path:
        remote = await connect(path)
        with monkeypatch.context() as changed:
            changed.setattr(contract, "named", older)
            with pytest.raises(OtherVersion, match=r"no method 'friends\.show'") as told:
                await remote.friends_show("bob")
            assert "chattor stop" in told.value.hint
            with pytest.raises(OtherVersion, match="unknown field `at`"):
                await remote.history("bob", at=datetime(2026, 3, 1).astimezone())
        await remote.close()
    with pytest.raises(OtherVersion, match=r"answer to status is not understood: .*`version`"):
        contract.method("status").decode(b"{}")


async def test_a_long_wait_does_not_block_the_next_call() -> None:
    node = inhabited()
    async with served(node) as path:
        remote = await connect(path)
        waiting = asyncio.create_task(remote.send("carol", "x", Wait.DELIVERED))
        assert (await remote.status()).friends == 2
        assert not waiting.done()
        node.peer_takes("carol")
        assert (await waiting).state is MessageState.DELIVERED
        await remote.close()


async def test_a_caller_who_gives_up_disturbs_nobody() -> None:
    node = inhabited()
    async with served(node) as path:
        remote = await connect(path)
        waiting = asyncio.create_task(remote.send("carol", "x", Wait.DELIVERED))
        await remote.status()
        waiting.cancel()
        node.peer_takes("carol")
        assert (await remote.identity()).name == "alice"
        await remote.close()


async def test_two_subscriptions_and_calls_between_them() -> None:
    node = inhabited()
    async with served(node) as path:
        remote = await connect(path)
        since = (await remote.recv()).cursor
        first, second = remote.events(since), remote.events(since)
        node.peer_says("bob", "one")
        assert await _text(first) == "one"
        assert (await remote.history("bob"))[-1].text == "one"
        node.peer_says("bob", "two")
        assert [await _text(second), await _text(second), await _text(first)] == ["one", "two", "two"]
        for events in (first, second):
            assert inspect.isasyncgen(events)
            await events.aclose()
        assert node.listeners == 0
        await remote.close()


async def test_events_end_when_the_node_stops_and_fail_when_it_vanishes() -> None:
    node = inhabited()
    async with served(node) as path:
        remote = await connect(path)
        everything = [event async for event in _stopping(remote.events("0"), remote.stop)]
        assert len(everything) > 3
        await remote.close()
    async with served(inhabited()) as path:
        server = await serve(inhabited().door, path.with_name("s"), limits=Limits(linger=0))
        remote = await connect(path.with_name("s"))
        waiting = asyncio.create_task(remote.send("carol", "x", Wait.DELIVERED))
        await remote.status()
        await server.close()
        with pytest.raises(NoDaemon):
            await waiting
        with pytest.raises(NoDaemon):
            await remote.status()
        with pytest.raises(NoDaemon):
            await anext(remote.events())
        await remote.close()


async def _stopping(events: AsyncIterator[object], stop: object) -> AsyncIterator[object]:
    assert callable(stop)
    yield await anext(events)
    await stop()
    async for event in events:
        yield event


async def test_a_subscription_that_fails_after_an_item_says_why() -> None:
    node = inhabited()
    async with served(node) as path:
        remote = await connect(path)
        events = remote.events(since="0")
        await anext(events)
        await node.door.lock()
        with pytest.raises(Locked):
            await _all(events)
        await remote.close()


async def test_whoever_leaves_a_subscription_that_has_ended_is_not_told_of_it() -> None:
    node = inhabited()
    async with served(node) as path:
        remote = await connect(path)
        events = remote.events(since="0")
        await anext(events)
        await node.door.lock()
        assert (await remote.status()).locked  # the end has come, behind events nobody took
        assert inspect.isasyncgen(events)
        await events.aclose()
        await remote.close()


async def _is_asked(wire: AsyncWire) -> None:
    while not wire._calls:  # noqa: ASYNC110  nothing tells that a call has left
        await asyncio.sleep(0)


async def test_whoever_leaves_before_his_subscription_is_answered_ends_it_all_the_same() -> None:
    node = inhabited()
    async with served(node) as path:
        wire = AsyncWire(await pipe.dial(path))
        remote = RemoteNode.over(wire)
        await remote.status()
        events = remote.events("0")
        subscribing = asyncio.ensure_future(anext(events))
        await _is_asked(wire)
        subscribing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await subscribing
        for _ in range(3):
            await remote.status()  # whatever was to begin has begun
        assert (node.listeners, dict(wire._boxes)) == (0, {})
        await remote.close()


async def test_whoever_leaves_a_subscription_that_cannot_be_is_not_told_of_it() -> None:
    async with served(inhabited(), limits=Limits(calls=1)) as path:
        wire = AsyncWire(await pipe.dial(path))
        remote = RemoteNode.over(wire)
        kept = remote.events("0")
        await anext(kept)
        refused = asyncio.ensure_future(anext(remote.events("0")))
        await _is_asked(wire)
        refused.cancel()
        with pytest.raises(asyncio.CancelledError):
            await refused
        await remote.close()


async def test_whoever_is_cancelled_while_the_node_goes_is_cancelled() -> None:
    async def goes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b'{"jsonrpc":"2.0","id":1,"result":{"subscription":1}}\n')
        item = b'{"event":"gap","cursor":"1","at":"2026-03-01T00:00:00Z"}'
        writer.write(b'{"jsonrpc":"2.0","method":"events.item","params":{"subscription":1,"item":%b}}\n' % item)
        assert b"unsubscribe" in await reader.readline()
        writer.close()

    with tempfile.TemporaryDirectory(prefix="ct") as directory:
        path = Path(directory) / "s"
        server = await asyncio.start_unix_server(goes, path)
        path.chmod(0o600)
        remote = await connect(path)
        events = remote.events()
        await anext(events)
        following = asyncio.create_task(_all(events))
        await asyncio.sleep(0)
        following.cancel()
        with pytest.raises(asyncio.CancelledError):
            await following
        await remote.close()
        server.close()


async def test_what_json_cannot_carry_is_refused_here_and_the_connection_lives() -> None:
    async with served(inhabited()) as path:
        remote = await connect(path)
        for text in ("a\0b", "half \ud800"):
            with pytest.raises(BadInput):
                await remote.send("bob", text)
        with pytest.raises(BadInput):
            await remote.history("bob", limit=2**63)
        with pytest.raises(TextTooLong):
            await remote.send("bob", "x" * (1 << 20))
        with pytest.raises(TextTooLong):
            await remote.send("bob", "x" * 16_001)
        assert (await remote.send("bob", "\x1b]52;c;eA==\x07 ok")).id
        await remote.close()


async def test_a_full_server_is_said_to_the_caller() -> None:
    async with served(inhabited(), limits=Limits(clients=1)) as path:
        first = await connect(path)
        await first.status()
        second, third = await connect(path), await connect(path)
        with pytest.raises(Busy, match="too many clients"):
            await second.status()
        await asyncio.to_thread(_one_too_many, path)
        for _ in range(2):  # the refusal came long before the question
            with pytest.raises(Busy):
                await third.status()
        for one in (first, second, third):
            await one.close()


def _one_too_many(path: Path) -> None:
    remote = blocking.connect(path)
    with pytest.raises(Busy, match="too many clients"):
        blocking.drive(remote.status())
    blocking.drive(remote.close())


def _without_a_loop(path: Path) -> tuple[str, str | None, list[str]]:
    remote = blocking.connect(path)
    name = blocking.drive(remote.identity()).name
    with pytest.raises(NotFound):
        blocking.drive(remote.read("eve"))

    async def first() -> str | None:
        async for event in remote.events("0"):
            await remote.status()  # what is notified meanwhile is kept
            if isinstance(event, MessageReceived) and event.message:
                return event.message.text
        return None

    text = blocking.drive(first())
    states = [entry.state for entry in blocking.drive(remote.outbox_list())]
    blocking.drive(remote.close())
    return name, text, [*states]


async def test_the_blocking_wire_speaks_to_the_same_node() -> None:
    node = inhabited()
    async with served(node) as path:
        assert await asyncio.to_thread(_without_a_loop, path) == ("alice", "hello alice", ["queued"])


def _listen_to_the_end(path: Path) -> int:
    remote = blocking.connect(path)

    async def count() -> int:
        number = 0
        async for _ in remote.events("0"):
            number += 1
            if number == 1:
                await remote.stop()
        return number

    try:
        return blocking.drive(count())
    finally:
        blocking.drive(remote.close())


async def test_the_blocking_wire_tells_a_stop_from_a_crash() -> None:
    async with served(inhabited()) as path:
        assert await asyncio.to_thread(_listen_to_the_end, path) >= 1
    with tempfile.TemporaryDirectory(prefix="ct") as directory:
        path = Path(directory) / "s"
        crash = await asyncio.start_unix_server(_crash, path)
        path.chmod(0o600)
        with pytest.raises(NoDaemon, match="went away"):
            await asyncio.to_thread(_listen_to_the_end, path)
        crash.close()


def _crash(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b'{"jsonrpc":"2.0","id":1,"result":{"subscription":1}}\n')
    writer.close()


def test_a_coroutine_that_needs_a_loop_cannot_be_driven_without_one() -> None:
    with pytest.raises(RuntimeError, match="event loop"):
        blocking.drive(asyncio.sleep(0.1))
