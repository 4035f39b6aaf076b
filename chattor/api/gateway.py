"""How a face comes by a node."""

from typing import Protocol

from msgspec import Struct

from chattor.api.node import Api


class Gateway(Protocol):
    """How a face comes by an Api: create a profile, unlock it, or find the daemon that holds it."""

    profile: str

    async def probe(self) -> "ProfileState":
        """What is there now; reads the directory and tries the socket, nothing else."""
        ...

    async def create(self, name: str, passphrase: str) -> Api:
        """Make identity, keyfile and store, then host the node here. Raises ProfileExists, BadInput."""
        ...

    async def unlock(self, passphrase: str) -> Api:
        """Open the store and host the node here. Raises WrongPassphrase, ProfileInUse, StoreDamaged."""
        ...

    async def attach(self) -> Api:
        """Speak to the node that already runs. Raises NoDaemon."""
        ...

    async def asked_to_stop(self) -> None:
        """Wait until somebody asks the node that is hosted here to stop; for ever if none is."""
        ...

    async def change_passphrase(self, old: str, new: str) -> None:
        """Seal the profile's key under another passphrase; a node that runs goes on. Raises WrongPassphrase, BadInput.

        Backups made before still open with the old one.
        """
        ...

    async def export(self, file: str, form: str, friend: str | None = None) -> None:
        """Write a conversation, or all of them, into a new file, as `jsonl` or `md`. Raises FileExists, FileRefused."""
        ...

    async def profiles(self) -> list[str]:
        """The names of the profiles in the usual places."""
        ...

    async def wipe(self) -> list[str]:
        """End the node, wherever it runs, and delete the profile for ever; files that are left, not being ours.

        Raises ProfileInUse, NoProfile, StoreFailed.
        """
        ...

    async def close(self) -> None:
        """Let go: stops the node if it is hosted here."""
        ...


class ProfileState(Struct, frozen=True, kw_only=True):
    """What a gateway found."""

    exists: bool
    running: bool
