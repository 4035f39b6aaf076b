"""A publisher whose readers all come back at once (docs/scale.md; the figures are tests/bench/channels.py's)."""

from random import Random

from chattor.protocol.limits import STRANGER_LINKS, SYNC_EVERY
from tests.scenarios.conftest import Two
from tests.support.people import Person
from tests.support.readers import crowd
from tests.support.virtual import eventually

READERS = 100
POSTS = 20


def _rows(person: Person) -> int:
    return person.process.database._connection.total_changes


async def test_a_hundred_strangers_are_served_within_five_minutes_and_leave_no_row(strangers: Two) -> None:
    alice, bob = strangers
    for number in range(POSTS):
        await alice.node.channels_publish("public", f"post {number}")
    await bob.node.channels_subscribe(await alice.code())  # one of them has a store
    await eventually(lambda: _has_all(bob))
    before = _rows(alice)

    got = await crowd(alice.network, alice, [f"reader {n}" for n in range(READERS)], SYNC_EVERY, Random(1))

    assert [len(posts) for posts in got] == [POSTS] * READERS
    assert _rows(alice) == before
    assert len(alice.process.runtime._sessions._pool) <= STRANGER_LINKS


async def _has_all(person: Person) -> bool:
    return len(await person.node.channels_feed("c3")) == POSTS
