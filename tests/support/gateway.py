"""The door to a played node, for tests of the TUI: what `gateway.ProfileGateway` does, without a keyfile and a tor."""

from pathlib import Path

from chattor.api import Api, ProfileState
from chattor.errors import BadInput, NoDaemon, NoProfile, ProfileExists, ProfileInUse, WrongPassphrase
from chattor.transcript.write import write_file
from tests.support.played import PASSPHRASE, PlayedNode


class PlayedGateway:
    """`exists` once a profile was made, `running` if another process hosts it."""

    def __init__(
        self, node: PlayedNode, *, exists: bool = True, running: bool = False, passphrase: str = PASSPHRASE
    ) -> None:
        self.profile = "default"
        self.node = node
        self.closed = False
        self.wiped = False
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
        self.node = PlayedNode(name, self.profile)
        return self.node.door

    async def unlock(self, passphrase: str) -> Api:
        """Host the node here."""
        if not self._exists:
            raise NoProfile(f"there is no profile {self.profile}")
        if self._running:
            raise ProfileInUse(f"profile {self.profile} is in use")
        if passphrase != self._passphrase:
            raise WrongPassphrase("wrong passphrase")
        return self.node.door

    async def attach(self) -> Api:
        """Speak to the node another process hosts."""
        if not self._running:
            raise NoDaemon("no daemon is running")
        return self.node.door

    async def asked_to_stop(self) -> None:
        """Wait until somebody asks for it."""
        await self.node.door.stopping.wait()

    async def change_passphrase(self, old: str, new: str) -> None:
        """Another passphrase opens the profile."""
        if old != self._passphrase:
            raise WrongPassphrase("wrong passphrase")
        self._passphrase = new

    async def export(self, file: str, form: str, friend: str | None = None) -> None:
        """Write conversations into a new file."""
        await write_file(self.node.door, form, friend, Path(file))

    async def profiles(self) -> list[str]:
        """All there are."""
        return [self.profile, "work"]

    async def wipe(self) -> list[str]:
        """End the node and delete the profile, but for a file that is not ours."""
        await self.node.door.stop()
        self.wiped = True
        return ["/home/mara/notes"]

    async def daemon_stops(self) -> None:
        """The process that hosts the node ends."""
        self._running = False
        await self.node.door.stop()

    def daemon_starts(self, node: PlayedNode) -> None:
        """It is back, with the store as it is now."""
        self._running, self.node = True, node

    async def close(self) -> None:
        """Let go."""
        self.closed = True
