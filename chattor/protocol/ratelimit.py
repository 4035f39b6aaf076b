"""A token bucket (protocol §5, Limits). The caller tells the time and obeys: it reads no more."""


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

    def __repr__(self) -> str:
        return f"TokenBucket({self._tokens:.1f} of {self._burst:g})"
