"""The gateway's door: this machine only, no page that was not named, nobody without a token."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Final

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Origin

from chattor.errors import BadToken, ChattorError
from chattor.rpc import contract, jsonrpc, pipe, unixsocket
from chattor.rpc.pipe import SocketPipe
from chattor.rpc.remote import gone
from chattor.websocket import login
from chattor.websocket.limits import Limits
from chattor.websocket.login import Login
from chattor.websocket.relay import Relay

log: Final = logging.getLogger(__name__)
log.setLevel(logging.WARNING)  # below that the library writes what clients say
HOST: Final = "127.0.0.1"
NOT_ALLOWED: Final = 1008
"""Close code: coming back with the same token will not do."""
NOT_NOW: Final = 1013
"""Close code: come back later."""


@asynccontextmanager
async def serving(node: Path, port: int, origins: Sequence[str], limits: Limits | None = None) -> AsyncIterator[int]:
    """Let clients of the node behind the socket at `node` in; the port, chosen by the system if it was 0.

    `origins` are the pages that may: programs that are no browser send none. Raises OSError.
    """
    limits = limits or Limits()
    listening = socket.create_server((HOST, port))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, limits.window)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # asyncio knows it only from its own sockets
    gate = Gate(node, limits)
    async with serve(
        gate.attend,
        sock=listening,
        origins=[None, *map(Origin, origins)],
        process_request=gate.admit,
        compression=None,
        server_header=None,
        ping_interval=limits.heartbeat,
        ping_timeout=limits.dead - limits.heartbeat,
        close_timeout=limits.farewell,
        max_size=jsonrpc.LINE_MAX,
        max_queue=limits.ahead,
        write_limit=limits.window,
        logger=log,
    ):
        yield listening.getsockname()[1]


class Gate:
    """Who may come in, and how many."""

    def __init__(self, node: Path, limits: Limits) -> None:
        self._node = node
        self._limits = limits
        self._strangers = 0
        self._clients = 0

    def admit(self, connection: ServerConnection, request: Request) -> Response | None:
        """Answer what is no client's request; None for what is."""
        if request.path != "/":
            return connection.respond(HTTPStatus.NOT_FOUND, "the gateway is at /\n")
        limits = self._limits
        if self._strangers >= limits.strangers or self._strangers + self._clients >= limits.clients:
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "too many clients\n")
        return None

    async def attend(self, client: ServerConnection) -> None:
        """Serve one client until it leaves."""
        node = await self._welcome(client)
        if node is not None:
            self._clients += 1
            try:
                await Relay(client, node, self._limits).run()
            finally:
                self._clients -= 1
                await node.close()

    async def _welcome(self, client: ServerConnection) -> SocketPipe | None:
        """A connection to the node that is this client's, once it showed its token."""
        self._strangers += 1
        late = (NOT_ALLOWED, "no token was shown in time")
        try:
            async with asyncio.timeout(self._limits.login):
                said = login.read(await client.recv(decode=False))
                late = (NOT_NOW, "the node does not answer")
                if isinstance(said, Login):
                    return await self._introduce(client, said)
                await _refuse(client, said, NOT_ALLOWED)
        except TimeoutError:
            await client.close(*late)
        except ConnectionClosed:
            log.info("a client left before it showed a token")
        finally:
            self._strangers -= 1
        return None

    async def _introduce(self, client: ServerConnection, said: Login) -> SocketPipe | None:
        try:
            node = await pipe.over(await asyncio.to_thread(unixsocket.dial, self._node))  # waits while many dial
        except ChattorError as error:
            await _refuse(client, jsonrpc.refuse(said.id, contract.fault_of(error)), NOT_NOW)
            return None
        async with AsyncExitStack() as unless_it_succeeds:
            unless_it_succeeds.push_async_callback(node.close)
            answer = await _logged_in(node, said)
            refusal = jsonrpc.read_reply(answer).error
            if refusal is not None:
                said_no = jsonrpc.refuse(said.id, refusal.fault)  # a node with too many clients read no id
                await _refuse(client, said_no, NOT_ALLOWED if refusal.data.code == BadToken.code else NOT_NOW)
                return None
            await client.send(answer, text=True)
            unless_it_succeeds.pop_all()
        return node


async def _logged_in(node: SocketPipe, said: Login) -> bytes:
    """What the node answers."""
    await node.send(said.line)
    try:
        while not (lines := await node.receive()):
            continue
    except (EOFError, OSError):
        return jsonrpc.refuse(said.id, contract.fault_of(gone()))
    return lines[0]


async def _refuse(client: ServerConnection, answer: bytes, code: int) -> None:
    await client.send(answer.rstrip(), text=True)
    await client.close(code)
