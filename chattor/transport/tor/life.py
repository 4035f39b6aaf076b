"""One life of a tor: its process, its control connection and the keeper of what we serve, from start to end."""

import asyncio
import base64
import contextlib
from collections.abc import Coroutine
from typing import Final, Never

from chattor.errors import DialFailed, TorDown
from chattor.model.address import OnionAddress
from chattor.transport.base import Vitals
from chattor.transport.tor.control import Control, Refused
from chattor.transport.tor.host import Host
from chattor.transport.tor.keeper import Keeper
from chattor.transport.tor.process import TorProcess

_LOOK_UPS: Final = 3  # each asks another relay
_NOT_FOUND: Final = {"NOT_FOUND": "no relay knows the address"}


class Life:
    """Runs once."""

    def __init__(self, host: Host, keeper: Keeper) -> None:
        self.keeper = keeper
        self.pid: int | None = None
        """The process id of a tor of ours while it runs."""
        self._host = host
        self._control: Control | None = None
        self._keys: dict[str, bytes] = {}

    async def run(self) -> Never:
        """Until tor or our hold on it ends; raises TorDown or OSError with the reason, and leaves nothing behind."""
        process = await self._host.begin()
        if process is None:
            await self._steer()
        self.pid = process.pid
        try:
            await _first(_death(process), self._steer())
        finally:
            self.pid = None
            await process.stop()

    async def refresh(self, address: OnionAddress) -> None:
        """Have tor ask the relays for the present descriptor of an onion, in place of the one it remembers."""
        if self._control is not None:
            with contextlib.suppress(Refused):  # then what it remembers must do
                await self._control.ask(f"HSFETCH {str(address).removesuffix('.onion')}")

    async def enter(self, address: OnionAddress, key: bytes) -> None:
        """Have tor show this X25519 secret at an onion; where nobody asks for one it does no harm. Raises TorDown."""
        onion = str(address).removesuffix(".onion")
        if self._keys.get(onion) == key:
            return
        try:
            await self._attached().ask(f"ONION_CLIENT_AUTH_ADD {onion} x25519:{base64.b64encode(key).decode()}")
        except Refused as error:
            raise TorDown(f"tor refused: {error}") from error
        self._keys[onion] = key

    async def look_up(self, address: OnionAddress) -> None:
        """Have tor fetch the present descriptor of an onion. Raises DialFailed, TorDown."""
        control, onion, reason = self._attached(), str(address).removesuffix(".onion"), ""
        for _ in range(_LOOK_UPS):
            answer = self.keeper.seek(onion)
            try:
                await control.ask(f"HSFETCH {onion}")
            except Refused as error:
                raise TorDown(f"tor refused: {error}") from error
            found = await answer
            if found.action == "RECEIVED":
                return
            reason = found.reason
        raise DialFailed(_NOT_FOUND.get(reason, f"no relay gave the address out: {reason.lower().replace('_', ' ')}"))

    async def examine(self) -> Vitals:
        """Ask tor how it is. Raises TorDown."""
        control = self._attached()
        try:
            version, *_ = await control.info("version")
            relays = await control.info("orconn-status")
        except Refused as error:
            raise TorDown(f"tor refused: {error}") from error
        return Vitals(
            version=version,
            proof_of_work=self.keeper.proof_of_work,
            relays=relays.count("CONNECTED"),
            skew=self.keeper.skew,
        )

    def _attached(self) -> Control:
        if self._control is None:
            raise TorDown("tor does not answer its control connection")
        return self._control

    async def _steer(self) -> Never:
        try:
            control = self._control = await self._host.attach(self.keeper.heard)
        except Refused as error:
            raise TorDown(f"tor refused: {error}") from error
        try:
            await _first(_cut(control), self.keeper.run(control))
        finally:
            self._control = None
            if not self._host.is_ours:
                await self._take_back(control)
            await control.close()

    async def _take_back(self, control: Control) -> None:
        """Our keys would stay in a tor that goes on without us; our onions do not."""
        with contextlib.suppress(Refused, TorDown):  # it is gone, or forgot them by itself
            while self._keys:  # one may still be added by a dial that waits for tor's answer
                onion, _ = self._keys.popitem()
                await control.ask(f"ONION_CLIENT_AUTH_REMOVE {onion}")


async def _death(process: TorProcess) -> Never:
    raise TorDown(f"tor ended: {await process.ended()}")


async def _cut(control: Control) -> Never:
    raise TorDown(await control.ended())


async def _first(*endless: Coroutine[None, None, Never]) -> Never:
    """Run all until one fails, then end the others; raises what that one raised."""
    tasks = [asyncio.create_task(each) for each in endless]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        done.pop().result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
