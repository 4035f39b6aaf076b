"""A tor that belongs to somebody else: a process on the private network that others use too."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from chattor.config.files import private_directory
from chattor.transport.tor import process, relay
from chattor.transport.tor.control import Control
from chattor.transport.tor.endpoint import Endpoint, at
from chattor.transport.tor.login import log_in
from chattor.transport.tor.network import PrivateNetwork
from chattor.transport.tor.places import write_private
from chattor.transport.tor.process import TorProcess
from chattor.transport.tor.torrc import line
from tests.support.tor import PATIENCE

PASSWORD = 'open "sesame" \\o/'
_RETRY = 0.05  # s


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemTor:
    """Listens on a socket, with a cookie, and on a port, with a password too."""

    socket: Path
    port: int
    password_file: Path
    running: TorProcess
    owner: Control
    """The connection of the one who started it."""

    async def state(self) -> tuple[list[str], list[str]]:
        """What it is configured to do, and which onions of nobody in particular it serves."""
        return await self.owner.ask("GETINFO config-text"), await self.owner.ask("GETINFO onions/detached")


@asynccontextmanager
async def system_tor(directory: Path, network: PrivateNetwork) -> AsyncIterator[SystemTor]:
    """One that runs until the end, and serves an onion of its own."""
    private_directory(directory)
    tor, (port, socks) = process.find("tor"), relay.free_ports(2)
    control, torrc, password_file = directory / "control", directory / "torrc", directory / "password"
    write_private(password_file, f"{PASSWORD}\n")
    lines = [
        line("DataDirectory", directory / "data"),
        line("Log", f"notice file {directory / 'log'}"),
        f"__OwningControllerProcess {os.getpid()}",
        f"SocksPort 127.0.0.1:{socks}",
        f"ControlPort 127.0.0.1:{port}",
        f"ControlSocket {control}",
        "CookieAuthentication 1",
        f"HashedControlPassword {await _hashed(tor)}",
    ]
    write_private(torrc, "\n".join([*lines, network.client_torrc]))
    running = await TorProcess.start(tor, torrc)
    try:
        owner = await _owner(at(control))
        await owner.ask("ADD_ONION NEW:ED25519-V3 Flags=Detach,DiscardPK Port=80,127.0.0.1:9")
        yield SystemTor(socket=control, port=port, password_file=password_file, running=running, owner=owner)
        await owner.close()
    finally:
        await running.stop()


async def _owner(where: Endpoint) -> Control:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await Control.join(where, lambda asked: log_in(asked, None), lambda event: None)
            except OSError:
                await asyncio.sleep(_RETRY)


async def _hashed(tor: Path) -> str:
    asked = await asyncio.create_subprocess_exec(
        tor, "--quiet", "--hash-password", PASSWORD, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await asked.communicate()
    return output.decode().strip().splitlines()[-1]
