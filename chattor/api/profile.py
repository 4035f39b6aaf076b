"""The node itself: how it is, who we are, and its end."""

from typing import Protocol

from chattor.model.activity import Activity, Doing
from chattor.model.doctor import Diagnosis
from chattor.model.status import Identity, Status


class ProfileApi(Protocol):
    """The node and its owner."""

    async def status(self) -> Status:
        """One look at the node; works before Tor is up."""
        ...

    async def doctor(self, friend: str | None = None) -> Diagnosis:
        """Try all that must hold for us to be reached, and for a friend to be reached by us, up to what does not.

        Takes seconds, and minutes where something is wrong.
        """
        ...

    async def identity(self) -> Identity:
        """Our name, friend code, onion and fingerprint, and the addresses we left."""
        ...

    async def rotate_onion(self) -> Identity:
        """Move to a new address; friends follow by themselves, the old one is answered for a month at least."""
        ...

    async def rotate_identity(self) -> Identity:
        """Become a new identity at a new address; friends are told and follow, the old one is answered meanwhile."""
        ...

    async def activity_set(self, state: Doing | None, words: str = "") -> Activity | None:
        """What friends who are here see that we do, with at most 60 characters of words; None for nothing.

        It is told to those whom presence is told to, at once, and is forgotten when the node ends; what an agent said,
        with its grant or its last connection.
        """
        ...

    async def stop(self) -> None:
        """Ask the host of the node to stop cleanly; answers before it does."""
        ...
