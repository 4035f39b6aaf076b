"""How a program comes by its node."""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Final

from chattor.client.client import Client
from chattor.config.paths import locate
from chattor.errors import MissingExtra
from chattor.rpc import pipe
from chattor.rpc.client import AsyncWire, as_agent
from chattor.rpc.pipe import Pipe
from chattor.rpc.remote import RemoteNode

MAILBOX: Final = 100
"""Events of a subscription that may wait to be read; who is slower takes the rest in pages."""


def connect(
    profile: str | None = None, *, data_dir: Path | None = None, token: str | None = None, url: str | None = None
) -> Client:
    """The node of a profile, or of the one the command line would take, or behind the gateway at `url`.

    With `token` as the agent it belongs to; a gateway lets nobody else in. Raises BadInput for a bad profile name;
    connecting happens at `async with`.
    """
    way = partial(pipe.dial, locate(profile, data_dir).socket) if url is None else _through_gateway(url)

    async def dial() -> RemoteNode:
        wire = AsyncWire(await way(), MAILBOX)
        return RemoteNode.over(wire) if token is None else await as_agent(wire, token)

    return Client.of(dial)


def _through_gateway(url: str) -> Callable[[], Awaitable[Pipe]]:
    try:
        from chattor.client import websocket
    except ModuleNotFoundError as missing:
        raise MissingExtra("the WebSocket library is not installed") from missing
    return partial(websocket.dial, url)
