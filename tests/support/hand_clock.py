"""A clock that only a hand moves."""

from datetime import UTC, datetime
from typing import Final

from chattor.clock import Millis

EPOCH: Final = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)


class HandClock:
    """Stands still at the epoch until it is moved by hand; implements `chattor.clock.Clock`."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def wall(self) -> Millis:
        """The epoch and as far as it was moved."""
        return Millis(round((EPOCH.timestamp() + self.seconds) * 1000))

    def monotonic(self) -> float:
        """As far as it was moved."""
        return self.seconds
