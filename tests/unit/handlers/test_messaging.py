"""Texts: what may be sent, what a repeated send answers, what can be taken back, how history pages."""

import pytest

from chattor.errors import BadInput, NotAllowed, NotFound, TextTooLong
from chattor.handlers import messaging
from chattor.handlers.messaging import History, SendText
from chattor.handlers.stream import Batch
from chattor.handlers.views import friend_view
from chattor.model.message import MessageState
from chattor.protocol.frames import Msg, Tombstone
from chattor.protocol.limits import TEXT_MAX
from chattor.protocol.stream import START
from tests.support.desk import FRIEND, Desk


def _items(batch: Batch) -> list[Msg | Tombstone]:
    return [frame for frame in batch.frames if isinstance(frame, Msg | Tombstone)]


def _history(desk: Desk, **page: int | str) -> list[str | None]:
    command = History(friend="f1", **page)  # type: ignore[arg-type]
    return [message.text for message in desk.act(messaging.history, command)]


@pytest.mark.parametrize("text", ["", " \n\t", "a\0b", "\ud800"])
def test_what_is_no_text_is_refused_and_changes_nothing(desk: Desk, text: str) -> None:
    with pytest.raises(BadInput):
        desk.act(messaging.send_text, SendText(friend="f1", text=text))

    assert _history(desk) == []
    assert desk.friend().sending.last == START


def test_input_40_a_text_of_16000_bytes_goes_and_one_more_does_not(desk: Desk) -> None:
    desk.send("ä" * (TEXT_MAX // 2))
    with pytest.raises(TextTooLong, match="16,001 bytes"):
        desk.send("x" * (TEXT_MAX + 1))


def test_a_repeated_send_with_the_same_key_answers_with_the_first(desk: Desk) -> None:
    first = desk.act(messaging.send_text, SendText(friend="f1", text="once", key="k"))
    again = desk.act(messaging.send_text, SendText(friend="f1", text="once", key="k"))

    assert again == first
    assert _history(desk) == ["once"]


def test_an_alarm_stops_sending_until_it_is_acknowledged(desk: Desk) -> None:
    desk.act(lambda tx, ctx: tx.friends.update(FRIEND, alarm="another identity"))

    with pytest.raises(NotAllowed, match="another identity"):
        desk.send("hello")


def test_a_message_that_never_left_can_be_taken_back(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    alice.send("keep")
    sent = alice.act(messaging.send_text, SendText(friend="f1", text="oops"))

    assert alice.act(messaging.cancel, sent.id).state is MessageState.CANCELLED

    high = bob.receive(*_items(alice.take(alice.hear_hello(START)))).high
    assert bob.texts("in") == ["keep"]
    assert high == alice.friend().sending.last


def test_a_message_that_was_on_a_wire_cannot_be_taken_back(desk: Desk) -> None:
    sent = desk.act(messaging.send_text, SendText(friend="f1", text="gone"))
    desk.take(0)

    with pytest.raises(NotAllowed, match="may have arrived"):
        desk.act(messaging.cancel, sent.id)


def test_a_reply_names_its_target_on_both_sides(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    first = alice.act(messaging.send_text, SendText(friend="f1", text="question"))
    alice.act(messaging.send_text, SendText(friend="f1", text="answer", reply_to=first.id))
    bob.receive(*_items(alice.take(0)))

    for desk in desks:
        question, answer = desk.act(messaging.history, History(friend="f1"))
        assert answer.reply_to == question.id


def test_a_reply_to_nothing_is_refused(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.act(messaging.send_text, SendText(friend="f1", text="hm", reply_to="m99"))


def test_history_pages_from_the_newest_backwards_and_around(desk: Desk) -> None:
    for number in range(1, 10):
        desk.send(str(number))

    assert _history(desk, limit=3) == ["7", "8", "9"]
    assert _history(desk, limit=3, before="m7") == ["4", "5", "6"]
    assert _history(desk, limit=4, around="m5") == ["3", "4", "5", "6"]


@pytest.mark.parametrize("limit", [-1, 0, 1 << 63])
def test_input_70_any_limit_is_brought_into_bounds(desk: Desk, limit: int) -> None:
    desk.send("only")

    assert _history(desk, limit=limit) == ["only"]


def test_reading_moves_the_marker_and_unread_counts_only_what_came_after(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    alice.send("one")
    alice.send("two")
    bob.receive(*_items(alice.take(0)))
    bob.send("mine")

    assert bob.act(messaging.read, "f1").unread == 0
    alice.send("three")
    bob.receive(*_items(alice.take(2)))
    row = bob.friend()
    assert bob.act(lambda tx, ctx: friend_view(tx, ctx, row)).unread == 1


def test_input_36_the_same_id_with_another_text_is_not_shown_and_alarms(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    alice.send("true")
    (frame,) = _items(alice.take(0))
    assert isinstance(frame, Msg)
    bob.receive(frame)
    bob.act(lambda tx, ctx: tx.friends.reset_streams(FRIEND))

    bob.receive(Msg(seq=frame.seq, msg_id=frame.msg_id, prev=frame.prev, rest=frame.rest + b"!"))

    assert bob.texts("in") == ["true"]
    events = bob.act(lambda tx, ctx: [row.event for row in tx.events.after(0, 100)])
    assert events[-1] == "identity_alarm"
