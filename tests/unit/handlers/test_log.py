"""The event log: cursors, the stored one, gaps."""

import pytest

from chattor.errors import BadInput
from chattor.handlers import consumers
from chattor.model.events import Gap, MessageStateChanged
from tests.support.desk import Desk


def test_a_consumer_that_comes_back_misses_nothing(desk: Desk) -> None:
    desk.send("one")
    first = desk.act(consumers.recv, None, True, 100, "recv")
    desk.send("two")

    second = desk.act(consumers.recv, None, False, 100, "recv")
    again = desk.act(consumers.recv, None, False, 100, "recv")

    assert [len(first.events), len(second.events)] == [1, 1]
    assert again == second, "only ack moves the stored cursor"


def test_a_page_ends_at_its_limit_and_the_cursor_goes_on(desk: Desk) -> None:
    for number in range(5):
        desk.send(str(number))

    first = desk.act(consumers.recv, "0", False, 2, "recv")
    rest = desk.act(consumers.recv, first.cursor, False, 100, "recv")

    assert [event.cursor for event in (*first.events, *rest.events)] == ["1", "2", "3", "4", "5"]


def test_what_was_pruned_is_told_as_a_gap(desk: Desk) -> None:
    for number in range(5):
        desk.send(str(number))
    desk.act(lambda tx, ctx: tx.events.prune(2))

    gap, *rest = desk.act(consumers.recv, "0", False, 100, "recv").events

    assert isinstance(gap, Gap)
    assert gap.cursor == "3"
    assert all(isinstance(event, MessageStateChanged) for event in rest)
    assert desk.act(consumers.recv, gap.cursor, False, 100, "recv").events == rest


def test_a_cursor_from_before_a_restore_leads_back_and_misses_nothing_new(desk: Desk) -> None:
    desk.send("one")

    gap = desk.act(consumers.recv, "999", True, 100, "recv")
    desk.send("two")

    assert [type(event) for event in gap.events] == [Gap]
    assert gap.cursor == "1"
    assert [event.cursor for event in desk.act(consumers.recv, gap.cursor, False, 100, "recv").events] == ["2"]
    assert [event.cursor for event in desk.act(consumers.recv, None, False, 100, "recv").events] == ["2"]


@pytest.mark.parametrize("cursor", ["", "-1", "m1", "１", "9" * 18])
def test_what_is_no_cursor_is_refused(desk: Desk, cursor: str) -> None:
    with pytest.raises(BadInput):
        desk.act(consumers.recv, cursor, False, 100, "recv")


def test_the_log_holds_no_text(desk: Desk) -> None:
    desk.send("a secret")

    rows = desk.act(lambda tx, ctx: tx.events.after(0, 10))

    assert "a secret" not in repr(rows)
