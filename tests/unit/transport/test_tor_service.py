"""The socket of one onion: private from birth, and open again after the descriptors ran out."""

import asyncio
import os
import resource
import socket
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from chattor.errors import BadDirectory
from chattor.model.address import OnionAddress
from chattor.transport.tor.service import OnionService
from chattor.transport.tor.stream import TorStream

SEED = bytes(range(32))


class Doorman:
    """Who came, to which onion."""

    def __init__(self, path: Path) -> None:
        self.came = asyncio.Queue[TorStream]()
        self.stopped: list[OnionService] = []
        self.path = path
        self.service = OnionService(SEED, path, self.stopped.append)

    def accepted(self, address: OnionAddress, stream: TorStream) -> None:
        assert address == self.service.address
        self.came.put_nowait(stream)


@pytest_asyncio.fixture
async def doorman(short_path: Path) -> AsyncIterator[Doorman]:
    doorman = Doorman(short_path / "onion-1")
    await doorman.service.listen(doorman.accepted)
    yield doorman
    await doorman.service.stop()


@contextmanager
def no_descriptors_left() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.socket() as last:
        resource.setrlimit(resource.RLIMIT_NOFILE, (last.fileno(), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_callers_wait_while_no_descriptor_is_free(doorman: Doorman, caplog: pytest.LogCaptureFixture) -> None:
    callers = [socket.socket(socket.AF_UNIX) for _ in range(3)]
    with no_descriptors_left():
        for caller in callers:
            caller.connect(str(doorman.service.path))
        while "cannot take a call: Too many open files" not in caplog.text:  # noqa: ASYNC110  nothing else tells
            await asyncio.sleep(0)
        assert doorman.came.empty()
    for caller in callers:
        stream = await doorman.came.get()
        caller.send(b"still here")
        assert await stream.read(100) in {b"still here", b""}
        stream.close()
        caller.close()


async def test_the_socket_is_private_from_birth(short_path: Path) -> None:
    before = os.umask(0)
    try:
        doorman = Doorman(short_path / "onion-1")
        await doorman.service.listen(doorman.accepted)
        assert stat.S_IMODE(doorman.path.stat().st_mode) & 0o077 == 0
        assert os.umask(0) == 0
    finally:
        os.umask(before)
    await doorman.service.stop()


async def test_stopping_closes_the_door_once_and_leaves_the_guests(doorman: Doorman) -> None:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(doorman.service.path))
        guest = await doorman.came.get()
        await doorman.service.stop()
        await doorman.service.stop()
        assert doorman.stopped == [doorman.service]
        assert not doorman.path.exists()
        await guest.write(b"welcome")
        assert caller.recv(10) == b"welcome"
        guest.close()


async def test_a_socket_left_by_a_crash_is_replaced(short_path: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(short_path / "onion-1"))
    left.close()
    doorman = Doorman(short_path / "onion-1")
    await doorman.service.listen(doorman.accepted)
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(doorman.service.path))
        (await doorman.came.get()).close()
    await doorman.service.stop()


async def test_no_place_for_the_socket_is_a_bad_directory(short_path: Path) -> None:
    doorman = Doorman(short_path / "missing" / "onion-1")
    with pytest.raises(BadDirectory, match="cannot open the socket"):
        await doorman.service.listen(doorman.accepted)


def test_the_key_is_in_the_command_and_in_no_other_word(short_path: Path) -> None:
    service = OnionService(SEED, short_path / "onion-1", lambda service: None)
    command = service.add_command(proof_of_work=True)
    assert command.startswith("ADD_ONION ED25519-V3:")
    assert "DiscardPK" in command
    key = command.split(":")[1].split()[0]
    assert len(key) == 88
    assert key not in f"{service!r} {service}"
    assert command.replace(" PoWDefensesEnabled=1", "") == service.add_command(proof_of_work=False)
