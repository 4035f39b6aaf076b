"""From messages to rows: who, when, what, how far; and from marked rows back to what was written."""

from datetime import UTC, date, datetime, timedelta

from msgspec import structs

from chattor.model.ids import FriendId, MessageId
from chattor.model.message import Direction, Message, MessageState
from chattor.tui.bubbles import BubbleRow, Entry, Look, entries, guess_height, rows
from chattor.tui.glyphs import ASCII, UNICODE
from chattor.tui.history import History
from chattor.tui.ink import width
from chattor.tui.selecting import cells_of, extract
from chattor.tui.view import Thread

AT = datetime(2026, 3, 14, 9, tzinfo=UTC)
LOOK = Look(glyphs=UNICODE, zone=UTC, today=date(2026, 3, 14), me="mara", friend="ada")


def message(number: int, text: str | None, direction: Direction = Direction.IN, **changes: object) -> Message:
    one = Message(
        id=MessageId(f"m{number}"), friend=FriendId("f1"), direction=direction, text=text,
        state=MessageState.DELIVERED, seq=number, reply_to=None, edited=False, reactions={},
        sent_at=AT + timedelta(minutes=number), received_at=None, expires_at=None,
    )  # fmt: skip
    return structs.replace(one, **changes)


def made(*messages: Message, divider: str | None = None, fresh: int = 0) -> list[Entry]:
    thread = Thread(
        friend=FriendId("f1"), messages=History(messages), divider=MessageId(divider) if divider else None, fresh=fresh
    )
    return entries(thread, 0, len(messages), LOOK)


def drawn(found: list[Entry], cells: int = 40, look: Look = LOOK) -> list[str]:
    return ["".join(text for text, _ in row.pieces).rstrip() for entry in found for row in rows(entry, cells, look)]


def test_a_conversation_reads_like_one() -> None:
    lines = drawn(
        made(
            message(0, "hello"),
            message(1, "are you there?"),
            message(2, "yes", Direction.OUT, state=MessageState.READ),
        )
    )
    assert lines == [
        "",
        "──────────────── Today ────────────────",
        "",
        "▎ ada  09:00",
        "▎ hello",
        "▎ are you there?",
        "",
        "▎ mara  09:02",
        "▎ yes                           ✓✓ read",
    ]


def test_the_same_in_ascii() -> None:
    lines = drawn(made(message(2, "yes", Direction.OUT)), look=in_ascii())
    assert lines[-1] == "| yes                       + delivered"
    assert all(line.isascii() for line in lines)


def in_ascii() -> Look:
    return Look(glyphs=ASCII, zone=UTC, today=LOOK.today, me="mara", friend="ada")


def test_a_name_comes_again_after_a_pause_or_another_day() -> None:
    later = message(9, "later")
    assert [entry.opens for entry in made(message(0, "one"), message(1, "two"), later)] == [True, False, True]
    tomorrow = message(1, "tomorrow", sent_at=AT + timedelta(days=1))
    assert [entry.day for entry in made(message(0, "one"), tomorrow)] == [date(2026, 3, 14), date(2026, 3, 15)]


def test_the_unread_divider_says_how_many() -> None:
    lines = drawn(made(message(0, "old"), message(1, "new"), divider="m1", fresh=7))
    assert "──────────────── 7 new ────────────────" in lines


def test_a_state_without_room_stands_on_a_line_of_its_own() -> None:
    lines = drawn(made(message(0, "x" * 34, Direction.OUT, state=MessageState.QUEUED)))
    assert lines[-2:] == ["▎ " + "x" * 34, "▎                              ◷ queued"]


def test_what_is_gone_says_why() -> None:
    assert "this message was deleted" in drawn(made(message(0, None)))[-1]
    assert "this message has expired" in drawn(made(message(0, None, state=MessageState.EXPIRED)))[-1]
    assert "this message has expired" in drawn(made(message(0, None, expires_at=AT)))[-1]


def test_a_reply_quotes_what_it_answers() -> None:
    found = made(message(0, "shall we meet?\nat noon"), message(1, "yes", Direction.OUT, reply_to="m0"))
    assert "▎ ↪ ada: shall we meet?␊at noon" in drawn(found)
    lost = made(message(1, "yes", Direction.OUT, reply_to="m77"))
    assert "▎ ↪ an earlier message" in drawn(lost)


def test_an_edited_message_says_so() -> None:
    assert drawn(made(message(0, "hello", edited=True)))[-1].endswith("edited")


def test_no_row_is_wider_than_the_column_at_any_width() -> None:
    found = made(
        message(0, "日本語のとても長い文章です " * 4, reply_to="m0"),
        message(1, "🎁" * 30, Direction.OUT, state=MessageState.SENDING, edited=True),
        divider="m1",
        fresh=12,
    )
    for cells in range(16, 130, 7):
        assert all(width(row.pieces) <= cells for entry in found for row in rows(entry, cells, LOOK))


def test_the_guess_is_right_for_plain_short_messages() -> None:
    for entry in made(message(0, "hello"), message(1, "two\nlines"), divider="m1", fresh=1):
        assert guess_height(entry, 60) == len(rows(entry, 60, LOOK))


def test_a_peers_controls_are_visible_and_harmless() -> None:
    lines = drawn(made(message(0, "a\x1b]52;c;eA==\x07b\u202ec")))
    assert lines[-1] == "▎ a␛]52;c;eA==␇b⟨U+202E⟩c"


# Marking and copying


def test_rows_of_one_line_are_copied_as_one_line() -> None:
    entry = made(message(0, "the quick brown fox jumps\nover"))[0]
    picked: list[tuple[BubbleRow, tuple[int, int] | None]] = [(row, (0, -1)) for row in rows(entry, 16, LOOK)[-4:]]
    assert extract(picked, bar=2) == "the quick\u0020brown fox jumps\nover"


def test_a_part_of_a_row_is_copied_without_its_bar_and_state() -> None:
    entry = made(message(0, "hello world", Direction.OUT))[0]
    last = rows(entry, 40, LOOK)[-1]
    assert extract([(last, (0, 7))], bar=2) == "hello"
    assert extract([(last, (8, -1))], bar=2) == "world"
    assert extract([(last, None)], bar=2) == ""


def test_marked_characters_are_found_by_their_cells() -> None:
    assert cells_of("日本x", (1, 3)) == (2, 5)
    assert cells_of("日本x", (0, -1)) == (0, 5)
