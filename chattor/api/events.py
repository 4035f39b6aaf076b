"""What happened: a durable log with cursors, and who takes from it."""

from collections.abc import AsyncIterator
from typing import Final, Protocol

from msgspec import Struct

from chattor.model.consumer import Consumer
from chattor.model.events import Event
from chattor.model.ids import Cursor

RECV: Final = "recv"
"""The consumer who is meant when none is named."""


class Batch(Struct, frozen=True, kw_only=True):
    """A page of the durable event log and the cursor to ask with next."""

    events: list[Event]
    cursor: Cursor


class EventsApi(Protocol):
    """The event stream. Every consumer gets every event at least once: until he acknowledged it, and maybe again.

    The log keeps an event for 30 days and until every registered consumer has acknowledged it, but never more than
    100,000 of them; who comes back behind what is gone is told by a `gap`.
    """

    async def recv(self, since: str | None = None, ack: bool = False, limit: int = 100, consumer: str = RECV) -> Batch:
        """Events after `since`, or after what a consumer acknowledged; with `ack` he is done with them at once.

        Who might die before he has dealt with them says so afterwards instead, by `consumers.ack`.
        """
        ...

    def events(self, since: str | None = None, peek: bool = False, consumer: str | None = None) -> AsyncIterator[Event]:
        """Events as they happen, after `since` or what a consumer acknowledged if given; ends when the node stops.

        Texts in them count as shown, unless who listens only peeks and says what he shows by `history` and `read`.
        """
        ...

    async def consumers_list(self) -> list[Consumer]:
        """Who is registered, by name."""
        ...

    async def consumers_ack(self, cursor: str, consumer: str = RECV) -> Consumer:
        """A consumer is done with everything up to a cursor, which never moves back; the first time registers him."""
        ...

    async def consumers_forget(self, consumer: str) -> Consumer:
        """Register a consumer no more: nothing is kept for him."""
        ...
