"""How long to wait before a node that was away is tried again."""

from collections.abc import Iterator
from typing import Final

FIRST: Final = 1.0
LONGEST: Final = 60.0


def pauses() -> Iterator[float]:
    """Seconds: 1, and twice as long each time, up to 60."""
    pause = FIRST
    while True:
        yield pause
        pause = min(2 * pause, LONGEST)
