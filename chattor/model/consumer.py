"""Whoever takes events and says which he is done with."""

from datetime import datetime

from msgspec import Struct

from chattor.model.ids import Cursor


class Consumer(Struct, frozen=True, kw_only=True):
    """One registered consumer of the event log; the log keeps for a while what he has not acknowledged."""

    name: str
    cursor: Cursor
    """He is done with everything up to here."""
    waiting: int
    """How many events have come since."""
    acknowledged_at: datetime
