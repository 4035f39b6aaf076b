"""A desktop that shows nothing and remembers all."""

from collections.abc import Iterator

import pytest

from tests.support.desktop import Desktop, desktop


@pytest.fixture
def shows() -> Iterator[Desktop]:
    with desktop() as found:
        yield found
