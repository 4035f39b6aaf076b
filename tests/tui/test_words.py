"""The small pure parts: rows, times, letters, words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from chattor.model.ids import FriendId
from chattor.model.status import TorPhase, TorStatus
from chattor.text import safe_text
from chattor.tui import when
from chattor.tui.drafts import Drafts
from chattor.tui.fuzzy import rank
from chattor.tui.glyphs import ASCII, UNICODE
from chattor.tui.ink import Piece, clip, fit, spread, width
from chattor.tui.strength import strength
from chattor.tui.words import tor_short, tor_words
from chattor.tui.wrap import Wrapped, estimate, wrap

NOW = datetime(2026, 3, 14, 10, tzinfo=UTC)
FAMILY = "👩‍👩‍👧‍👦"


# Rows


def test_rows_break_at_spaces() -> None:
    assert wrap("the quick brown fox", 10) == [Wrapped("the quick", " "), Wrapped("brown fox")]


def test_a_long_word_is_cut_and_goes_on_without_a_space() -> None:
    assert wrap("abcdefghij klm", 4) == [
        Wrapped("abcd", ""), Wrapped("efgh", ""), Wrapped("ij", " "), Wrapped("klm"),
    ]  # fmt: skip


def test_indentation_at_the_start_of_a_line_stays() -> None:
    assert wrap("list:\n  1. one two", 8) == [Wrapped("list:"), Wrapped("  1. one", " "), Wrapped("two")]


def test_wide_characters_are_never_halved() -> None:
    assert [row.text for row in wrap("日本語日本語", 5)] == ["日本", "語日", "本語"]
    assert all(FAMILY in row.text for row in wrap(FAMILY * 3, 2))


def test_an_empty_text_is_one_empty_row() -> None:
    assert wrap("", 10) == [Wrapped("")]
    assert estimate("", 10) == 1


@given(st.text(max_size=200), st.integers(2, 40))
def test_no_row_is_too_wide_and_nothing_but_spaces_is_lost(text: str, cells: int) -> None:
    safe = safe_text(text, multiline=True)
    rows = wrap(safe, cells)
    assert all(cell_len(row.text) <= max(cells, 2) or len(row.text) == 1 for row in rows)
    assert "".join("".join(row.text.split()) for row in rows) == "".join(safe.split())


@given(st.text(alphabet="ab ", max_size=30), st.integers(30, 60))
def test_the_guess_is_right_for_short_lines(text: str, cells: int) -> None:
    assert estimate(text, cells) == len(wrap(text, cells))


# Pieces


def test_text_is_clipped_by_cells_with_an_ellipsis() -> None:
    assert clip("hello world", 8) == "hello w…"
    assert clip("日本語", 4) == "日…"
    assert clip("abc", 3) == "abc"
    assert clip("abc", 0) == ""


def test_the_left_part_yields_to_the_right_one() -> None:
    left: list[Piece] = [("a very long name", "strong")]
    right: list[Piece] = [("3 new", "accent")]
    assert (
        spread(left, right, 14) == [("a very…", "strong"), ("  ", "text"), ("3 new", "accent")]
        or width(spread(left, right, 14)) == 14
    )


@given(st.lists(st.text(alphabet="ab日🎁", max_size=12), max_size=4), st.integers(0, 30))
def test_a_line_is_exactly_as_wide_as_asked(texts: list[str], cells: int) -> None:
    pieces: list[Piece] = [(text, "text") for text in texts]
    assert width(fit(pieces, cells)) <= cells
    assert width(spread(pieces, [("x", "text")], cells)) == cells


# Times


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=30), "now"),
        (timedelta(minutes=5, seconds=59), "5 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(days=2), "2 d"),
        (timedelta(days=10), "4 Mar"),
        (timedelta(days=400), "Feb 2025"),
    ],
)
def test_ages(ago: timedelta, words: str) -> None:
    assert when.age(NOW - ago, NOW, UTC) == words


def test_ages_in_a_sentence() -> None:
    assert when.ago(NOW, NOW, UTC) == "just now"
    assert when.ago(NOW - timedelta(hours=2), NOW, UTC) == "2 h ago"
    assert when.ago(NOW - timedelta(days=30), NOW, UTC) == "12 Feb"


def test_days_in_the_readers_zone() -> None:
    today = NOW.date()
    assert when.day_words(today, today) == "Today"
    assert when.day_words(today - timedelta(days=1), today) == "Yesterday"
    assert when.day_words(today.replace(day=1), today) == "Sunday 1 March"
    assert when.day_words(today.replace(year=2025), today) == "Friday 14 March 2025"


@pytest.mark.parametrize(("seconds", "words"), [(0, "now"), (20, "in 20 s"), (180, "in 3 min"), (7200, "in 2 h")])
def test_waiting(seconds: int, words: str) -> None:
    assert when.until(NOW + timedelta(seconds=seconds), NOW) == words


# Letters


def test_fuzzy_search_prefers_beginnings_and_runs() -> None:
    names = ["Anna Adamova", "ada", "Nadia", "boris"]
    assert rank("ada", names, str) == ["ada", "Anna Adamova", "Nadia"]
    assert rank("", names, str) == names
    assert rank("ad", ["ada/public", "ada"], str) == ["ada", "ada/public"], "the friend before his channels"
    assert rank("zz", names, str) == []


# Drafts


def test_a_draft_is_unsaved_until_it_is_taken_and_again_after_a_failure() -> None:
    drafts, bob = Drafts(), FriendId("f1")
    assert drafts.known(bob) is None
    drafts.write(bob, "hel")
    drafts.write(bob, "hello")
    assert drafts.take_unsaved() == {bob: "hello"}
    assert drafts.take_unsaved() == {}
    drafts.unsaved(bob)
    assert drafts.take_unsaved() == {bob: "hello"}


def test_what_was_written_before_the_store_answered_is_kept_after_its_draft() -> None:
    drafts, bob = Drafts(), FriendId("f1")
    drafts.write(bob, "new")
    drafts.loaded(bob, "old")
    assert drafts.known(bob) == "old\nnew"


# Words


def test_tor_is_told_in_words_with_a_shape_of_its_own() -> None:
    ready = TorStatus(phase=TorPhase.READY, percent=100, ready=True)
    half = TorStatus(phase=TorPhase.BOOTSTRAPPING, percent=45)
    assert tor_words(ready, UNICODE) == [("● Tor is ready", "good")]
    assert tor_words(half, ASCII) == [("o Tor is connecting 45 %", "warn")]
    assert tor_short(half, UNICODE) == [("○ Tor 45 %", "warn")]
    assert tor_short(TorStatus(phase=TorPhase.FAILED), UNICODE) == [("▲ Tor failed", "bad")]


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_every_state_and_sign_has_a_glyph_of_known_width(glyphs: object) -> None:
    assert isinstance(glyphs, type(UNICODE))
    singles = (glyphs.online, glyphs.away, glyphs.asked, glyphs.blocked, glyphs.bar, glyphs.line, glyphs.down)
    assert {cell_len(sign) for sign in singles} == {1}
    assert len({*glyphs.states.values()}) == len(glyphs.states)
    assert len({glyphs.online, glyphs.away, glyphs.blocked, glyphs.asked, glyphs.alarm}) == 5


# Passphrases


@pytest.mark.parametrize(
    ("passphrase", "words"),
    [
        ("", "8 more characters at least"),
        ("1234567", "1 more character at least"),
        ("12345678", "weak: a patient thief would find it"),
        ("aaaaaaaaaaaa", "weak: a patient thief would find it"),
        ("password", "weak: a patient thief would find it"),
        ("horsebattery", "fair: one more word makes it good"),
        ("correct horse battery staple", "strong"),
    ],
)
def test_strength_in_words(passphrase: str, words: str) -> None:
    found = strength(passphrase)
    assert found.words == words
    assert 0.0 <= found.share <= 1.0


def test_a_longer_passphrase_is_never_weaker() -> None:
    phrase = "tr0ub4dor & three more words"
    bits = [strength(phrase[:end]).bits for end in range(8, len(phrase))]
    assert bits == sorted(bits)
