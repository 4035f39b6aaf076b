"""`TorTransport`: a tor of our own, or one that runs already, held on to whatever happens to it; streams through it.

Supervision only: one life of tor after the other, and the onions that outlive them.
"""

import asyncio
import logging
import os
import weakref
from pathlib import Path
from typing import Final, Never

from chattor.clock import Clock, SystemClock
from chattor.config.settings import TorSettings
from chattor.errors import ChattorError, DialFailed, TorDown
from chattor.model.address import OnionAddress
from chattor.model.status import TorPhase, TorStatus
from chattor.transport.base import Guests, Listener, ProofOfWork, Vitals
from chattor.transport.tor import dialler
from chattor.transport.tor.host import Host, OwnTor, SystemTor
from chattor.transport.tor.keeper import Keeper
from chattor.transport.tor.life import Life
from chattor.transport.tor.places import Places
from chattor.transport.tor.service import OnionService
from chattor.transport.tor.socks import Connect
from chattor.transport.tor.stream import TorStream

_RESTART_FIRST: Final = 1.0  # s, doubling
_RESTART_MAX: Final = 60.0  # s
_FIRST_SHARE: Final = 0.4  # of the time for a dial; the rest is for a second attempt on fresh circuits
_CHECK_TIMEOUT: Final = 60.0  # s for a call to ourselves

_log = logging.getLogger(__name__)


class TorTransport:
    """`transport.base.Transport` over tor.

    `tor_dir` is tor's data directory, `runtime_dir` holds the sockets; both are made 0700. `settings` are the user's,
    and `extra_torrc` his lines, read last.
    """

    def __init__(
        self,
        *,
        tor_dir: Path,
        runtime_dir: Path,
        settings: TorSettings | None = None,
        extra_torrc: str = "",
        clock: Clock | None = None,
    ) -> None:
        settings = settings or TorSettings()
        places = Places(data=tor_dir, runtime=runtime_dir)
        self._host: Host = (
            SystemTor(settings, extra_torrc) if settings.control else OwnTor(places, settings, extra_torrc)
        )
        self._realm = "-" if self._host.is_ours else os.urandom(8).hex()
        self._clock = clock or SystemClock()
        self._listener: Listener | None = None
        self._status = TorStatus()
        self._services: dict[OnionAddress, OnionService] = {}
        self._served = 0
        self._streams = weakref.WeakSet[TorStream]()
        self._life: Life | None = None
        self._task: asyncio.Task[Never] | None = None
        self._checks = 0
        self.proof_of_work = ProofOfWork.ON if settings.pow else ProofOfWork.OFF
        """Whether our onions are protected from floods; MISSING once tor refused to."""

    @property
    def pid(self) -> int | None:
        """The process id of our tor while it runs."""
        return self._life.pid if self._life else None

    async def start(self, listener: Listener) -> None:
        """Try the configuration, then begin. Raises TorMissing, PluginMissing, TorRefused, BadDirectory."""
        await self._host.prepare()
        self._listener = listener
        self._task = asyncio.create_task(self._supervise(), name="tor-supervisor")

    async def serve(self, seed: bytes, guests: Guests | None = None) -> OnionService:
        """Serve the onion of a seed from now on. Raises BadDirectory; ValueError if it is served already."""
        self._served += 1
        service = OnionService(seed, self._host.place(self._served), self._changed, guests)
        if service.address in self._services:
            raise ValueError("this onion is served already")
        await service.listen(self._accepted)
        self._services[service.address] = service
        self._nudge()
        return service

    async def dial(
        self, address: OnionAddress, *, isolation: str, timeout: float, key: bytes | None = None
    ) -> TorStream:
        """Connect to port 9735 of an onion within `timeout` seconds; `isolation` is 1 to 240 bytes.

        `key` lets us in where only guests may enter; into our own we come without. Raises DialFailed, TorDown.
        """
        life = self._living()
        if not life.keeper.online:
            raise TorDown(self._why())
        if (ours := self._services.get(address)) is not None:
            key = ours.own_key.seed
        try:
            async with asyncio.timeout(timeout):
                if key is not None:
                    await life.enter(address, key)
                stream = await self._connect(life, address, isolation, timeout * _FIRST_SHARE)
        except TimeoutError as error:
            raise DialFailed(f"no answer within {timeout:g} s") from error
        self._streams.add(stream)
        return stream

    async def look_up(self, address: OnionAddress, *, timeout: float) -> None:
        """Have somebody's descriptor fetched anew within `timeout` seconds. Raises DialFailed, TorDown."""
        try:
            async with asyncio.timeout(timeout):
                await self._living().look_up(address)
        except TimeoutError as error:
            raise DialFailed(f"no relay answered within {timeout:g} s") from error

    async def examine(self) -> Vitals:
        """Ask tor how it is. Raises TorDown."""
        return await self._living().examine()

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

    def _living(self) -> Life:
        if self._life is None:
            raise TorDown(self._why())
        return self._life

    def _why(self) -> str:
        return f"tor is not connected: {self._status.detail or self._status.phase}"

    async def _supervise(self) -> Never:
        delay, again = _RESTART_FIRST, "tor starts again" if self._host.is_ours else "tor is tried again"
        while True:
            reason = await self._live()
            if self._status.ready:
                delay = _RESTART_FIRST
            self._report(TorStatus(phase=TorPhase.FAILED, detail=f"{reason}; {again} in {delay:.0f} s"))
            await asyncio.sleep(delay)
            delay = min(2 * delay, _RESTART_MAX)

    async def _live(self) -> str:
        """One life of tor; gives the reason of its end."""
        keeper = Keeper(
            wanted=self._services.values(),
            clock=self._clock,
            report=self._report,
            check=self._answers,
            proof_of_work=self.proof_of_work,
            is_ours=self._host.is_ours,
        )
        self._report(TorStatus(phase=TorPhase.STARTING))
        self._life = Life(self._host, keeper)
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
                return await dialler.connect(self._host.socks, Connect(address, isolation, self._realm))
        except TimeoutError:
            await life.refresh(address)
        return await dialler.connect(self._host.socks, Connect(address, f"{isolation} again", self._realm))

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

    def _changed(self, service: OnionService) -> None:
        if service.is_stopped:
            self._services.pop(service.address, None)
        self._nudge()

    def _nudge(self) -> None:
        if self._life is not None:
            self._life.keeper.nudge()

    def _report(self, status: TorStatus) -> None:
        if self._listener is not None and status != self._status:
            self._status = status
            self._listener.changed(status)
