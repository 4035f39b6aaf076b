"""Tries what must hold for this node to be reached, and a friend to be reached by it: from our clock to his HELLO.

Nothing is changed by it. With a friend to whom there is no link one is made, as a message to him would.
"""

import os
from collections.abc import Callable, Sequence
from itertools import count
from typing import Final

from msgspec.structs import replace

from chattor import __version__
from chattor.clock import Millis
from chattor.errors import ChattorError, DialFailed
from chattor.handlers import delivery, guests, outages
from chattor.handlers.views import moment
from chattor.model.address import OnionAddress
from chattor.model.doctor import Diagnosis
from chattor.model.status import TorPhase, TorStatus
from chattor.node.core import Core
from chattor.node.ladder import Broken, Step, climb
from chattor.node.links import Links
from chattor.node.reach import Reach
from chattor.node.sessions import Sessions
from chattor.protocol.limits import DIAL_TIMEOUT
from chattor.transport.base import ProofOfWork, Stream, Transport

BORN: Final = 1_767_225_600_000  # 2026-01-01: no machine that runs this has an earlier date
NAMES: Final = ("clock", "profile", "tor", "node", "bootstrap", "guard", "descriptor", "own address")
"""The rungs of one node, in order."""
SET_CLOCK: Final = "Set the clock of this machine and its time zone, best by NTP; tor needs both to be right."
ANYWHERE: Final = "Is this machine on the network? Where tor is blocked bridges help: the setting tor.bridges."
WAIT: Final = "Wait a minute and try again; if it stays so, stop the node and start it again."

_PROOF_OF_WORK: Final = {
    ProofOfWork.ON: "with proof of work against floods",
    ProofOfWork.OFF: "proof of work against floods is off (tor.pow)",
    ProofOfWork.MISSING: "which cannot do proof of work against floods",
}


def look_at_clock(wall: Millis) -> str:
    """What the clock says. Raises Broken if that cannot be."""
    said = f"{moment(wall):%Y-%m-%d %H:%M} UTC"
    if wall < BORN:
        raise Broken(f"it says {said}, which is past", SET_CLOCK)
    return said


def look_at_warnings(warnings: Sequence[str]) -> str:
    """What there is to say about the settings."""
    return "; ".join(warnings) or "settings are fine"


def described(version: str, proof_of_work: ProofOfWork) -> str:
    """A tor in words."""
    return f"{version}, {_PROOF_OF_WORK[proof_of_work]}"


class Doctor:
    """Examines one node. `status` gives where its tor stands."""

    def __init__(
        self, core: Core, transport: Transport, sessions: Sessions, links: Links, status: Callable[[], TorStatus]
    ) -> None:
        self._core = core
        self._transport = transport
        self._sessions = sessions
        self._links = links
        self._status = status
        self._circuits = count(1)

    async def examine(self, friend: str | None) -> Diagnosis:
        """Climb as far as it goes. Raises NotFound, Ambiguous, NotAllowed for who is no friend."""
        tries = (
            self._clock, self._profile, self._tor, self._node, self._bootstrap, self._guard, self._descriptor,
            self._own_address,
        )  # fmt: skip
        steps: dict[str, Step] = dict(zip(NAMES, tries, strict=True))
        if friend is not None:
            row = await self._core.ask(delivery.callee, friend)
            key = guests.key_of(self._core.own, row)
            steps |= Reach(row, self._transport, self._sessions, self._links, self._dial, key).steps()
        found = await climb(steps, self._core.clock.monotonic)
        return replace(found, outages=await self._core.ask(outages.recent))

    async def _clock(self) -> str:
        said = look_at_clock(self._core.clock.wall())
        skew = None if self._status().ready else await self._skew()
        if skew:
            raise Broken(
                f"it says {said}, {abs(skew):,} s {'ahead' if skew > 0 else 'behind'}, as tor hears", SET_CLOCK
            )
        return said

    async def _skew(self) -> int | None:
        """What tor heard of our clock, as far as it answers; a rung of its own tells if it does not."""
        try:
            return (await self._transport.examine()).skew
        except ChattorError:
            return None

    async def _profile(self) -> str:
        return look_at_warnings(self._core.settings_file.load().warnings)

    async def _tor(self) -> str:
        found = await self._transport.examine()
        return described(found.version, found.proof_of_work)

    async def _node(self) -> str:
        return f"chattor {__version__}, process {os.getpid()}"

    async def _bootstrap(self) -> str:
        status = self._status()
        if status.phase not in (TorPhase.PUBLISHING, TorPhase.READY):
            raise Broken(f"{status.phase} {status.percent} %  {status.detail}".rstrip(), ANYWHERE)
        return "100 %"

    async def _guard(self) -> str:
        relays = (await self._transport.examine()).relays
        if not relays:
            raise Broken("tor is connected to no relay", ANYWHERE)
        return f"connected to {relays} {'relay' if relays == 1 else 'relays'}"

    async def _descriptor(self) -> str:
        status = self._status()
        if not status.ready:
            raise Broken(f"{status.phase}: {status.detail}", WAIT)
        holds = "the network holds our address"
        return f"{holds}, for friends only (tor.friends_only)" if self._core.settings.tor.friends_only else holds

    async def _own_address(self) -> str:
        """Twice: one failed call may be chance."""
        mine = OnionAddress(self._core.own.identity.onion.public)
        try:
            stream = await self._dial(mine)
        except DialFailed:
            try:
                stream = await self._dial(mine)
            except DialFailed as error:
                raise Broken(f"we do not answer ourselves: {error}", WAIT) from error
        stream.close()
        return "answers on a fresh circuit"

    async def _dial(self, address: OnionAddress, key: bytes | None = None) -> Stream:
        """On circuits nobody used before. Raises DialFailed, TorDown."""
        isolation = f"doctor {next(self._circuits)}"
        return await self._transport.dial(address, isolation=isolation, timeout=DIAL_TIMEOUT, key=key)
