"""Keeps what we serve published through one life of a tor: looks, compares with what is wanted, mends.

It looks when something happened and every few seconds: whatever a service was lost by (a reload, a sleep, a
relay that forgot it), the next look finds it. What it cannot mend ends this life, and a new tor is started.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Final, Never

from chattor.clock import Clock
from chattor.errors import TorDown
from chattor.model.status import TorPhase, TorStatus
from chattor.transport.tor.control import Control, Refused
from chattor.transport.tor.events import Bootstrap, Descriptor, Event, Liveness, bootstrap
from chattor.transport.tor.service import OnionService

LOOK_EVERY: Final = 5.0  # s
SLEPT: Final = 20.0  # s the wall clock ran ahead of the monotonic one: the machine was asleep
PATIENCE: Final = (45.0, 90.0, 180.0)  # s for a descriptor to be taken, each time it is published anew
CHECK_EVERY: Final = 600.0  # s between two looks from outside at what we published

Check = Callable[[OnionService], Awaitable[bool]]
"""Dials one of our own onions on a fresh circuit and tells if it answers."""


@dataclass(slots=True, kw_only=True)
class _Published:
    """One onion in this life of tor; times are monotonic seconds."""

    since: float
    check_at: float
    tries: int = 0
    seen: bool = False
    lost: bool = False


class Keeper:
    """The care for one life of a tor."""

    def __init__(
        self,
        *,
        wanted: Collection[OnionService],
        clock: Clock,
        report: Callable[[TorStatus], None],
        check: Check,
        proof_of_work: bool,
    ) -> None:
        self._wanted = wanted
        self._clock = clock
        self._report = report
        self._check = check
        self.proof_of_work = proof_of_work
        """Whether this tor protects our onions from floods; False once it refused to."""
        self._bootstrap = Bootstrap(percent=0, summary="")
        self._online_since = 0.0
        self._live = True
        self._ahead = self._wall_ahead()
        self._onions: dict[str, _Published] = {}
        self._checks: set[asyncio.Task[None]] = set()
        self._nudged = asyncio.Event()

    @property
    def online(self) -> bool:
        """Circuits can be built, as far as tor knows."""
        return self._bootstrap.percent == 100 and self._live

    @property
    def status(self) -> TorStatus:
        """Where this life stands."""
        if not self.online:
            detail = self._bootstrap.detail if self._live else "tor hears nothing from the network"
            return TorStatus(phase=TorPhase.BOOTSTRAPPING, percent=self._bootstrap.percent, detail=detail)
        missing = [service for service in self._wanted if not self._is_published(service)]
        if missing:
            return TorStatus(phase=TorPhase.PUBLISHING, percent=100, detail="our address is being published")
        return TorStatus(phase=TorPhase.READY, percent=100, ready=True)

    def nudge(self) -> None:
        """Look now: what is wanted has changed."""
        self._nudged.set()

    def heard(self, event: Event) -> None:
        """Tor told something."""
        was_online = self.online
        match event:
            case Bootstrap():
                self._bootstrap = event
            case Descriptor(onion=onion) if known := self._onions.get(onion):
                known.seen = known.seen or event.action == "UPLOADED"
                known.lost = known.lost or event.reason == "NOT_FOUND"
            case Liveness():
                self._live = event.up
            case _:
                pass
        if self.online and not was_online:
            self._came_online()
        self._report(self.status)
        self.nudge()

    async def run(self, control: Control) -> Never:
        """Until this life cannot be mended; raises TorDown with the reason."""
        try:
            self.heard(bootstrap((await control.ask("GETINFO status/bootstrap-phase"))[0]))
            while True:
                if self._slept():
                    await self._wake(control)
                await self._look(control)
                self._report(self.status)
                await self._pause()
        except Refused as error:
            raise TorDown(f"tor refused: {error}") from error
        finally:
            for task in self._checks:
                task.cancel()
            await asyncio.gather(*self._checks, return_exceptions=True)

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY):
                await self._nudged.wait()
        except TimeoutError:
            return
        self._nudged.clear()

    async def _look(self, control: Control) -> None:
        live = set(await control.info("onions/current"))
        wanted = {service.onion: service for service in self._wanted}
        for onion in live - wanted.keys():
            await control.ask(f"DEL_ONION {onion}")
        for onion in self._onions.keys() - wanted.keys():
            del self._onions[onion]
        for onion, service in wanted.items():
            known = self._onions.get(onion)
            if known is None or onion not in live or self._is_overdue(known):
                await self._publish(control, service, anew=onion in live)
            elif known.seen and known.check_at <= self._clock.monotonic():
                self._start_check(control, service, known)

    async def _publish(self, control: Control, service: OnionService, *, anew: bool) -> None:
        before, now = self._onions.get(service.onion), self._clock.monotonic()
        tries = before.tries + 1 if before and not before.seen else 0
        if tries == len(PATIENCE):
            raise TorDown("no relay took our descriptor")
        if anew:
            await control.ask(f"DEL_ONION {service.onion}")
        self._onions[service.onion] = _Published(since=now, check_at=now + CHECK_EVERY, tries=tries)
        try:
            await control.ask(service.add_command(proof_of_work=self.proof_of_work))
        except Refused:
            if not self.proof_of_work:
                raise
            self.proof_of_work = False  # an older tor, or one built without it
            await control.ask(service.add_command(proof_of_work=False))

    def _is_published(self, service: OnionService) -> bool:
        known = self._onions.get(service.onion)
        return known is not None and known.seen and not known.lost

    def _is_overdue(self, known: _Published) -> bool:
        waited = self._clock.monotonic() - max(known.since, self._online_since)
        return known.lost or (self.online and not known.seen and waited > PATIENCE[known.tries])

    def _start_check(self, control: Control, service: OnionService, known: _Published) -> None:
        known.check_at = self._clock.monotonic() + CHECK_EVERY
        task = asyncio.create_task(self._look_from_outside(control, service, known), name="tor-check")
        self._checks.add(task)
        task.add_done_callback(self._checks.discard)

    async def _look_from_outside(self, control: Control, service: OnionService, known: _Published) -> None:
        """Do the relays still hold our descriptor, and does a caller reach us? One failed call may be chance."""
        with contextlib.suppress(Refused, TorDown):  # the next look meets the same and ends this life
            await control.ask(f"HSFETCH {service.onion}")  # the answer comes as an event
        if not (await self._check(service) or await self._check(service)):
            known.lost = True
            self._report(self.status)
            self.nudge()

    def _came_online(self) -> None:
        self._online_since = self._clock.monotonic()
        for known in self._onions.values():
            if known.seen:  # it may be lost by now
                known.check_at = self._online_since

    def _wall_ahead(self) -> float:
        return self._clock.wall() / 1000 - self._clock.monotonic()

    def _slept(self) -> bool:
        before, self._ahead = self._ahead, self._wall_ahead()
        return self._ahead - before > SLEPT

    async def _wake(self, control: Control) -> None:
        """Every connection of before the sleep is dead, though tor may take an hour to notice."""
        for switch in (1, 0):
            await control.ask(f"SETCONF DisableNetwork={switch}")
        for known in self._onions.values():
            known.lost = True
