"""Texts: what may be sent, what a repeated send answers, what can be taken back, how history pages."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chattor.errors import BadInput, NotAllowed, NotFound, ProtocolViolation, TextTooLong
from chattor.handlers import delivery, friends, messaging, reading, stream
from chattor.handlers.context import Ctx
from chattor.handlers.messaging import History, SendText
from chattor.handlers.stream import Batch
from chattor.handlers.views import friend_view
from chattor.model.message import MessageState
from chattor.protocol.frames import Msg, Tombstone
from chattor.protocol.limits import KEY_MAX, TEXT_MAX
from chattor.protocol.stream import START, Position
from chattor.store.repos.events import Happened
from chattor.store.tx import Tx
from tests.support.desk import FRIEND, Desk
from tests.support.peers import code_of


def _items(batch: Batch) -> list[Msg | Tombstone]:
    return [frame for frame in batch.frames if isinstance(frame, Msg | Tombstone)]


def _history(desk: Desk, **page: int | str | datetime) -> list[str | None]:
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


@pytest.mark.parametrize("key", ["", "k" * (KEY_MAX + 1)])
def test_a_key_of_a_forbidden_size_is_refused(desk: Desk, key: str) -> None:
    with pytest.raises(BadInput, match="128"):
        desk.act(messaging.send_text, SendText(friend="f1", text="once", key=key))

    assert _history(desk) == []


def test_only_the_newest_keys_of_a_friend_are_remembered(desk: Desk) -> None:
    def remember(tx: Tx, ctx: Ctx) -> None:
        for number in range(5):
            tx.messages.remember_key(FRIEND, 0, f"k{number}", number, keep=3)

    desk.act(remember)

    known = desk.act(lambda tx, ctx: [tx.messages.answered(FRIEND, 0, f"k{number}") for number in range(5)])
    assert known == [None, None, 2, 3, 4]
    assert desk.act(lambda tx, ctx: tx.messages.answered(FRIEND + 1, 0, "k4")) is None, "a key is one friend's"


def test_what_failed_is_sent_again_as_a_new_message_that_takes_the_text_over(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    alice.act(messaging.send_text, SendText(friend="f1", text="question"))
    failed = alice.act(messaging.send_text, SendText(friend="f1", text="answer", reply_to="m1"))
    alice.act(messaging.cancel, failed.id)
    alice.act(reading.draft, "f1", "half a word")

    again = alice.act(messaging.resend, failed.id)
    bob.receive(*_items(alice.take(0)))

    assert again.id != failed.id
    assert bob.texts("in") == ["question", "answer"]
    assert [one.reply_to for one in bob.act(messaging.history, History(friend="f1"))] == [None, "m1"]
    assert _history(alice) == ["question", None, "answer"]
    assert alice.act(reading.draft, "f1", None) == "half a word"
    with pytest.raises(NotAllowed, match="nothing to send again"):
        alice.act(messaging.resend, failed.id)


def test_what_did_not_fail_is_not_sent_again(desk: Desk) -> None:
    desk.send("on its way")

    with pytest.raises(NotAllowed, match="queued"):
        desk.act(messaging.resend, "m1")


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


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(-(10**9), ["1", "2"]), (0, ["1", "2"]), (25, ["2", "3", "4"]), (30, ["2", "3", "4"]), (10**6, ["7", "8", "9"])],
)
def test_history_can_be_opened_at_a_moment(desk: Desk, seconds: int, shown: list[str]) -> None:
    began = datetime.fromtimestamp(desk.now / 1000, UTC)
    for number in range(1, 10):
        desk.now += 10_000
        desk.send(str(number))

    assert _history(desk, limit=3, at=began + timedelta(seconds=seconds)) == shown


def test_a_moment_needs_a_zone_and_no_other_place(desk: Desk) -> None:
    desk.send("only")
    with pytest.raises(BadInput, match="time zone"):
        _history(desk, at=datetime(2026, 3, 1))  # noqa: DTZ001
    with pytest.raises(BadInput, match="exclude"):
        _history(desk, at=datetime(2026, 3, 1, tzinfo=UTC), before="m1")


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

    assert bob.act(reading.read, "f1", None).unread == 0
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
    bob.act(lambda tx, ctx: tx.friends.advance_high(FRIEND, START))

    bob.receive(Msg(seq=frame.seq, msg_id=frame.msg_id, prev=frame.prev, rest=frame.rest + b"!"))

    assert bob.texts("in") == ["true"]
    events = bob.act(lambda tx, ctx: [row.event for row in tx.events.after(0, 100)])
    assert events[-1] == "identity_alarm"


def test_a_reused_id_is_told_once_until_it_is_acknowledged(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    alice.send("true")
    (frame,) = _items(alice.take(0))
    assert isinstance(frame, Msg)
    bob.receive(frame)

    def told() -> int:
        bob.act(lambda tx, ctx: tx.friends.advance_high(FRIEND, START))
        bob.act(lambda tx, ctx: tx.friends.update(FRIEND, notice=notice))
        bob.receive(Msg(seq=frame.seq, msg_id=frame.msg_id, prev=frame.prev, rest=frame.rest + b"!"))
        events = bob.act(lambda tx, ctx: [row.event for row in tx.events.after(0, 100)])
        return events.count(Happened.IDENTITY_ALARM)

    notice: str | None = None
    assert told() == 1
    notice = bob.friend().notice
    assert notice == messaging.REUSED
    assert told() == 1
    notice = None  # as after `friends acknowledge`
    assert told() == 2


def test_an_old_acknowledgement_with_another_hash_than_ours_is_a_lie(desks: tuple[Desk, Desk]) -> None:
    alice, bob = desks
    for number in range(3):
        alice.send(str(number))
    items = _items(alice.take(alice.hear_hello(START)))
    first = bob.receive(items[0]).high
    last = bob.receive(*items[1:]).high
    alice.hear_ack(last)

    assert alice.hear_ack(first) == alice.friend().sending.acked_pos
    with pytest.raises(ProtocolViolation, match="another hash"):
        alice.hear_ack(Position(first.seq, bytes(32)))


def test_an_old_acknowledgement_of_what_a_fork_dropped_is_no_lie(desk: Desk) -> None:
    desk.send("one")
    desk.take(desk.hear_hello(START))
    desk.hear_hello(Position(9, b"?" * 32))

    assert desk.hear_ack(Position(4, b"!" * 32)) == desk.friend().sending.acked_pos


def test_a_text_cancelled_in_a_life_that_a_restore_undid_is_sent_all_the_same(
    desks: tuple[Desk, Desk], tmp_path: Path
) -> None:
    """Bob has its tombstone, which has the same hash: his place is no proof that he has the text."""
    alice, bob = desks
    alice.send("after all")
    alice.snapshot(tmp_path / "before")
    alice.act(messaging.cancel, "m1")
    bob.receive(*_items(alice.take(0)))
    alice.roll_back(tmp_path / "before")

    after = alice.hear_hello(bob.friend().high)
    bob.receive(*_items(alice.take(after)))

    assert bob.texts("in") == ["after all"]


def test_a_false_friend_cannot_have_everything_renumbered_again_and_again(desk: Desk) -> None:
    desk.send("one")
    before = desk.everything()

    with pytest.raises(ProtocolViolation, match="forks too often"):
        desk.act(stream.continue_from, desk.friend(), Position(50, b"?" * 32), may_fork=False)

    assert desk.everything() == before
    assert desk.act(stream.continue_from, desk.friend(), START, may_fork=False) == 0


def test_what_waits_is_listed_as_far_as_one_answer_holds_and_what_is_behind_it_can_be_hurried(desk: Desk) -> None:
    desk.act(lambda tx, ctx: [messaging.send_text(tx, ctx, SendText(friend="f1", text="x")) for _ in range(1_001)])
    asked = desk.act(friends.add, friends.AddFriend(code=code_of("erin")))

    assert len(desk.act(delivery.outbox, 10_000)) == 1_000
    assert desk.act(delivery.retry, asked.id).friend == asked.id
