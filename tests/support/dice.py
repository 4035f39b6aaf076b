"""Randomness that repeats: a seeded stream of bytes for everything that takes an `rng`."""

import hashlib
from collections.abc import Callable


def dice(seed: object) -> Callable[[int], bytes]:
    """An rng whose bytes follow from the seed alone."""
    stream = hashlib.shake_256(repr(seed).encode())
    at = 0

    def roll(size: int) -> bytes:
        nonlocal at
        at += size
        return stream.digest(at)[at - size :]

    return roll
