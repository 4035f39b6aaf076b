"""Pastes with escapes in them, in pieces of any size."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from textual import events

from chattor.tui.paste import CarefulParser, Defuser

START, END = "\x1b[200~", "\x1b[201~"


def in_pieces(stream: str, cuts: list[int]) -> str:
    defuser = Defuser()
    marks = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    return "".join(defuser.defuse(stream[start:stop]) for start, stop in pairwise(marks))


def test_only_escapes_inside_a_paste_are_disarmed() -> None:
    stream = f"\x1b[A{START}a\x1b]52;c;x\x07\r\x1b[200~b{END}\x1bx"
    assert Defuser().defuse(stream) == f"\x1b[A{START}a␛]52;c;x\x07\r␛[200~b{END}\x1bx"


def test_a_key_is_never_held_back() -> None:
    defuser = Defuser()
    assert defuser.defuse("\x1b") == "\x1b"
    assert defuser.defuse("[200") == "[200"


@given(
    st.lists(st.sampled_from([START, END, "\x1b", "\x1b[20", "1~", "a", "\r"]), max_size=12), st.lists(st.integers(0))
)
def test_the_size_of_the_pieces_makes_no_difference(parts: list[str], cuts: list[int]) -> None:
    stream = "".join([*parts, END])
    assert in_pieces(stream, cuts) == in_pieces(stream, [])


def test_the_parser_makes_one_paste_of_it() -> None:
    parser = CarefulParser()
    said = [*parser.feed(f"x{START}a\x1b[A\rb"), *parser.feed(f"c{END}y")]
    assert [event.key for event in said if isinstance(event, events.Key)] == ["x", "y"]
    assert [event.text for event in said if isinstance(event, events.Paste)] == ["a␛[A\rbc"]
