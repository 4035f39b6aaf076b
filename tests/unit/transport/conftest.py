"""Fixtures of the tests that open sockets."""

from tests.support.tor import short_path

__all__ = ["short_path"]
