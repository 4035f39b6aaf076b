"""What is JSON to us, and what is not (security §4, inputs 65 and 66)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chattor.rpc.strictjson import INTEGER_MAX, Malformed, parse


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param(b'{"a":NaN}', "NaN is not JSON", id="nan"),
        pytest.param(b'{"a":-Infinity}', "-Infinity is not JSON", id="infinity"),
        pytest.param(b'{"a":1e999}', "number is too large", id="overflow"),
        pytest.param(b'{"a":1,"a":2}', "appears twice", id="duplicate-key"),
        pytest.param(b'{"b":{"a":1,"\\u0061":2}}', "appears twice", id="duplicate-escaped-key"),
        pytest.param(b'"\\ud800"', "half a surrogate pair", id="lone-surrogate"),
        pytest.param(b'{"\\udc00x":1}', "half a surrogate pair", id="lone-surrogate-in-key"),
        pytest.param(b'["\xed\xa0\x80"]', "not UTF-8", id="encoded-surrogate"),
        pytest.param(b"\xef\xbb\xbf{}", "byte order mark", id="bom"),
        pytest.param('{"a":1}'.encode("utf-16"), "not UTF-8", id="utf-16"),
        pytest.param(b'"\\u0000"', "NUL", id="escaped-nul"),
        pytest.param(b'"\x00"', "not JSON", id="nul"),
        pytest.param(b'"a\nb"', "not JSON", id="raw-control"),
        pytest.param(b"{} {}", "not JSON", id="two-values"),
        pytest.param(b"'a'", "not JSON", id="single-quotes"),
        pytest.param(b"", "not JSON", id="empty"),
        pytest.param(str(INTEGER_MAX + 1).encode(), "integer is too large", id="integer"),
    ],
)
def test_input_66_what_two_parsers_read_differently_is_refused(line: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        parse(line)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param(b"[" * 100_000, "nested deeper", id="brackets"),
        pytest.param(b"[" * 33 + b"]" * 33, "nested deeper", id="depth-33"),
        pytest.param(b"{" + b'"a":1,' * 170_000 + b'"b":1}', "too many values", id="keys"),
        pytest.param(b"[" + b"[]," * 300_000 + b"[]]", "too many values", id="flat"),
        pytest.param(b"1" * 4_301, "integer is too large", id="digits"),
        pytest.param(b'{"a":' + b"9" * 1_000_000 + b"}", "integer is too large", id="million-digits"),
    ],
)
def test_input_65_a_bomb_is_refused_before_it_goes_off(line: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        parse(line)


def test_depth_32_and_the_largest_integers_are_fine() -> None:
    assert parse(b"[" * 32 + b"]" * 32)
    assert parse(f"[{INTEGER_MAX},-{INTEGER_MAX}]".encode()) == [INTEGER_MAX, -INTEGER_MAX]


def test_brackets_and_commas_inside_a_text_do_not_count() -> None:
    text = "[{,}]" * 3_000 + '"\\'
    assert parse(json.dumps({"text": text}).encode()) == {"text": text}


def test_an_escaped_backslash_before_u0000_is_only_a_text() -> None:
    assert parse(rb'"\\u0000 \ud83d\ude00"') == "\\u0000 😀"


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-INTEGER_MAX, INTEGER_MAX)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), inner, max_size=4)
    ),
    max_leaves=30,
)


@given(_VALUES, st.booleans())
def test_every_value_comes_back_as_it_was(value: object, ascii_only: bool) -> None:
    assert parse(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_read_as_the_standard_library_does_or_refused(line: bytes) -> None:
    try:
        value = parse(line)
    except Malformed:
        return
    assert value == json.loads(line)
