"""The timer two friends share: each side sets it in its own stream, and both come to the same (protocol §5).

The greatest of all decisions counts. A decision is greater than another if its author knew more of them, which
`round` counts; of two that crossed the shorter time counts, and any time is shorter than for ever. The order is
total, so it does not matter in which order, how often or over which links they arrive.
"""

from dataclasses import dataclass
from typing import Self

from chattor.protocol.limits import ROUND_MAX


@dataclass(frozen=True, slots=True)
class Decision:
    """How long texts live, in seconds, 0 for ever."""

    round: int = 0
    seconds: int = 0

    def next(self, seconds: int) -> Self:
        """What somebody decides who knows this one."""
        return type(self)(min(self.round + 1, ROUND_MAX), seconds)

    def outdoes(self, other: Self) -> bool:
        """Whether this one counts and the other does not."""
        return self._rank() > other._rank()

    def _rank(self) -> tuple[int, bool, int]:
        return self.round, self.seconds > 0, -self.seconds
