"""What a text is about: answers quote, edits replace, and nothing that was being written is lost on the way."""

from datetime import timedelta

import pytest
from msgspec import structs

from chattor.model.ids import FriendId, MessageId
from chattor.model.message import Direction, Message, MessageState, Sent
from chattor.tui.actions import ACTIONS, BY_NAME
from chattor.tui.column import Column
from chattor.tui.glyphs import UNICODE
from chattor.tui.history import History
from chattor.tui.lines import notice
from chattor.tui.message_handlers import MessageHandlers
from chattor.tui.thread import around, changed, newer, newest, received, replaced, written
from chattor.tui.view import Thread, View
from chattor.tui.writing import About, Purpose, Writing
from tests.tui.test_bubbles import LOOK, message
from tests.tui.test_commands import ADA as HERSELF

ADA = FriendId("f1")
OURS = message(1, "as it was", Direction.OUT)
HERS = message(2, "a question")


def about(purpose: Purpose, one: Message = OURS) -> About:
    return About(purpose=purpose, message=one)


def test_an_answer_keeps_what_was_begun() -> None:
    writing = Writing()
    assert writing.begin(about(Purpose.REPLY, HERS), "begun") == "begun"
    said, shown = writing.take(ADA)
    assert (said, shown) == (about(Purpose.REPLY, HERS), "")
    assert writing.about(ADA) is None


def test_an_edit_puts_the_draft_aside_and_gives_it_back() -> None:
    writing = Writing()
    assert writing.begin(about(Purpose.EDIT), "half a draft") == "as it was"
    assert writing.take(ADA) == (about(Purpose.EDIT), "half a draft")
    writing.begin(about(Purpose.EDIT), "half a draft")
    assert writing.drop(ADA, "changed my mind") == "half a draft"


def test_another_purpose_takes_the_place_of_the_first() -> None:
    writing = Writing()
    writing.begin(about(Purpose.EDIT), "draft")
    assert writing.begin(about(Purpose.REPLY, HERS), "as it was, edited") == "draft"
    assert writing.about(ADA) == about(Purpose.REPLY, HERS)
    assert writing.drop(ADA, "draft and more") == "draft and more"


def test_every_action_can_be_done_and_is_in_the_table() -> None:
    assert {name for name in vars(MessageHandlers) if not name.startswith("_")} == set(BY_NAME)
    assert len({action.key for action in ACTIONS}) == len(ACTIONS)


@pytest.mark.parametrize(
    ("changes", "offered"),
    [
        ({}, "reply edit react copy delete details"),
        ({"state": MessageState.QUEUED}, "reply edit react copy delete cancel details"),
        ({"state": MessageState.EXPIRED}, "copy again details"),
        ({"state": MessageState.CANCELLED}, "copy again details"),
        ({"text": None}, "details"),
        ({"reply_to": "m9"}, "reply original edit react copy delete details"),
        ({"direction": Direction.IN}, "reply react copy unread details"),
    ],
)
def test_what_can_be_done_depends_on_the_message(changes: dict[str, object], offered: str) -> None:
    one = structs.replace(OURS, **changes)
    assert [action.name for action in ACTIONS if action.fits(one)] == offered.split()


def texts(thread: Thread) -> list[str | None]:
    return [one.text for one in thread.messages]


def crowd(start: int, stop: int) -> tuple[Message, ...]:
    return tuple(message(number, f"{number}") for number in range(start, stop))


def test_a_jump_into_the_past_and_back_to_the_present() -> None:
    thread = newest(Thread(friend=ADA), crowd(90, 100), first=False, unread=0)
    past = around(thread, crowd(10, 20), MessageId("m15"), first=False, last=False)
    assert (past.detached, past.target, past.complete) == (True, "m15", False)

    assert received(past, message(100, "new"), unseen=1) is past, "what is new is not shown in the past"
    later = newer(past, crowd(15, 30), MessageId("m19"), last=False)
    assert texts(later) == [str(number) for number in range(10, 30)]
    assert newer(later, crowd(25, 40), MessageId("m19"), last=True) is later, "an answer nobody waits for any more"
    assert not newer(later, crowd(25, 40), MessageId("m29"), last=True).detached

    now = newest(later, crowd(95, 101), first=False, unread=0)
    assert (now.detached, now.target, texts(now)) == (False, None, [str(number) for number in range(95, 101)])


def test_our_own_text_waits_for_the_present() -> None:
    past = around(Thread(friend=ADA), crowd(10, 20), MessageId("m15"), first=True, last=False)
    sent = Sent(id=MessageId("m100"), friend=ADA, state=MessageState.QUEUED, seq=100)
    assert written(past, sent, "now", OURS.sent_at).messages == past.messages


def shown(column: Column) -> list[str]:
    return [row.plain for block in range(len(column)) for row in column.rows(block)]


def test_a_quote_says_what_the_message_says_now() -> None:
    answer = structs.replace(message(3, "yes"), reply_to=OURS.id)
    was = Thread(friend=ADA, messages=History((OURS, HERS, answer)), loaded=True)
    column = Column()
    column.start(was, LOOK, 60, keep=False)
    assert any("mara: as it was" in row for row in shown(column))

    now = replaced(was, structs.replace(OURS, text=None))
    assert now is not None
    column.update(was, now, LOOK)

    assert not any("as it was" in row for row in shown(column))
    assert any("mara: deleted" in row for row in shown(column))


def test_reactions_and_the_end_of_a_message_are_told() -> None:
    one = structs.replace(
        OURS, reactions={"👍": ["me", "f1"], "🎉": ["f1"]}, expires_at=OURS.sent_at + timedelta(minutes=1), edited=True
    )
    column = Column()
    column.age(OURS.sent_at)
    column.start(Thread(friend=ADA, messages=History((one,)), loaded=True), LOOK, 80, keep=False)
    drawn = ["".join(text for text, _ in row.pieces) for row in column.rows(0)]
    assert drawn[-2].split()[-7:] == ["edited", "vanishes", "in", "60", "s", "✓", "delivered"]
    assert drawn[-1] == "▎ 👍 you +1  🎉"


def test_what_is_left_is_counted_down_by_the_minute_and_at_last_by_the_second() -> None:
    end = OURS.sent_at + timedelta(seconds=150)
    one = structs.replace(OURS, text="short " * 9, expires_at=end)
    column = Column()
    column.start(Thread(friend=ADA, messages=History((HERS, one)), loaded=True), LOOK, 64, keep=False)
    column.flow.height = 10
    told = []
    moment = OURS.sent_at
    while (wait := column.age(moment)) is not None:
        told.append((shown_marks(column), wait))
        moment += timedelta(seconds=wait)
    assert [words for words, _ in told[:4]] == ["in 3 min", "in 2 min", "in 60 s", "in 59 s"]
    assert [wait for _, wait in told[:4]] == [30, 60, 1, 1]
    assert [*told[-1]] == ["in 1 s", 1]
    assert shown_marks(column) == "now"
    column.flow.settle()
    assert column.flow.total == sum(len(column.rows(block)) for block in range(len(column)))


def shown_marks(column: Column) -> str:
    """What stands after `vanishes`."""
    drawn = " ".join(text for row in column.rows(1) for text, _ in row.pieces)
    return drawn.partition("vanishes ")[2].partition("   ")[0]


def test_only_what_is_seen_is_counted_down() -> None:
    one = structs.replace(OURS, expires_at=OURS.sent_at + timedelta(days=1))
    column = Column()
    column.start(Thread(friend=ADA, messages=History((one, *crowd(10, 40))), loaded=True), LOOK, 64, keep=False)
    column.flow.height = 5
    column.flow.settle()
    assert column.age(OURS.sent_at) is None
    column.flow.jump(0)
    assert column.age(OURS.sent_at) == 60


def test_a_text_that_ended_is_not_quoted_any_more_while_it_is_answered() -> None:
    thread = Thread(friend=ADA, messages=History((OURS, HERS)), loaded=True)
    view = View(friends=(HERSELF,), thread=thread)
    answering = about(Purpose.REPLY, HERS)
    assert "a question" in str(notice(view, UNICODE, 0, "", answering))

    over = changed(thread, HERS.id, MessageState.EXPIRED, gone=True)

    said = str(notice(structs.replace(view, thread=over), UNICODE, 0, "", answering))
    assert "a question" not in said
    assert "a message that is gone" in said
