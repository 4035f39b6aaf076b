"""Every scenario runs on a loop of its own with virtual time, so an async test is a story that may take days."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from chattor.transport.memory import MemoryNetwork
from tests.support.people import Person, befriend, people, scratch
from tests.support.probe import Probe, Watched
from tests.support.virtual import VirtualLoop


class Two(NamedTuple):
    """Two people and the network between them."""

    alice: Person
    bob: Person

    @property
    def network(self) -> MemoryNetwork:
        """What can be cut, stalled and taken away."""
        return self.alice.network


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Loops with virtual time."""
    return {"virtual": VirtualLoop}


@pytest.fixture(autouse=True)
def probe() -> Iterator[Probe]:
    """What really happened; a defect a node wrote into its log fails the test."""
    with Probe() as probe:
        yield probe
    assert not probe.defects, "\n".join(probe.defects)


@pytest.fixture
def directory() -> Iterator[Path]:
    """Where the profiles are."""
    with scratch() as path:
        yield path


@pytest.fixture
async def strangers(directory: Path, probe: Probe) -> AsyncIterator[Two]:
    """Two people who do not know each other yet."""
    async with people(directory, "alice", "bob", make_core=partial(Watched, probe=probe)) as (alice, bob):
        yield Two(alice, bob)


@pytest.fixture
async def friends(strangers: Two) -> Two:
    """Two friends with a link, dialled by Alice."""
    await befriend(*strangers)
    return strangers
