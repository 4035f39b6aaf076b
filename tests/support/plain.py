"""The line mode in a process of its own: `python -m tests.support.plain MOOD [FRIEND]`.

MOOD is `attached` (to a node another process would host), `hosting`, `new` (no profile yet), `locked`, or the name of a
text of `tests.support.hostile`: then all that others wrote is that text. SIGUSR1 lets things happen.
"""

import asyncio
import getpass
import signal
import sys
from datetime import UTC

from chattor.api import Api, ProfileState
from chattor.errors import ChattorError
from chattor.plain.app import run
from chattor.plain.options import Options
from chattor.words import sentence
from tests.support.gateway import PlayedGateway
from tests.support.hostile import BY_NUMBER, EVERYTHING, fuzzed, harm, wicked
from tests.support.played import PASSPHRASE, PlayedNode, inhabited
from tests.support.scenes import FrozenClock

PAYLOADS = {**BY_NUMBER, "everything": EVERYTHING, "fuzzed": fuzzed(4)}


class PlainGateway(PlayedGateway):
    """Fills its node once a loop runs."""

    def __init__(self, mood: str) -> None:
        super().__init__(PlayedNode("alice"), exists=mood != "new", running=mood not in ("hosting", "new"))
        self._mood = mood

    async def probe(self) -> ProfileState:
        """What is there."""
        self.node = wicked(PAYLOADS[self._mood]) if self._mood in PAYLOADS else inhabited()
        if self._mood == "locked":
            await self.node.door.lock()
        return await super().probe()

    async def attach(self) -> Api:
        """Also be ready for what is to happen."""
        self._await_signal()
        return await super().attach()

    async def unlock(self, passphrase: str) -> Api:
        """Likewise."""
        self._await_signal()
        return await super().unlock(passphrase)

    def _await_signal(self) -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self._happen)

    def _happen(self) -> None:
        if self._mood in PAYLOADS:
            harm(self.node, PAYLOADS[self._mood])
        else:
            self.node.peer_says("bob", "something new\n10:00 bob: and a second line")


def main(mood: str, friend: str = "") -> int:
    """Run until it is left, as the command line does."""
    options = Options(
        ask_name=lambda: input("name: "),
        ask_passphrase=lambda new: getpass.getpass("new passphrase: " if new else "passphrase: ") or PASSPHRASE,
        friend=friend,
        clock=FrozenClock(),
        zone=UTC,
    )
    try:
        return run(PlainGateway(mood), options)
    except ChattorError as error:
        sys.stderr.write(f"{sentence(error)}\n")
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
