"""The way to a node through its gateway, for a program that cannot reach the node's socket: one in a container, say."""

import re
from contextlib import suppress
from http import HTTPStatus
from typing import Final

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI

from chattor.errors import BadInput, Busy, ChattorError, NoDaemon
from chattor.rpc.jsonrpc import REPLY_MAX

_HERE: Final = re.compile(r"ws://(127\.0\.0\.1|\[::1\]):[0-9]{1,5}/?")
_WANTED: Final = "the url of a gateway looks like ws://127.0.0.1:8790; it must be on this machine"
_HEARTBEAT = 5  # s
_DEAD = 30  # s


class WebSocketPipe:
    """Implements `chattor.rpc.pipe.Pipe`: a message is a line."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def send(self, line: bytes) -> None:
        """One line."""
        with suppress(ConnectionClosed):
            await self._socket.send(line.rstrip(), text=True)

    async def receive(self) -> list[bytes]:
        """The next line."""
        try:
            return [await self._socket.recv(decode=False)]
        except ConnectionClosed:
            raise EOFError from None

    async def close(self) -> None:
        """Let go."""
        await self._socket.close()


async def dial(url: str) -> WebSocketPipe:
    """To the gateway at `url`, by no proxy. Raises NoDaemon, Busy, BadInput.

    Only on this machine, by its address: nothing goes to the network but through Tor, and the token goes in clear.
    """
    if not _HERE.fullmatch(url):
        raise BadInput(_WANTED)
    try:
        socket = await open_websocket(
            url, compression=None, max_size=REPLY_MAX, proxy=None, ping_interval=_HEARTBEAT,
            ping_timeout=_DEAD - _HEARTBEAT,
        )  # fmt: skip
    except InvalidURI:
        raise BadInput(_WANTED) from None
    except (OSError, TimeoutError, InvalidHandshake) as error:
        raise _refusal(error) from None
    return WebSocketPipe(socket)


def _refusal(error: Exception) -> ChattorError:
    if isinstance(error, InvalidStatus) and error.response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        return Busy("the gateway has too many clients")
    return NoDaemon("the gateway cannot be reached")
