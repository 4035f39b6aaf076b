"""A friend reached from the beginning: his descriptor, a rendezvous with his node, his HELLO."""

from collections.abc import Awaitable, Callable
from typing import Final

from chattor.errors import DialFailed
from chattor.model.address import OnionAddress
from chattor.node.ladder import Broken, Step
from chattor.node.links import Links
from chattor.node.sessions import Sessions
from chattor.protocol.link import End
from chattor.store.repos.friends import FriendRow
from chattor.transport.base import Stream, Transport

NAMES: Final = ("friend's descriptor", "rendezvous", "handshake")
"""The rungs that lead to a friend, in order."""
LOOK_UP_TIMEOUT: Final = 30.0  # s
AWAY: Final = (
    "Your friend's node is off or has no network, or it has another address by now. It is tried again by itself;"
    " if it stays so, ask your friend for the present friend code."
)
REFUSED: Final = (
    "Somebody answers at your friend's address, but not as your friend: you may have been removed or blocked, or it"
    " is another identity. Ask your friend in another way."
)


class Reach:
    """One call to a friend, in three steps."""

    def __init__(
        self,
        friend: FriendRow,
        transport: Transport,
        sessions: Sessions,
        links: Links,
        dial: Callable[[OnionAddress, bytes | None], Awaitable[Stream]],
        key: bytes | None,
    ) -> None:
        self._friend = friend.id
        self._address = OnionAddress(friend.onion_pk)
        self._transport = transport
        self._sessions = sessions
        self._links = links
        self._dial = dial
        self._key = key
        self._stream: Stream | None = None

    def steps(self) -> dict[str, Step]:
        """In order."""
        return dict(zip(NAMES, (self._descriptor, self._rendezvous, self._handshake), strict=True))

    async def _descriptor(self) -> str:
        try:
            await self._transport.look_up(self._address, timeout=LOOK_UP_TIMEOUT)
        except DialFailed as error:
            raise Broken(str(error), AWAY) from error
        return "the network holds your friend's address"

    async def _rendezvous(self) -> str:
        try:
            self._stream = await self._dial(self._address, self._key)
        except DialFailed as error:
            raise Broken(str(error), AWAY) from error
        return "your friend's node answers on a fresh circuit"

    async def _handshake(self) -> str:
        """A link that stands is not given up for a trial."""
        stream, self._stream = self._stream, None
        if stream is None:
            raise LookupError("there is no rendezvous to shake hands at")
        if self._sessions.current(self._friend) is not None:
            stream.close()
            return "a link is open already"
        session = await self._links.dialled(stream, self._friend)
        await session.settled.wait()
        crossed = session.connection.link.ended is End.REPLACED or self._sessions.current(self._friend) is not None
        if not session.is_open and not crossed:
            raise Broken(session.failure, REFUSED)
        return "a link is open" if session.is_open else "your friend dialled at the same moment"
