"""The door between a node and its faces."""

from typing import Protocol


class LockApi(Protocol):
    """Locking; while it lasts, status, unlock and stop are all that is answered."""

    async def lock(self, hard: bool = False) -> None:
        """Refuse the faces until the passphrase is given; delivery goes on.

        `hard` closes the store and leaves the network too.
        """
        ...

    async def unlock(self, passphrase: str) -> None:
        """Let the faces in again. Raises WrongPassphrase; after three of them in a row each guess has to wait."""
        ...
