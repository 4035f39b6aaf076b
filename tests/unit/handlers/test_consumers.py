"""Consumers of the event log: at least once for each, and how long the log waits for the slowest."""

import pytest

from chattor.errors import BadInput, NoConsumer
from chattor.handlers import consumers, log
from chattor.model.events import Gap
from tests.support.desk import Desk

_DAY = 24 * 60 * 60 * 1000


def _cursors(desk: Desk, name: str) -> list[str]:
    return [event.cursor for event in desk.act(consumers.recv, None, False, 100, name).events]


def _later(desk: Desk, days: int) -> None:
    """The hourly round so many days on."""
    desk.now += days * _DAY
    desk.act(log.prune)


def test_each_consumer_goes_at_his_own_pace(desk: Desk) -> None:
    for text in ("one", "two", "three"):
        desk.send(text)

    desk.act(consumers.acknowledge, "2", "quick")
    desk.act(consumers.acknowledge, "1", "slow")

    assert (_cursors(desk, "quick"), _cursors(desk, "slow"), _cursors(desk, "new")) == (
        ["3"],
        ["2", "3"],
        ["1", "2", "3"],
    )
    listed = [(one.name, one.cursor, one.waiting) for one in desk.act(consumers.listed)]
    assert listed == [("quick", "2", 1), ("slow", "1", 2)]


def test_an_acknowledgement_never_moves_back(desk: Desk) -> None:
    desk.send("one")
    desk.send("two")
    desk.act(consumers.acknowledge, "2", "bot")

    assert desk.act(consumers.acknowledge, "1", "bot").cursor == "2"


def test_nobody_is_done_with_what_has_not_come(desk: Desk) -> None:
    with pytest.raises(BadInput):
        desk.act(consumers.acknowledge, "1", "bot")
    assert desk.act(consumers.listed) == []


@pytest.mark.parametrize("name", ["", "Bot", "-bot", "b" * 33, "a b", "ä"])
def test_a_name_is_plain(desk: Desk, name: str) -> None:
    with pytest.raises(BadInput):
        desk.act(consumers.recv, None, False, 100, name)
    with pytest.raises(BadInput):
        desk.act(consumers.acknowledge, "0", name)


def test_there_is_room_for_so_many_and_for_one_again_when_one_is_forgotten(desk: Desk) -> None:
    for number in range(consumers.AT_MOST):
        desk.act(consumers.acknowledge, "0", f"bot{number}")
    with pytest.raises(BadInput):
        desk.act(consumers.acknowledge, "0", "one-more")
    desk.act(consumers.acknowledge, "0", "bot1")

    desk.act(consumers.forget, "bot0")
    desk.act(consumers.acknowledge, "0", "one-more")

    with pytest.raises(NoConsumer):
        desk.act(consumers.forget, "bot0")


def test_what_is_old_goes_when_nobody_waits_for_it(desk: Desk) -> None:
    desk.send("one")
    _later(desk, 29)
    desk.send("two")
    assert _cursors(desk, "bot") == ["1", "2"]

    _later(desk, 2)

    gap, event = desk.act(consumers.recv, "0", False, 100, "bot").events
    assert isinstance(gap, Gap)
    assert event.cursor == "2"


def test_what_is_old_stays_for_the_slowest_consumer_until_he_took_it(desk: Desk) -> None:
    for text in ("one", "two", "three"):
        desk.send(text)
    desk.act(consumers.acknowledge, "1", "slow")
    desk.act(consumers.acknowledge, "3", "quick")

    _later(desk, 400)
    assert _cursors(desk, "slow") == ["2", "3"]

    desk.act(consumers.acknowledge, "3", "slow")
    _later(desk, 0)
    assert desk.act(lambda tx, ctx: tx.events.after(0, 10)) == []
    desk.send("four")
    assert _cursors(desk, "slow") == ["4"]


def test_a_consumer_who_never_comes_back_cannot_hold_more_than_the_bound(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "KEEP", 2)
    desk.act(consumers.acknowledge, "0", "gone")
    for text in ("one", "two", "three"):
        desk.send(text)

    _later(desk, 0)

    assert isinstance(desk.act(consumers.recv, None, False, 100, "gone").events[0], Gap)
    assert _cursors(desk, "gone") == ["1", "2", "3"]
