"""One person as whole programs: a profile of its own, a daemon of its own, and the command line to speak to it.

Nothing is reached into: what happens here goes through `python -m chattor` and the node's socket. The passphrase is
in this process's memory, and random unless somebody has to know it; the programs read it from a pipe.
"""

import asyncio
import os
import secrets
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from chattor.clock import SystemClock
from chattor.config.paths import locate
from chattor.demo.guard import Guard
from chattor.demo.patience import eventually
from chattor.errors import LocalError, NoDaemon, TimedOut
from chattor.model.events import Event
from chattor.model.status import Identity
from chattor.rpc.client import connect
from chattor.rpc.remote import RemoteNode

T = TypeVar("T")
PROGRAM: Final = (sys.executable, "-m", "chattor")
"""The command line of this very chattor."""
_CLOCK: Final = SystemClock()
_STARTED_WITHIN: Final = 30.0  # s until the socket answers; the keyfile is slow on purpose
_REACHABLE_WITHIN: Final = 90.0  # s
_STOPPED_WITHIN: Final = 10.0  # s; a daemon that works takes up to 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a program that ended left."""

    code: int
    out: str
    err: str


class Person:
    """A profile below `directory`, on the network that `torrc` leads to."""

    def __init__(self, name: str, directory: Path, torrc: Path, guard: Guard, passphrase: str | None = None) -> None:
        self.name = name
        self.paths = locate(data_dir=directory / name.lower(), config_dir=directory / f"{name.lower()}.config")
        self.stderr = directory / f"{name.lower()}.stderr"
        self.options: tuple[str, ...] = ("--data-dir", str(self.paths.data), "--config-dir", str(self.paths.config))
        """What stands before the verb."""
        self._torrc = torrc
        self._guard = guard
        self._passphrase = passphrase or secrets.token_hex(16)
        self._daemon: Process | None = None

    def __repr__(self) -> str:
        return f"Person({self.name})"

    @property
    def pid(self) -> int | None:
        """The process id of the daemon while it runs."""
        return self._daemon.pid if self._daemon and self._daemon.returncode is None else None

    async def chattor(self, *arguments: str, passphrase: bool = False) -> Finished:
        """Run one verb to its end; with `passphrase` it can read that from its stdin."""
        secret = ("--passphrase-fd", "0") if passphrase else ()
        process = await asyncio.create_subprocess_exec(
            *PROGRAM, *self.options, *secret, *arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=_environment()
        )
        try:
            out, err = await process.communicate(self._passphrase.encode() if passphrase else b"")
        finally:
            if process.returncode is None:  # nobody waits for it any more
                process.kill()
                await process.wait()
        return Finished(code=process.returncode or 0, out=out.decode(), err=err.decode())

    async def verb(self, kind: type[T], *arguments: str, passphrase: bool = False) -> T:
        """Run one verb with --json; its answer, held against the type. Raises LocalError with what it said instead."""
        done = await self.chattor("--json", *arguments, passphrase=passphrase)
        if done.code:
            raise LocalError(f"{self.name}: `chattor {' '.join(arguments[:2])}` failed: {done.err.strip()}")
        return msgspec.json.decode(done.out, type=kind)

    async def init(self) -> Identity:
        """Make the profile."""
        return await self.verb(Identity, "init", "--name", self.name, passphrase=True)

    async def start(self) -> None:
        """Start the daemon; its socket answers, Tor is not up yet. Raises LocalError, TimedOut."""
        with self.stderr.open("ab") as stderr:
            self._daemon = await asyncio.create_subprocess_exec(
                *PROGRAM, *self.options, "--torrc", str(self._torrc), "--passphrase-fd", "0", "--daemon",
                stdin=PIPE, stdout=DEVNULL, stderr=stderr, start_new_session=True, env=_environment(),
            )  # fmt: skip
        self._guard.watch(self._daemon.pid)
        if self._daemon.stdin is not None:
            self._daemon.stdin.write(self._passphrase.encode())
            self._daemon.stdin.close()
        await eventually(self._answers, f"{self.name}'s daemon to answer", within=_STARTED_WITHIN)

    def send(self, number: signal.Signals) -> None:
        """Send the daemon a signal, if it runs."""
        if self.pid is not None:
            os.kill(self.pid, number)

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """End the daemon cleanly, if it runs; the seconds it took."""
        began = _CLOCK.monotonic()
        self.send(number)
        try:
            async with asyncio.timeout(_STOPPED_WITHIN):
                await self.ended()
        except TimeoutError:
            await self.kill()
        return _CLOCK.monotonic() - began

    async def kill(self) -> None:
        """End the daemon as a power cut would."""
        self.send(signal.SIGKILL)
        await self.ended()

    async def ended(self) -> int:
        """Wait for the end of the daemon; its exit code, 0 if there was none."""
        if self._daemon is None:
            return 0
        code = await self._daemon.wait()
        self._guard.release(self._daemon.pid)
        return code

    @asynccontextmanager
    async def api(self) -> AsyncIterator[RemoteNode]:
        """Speak to the daemon. Raises NoDaemon."""
        node = await connect(self.paths.socket)
        try:
            yield node
        finally:
            await node.close()

    async def reachable(self) -> None:
        """Wait until others can find the node. Raises TimedOut."""

        async with self.api() as api:

            async def is_reachable() -> bool:
                return (await api.status()).reachable

            await eventually(is_reachable, f"{self.name} to be reachable", within=_REACHABLE_WITHIN)

    async def until(self, wanted: Callable[[Event], bool], what: str, *, within: float) -> Event:
        """The first event ever that is wanted; waits for it. Raises TimedOut."""
        try:
            async with asyncio.timeout(within), self.api() as api:
                async for event in api.events("0"):
                    if wanted(event):
                        return event
        except TimeoutError:
            raise TimedOut(f"{self.name} waited {within:g} s for {what}") from None
        raise NoDaemon(f"{self.name}'s daemon ended before {what}")

    async def _answers(self) -> bool:
        if self.pid is None:
            raise LocalError(f"{self.name}'s daemon ended: {self.stderr.read_text().strip()}")
        try:
            async with self.api() as api:
                await api.status()
        except NoDaemon:
            return False
        return True


def _environment() -> dict[str, str]:
    """Ours without what would lead to another profile."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CHATTOR_")}
