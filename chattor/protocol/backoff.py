"""When to dial (protocol §5, Dialling): after failures ever more seldom, after a return spread out."""

from chattor.protocol.limits import RETRY_FIRST, RETRY_JITTER, RETRY_MAX, SPREAD

_DOUBLINGS = 16  # more than there are up to RETRY_MAX
_GAP_MAX = 1.0  # s between two dials of a spread: a few friends need not wait for the whole of it


def delay(attempts: int, jitter: float) -> float:
    """Seconds until the next dial, after one that failed and `attempts` before it.

    `jitter` in [-1, 1] moves it by up to a fifth, so that friends who lost each other at once do not meet at once.
    """
    steady = min(RETRY_FIRST * (1 << min(attempts, _DOUBLINGS)), RETRY_MAX)
    return steady * (1 + RETRY_JITTER * jitter)


def spread(index: int, count: int) -> float:
    """Seconds until dial `index` of `count` after becoming reachable; the last starts within SPREAD."""
    return index * min(SPREAD / count, _GAP_MAX)
