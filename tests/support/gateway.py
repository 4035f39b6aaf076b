"""The door to a toy node: the whole `Gateway` for tests of the TUI, over plain fields."""

from chattor.api import Api, ProfileState
from chattor.errors import BadInput, NoDaemon, NoProfile, ProfileExists, ProfileInUse, WrongPassphrase
from tests.support.api import ToyNode


class ToyGateway:
    """`exists` once a profile was made, `running` if another process hosts it."""

    def __init__(
        self, node: ToyNode, *, exists: bool = True, running: bool = False, passphrase: str = "correct horse"
    ) -> None:
        self.profile = "default"
        self.node = node
        self.closed = False
        self._exists = exists
        self._running = running
        self._passphrase = passphrase

    async def probe(self) -> ProfileState:
        """What is there."""
        return ProfileState(exists=self._exists, running=self._running)

    async def create(self, name: str, passphrase: str) -> Api:
        """Make the profile; the name becomes ours."""
        if self._exists:
            raise ProfileExists(f"profile {self.profile} exists")
        if len(passphrase) < 8:
            raise BadInput("a passphrase has at least 8 characters")
        self._exists, self._passphrase = True, passphrase
        self.node = ToyNode(name, self.profile)
        return self.node

    async def unlock(self, passphrase: str) -> Api:
        """Host the node here."""
        if not self._exists:
            raise NoProfile(f"there is no profile {self.profile}")
        if self._running:
            raise ProfileInUse(f"profile {self.profile} is in use")
        if passphrase != self._passphrase:
            raise WrongPassphrase("wrong passphrase")
        return self.node

    async def attach(self) -> Api:
        """Speak to the node another process hosts."""
        if not self._running:
            raise NoDaemon("no daemon is running")
        return self.node

    async def daemon_stops(self) -> None:
        """The process that hosts the node ends."""
        self._running = False
        await self.node.stop()

    def daemon_starts(self, node: ToyNode) -> None:
        """It is back, with the store as it is now."""
        self._running, self.node = True, node

    async def close(self) -> None:
        """Let go."""
        self.closed = True
