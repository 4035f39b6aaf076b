"""From the SOCKS socket of our tor to a stream that leads to a friend."""

import asyncio
from typing import Final

from chattor.errors import DialFailed, TorDown
from chattor.transport.tor.endpoint import Endpoint
from chattor.transport.tor.socks import Blame, Connect, SocksRefused
from chattor.transport.tor.stream import TorStream

_CLOSING: Final = 0.5  # s; tor closes together with an error that is meant


async def connect(socks: Endpoint, request: Connect) -> TorStream:
    """Ask tor for one stream. Raises DialFailed with tor's reason, TorDown if the trouble is ours."""
    try:
        stream = await TorStream.connect(socks)
    except OSError as error:
        raise TorDown(f"tor's SOCKS socket does not answer: {error.strerror}") from error
    try:
        await _ask(stream, request)
    except BaseException:
        stream.close()
        raise
    return stream


async def _ask(stream: TorStream, request: Connect) -> None:
    try:
        await _exchange(stream, request)
    except SocksRefused as error:
        if error.refusal.is_final or await _ends(stream):
            raise (DialFailed if error.refusal.blame is Blame.FRIEND else TorDown)(error.refusal.words) from error
    except ConnectionError as error:
        raise TorDown("tor dropped the connection") from error


async def _exchange(stream: TorStream, request: Connect) -> None:
    await stream.write(request.opening)
    while size := request.want():
        answer = request.feed(await stream.read_exactly(size))
        if answer:
            await stream.write(answer)


async def _ends(stream: TorStream) -> bool:
    try:
        async with asyncio.timeout(_CLOSING):
            return not await stream.read(1)  # an initiator speaks first, so a stream that works is silent
    except TimeoutError:
        return False
