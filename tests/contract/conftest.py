"""The nodes of a test end with it."""

from collections.abc import Iterator

import pytest

from tests.support.played import bury


@pytest.fixture(autouse=True)
def _buried() -> Iterator[None]:
    yield
    bury()
