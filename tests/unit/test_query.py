"""What a search line means, and where in a text it is found."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chattor.errors import BadInput
from chattor.handlers.snippet import WIDTH, fits, snippet
from chattor.model.query import QUERY_MAX, TERMS_MAX, Kind, Query, Term, parse


def _terms(line: str) -> list[tuple[Kind, str]]:
    return [(term.kind, term.text) for term in parse(line).terms]


@pytest.mark.parametrize(
    ("line", "terms"),
    [
        ("meet cafe", [(Kind.WORD, "meet"), (Kind.WORD, "cafe")]),
        ('"meet at" noon', [(Kind.PHRASE, "meet at"), (Kind.WORD, "noon")]),
        ("a b*", [(Kind.PHRASE, "a"), (Kind.WORD, "b")]),
        ("*eet* *eet", [(Kind.PART, "eet"), (Kind.PART, "eet")]),
        ('say "unfinished', [(Kind.WORD, "say"), (Kind.WORD, "unfinished")]),
        ("AND OR NOT NEAR(a", [(Kind.WORD, word) for word in ("AND", "OR", "NOT", "NEAR(a")]),
        ("text:secret -not ^top {a b}", [(Kind.WORD, "text:secret"), (Kind.WORD, "-not"), (Kind.WORD, "^top"),
                                         (Kind.WORD, "{a"), (Kind.WORD, "b}")]),
        ("' OR 1=1", [(Kind.WORD, "OR"), (Kind.WORD, "1=1")]),
        ("hi :-) *", [(Kind.WORD, "hi"), (Kind.PART, ":-)")]),
        ("👍", [(Kind.WORD, "👍")]),
    ],
)  # fmt: skip
def test_a_line_is_words_phrases_and_parts_and_never_an_operator(line: str, terms: list[tuple[Kind, str]]) -> None:
    assert _terms(line) == terms


def test_filters_are_read_wherever_they_stand() -> None:
    query = parse('from:"Bob B" lunch BEFORE:2026-02 after:2025 in:news')

    assert query == Query(
        terms=(Term(Kind.WORD, "lunch"),),
        author="Bob B",
        before=date(2026, 2, 1),
        after=date(2025, 1, 1),
        channel="news",
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "nothing to search for"),
        (' "" * ', "nothing to search for"),
        ("before:soon", "needs a day"),
        ("after:2026-02-30", "needs a day"),
        ("from:a from:b", "stands twice"),
        ("*ab*", "too short"),
        ("x " * (TERMS_MAX + 1), "32 are allowed"),
        ("x" * (QUERY_MAX + 1), "1,000 are allowed"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(line: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        parse(line)


@given(st.text(max_size=60))
def test_any_line_is_read_or_refused(line: str) -> None:
    try:
        query = parse(line)
    except BadInput:
        return
    snippet(query, line)
    fits(query, "some text")


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_snippet_is_a_clean_piece_with_its_matches_inside(line: str, text: str) -> None:
    try:
        query = parse(line)
    except BadInput:
        return
    piece = snippet(query, text)

    assert "\n" not in piece.text
    assert len(piece.text) <= WIDTH + 2
    assert all(0 <= start < end <= len(piece.text) for start, end in piece.matches)


def test_a_snippet_shows_the_first_match_whatever_case_and_accents() -> None:
    text = "x " * 100 + "we meet at the\nCAFÉ of the Café" + " y" * 100
    piece = snippet(parse("cafe"), text)

    assert [piece.text[start:end] for start, end in piece.matches] == ["CAFÉ", "Café"]
    assert piece.text.startswith("…")
    assert piece.text.endswith("…")
    assert "at the CAFÉ of" in piece.text


@pytest.mark.parametrize(
    ("line", "text", "marked"),
    [
        ("meet", "meeting meet, greet", ["meeting", "meet"]),
        ('"meet"', "meeting meet", ["meet"]),
        ('"at noon"', "at noon, at  noon. at. Noon", ["at noon", "at  noon", "at. Noon"]),
        ("can't", "I can't, cant, can tell", ["can't", "can tell"]),
        ("*EET*", "meeting, street", ["eet", "eet"]),
        ("straße", "STRASSE", ["STRASSE"]),
    ],
)
def test_what_is_marked(line: str, text: str, marked: list[str]) -> None:
    piece = snippet(parse(line), " ".join(text.split("\n")))
    clean = " ".join(text.split())
    assert piece.text == clean
    assert [piece.text[start:end] for start, end in piece.matches] == [" ".join(one.split()) for one in marked]
