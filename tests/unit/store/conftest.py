"""Stores to break: real SQLCipher files in a directory of their own."""

import asyncio
import resource
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chattor.store.connection import DataKey
from chattor.store.database import Database
from chattor.store.repos.events import Happened
from chattor.store.runner import InlineRunner, Runner, ThreadRunner
from chattor.store.tx import Tx

KEY = DataKey(bytes(range(32)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with one event in it, cleanly closed."""
    path = tmp_path / "store" / "chattor.db"
    path.parent.mkdir(mode=0o700)
    Database.create(path, KEY, lambda tx: note(tx, 0))
    return path


@pytest.fixture(params=[ThreadRunner, InlineRunner], ids=["thread", "inline"])
def runner(request: pytest.FixtureRequest) -> Runner:
    """Each of the two ways to run a store."""
    make: Callable[[], Runner] = request.param
    return make()


@pytest.fixture
async def database(path: Path, runner: Runner) -> AsyncIterator[Database]:
    """The store, open."""
    database = await Database.open(path, KEY, runner)
    yield database
    await database.close()


@pytest.fixture
def crashed(path: Path) -> Path:
    """The store as a killed process leaves it: twelve commits after the first, all of them only in the log."""
    copy = path.parent.with_name("crashed")

    async def crash() -> None:
        database = await Database.open(path, KEY, InlineRunner())
        for number in range(1, 13):
            await database.write(lambda tx, number=number: note(tx, number))  # type: ignore[misc]
        shutil.copytree(path.parent, copy)
        await database.close()

    asyncio.run(crash())
    return copy / path.name


def note(tx: Tx, number: int) -> None:
    """Write something that can be counted."""
    tx.emit(number, Happened.FRIEND_CHANGED, friend=number)


def notes(tx: Tx) -> list[int]:
    """What `note` wrote, oldest first."""
    return [row.at_ms for row in tx.events.after(0, 10_000)]


async def contents(path: Path) -> list[int]:
    """Open a store, read its notes, close it."""
    database = await Database.open(path, KEY, InlineRunner())
    try:
        return await database.read(notes)
    finally:
        await database.close()


def snapshot(path: Path) -> dict[str, bytes]:
    """Every file beside a store, byte by byte."""
    return {file.name: file.read_bytes() for file in path.parent.iterdir()}


def modes(directory: Path) -> dict[str, int]:
    """Every file in a directory and who may touch it."""
    return {file.name: file.stat().st_mode & 0o777 for file in directory.iterdir()}


def pages(path: Path) -> int:
    """The size of a store."""
    return path.stat().st_size // 4096


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file of this process may grow beyond `size` bytes: the kernel refuses such writes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
