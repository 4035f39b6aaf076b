"""One onion we serve: its key as tor wants it, and the socket tor brings its callers to.

Each onion has a socket of its own, which tells what was dialled. It stays through every restart of tor.
"""

import asyncio
import base64
import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final, Never

from chattor.crypto.keys import DhKey, SigningKey, expanded_onion_key
from chattor.errors import BadDirectory
from chattor.model.address import ONION_PORT, OnionAddress
from chattor.transport.base import Guests
from chattor.transport.tor.endpoint import LOOPBACK
from chattor.transport.tor.places import closed_to_others
from chattor.transport.tor.stream import TorStream

_BACKLOG: Final = 128
_ACCEPT_RETRY: Final = 1.0  # s
_MAX_STREAMS: Final = 8  # on one caller's circuit: a link, the one that replaces it, and room for repeats


_log = logging.getLogger(__name__)


class OnionService:
    """`transport.base.Service`."""

    def __init__(
        self, seed: bytes, path: Path | None, changed: Callable[["OnionService"], None], guests: Guests | None = None
    ) -> None:
        self.address = OnionAddress(SigningKey(seed).public)
        self._key = base64.b64encode(expanded_onion_key(seed)).decode()
        self.path = path
        """The unix socket tor connects to; None: a port of this machine."""
        self._changed = changed
        self.guests = guests
        """Who may enter; None if everybody may."""
        self.own_key = DhKey(os.urandom(32))
        """Lets ourselves in, to look from outside if we are reached."""
        self._socket: socket.socket | None = None
        self._accepting: asyncio.Task[Never] | None = None

    def __repr__(self) -> str:
        return f"OnionService({self.address.short()})"

    @property
    def onion(self) -> str:
        """The address as the control protocol spells it: without its suffix."""
        return str(self.address).removesuffix(".onion")

    async def listen(self, accepted: Callable[[OnionAddress, TorStream], None]) -> None:
        """Open the socket, 0600 from birth, and pass on who calls. Raises BadDirectory."""
        listening = self._socket = socket.socket(socket.AF_INET if self.path is None else socket.AF_UNIX)
        listening.setblocking(False)
        try:
            self._bind(listening)
            listening.listen(_BACKLOG)
        except OSError as error:
            listening.close()
            raise BadDirectory(f"cannot open the socket {self.path or LOOPBACK}: {error.strerror}") from error
        self._accepting = asyncio.create_task(self._accept(listening, accepted), name="onion-accept")

    def _bind(self, listening: socket.socket) -> None:
        if self.path is None:
            listening.bind((LOOPBACK, 0))
            return
        self.path.unlink(missing_ok=True)
        with closed_to_others():
            listening.bind(str(self.path))

    @property
    def target(self) -> str:
        """Where tor brings the callers, as ADD_ONION spells it."""
        if self.path is not None or self._socket is None:
            return f"unix:{self.path}"
        return "{}:{}".format(*self._socket.getsockname())

    @property
    def is_stopped(self) -> bool:
        """Whether it is served no more."""
        return self._accepting is None

    def admit(self, guests: Guests | None) -> None:
        """From now on nobody enters but these; None: everybody may."""
        if guests != self.guests:
            self.guests = guests
            self._changed(self)

    def add_command(self, *, proof_of_work: bool) -> str:
        """ADD_ONION: never answer with the key, cut callers with too many streams. Holds the secret."""
        work = " PoWDefensesEnabled=1" if proof_of_work else ""
        flag = "" if self.guests is None else ",V3Auth"
        return (
            f"ADD_ONION ED25519-V3:{self._key} Flags=DiscardPK,MaxStreamsCloseCircuit{flag}"
            f" MaxStreams={_MAX_STREAMS}{work} Port={ONION_PORT},{self.target}{self._admissions()}"
        )

    def _admissions(self) -> str:
        keys = () if self.guests is None else sorted({*self.guests, self.own_key.public})
        return "".join(f" ClientAuthV3={base64.b32encode(key).decode().rstrip('=')}" for key in keys)

    async def stop(self) -> None:
        """Stop serving; who was accepted stays. Safe to repeat."""
        accepting, self._accepting = self._accepting, None
        if accepting is None or self._socket is None:
            return
        accepting.cancel()
        await asyncio.wait([accepting])
        self._socket.close()
        if self.path is not None:
            self.path.unlink(missing_ok=True)
        self._changed(self)

    async def _accept(self, listening: socket.socket, accepted: Callable[[OnionAddress, TorStream], None]) -> Never:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connected, _ = await loop.sock_accept(listening)
            except OSError as error:  # no descriptor is free; the caller waits in the backlog
                _log.warning("cannot take a call: %s", error.strerror)
                await asyncio.sleep(_ACCEPT_RETRY)
            else:
                loop.call_soon(accepted, self.address, TorStream(connected))
                await asyncio.sleep(0)  # many callers must not keep the loop to themselves
