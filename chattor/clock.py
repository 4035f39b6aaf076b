"""The only module that reads the time.

Wall time is for display and for expiry between runs; everything that waits uses the monotonic clock.
"""

import time
from typing import Final, NewType, Protocol

Millis = NewType("Millis", int)
"""Wall-clock milliseconds since 1970-01-01 UTC."""
SLEPT: Final = 20.0  # s the wall clock ran ahead of the monotonic one


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


class Sleeps:
    """Notices that the machine was asleep, by comparing the clocks; that its clock was set forward looks the same."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead = self._wall_ahead()

    def slept(self) -> bool:
        """Whether it was since the last look."""
        before, self._ahead = self._ahead, self._wall_ahead()
        return self._ahead - before > SLEPT

    def _wall_ahead(self) -> float:
        return self._clock.wall() / 1000 - self._clock.monotonic()
