"""Streams over unix sockets: what `transport.base.Stream` promises, on real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from chattor.transport.tor.stream import TorStream
from tests.support.tor import read_exactly

Ends = tuple[TorStream, TorStream]


@pytest_asyncio.fixture
async def ends() -> AsyncIterator[Ends]:
    near, far = socket.socketpair()
    pair = TorStream(near), TorStream(far)
    yield pair
    for end in pair:
        end.close()


async def test_bytes_arrive_in_order_and_never_more_than_asked(ends: Ends) -> None:
    near, far = ends
    await near.write(b"one")
    await near.write(b"two")
    assert await far.read(2) == b"on"
    assert await far.read_exactly(4) == b"etwo"


async def test_a_reader_waits(ends: Ends) -> None:
    near, far = ends
    reading = asyncio.create_task(far.read(10))
    await asyncio.sleep(0)
    assert not reading.done()
    await near.write(b"now")
    assert await reading == b"now"


async def test_what_was_sent_before_the_end_is_heard(ends: Ends) -> None:
    near, far = ends
    await near.write(b"last words")
    near.close()
    with pytest.raises(ConnectionError):
        await far.write(b"to nobody")
    assert await far.read(4) == b"last"
    assert await far.read(100) == b" words"
    assert await far.read(100) == b""
    with pytest.raises(ConnectionError):
        await far.read_exactly(1)


async def test_who_is_not_read_must_wait(ends: Ends) -> None:
    near, far = ends
    flood = bytes(4 << 20)
    writing = asyncio.create_task(near.write(flood))
    assert not (await asyncio.wait([writing], timeout=0.1))[0]
    assert await read_exactly(far, len(flood)) == flood
    await writing


async def test_closing_ends_what_waits_and_may_be_repeated(ends: Ends) -> None:
    near, _ = ends
    reading, writing = asyncio.create_task(near.read(1)), asyncio.create_task(near.write(bytes(4 << 20)))
    await asyncio.wait([reading, writing], timeout=0.05)
    near.close()
    near.close()
    assert await reading == b""
    with pytest.raises(ConnectionError):
        await writing
    assert await near.read(1) == b""
    with pytest.raises(ConnectionError):
        await near.write(b"x")


async def test_what_was_not_read_before_closing_is_gone(ends: Ends) -> None:
    near, far = ends
    await near.write(b"too late")
    writing = asyncio.create_task(far.write(bytes(4 << 20)))
    await asyncio.wait([writing], timeout=0.05)
    far.close()
    assert await far.read(10) == b""
    with pytest.raises(ConnectionError):
        await writing
    assert await far.read(10) == b""


async def test_a_cancelled_reader_loses_nothing(ends: Ends) -> None:
    near, far = ends
    reading = asyncio.create_task(far.read(10))
    await asyncio.sleep(0)
    await near.write(b"kept")
    reading.cancel()
    await asyncio.wait([reading])
    assert await far.read(10) == b"kept"


async def test_a_reader_cancelled_in_the_turn_in_which_bytes_came_loses_nothing(ends: Ends) -> None:
    near, far = ends
    loop = asyncio.get_running_loop()
    reading = asyncio.create_task(far.read(10))
    await asyncio.sleep(0)
    await asyncio.sleep(0)  # now it waits in the selector
    loop.call_later(0, reading.cancel)  # timers ring behind what the selector found, in the same turn
    await near.write(b"kept")
    await asyncio.wait([reading])
    near.close()
    assert await far.read(10) == b"kept"


async def test_a_fast_sender_does_not_keep_the_loop_to_itself(ends: Ends) -> None:
    near, far = ends
    await near.write(bytes(1000))
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(others())
    for _ in range(1000):
        assert await far.read(1) == b"\0"
    other.cancel()
    assert turns >= 1000
