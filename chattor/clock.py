"""The only module that reads the time.

Wall time is for display and for expiry between runs; everything that waits uses the monotonic clock.
"""

import time
from typing import NewType, Protocol

Millis = NewType("Millis", int)
"""Wall-clock milliseconds since 1970-01-01 UTC."""


class Clock(Protocol):
    """What the node knows of time; the simulator has its own."""

    def wall(self) -> Millis:
        """Wall clock, ms since the epoch; may jump."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back."""
        ...


class SystemClock:
    """The machine's clocks."""

    def wall(self) -> Millis:
        """Wall clock, ms since the epoch."""
        return Millis(time.time_ns() // 1_000_000)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()
