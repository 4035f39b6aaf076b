"""A desk with one friend, and the friend's own desk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chattor.crypto.keys import Identity
from tests.support.desk import Desk
from tests.support.dice import dice


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """Alice's and Bob's, friends already."""
    rng = dice(1)
    keys = [Identity.generate(rng) for _ in range(2)]
    alice, bob = (Desk(tmp_path / f"{name}.db", key, rng) for name, key in zip(("alice", "bob"), keys, strict=True))
    alice.befriend(keys[1])
    bob.befriend(keys[0])
    yield alice, bob
    alice.close()
    bob.close()


@pytest.fixture
def desk(desks: tuple[Desk, Desk]) -> Desk:
    """Alice's."""
    return desks[0]
