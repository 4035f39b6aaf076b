"""One onion we serve: its key as tor wants it, and the unix socket tor brings its callers to.

Each onion has a socket of its own, which tells what was dialled. It stays through every restart of tor.
"""

import asyncio
import base64
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final

from chattor.crypto.keys import SigningKey, expanded_onion_key
from chattor.errors import BadDirectory
from chattor.model.address import ONION_PORT, OnionAddress
from chattor.transport.tor.places import closed_to_others
from chattor.transport.tor.stream import TorStream

_BACKLOG: Final = 128
_MAX_STREAMS: Final = 8  # on one caller's circuit: a link, the one that replaces it, and room for repeats


class OnionService:
    """`transport.base.Service`."""

    def __init__(self, seed: bytes, path: Path, stopped: Callable[["OnionService"], None]) -> None:
        self.address = OnionAddress(SigningKey(seed).public)
        self._key = base64.b64encode(expanded_onion_key(seed)).decode()
        self._path = path
        self._stopped = stopped
        self._server: asyncio.Server | None = None

    def __repr__(self) -> str:
        return f"OnionService({self.address})"

    @property
    def onion(self) -> str:
        """The address as the control protocol spells it: without its suffix."""
        return str(self.address).removesuffix(".onion")

    async def listen(self, accepted: Callable[[OnionAddress, TorStream], None]) -> None:
        """Open the socket, 0600 from birth. Raises BadDirectory.

        When file descriptors run out asyncio lets callers wait and tries again a second later.
        """
        listening = socket.socket(socket.AF_UNIX)
        try:
            self._path.unlink(missing_ok=True)
            with closed_to_others():
                listening.bind(str(self._path))
        except OSError as error:
            listening.close()
            raise BadDirectory(f"cannot open the socket {self._path}: {error.strerror}") from error
        self._server = await asyncio.get_running_loop().create_unix_server(
            lambda: TorStream(lambda stream: accepted(self.address, stream)), sock=listening, backlog=_BACKLOG
        )

    def add_command(self, *, proof_of_work: bool) -> str:
        """ADD_ONION: never answer with the key, cut callers with too many streams. Holds the secret."""
        work = " PoWDefensesEnabled=1" if proof_of_work else ""
        return (
            f"ADD_ONION ED25519-V3:{self._key} Flags=DiscardPK,MaxStreamsCloseCircuit"
            f" MaxStreams={_MAX_STREAMS}{work} Port={ONION_PORT},unix:{self._path}"
        )

    def close(self) -> None:
        """Close the socket; who was accepted stays."""
        if self._server is not None:
            self._server.close()
            self._server = None
            self._path.unlink(missing_ok=True)

    async def stop(self) -> None:
        """Stop serving; safe to repeat."""
        self.close()
        self._stopped(self)
