"""`TorTransport`: a tor of our own, held up whatever happens to it, and streams through it.

Supervision only: one life of tor after the other, and the onions that outlive them.
"""

import asyncio
import logging
import os
import weakref
from pathlib import Path
from typing import Final, Never

from chattor.clock import Clock, SystemClock
from chattor.config.files import private_directory
from chattor.errors import ChattorError, DialFailed, TorDown
from chattor.model.address import OnionAddress
from chattor.model.status import TorPhase, TorStatus
from chattor.transport.base import Listener
from chattor.transport.tor import dialer, process, torrc
from chattor.transport.tor.keeper import Keeper
from chattor.transport.tor.life import Life
from chattor.transport.tor.places import Places, socket_directory, write_private
from chattor.transport.tor.service import OnionService
from chattor.transport.tor.socks import Connect
from chattor.transport.tor.stream import TorStream

_RESTART_FIRST: Final = 1.0  # s, doubling
_RESTART_MAX: Final = 60.0  # s
_FIRST_SHARE: Final = 0.4  # of the time for a dial; the rest is for a second attempt on fresh circuits
_CHECK_TIMEOUT: Final = 60.0  # s for a call to ourselves

_log = logging.getLogger(__name__)


class TorTransport:
    """`transport.base.Transport` over a tor process of our own.

    `tor_dir` is tor's data directory, `runtime_dir` holds the sockets; both are made 0700. `extra_torrc` are the
    user's lines, read last. `tor_binary` is the program if it is not the `tor` on PATH.
    """

    def __init__(
        self,
        *,
        tor_dir: Path,
        runtime_dir: Path,
        extra_torrc: str | None = None,
        tor_binary: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._places = Places(data=tor_dir, runtime=runtime_dir)
        self._extra = extra_torrc or ""
        self._binary = tor_binary
        self._clock = clock or SystemClock()
        self._listener: Listener | None = None
        self._status = TorStatus()
        self._services: dict[OnionAddress, OnionService] = {}
        self._served = 0
        self._streams = weakref.WeakSet[TorStream]()
        self._life: Life | None = None
        self._task: asyncio.Task[Never] | None = None
        self._checks = 0
        self.proof_of_work = True
        """Whether our onions are protected from floods; False once tor refused to."""

    @property
    def pid(self) -> int | None:
        """The process id of our tor while it runs."""
        return self._life.pid if self._life else None

    async def start(self, listener: Listener) -> None:
        """Try the configuration, then begin. Raises TorMissing, TorRefused, BadDirectory."""
        tor = process.find("tor", self._binary)
        private_directory(self._places.data)
        socket_directory(self._places.runtime)
        write_private(self._places.torrc, torrc.client(self._places, owner=os.getpid(), extra=self._extra))
        await process.verify(tor, self._places.torrc)
        self._listener = listener
        self._task = asyncio.create_task(self._supervise(tor), name="tor-supervisor")

    async def serve(self, seed: bytes) -> OnionService:
        """Serve the onion of a seed from now on. Raises BadDirectory; ValueError if it is served already."""
        socket_directory(self._places.runtime)
        self._served += 1
        service = OnionService(seed, self._places.onion(self._served), self._forget)
        if service.address in self._services:
            raise ValueError("this onion is served already")
        await service.listen(self._accepted)
        self._services[service.address] = service
        self._nudge()
        return service

    async def dial(self, address: OnionAddress, *, isolation: str, timeout: float) -> TorStream:
        """Connect to port 9735 of an onion within `timeout` seconds; `isolation` is 1 to 240 bytes.

        Raises DialFailed, TorDown.
        """
        life = self._life
        if life is None or not life.keeper.online:
            raise TorDown(f"tor is not connected: {self._status.detail or self._status.phase}")
        try:
            async with asyncio.timeout(timeout):
                stream = await self._connect(life, address, isolation, timeout * _FIRST_SHARE)
        except TimeoutError as error:
            raise DialFailed(f"no answer within {timeout:g} s") from error
        self._streams.add(stream)
        return stream

    async def stop(self) -> None:
        """End tor, the listening sockets and every stream; safe to repeat."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None
        for service in list(self._services.values()):
            await service.stop()
        for stream in list(self._streams):
            stream.close()
        self._report(TorStatus())
        self._listener = None

    async def _supervise(self, tor: Path) -> Never:
        delay = _RESTART_FIRST
        while True:
            reason = await self._live(tor)
            if self._status.ready:
                delay = _RESTART_FIRST
            self._report(TorStatus(phase=TorPhase.FAILED, detail=f"{reason}; tor starts again in {delay:.0f} s"))
            await asyncio.sleep(delay)
            delay = min(2 * delay, _RESTART_MAX)

    async def _live(self, tor: Path) -> str:
        """One life of tor; gives the reason of its end."""
        keeper = Keeper(
            wanted=self._services.values(),
            clock=self._clock,
            report=self._report,
            check=self._answers,
            proof_of_work=self.proof_of_work,
        )
        self._report(TorStatus(phase=TorPhase.STARTING))
        self._life = Life(tor, self._places, keeper)
        try:
            await self._life.run()
        except (ChattorError, OSError) as error:
            return str(error)
        except Exception as error:  # noqa: BLE001  the root of this task: nobody else would start tor again
            _log.error("the care for tor failed", exc_info=error)
            return "chattor lost track of it"
        finally:
            self._life = None
            self.proof_of_work = keeper.proof_of_work

    async def _connect(self, life: Life, address: OnionAddress, isolation: str, patience: float) -> TorStream:
        """Twice if need be: a relay may go on taking calls for a friend whose tor died, until tor asks for new ones."""
        try:
            async with asyncio.timeout(patience):
                return await dialer.connect(self._places.socks, Connect(address, isolation))
        except TimeoutError:
            await life.refresh(address)
        return await dialer.connect(self._places.socks, Connect(address, f"{isolation} again"))

    async def _answers(self, service: OnionService) -> bool:
        self._checks += 1
        try:
            stream = await self.dial(service.address, isolation=f"check {self._checks}", timeout=_CHECK_TIMEOUT)
        except (DialFailed, TorDown):
            return False
        stream.close()
        return True

    def _accepted(self, address: OnionAddress, stream: TorStream) -> None:
        if self._listener is None:
            stream.close()
            return
        self._streams.add(stream)
        self._listener.accepted(address, stream)

    def _forget(self, service: OnionService) -> None:
        self._services.pop(service.address, None)
        self._nudge()

    def _nudge(self) -> None:
        if self._life is not None:
            self._life.keeper.nudge()

    def _report(self, status: TorStatus) -> None:
        if self._listener is not None and status != self._status:
            self._status = status
            self._listener.changed(status)
