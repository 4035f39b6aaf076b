"""Lines and calls: what a well-formed request is (security §4, inputs 64, 67, 68)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chattor.rpc import jsonrpc
from chattor.rpc.jsonrpc import BATCH_MAX, LINE_MAX, Call, Fault, Lines, LineTooLong, Refusal


def _one(line: str) -> Call | Refusal:
    incoming = jsonrpc.read(line.encode())
    assert not incoming.batch
    (entry,) = incoming.entries
    return entry


def _fault(line: str) -> Fault:
    entry = _one(line)
    assert isinstance(entry, Refusal)
    return entry.fault


def test_a_call_a_notification_and_a_call_without_parameters() -> None:
    assert _one('{"jsonrpc":"2.0","id":7,"method":"read","params":{"friend":"f1"}}') == Call(
        id=7, method="read", params={"friend": "f1"}
    )
    assert _one('{"jsonrpc":"2.0","method":"status"}') == Call(id=None, method="status", params={})
    assert _one('{"jsonrpc":"2.0","id":"","method":"status"}') == Call(id="", method="status", params={})


@pytest.mark.parametrize("id", ["{}", "[]", "null", "true", "1.5", f'"{"x" * 65}"'])
def test_input_68_an_id_is_a_short_string_or_an_integer(id: str) -> None:
    fault = _fault(f'{{"jsonrpc":"2.0","id":{id},"method":"status"}}')
    assert fault.code == jsonrpc.INVALID_REQUEST
    assert "an id is" in fault.message


@pytest.mark.parametrize(
    ("line", "code", "why"),
    [
        ("{", jsonrpc.PARSE_ERROR, "not JSON"),
        ('"status"', jsonrpc.INVALID_REQUEST, "a call is an object"),
        ('{"id":1,"method":"status"}', jsonrpc.INVALID_REQUEST, "jsonrpc must be 2.0"),
        ('{"jsonrpc":"2.0","id":1}', jsonrpc.INVALID_REQUEST, "method must be"),
        ('{"jsonrpc":"2.0","id":1,"method":"status","parms":{}}', jsonrpc.INVALID_REQUEST, "nothing else"),
        ('{"jsonrpc":"2.0","id":1,"method":"status","params":[1]}', jsonrpc.INVALID_PARAMS, "by name"),
        (f'{{"jsonrpc":"2.0","id":1,"method":"{"m" * 65}"}}', jsonrpc.INVALID_REQUEST, "method must be"),
    ],
)
def test_what_is_wrong_with_a_call_becomes_its_answer(line: str, code: int, why: str) -> None:
    fault = _fault(line)
    assert (fault.code, why in fault.message) == (code, True)


@pytest.mark.parametrize(
    ("line", "silent"),
    [
        ('{"jsonrpc":"2.0","method":"status","params":[1]}', True),
        ('{"jsonrpc":"2.0","id":1,"method":"status","params":[1]}', False),
        ('{"jsonrpc":"2.0","method":"status","params":"bar"}', False),
        ('{"jsonrpc":"2.0","method":1}', False),
    ],
)
def test_a_notification_is_refused_in_silence_and_what_is_none_is_not(line: str, silent: bool) -> None:
    entry = _one(line)
    assert isinstance(entry, Refusal)
    assert entry.notification == silent


def test_a_batch_keeps_its_order_and_its_bad_entries() -> None:
    incoming = jsonrpc.read(b'[{"jsonrpc":"2.0","id":1,"method":"a"},3,{"jsonrpc":"2.0","id":2,"method":"b"}]')
    assert incoming.batch
    assert [type(entry) for entry in incoming.entries] == [Call, Refusal, Call]


@pytest.mark.parametrize("size", [0, BATCH_MAX + 1, 250])
def test_input_67_a_batch_of_none_or_too_many_is_refused(size: int) -> None:
    fault = _fault("[" + ",".join(["{}"] * size) + "]")
    assert fault.message == f"a batch has 1 to 16 calls, not {size}"


def test_input_67_a_batch_of_ten_thousand_is_refused_unread() -> None:
    assert _fault("[" + ",".join(["{}"] * 10_000) + "]").message == "too many values"


def test_input_64_a_line_without_end_is_refused_and_forgotten() -> None:
    lines = Lines()
    for _ in range(16):
        assert lines.feed(b"x" * 65_536) == []
    with pytest.raises(LineTooLong):
        lines.feed(b"x")
    assert not lines.partial


def test_a_line_of_exactly_the_limit_passes_and_one_byte_more_does_not() -> None:
    assert Lines().feed(b"x" * LINE_MAX + b"\n") == [b"x" * LINE_MAX]
    with pytest.raises(LineTooLong):
        Lines().feed(b"x" * (LINE_MAX + 1) + b"\n")


@given(st.lists(st.binary(max_size=30).filter(lambda line: b"\n" not in line and line.strip() != b"")), st.data())
def test_lines_come_out_the_same_however_the_stream_is_cut(sent: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(line + b"\n" for line in sent) + b"rest"
    lines, out, at = Lines(), [], 0
    while at < len(stream):
        step = data.draw(st.integers(1, 40))
        out += lines.feed(stream[at : at + step])
        at += step
    assert out == sent
    assert lines.partial


def test_answers_are_what_a_client_reads() -> None:
    assert bytes(jsonrpc.read_reply(jsonrpc.answer(3, b'{"a":1}')).result) == b'{"a":1}'
    fault = Fault(code=-32000, kind="not_found", message="no friend 'x'", hint="look")
    refused = jsonrpc.read_reply(jsonrpc.refuse("i", fault))
    assert refused.error is not None
    assert (refused.id, refused.error.fault) == ("i", fault)
    assert json.loads(jsonrpc.gather([jsonrpc.answer(1, b"1"), jsonrpc.answer(2, b"2")]))[1]["result"] == 2
    assert jsonrpc.gather([]) == b""
