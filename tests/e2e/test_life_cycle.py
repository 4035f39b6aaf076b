"""Two people with whole programs on real Tor: what they send, what they are told, how they stop (R1, R5, R17)."""

import signal
from pathlib import Path
from typing import Final

import pytest

from chattor.clock import SystemClock
from chattor.demo.patience import together
from chattor.demo.person import Person
from chattor.model.message import Direction, Message, OutboxEntry, Sent
from tests.support.programs import (
    Friends,
    all_delivered,
    appear,
    conversation,
    fingerprints,
    no_tor_left,
    texts,
    tors_of,
)

pytestmark = [pytest.mark.tor, pytest.mark.asyncio(loop_scope="session")]

CLOCK: Final = SystemClock()
STOP_WITHIN: Final = 2.0  # s
ORPHAN_ENDS: Final = 3.0  # s
_AT_ONCE: Final = 50  # calls on one connection; a node takes 64


async def _say_at_once(friends: Friends, author: Person, about: str, count: int) -> list[str]:
    """Many sends under way at the same time; the texts in the order the node gave them."""
    lines = [f"{author.name} {about} {number}" for number in range(count)]
    sent: list[Sent] = []
    async with author.api() as api:
        for first in range(0, count, _AT_ONCE):
            some = lines[first : first + _AT_ONCE]
            sent += await together(*(api.send(friends.calls[author], line) for line in some))
    return [line for _, line in sorted(zip(sent, lines, strict=True), key=lambda pair: pair[0].seq)]


async def test_two_hundred_messages_each_way_at_once_arrive_once_and_in_order(friends: Friends) -> None:
    ada, ben = friends.people
    said = await together(*(_say_at_once(friends, person, "at once", 200) for person in (ada, ben)))
    await together(all_delivered(ada), all_delivered(ben))
    for lines, author, reader in zip(said, (ada, ben), (ben, ada), strict=True):
        for who, direction in ((author, Direction.OUT), (reader, Direction.IN)):
            assert texts(await conversation(who, friends.calls[who]), direction)[-200:] == lines


async def test_delivered_means_that_the_friend_has_it(friends: Friends) -> None:
    ada, ben = friends.people
    for number in range(5):
        done = await ada.chattor("send", friends.calls[ada], f"certain {number}", "--wait", "delivered")
        newest = await ben.verb(list[Message], "history", friends.calls[ben], "--limit", "1")
        assert (done.code, newest[0].text) == (0, f"certain {number}"), done


async def test_what_is_sent_to_a_friend_who_is_away_waits_and_arrives_when_he_returns(friends: Friends) -> None:
    ada, ben = friends.people
    await ben.stop()
    late = await ada.chattor("send", friends.calls[ada], "for later", "--wait", "delivered", "--timeout", "0.5")
    assert late.code == 4
    assert [entry.text for entry in await ada.verb(list[OutboxEntry], "outbox", "list")] == ["for later"]
    await appear(ben)
    await all_delivered(ada)
    assert texts(await conversation(ben, friends.calls[ben]), Direction.IN)[-1] == "for later"


async def test_a_second_daemon_is_refused_before_it_touches_anything(friends: Friends) -> None:
    ada, holder = friends.ada, friends.ada.pid
    store = [ada.paths.database, _log(ada), ada.paths.keyfile, ada.paths.data / "lock"]
    ada.send(signal.SIGSTOP)  # whatever is written now, another one wrote it
    before = fingerprints(*store)
    refused = await ada.chattor("--daemon", passphrase=True)
    ada.paths.socket.unlink()  # now only the lock can tell
    locked_out = await ada.chattor("--daemon", passphrase=True)
    after, tors = fingerprints(*store), tors_of(ada)
    await ada.kill()
    assert [(second.code, second.out) for second in (refused, locked_out)] == [(5, ""), (5, "")]
    assert "running already" in refused.err
    assert f"process {holder}" in locked_out.err
    assert after == before
    assert len(tors) == 1


async def test_no_tor_outlives_a_killed_daemon_and_the_next_one_serves_the_same_onion(friends: Friends) -> None:
    ada = friends.ada
    assert len(tors_of(ada)) == 1
    await ada.kill()
    await no_tor_left(ada, within=ORPHAN_ENDS)
    await appear(ada)
    done = await friends.ben.chattor("send", friends.calls[friends.ben], "still you?", "--wait", "delivered")
    assert done.code == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
async def test_a_signal_stops_the_daemon_within_two_seconds(friends: Friends, number: signal.Signals) -> None:
    """Also while it is busy; what it was told before is kept."""
    ada = friends.ada
    said = await _say_at_once(friends, ada, f"before {number.name}", 50)
    await ada.stop(number)
    await _assert_tidy(ada)
    await appear(ada)
    await all_delivered(ada)
    assert texts(await conversation(friends.ben, friends.calls[friends.ben]), Direction.IN)[-50:] == said


async def test_the_verb_stop_does_the_same(friends: Friends) -> None:
    ada = friends.ada
    assert (await ada.chattor("stop")).code == 0
    await _assert_tidy(ada)


async def _assert_tidy(person: Person) -> None:
    """Nothing runs, no socket is left, everything is in the database itself."""
    assert await person.ended() == 0
    assert not person.paths.socket.exists()
    assert tors_of(person) == []
    log = _log(person)
    assert not log.exists() or log.stat().st_size == 0


def _log(person: Person) -> Path:
    """The store's write-ahead log."""
    return person.paths.database.with_name(f"{person.paths.database.name}-wal")
