"""Dialling through a SOCKS socket that says what tor says, and one thing it should not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chattor.errors import DialFailed, TorDown
from chattor.model.address import OnionAddress
from chattor.transport.tor import dialler
from chattor.transport.tor.dialler import connect
from chattor.transport.tor.endpoint import at
from chattor.transport.tor.socks import Connect

Manner = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
FRIEND = OnionAddress(bytes(range(32)))


@asynccontextmanager
async def socks(path: Path, manner: Manner) -> AsyncIterator[Path]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await manner(reader, writer)
        finally:
            writer.close()

    async with await asyncio.start_unix_server(serve, path / "socks"):
        yield path / "socks"


def replying(code: int, *, staying: bool = False) -> Manner:
    async def manner(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(3)
        writer.write(b"\x05\x02")
        await reader.readexactly(1 + 1 + 2 + 1 + 1)
        writer.write(b"\x01\x00")
        await reader.readexactly(4 + 1 + 62 + 2)
        writer.write(bytes([5, code, 0, 4]) + bytes(18))
        if staying:
            writer.write((await reader.readexactly(5))[::-1])
            await reader.read()

    return manner


@pytest.mark.parametrize("code", [0x00, 0xF0, 0xF2])
async def test_a_stream_that_works_is_used_even_if_tor_reports_its_first_attempt(short_path: Path, code: int) -> None:
    async with socks(short_path, replying(code, staying=True)) as path:
        stream = await connect(at(path), Connect(FRIEND, "f1"))
        await stream.write(b"hello")
        assert await stream.read_exactly(5) == b"olleh"
        stream.close()


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [
        (0xF0, DialFailed, "offline: the network holds no descriptor"),
        (0x05, DialFailed, "chattor does not"),
        (0x03, TorDown, "tor has no network"),
        (0x77, TorDown, "unknown code 0x77"),
    ],
)
async def test_a_refusal_is_told_in_words(short_path: Path, code: int, error: type[Exception], words: str) -> None:
    async with socks(short_path, replying(code)) as path:
        with pytest.raises(error, match=words):
            await connect(at(path), Connect(FRIEND, "f1"))


async def test_a_final_refusal_is_not_waited_for(short_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialler, "_CLOSING", 3600.0)
    async with socks(short_path, replying(0x05, staying=True)) as path:
        with pytest.raises(DialFailed):
            await connect(at(path), Connect(FRIEND, "f1"))


async def test_tor_going_away_is_tor_down(short_path: Path) -> None:
    async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(3)

    async with socks(short_path, leave) as path:
        with pytest.raises(TorDown, match="dropped"):
            await connect(at(path), Connect(FRIEND, "f1"))
    with pytest.raises(TorDown, match="does not answer"):
        await connect(at(short_path / "nothing"), Connect(FRIEND, "f1"))


async def test_giving_up_closes_the_connection(short_path: Path) -> None:
    gone = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        gone.set()

    async with socks(short_path, say_nothing) as path:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(connect(at(path), Connect(FRIEND, "f1")), 0.05)
        await gone.wait()
