"""Real Tor for tests: one private network for the whole run, people on it, and a toy tor for what real ones rarely do.

Import the fixtures in the conftest.py of the tests that use them. They fail, never skip, when tor is missing.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from chattor.clock import Clock
from chattor.config.settings import TorSettings
from chattor.crypto.keys import SigningKey
from chattor.model.address import OnionAddress
from chattor.model.status import TorPhase, TorStatus
from chattor.transport.base import Stream
from chattor.transport.tor.network import PrivateNetwork
from chattor.transport.tor.transport import TorTransport

PATIENCE: Final = 30.0  # s for what must have healed; the promise of reliability R5


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def tor_network(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PrivateNetwork]:
    """Authorities and relays, running."""
    async with PrivateNetwork(tmp_path_factory.mktemp("tor-network")) as network:
        yield network


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A new directory whose path leaves room for the names of sockets; pytest's own may not."""
    with tempfile.TemporaryDirectory(prefix="chattor-", dir="/tmp") as name:
        yield Path(name)


class Person:
    """A transport with one onion; keeps who called and what it was told."""

    def __init__(
        self,
        directory: Path,
        name: str,
        *,
        torrc: str,
        clock: Clock | None = None,
        settings: TorSettings | None = None,
    ) -> None:
        self.seed = name.encode().ljust(32, b"\0")
        self.address = OnionAddress(SigningKey(self.seed).public)
        self.tor_dir, self.runtime_dir = directory / name / "tor", directory / name / "run"
        self.transport = TorTransport(
            tor_dir=self.tor_dir,
            runtime_dir=self.runtime_dir,
            settings=settings,
            extra_torrc=torrc,
            clock=clock,
        )
        self.told: list[TorStatus] = []
        self.callers = asyncio.Queue[tuple[OnionAddress, Stream]]()
        self._moved = asyncio.Event()

    def accepted(self, address: OnionAddress, stream: Stream) -> None:
        self.callers.put_nowait((address, stream))

    def changed(self, status: TorStatus) -> None:
        self.told.append(status)
        self._moved.set()

    @property
    def status(self) -> TorStatus:
        return self.told[-1]

    async def appear(self) -> None:
        """Start, serve, and be reachable."""
        await self.transport.start(self)
        await self.transport.serve(self.seed)
        await self.reach(TorPhase.READY)

    async def asked(self, question: str) -> str:
        """What his tor answers to `GETINFO question`."""
        reader, writer = await asyncio.open_unix_connection(self.runtime_dir / "control")
        cookie = (self.tor_dir / "control_auth_cookie").read_bytes().hex()
        writer.write(f"AUTHENTICATE {cookie}\r\nGETINFO {question}\r\nQUIT\r\n".encode())
        said = (await reader.read()).decode()
        writer.close()
        return said

    async def until(self, wanted: Callable[[], bool], timeout: float = PATIENCE) -> None:
        """Until something holds that changes with what the transport tells."""
        async with asyncio.timeout(timeout):
            while not wanted():
                self._moved.clear()
                await self._moved.wait()

    async def reach(self, phase: TorPhase, timeout: float = PATIENCE) -> None:
        await self.until(lambda: bool(self.told) and self.status.phase is phase, timeout)

    async def heal(self, timeout: float = PATIENCE) -> None:
        """Until it was not ready, and is ready again."""
        seen = len(self.told)
        await self.until(lambda: any(not status.ready for status in self.told[seen:]), timeout)
        await self.reach(TorPhase.READY, timeout)

    async def call(self, other: "Person", isolation: str = "friend") -> tuple[Stream, Stream]:
        """A stream to somebody, both ends: whoever knocked before and went is passed over."""
        mine = await self.transport.dial(other.address, isolation=isolation, timeout=PATIENCE)
        await mine.write(b"?")
        while True:
            address, theirs = await other.callers.get()
            assert address == other.address
            if await theirs.read(1) == b"?":
                return mine, theirs
            theirs.close()

    async def say(self, other: "Person", text: bytes = b"hello", isolation: str = "friend") -> None:
        """Be heard by somebody, and hear it back."""
        mine, theirs = await self.call(other, isolation)
        await mine.write(text)
        assert await read_exactly(theirs, len(text)) == text
        await theirs.write(text[::-1])
        assert await read_exactly(mine, len(text)) == text[::-1]
        mine.close()
        assert await theirs.read(1) == b""
        theirs.close()


@asynccontextmanager
async def people(directory: Path, network: PrivateNetwork, *names: str) -> AsyncIterator[list[Person]]:
    """Some, all reachable; none is left running."""
    there = [Person(directory, name, torrc=network.client_torrc) for name in names]
    try:
        await asyncio.gather(*(each.appear() for each in there))
        yield there
    finally:
        await asyncio.gather(*(each.transport.stop() for each in there))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def pid(person: Person) -> int:
    assert person.transport.pid is not None
    return person.transport.pid


async def read_exactly(stream: Stream, size: int) -> bytes:
    """All of `size` bytes, or what came before the end."""
    data = b""
    while len(data) < size and (more := await stream.read(size - len(data))):
        data += more
    return data


class ToyTor:
    """Answers a control connection by a script: `answers` maps the beginning of a command to what is said to it."""

    def __init__(self, directory: Path) -> None:
        self.socket, self.cookie = directory / "control", directory / "cookie"
        self.answers: dict[str, str] = {"GETINFO onions/current": "250-onions/current=\r\n250 OK"}
        self.asked: list[str] = []
        self._asked = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None

    async def start(self) -> asyncio.Server:
        self.cookie.write_bytes(bytes(32))
        return await asyncio.start_unix_server(self._converse, self.socket)

    def tell(self, event: str) -> None:
        """Send an event."""
        assert self._writer is not None
        self._writer.write(f"650 {event}\r\n".encode())

    def hang_up(self) -> None:
        assert self._writer is not None
        self._writer.close()

    async def was_asked(self, beginning: str, times: int = 1) -> list[str]:
        """Wait for so many commands that begin so, and give all of them."""
        async with asyncio.timeout(PATIENCE):
            while len(found := [each for each in self.asked if each.startswith(beginning)]) < times:
                self._asked.clear()
                await self._asked.wait()
        return found

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        while line := (await reader.readline()).decode().strip():
            self.asked.append(line)
            self._asked.set()
            found = [answer for beginning, answer in self.answers.items() if line.startswith(beginning)]
            answer = found[-1] if found else "250 OK"
            if answer:
                writer.write(f"{answer}\r\n".encode())
        writer.close()
