"""Keeps what we serve published through one life of a tor: looks, compares with what is wanted, mends.

It looks when something happened and every few seconds: whatever a service was lost by (a reload, a sleep, a
relay that forgot it), the next look finds it. What it cannot mend ends this life, and a new tor is started.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Final, Never

from chattor.clock import Clock, Sleeps
from chattor.errors import TorDown
from chattor.model.status import TorPhase, TorStatus
from chattor.transport.base import Guests, ProofOfWork
from chattor.transport.tor.control import Control, Refused
from chattor.transport.tor.events import Bootstrap, Descriptor, Event, Liveness, Skew, bootstrap
from chattor.transport.tor.service import OnionService

LOOK_EVERY: Final = 5.0  # s
PATIENCE: Final = (45.0, 90.0, 180.0)  # s for a descriptor to be taken, each time it is published anew
CHECK_EVERY: Final = 600.0  # s between two looks from outside at what we published

UNPROTECTED: Final = "this tor has no proof of work against floods"

Check = Callable[[OnionService], Awaitable[bool]]
"""Dials one of our own onions on a fresh circuit and tells if it answers."""


@dataclass(slots=True, kw_only=True)
class _Published:
    """One onion in this life of tor; times are monotonic seconds."""

    since: float
    check_at: float
    guests: Guests | None
    tries: int = 0
    seen: bool = False
    lost: bool = False
    was_seen: bool = False
    """It was published before, for other guests: a change of them is no outage."""


class Keeper:
    """The care for one life of a tor."""

    def __init__(
        self,
        *,
        wanted: Collection[OnionService],
        clock: Clock,
        report: Callable[[TorStatus], None],
        check: Check,
        proof_of_work: ProofOfWork,
        is_ours: bool = True,
    ) -> None:
        self._wanted = wanted
        self._clock = clock
        self._report = report
        self._check = check
        self.proof_of_work = proof_of_work
        """Whether this tor protects our onions from floods; MISSING once it refused to."""
        self._is_ours = is_ours
        self._bootstrap = Bootstrap(percent=0, summary="")
        self._online_since = 0.0
        self._live = True
        self._sleeps = Sleeps(clock)
        self._onions: dict[str, _Published] = {}
        self._checks: set[asyncio.Task[None]] = set()
        self._sought: dict[str, asyncio.Future[Descriptor]] = {}
        self.skew: int | None = None
        """How many seconds our clock is ahead, if tor heard that it is."""
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
        detail = UNPROTECTED if self.proof_of_work is ProofOfWork.MISSING else ""
        return TorStatus(phase=TorPhase.READY, percent=100, ready=True, detail=detail)

    def nudge(self) -> None:
        """Look now: what is wanted has changed."""
        self._nudged.set()

    def seek(self, onion: str) -> asyncio.Future[Descriptor]:
        """The next word on what became of the search for a descriptor."""
        return self._sought.setdefault(onion, asyncio.get_running_loop().create_future())

    def heard(self, event: Event) -> None:
        """Tor told something."""
        was_online = self.online
        if isinstance(event, Descriptor) and event.action in ("RECEIVED", "FAILED"):
            self._found(event)
        match event:
            case Bootstrap():
                self._bootstrap = event
            case Descriptor(onion=onion) if known := self._onions.get(onion):
                known.seen = known.seen or event.action == "UPLOADED"
                known.lost = known.lost or event.reason == "NOT_FOUND"
            case Liveness():
                self._live = event.up
            case Skew():
                self.skew = event.seconds
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
                if self._sleeps.slept():
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

    def _found(self, event: Descriptor) -> None:
        answer = self._sought.pop(event.onion, None)
        if answer is not None and not answer.done():
            answer.set_result(event)

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
            elif known.guests != service.guests and (known.seen or _shuts_out(known.guests, service.guests)):
                await self._publish(control, service, anew=True)
            elif known.seen and known.check_at <= self._clock.monotonic():
                self._start_check(control, service, known)

    async def _publish(self, control: Control, service: OnionService, *, anew: bool) -> None:
        before, now = self._onions.get(service.onion), self._clock.monotonic()
        tries = 0 if before is None or before.seen else before.tries + (before.guests == service.guests)
        if tries == len(PATIENCE):
            raise TorDown("no relay took our descriptor")
        if anew:
            await control.ask(f"DEL_ONION {service.onion}")
        self._onions[service.onion] = _Published(
            since=now,
            check_at=now + CHECK_EVERY,
            guests=service.guests,
            tries=tries,
            was_seen=before is not None and self._stands(before) and before.guests != service.guests,
        )
        if self.proof_of_work is ProofOfWork.ON:
            with contextlib.suppress(Refused):
                await control.ask(service.add_command(proof_of_work=True))
                return
        try:
            await control.ask(service.add_command(proof_of_work=False))
        except Refused as error:
            raise TorDown(f"tor does not let us serve our address: {error}") from error
        if self.proof_of_work is ProofOfWork.ON:  # an older tor, or one built without it
            self.proof_of_work = ProofOfWork.MISSING

    def _is_published(self, service: OnionService) -> bool:
        known = self._onions.get(service.onion)
        return known is not None and self._stands(known)

    def _stands(self, known: _Published) -> bool:
        return (known.seen or known.was_seen) and not known.lost

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

    async def _wake(self, control: Control) -> None:
        """Every connection of before the sleep is dead, though tor may take an hour to notice."""
        for switch in (1, 0) if self._is_ours else ():  # others use a tor that is not ours: it must notice by itself
            await control.ask(f"SETCONF DisableNetwork={switch}")
        for known in self._onions.values():
            known.lost = True


def _shuts_out(before: Guests | None, now: Guests | None) -> bool:
    """Whether somebody could enter who no longer may."""
    return now is not None and (before is None or not before <= now)
