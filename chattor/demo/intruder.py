"""A stranger who knows the onion address but not the friend code: raw bytes through somebody's tor."""

import asyncio
from typing import Final

from chattor.demo.person import Person
from chattor.model.address import OnionAddress
from chattor.transport.tor import dialler
from chattor.transport.tor.endpoint import at
from chattor.transport.tor.places import Places
from chattor.transport.tor.socks import Connect

_READ: Final = 4096  # bytes
_PATIENCE: Final = 60.0  # s; a handshake that does not come is given up within 20


async def knock(via: Person, onion: str, opening: bytes, circuit: str) -> bytes:
    """Dial an onion through the tor of `via` on a circuit of this name, say `opening`; all that came back.

    Raises TimedOut when the other side does not hang up, DialFailed, TorDown.
    """
    socks = at(Places(data=via.paths.tor, runtime=via.paths.runtime).socks)
    stream = await dialler.connect(socks, Connect(OnionAddress.parse(onion), circuit))
    answer = b""
    try:
        async with asyncio.timeout(_PATIENCE):
            await stream.write(opening)
            while data := await stream.read(_READ):
                answer += data
    finally:
        stream.close()
    return answer
