"""How often something may happen (protocol §5, Limits). The caller tells the time and obeys."""


class Intervals:
    """Lets each of many do something once in so many seconds; remembers those who did last. Times are monotonic."""

    __slots__ = ("_every", "_last", "_size")

    def __init__(self, every: float, size: int) -> None:
        self._every = every
        self._size = size
        self._last: dict[bytes, float] = {}

    def allow(self, who: bytes, now: float) -> bool:
        """Whether it is his turn; if so it was."""
        if now - self._last.get(who, now - self._every) < self._every:
            return False
        self._last.pop(who, None)
        if len(self._last) == self._size:
            del self._last[next(iter(self._last))]
        self._last[who] = now
        return True

    def __repr__(self) -> str:
        return f"Intervals({len(self._last)} of {self._size})"


class TokenBucket:
    """Fills with `rate` tokens a second up to `burst`; starts full. Times are monotonic seconds."""

    __slots__ = ("_burst", "_rate", "_seen", "_tokens")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._seen = now

    def spend(self, count: int, now: float) -> float:
        """Take tokens for what has already come; seconds to wait until the bucket is out of debt again."""
        self._tokens = min(self._burst, self._tokens + max(0.0, now - self._seen) * self._rate) - count
        self._seen = max(now, self._seen)
        return max(0.0, -self._tokens / self._rate)

    def holds_one(self, now: float) -> bool:
        """Whether there is a whole token."""
        self.spend(0, now)
        return self._tokens >= 1

    def afford(self, now: float) -> bool:
        """Take one token if there is a whole one."""
        affordable = self.holds_one(now)
        self._tokens -= affordable
        return affordable

    def __repr__(self) -> str:
        return f"TokenBucket({self._tokens:.1f} of {self._burst:g})"
