"""A complete Tor network of real tor processes on 127.0.0.1, for the demo, the tests and developers.

Three directory authorities and three relays. Nothing leaves the machine: no relay is an exit, all know only each
other. `python -m chattor.transport.tor.network DIRECTORY` runs one until Ctrl-C and prints a torrc for clients.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from chattor.config.files import private_directory
from chattor.errors import ChattorError, TimedOut, TorRefused
from chattor.transport.tor import process, relay
from chattor.transport.tor.places import write_private
from chattor.transport.tor.process import TorProcess
from chattor.transport.tor.relay import Relay

_AUTHORITIES: Final = 3
_RELAYS: Final = 3
_SIZE: Final = _AUTHORITIES + _RELAYS
_PATIENCE: Final = 60.0  # s for each of two steps that take 5 to 15, and 1
_LOOK_EVERY: Final = 0.1  # s


def _silent(_step: str) -> None:
    """Nobody watches."""


class PrivateNetwork:
    """One network below `directory`, which must be empty or new. `vanilla` takes KIST's 10 ms ticks out of the way."""

    def __init__(
        self,
        directory: Path,
        *,
        vanilla: bool = False,
        progress: Callable[[str], None] = _silent,
        tor: Path | None = None,
        tor_gencert: Path | None = None,
    ) -> None:
        self._directory = directory
        self._scheduler = ("Schedulers Vanilla",) if vanilla else ()
        self._progress = progress
        self._programs = (tor, tor_gencert)
        self._relays: list[Relay] = []
        self._running: list[TorProcess] = []

    @property
    def client_torrc(self) -> str:
        """The extra lines with which a client joins this network; empty of authorities before `start`."""
        return "\n".join([*relay.NETWORK, *self._scheduler, *self._authorities(), ""])

    @property
    def client_torrc_path(self) -> Path:
        """A file with those lines, for `chattor --torrc FILE`."""
        return self._directory / "client.torrc"

    @property
    def pids(self) -> list[int]:
        """The process ids of what runs."""
        return [each.pid for each in self._running]

    async def start(self) -> None:
        """Make keys, start everybody, wait until the authorities agree. Raises TorMissing, TorRefused, TimedOut."""
        tor = process.find("tor", self._programs[0])
        gencert = process.find("tor-gencert", self._programs[1])
        private_directory(self._directory)
        try:
            self._progress("making the keys of 3 authorities and 3 relays")
            self._relays = await self._make_relays(tor, gencert)
            self._progress("starting 6 tor processes")
            for each in self._relays:
                write_private(each.torrc, self._configuration(each))
                self._running.append(await TorProcess.start(tor, each.torrc))
            self._progress("waiting for the authorities to agree")
            await self._until(lambda: all(each.has_consensus(_SIZE) for each in self._relays if each.dir_port))
            self._progress("telling the relays")
            self._hurry_relays()
            await self._until(lambda: all(each.is_ready(_SIZE) for each in self._relays))
            write_private(self.client_torrc_path, self.client_torrc)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End every process; the files stay. Safe to repeat."""
        running, self._running = self._running, []
        await asyncio.gather(*(each.stop() for each in running))

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _make_relays(self, tor: Path, gencert: Path) -> list[Relay]:
        names = [f"authority{n}" for n in range(_AUTHORITIES)] + [f"relay{n}" for n in range(_RELAYS)]
        ports = iter(relay.free_ports(2 * len(names)))
        new = [
            Relay(
                directory=self._directory / name,
                or_port=next(ports),
                dir_port=next(ports) if name.startswith("authority") else None,
            )
            for name in names
        ]
        try:
            async with asyncio.TaskGroup() as group:
                made = [group.create_task(relay.with_keys(each, tor, gencert)) for each in new]
        except* TorRefused as refused:
            raise refused.exceptions[0] from None
        return [each.result() for each in made]

    def _authorities(self) -> list[str]:
        return [each.authority_line for each in self._relays if each.dir_port is not None]

    def _configuration(self, each: Relay) -> str:
        return "\n".join([*relay.configuration(each, os.getpid()), *self._scheduler, *self._authorities(), ""])

    async def _until(self, reached: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                while not reached():
                    self._all_alive()
                    await asyncio.sleep(_LOOK_EVERY)
        except TimeoutError as error:
            raise TimedOut(f"the private Tor network did not come up within {_PATIENCE:.0f} s") from error

    def _hurry_relays(self) -> None:
        """Their first request for a consensus came too early; left alone they ask again up to 20 s later."""
        for each, running in zip(self._relays, self._running, strict=True):
            if each.dir_port is None:
                running.reload()

    def _all_alive(self) -> None:
        for each, running in zip(self._relays, self._running, strict=True):
            if running.exit_status is not None:
                raise TorRefused(f"{each.name} of the private Tor network ended: {running.last_words}")


async def _run(directory: Path) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with PrivateNetwork(directory, progress=lambda step: _say(f"{step} …", sys.stderr.fileno())) as network:
        _say(str(network.client_torrc_path), sys.stdout.fileno())
        await stop.wait()


def _say(line: str, descriptor: int) -> None:
    os.write(descriptor, f"{line}\n".encode())


def main(arguments: list[str]) -> int:
    """Run a network in the directory named until SIGINT or SIGTERM; prints the path of the client's torrc."""
    if len(arguments) != 1:
        _say("usage: python -m chattor.transport.tor.network DIRECTORY", sys.stderr.fileno())
        return 2
    try:
        asyncio.run(_run(Path(arguments[0]).absolute()))
    except ChattorError as error:
        _say(f"{error}\n{error.hint}", sys.stderr.fileno())
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
