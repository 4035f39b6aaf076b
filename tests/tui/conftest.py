"""Every test of the interface sees the same terminal: no variable of the machine changes what is drawn."""

import os
from collections.abc import Iterator

import pytest

from tests.support.played import bury


def _changes_pictures(name: str) -> bool:
    return name == "NO_COLOR" or (name.startswith("TEXTUAL_") and name != "TEXTUAL_SNAPSHOT_TEMPDIR")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in filter(_changes_pictures, list(os.environ)):
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _buried() -> Iterator[None]:
    yield
    bury()
