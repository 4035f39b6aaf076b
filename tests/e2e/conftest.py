"""Fixtures of the tests that run real tor processes."""

from tests.support.programs import friends, pair
from tests.support.tor import short_path, tor_network

__all__ = ["friends", "pair", "short_path", "tor_network"]
