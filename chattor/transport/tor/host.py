"""Whose tor it is: one of our own, which we start and end, or one that runs already, which we leave as it was."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from chattor.config.files import private_directory
from chattor.config.settings import TorSettings
from chattor.errors import TorDown, TorRefused
from chattor.transport.tor import bridges, endpoint, process, torrc
from chattor.transport.tor.control import Control, Refused
from chattor.transport.tor.endpoint import Endpoint
from chattor.transport.tor.events import Event
from chattor.transport.tor.login import log_in
from chattor.transport.tor.places import Places, socket_directory, write_private
from chattor.transport.tor.process import TorProcess

_CONTROL_TIMEOUT: Final = 20.0  # s from the start of tor to its control socket; loading a full cache takes a few
_CONTROL_RETRY: Final = 0.05  # s

Heard = Callable[[Event], None]


class Host(Protocol):
    """A tor to live on, through all its lives."""

    @property
    def is_ours(self) -> bool:
        """Whether we started it, and may change what it does for others."""
        ...

    @property
    def socks(self) -> Endpoint:
        """Where to dial; known once attached."""
        ...

    async def prepare(self) -> None:
        """See whether it can work. Raises TorMissing, PluginMissing, TorRefused, BadDirectory."""
        ...

    async def begin(self) -> TorProcess | None:
        """Start a process, if there is one to start."""
        ...

    async def attach(self, heard: Heard) -> Control:
        """A control connection that tells its events. Raises TorDown, TorRefused, Refused, OSError."""
        ...

    def place(self, number: int) -> Path | None:
        """The unix socket for the callers of an onion; None: a port of this machine. Raises BadDirectory."""
        ...


class OwnTor:
    """A process of ours, on unix sockets of ours, that ends with us."""

    is_ours = True

    def __init__(self, places: Places, settings: TorSettings, extra: str) -> None:
        self._places = places
        self._settings = settings
        self._extra = extra
        self._program = Path()
        self.socks = endpoint.at(places.socks)

    async def prepare(self) -> None:
        """Write its configuration and have it looked at."""
        self._program = process.find("tor", self._settings.binary)
        through = bridges.lines(self._settings)
        private_directory(self._places.data)
        socket_directory(self._places.runtime)
        text = torrc.client(self._places, owner=os.getpid(), bridges=through, extra=self._extra)
        write_private(self._places.torrc, text)
        await process.verify(self._program, self._places.torrc)

    async def begin(self) -> TorProcess:
        """Start it; what is left of the one before is removed, so that its presence means something."""
        for stale in (self._places.cookie, self._places.control, self._places.socks):
            stale.unlink(missing_ok=True)
        return await TorProcess.start(self._program, self._places.torrc)

    async def attach(self, heard: Heard) -> Control:
        """Own it, as soon as it listens."""
        try:
            async with asyncio.timeout(_CONTROL_TIMEOUT):
                while True:
                    try:
                        return await Control.connect(self._places.control, self._places.cookie, heard)
                    except (FileNotFoundError, ConnectionRefusedError):
                        await asyncio.sleep(_CONTROL_RETRY)
        except TimeoutError as error:
            raise TorDown("tor does not open its control socket") from error

    def place(self, number: int) -> Path:
        """In our directory."""
        socket_directory(self._places.runtime)
        return self._places.onion(number)


class SystemTor:
    """One that others started, configured and use: nothing of it is changed, and what we had of it goes with us.

    It may run as another user, whom our directories are closed to: so our onions lead to ports of this machine.
    """

    is_ours = False

    def __init__(self, settings: TorSettings, extra: str) -> None:
        self._settings = settings
        self._extra = extra
        self._socks: Endpoint | None = None

    @property
    def socks(self) -> Endpoint:
        """The one that is set, or the first tor tells of."""
        if self._socks is None:
            raise TorDown("tor is not attached")
        return self._socks

    async def prepare(self) -> None:
        """Read what is set."""
        endpoint.parse(self._settings.control, "tor.control")
        if self._settings.socks:
            endpoint.parse(self._settings.socks, "tor.socks")
        if self._settings.bridges or self._extra:
            raise TorRefused(
                "tor.control names a tor that others configure: tor.bridges and extra lines do not go there"
            )

    async def begin(self) -> None:
        """It runs already, or will."""

    async def attach(self, heard: Heard) -> Control:
        """Log in, and learn where it takes connections."""
        where = endpoint.parse(self._settings.control, "tor.control")
        try:
            control = await Control.join(where, lambda asked: log_in(asked, self._settings.password_file), heard)
        except OSError as error:
            raise TorDown(f"no tor answers at {where}: {(error.strerror or 'it is gone').lower()}") from error
        except Refused as error:
            raise TorRefused(f"tor at {where} does not let us in: {error}") from error
        try:
            self._socks = await self._find_socks(control)
        except BaseException:
            await control.close()
            raise
        return control

    def place(self, number: int) -> None:
        """A port."""
        del number

    async def _find_socks(self, control: Control) -> Endpoint:
        if self._settings.socks:
            return endpoint.parse(self._settings.socks, "tor.socks")
        for word in await control.info("net/listeners/socks"):
            try:
                return endpoint.parse(word.strip('"'), "tor.socks")
            except TorRefused:
                continue  # one for other machines, or none
        raise TorRefused("tor takes no connections of programs on this machine: it needs a SocksPort")
