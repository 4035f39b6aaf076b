"""One life of a tor: its process, its control connection and the keeper of what we serve, from start to end."""

import asyncio
import contextlib
from collections.abc import Coroutine
from pathlib import Path
from typing import Final, Never

from chattor.errors import TorDown
from chattor.model.address import OnionAddress
from chattor.transport.tor.control import Control, Refused
from chattor.transport.tor.keeper import Keeper
from chattor.transport.tor.places import Places
from chattor.transport.tor.process import TorProcess

_CONTROL_TIMEOUT: Final = 20.0  # s from the start of tor to its control socket; loading a full cache takes a few
_CONTROL_RETRY: Final = 0.05  # s


class Life:
    """Runs once."""

    def __init__(self, tor: Path, places: Places, keeper: Keeper) -> None:
        self.keeper = keeper
        self.pid: int | None = None
        """The process id of tor while it runs."""
        self._tor = tor
        self._places = places
        self._control: Control | None = None

    async def run(self) -> Never:
        """Until tor or our hold on it ends; raises TorDown or OSError with the reason, and leaves nothing behind."""
        _clear(self._places)
        process = await TorProcess.start(self._tor, self._places.torrc)
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

    async def _steer(self) -> Never:
        control = self._control = await self._attach()
        try:
            await _first(_cut(control), self.keeper.run(control))
        finally:
            self._control = None
            await control.close()

    async def _attach(self) -> Control:
        try:
            async with asyncio.timeout(_CONTROL_TIMEOUT):
                while True:
                    try:
                        return await Control.connect(self._places.control, self._places.cookie, self.keeper.heard)
                    except (FileNotFoundError, ConnectionRefusedError):
                        await asyncio.sleep(_CONTROL_RETRY)
        except TimeoutError as error:
            raise TorDown("tor does not open its control socket") from error


def _clear(places: Places) -> None:
    """So that their presence means that the new tor made them."""
    for stale in (places.cookie, places.control, places.socks):
        stale.unlink(missing_ok=True)


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
