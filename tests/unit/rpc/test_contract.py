"""The contract is the Api's annotations, and nothing beside them."""

import inspect
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from chattor import errors
from chattor.api import Api
from chattor.errors import ChattorError
from chattor.model.message import Priority, Wait
from chattor.rpc import contract
from chattor.rpc.contract import Connection, Refused
from chattor.rpc.jsonrpc import INVALID_PARAMS, METHOD_NOT_FOUND, Fault
from chattor.rpc.remote import RemoteNode


def test_every_api_method_is_in_the_contract_under_its_dotted_name() -> None:
    names = {found.name for found in contract.methods()}
    assert {
        "status",
        "friends.list",
        "friends.add",
        "outbox.cancel",
        "send",
        "events.subscribe",
        "rpc.describe",
    } <= names
    assert len(names) == len([*contract.functions(Api), *contract.functions(Connection)])


def test_the_remote_node_has_the_signatures_of_the_api() -> None:
    for attribute, function in contract.functions(Api):
        assert inspect.signature(getattr(RemoteNode, attribute)) == inspect.signature(function)


@pytest.mark.parametrize(
    ("name", "params", "problem"),
    [
        ("friends.add", {}, "missing required field `code`"),
        ("friends.add", {"code": "x", "nam": "y"}, "unknown field `nam`"),
        ("friends.add", {"code": 5}, "expected `str`, got `int` - at `$.code`"),
        ("history", {"friend": "f1", "limit": "9"}, "expected `int`, got `str` - at `$.limit`"),
        ("history", {"friend": "f1", "limit": True}, "expected `int`, got `bool` - at `$.limit`"),
        ("send", {"friend": "f1", "text": "x", "wait": "soon"}, "invalid enum value 'soon' - at `$.wait`"),
    ],
)
def test_input_69_a_parameter_that_does_not_fit_is_named(name: str, params: dict[str, object], problem: str) -> None:
    with pytest.raises(Refused) as refused:
        contract.named(name).bind(params)
    assert refused.value.fault.code == INVALID_PARAMS
    assert problem in refused.value.fault.message
    assert refused.value.fault.message.startswith(f"{name}: ")


@pytest.mark.parametrize(
    "name", ["nope", "friends_add", "friends.add.subscribe", "events", "__init__", "_is_protocol", "", "friends.", "."]
)
def test_input_69_an_unknown_method_is_named(name: str) -> None:
    with pytest.raises(Refused) as refused:
        contract.named(name)
    assert refused.value.fault.code == METHOD_NOT_FOUND
    assert repr(name) in refused.value.fault.message


def test_parameters_arrive_typed_with_their_defaults() -> None:
    bound = contract.named("send").bind({"friend": "f1", "text": "x", "wait": "delivered", "timeout": 3})
    assert bound == {
        "friend": "f1", "text": "x", "wait": Wait.DELIVERED, "timeout": 3.0, "reply_to": None, "key": None,
        "ttl": None, "priority": Priority.NORMAL,
    }  # fmt: skip


def test_times_are_utc_with_milliseconds_and_z() -> None:
    here = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    assert contract.encode([here, datetime(2026, 3, 1, tzinfo=UTC)]) == (
        b'["2026-03-01T10:00:00.123Z","2026-03-01T00:00:00.000Z"]'
    )


def test_a_text_that_looks_like_a_time_stays_as_it_is() -> None:
    text = "2026-03-01T10:00:00.123000Z"
    assert msgspec.json.decode(contract.encode({"text": text})) == {"text": text}


def _all_errors() -> list[type[ChattorError]]:
    return [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, ChattorError)]


@pytest.mark.parametrize("kind", _all_errors(), ids=lambda kind: kind.code)
def test_every_error_comes_back_as_the_same_class(kind: type[ChattorError]) -> None:
    back = contract.error_of(contract.fault_of(kind("what is wrong")))
    assert (type(back), str(back), back.hint) == (kind, "what is wrong", kind("x").hint)


def test_error_codes_are_distinct() -> None:
    concrete = [one for one in _all_errors() if "code" in vars(one)]
    assert len({one.code for one in concrete}) == len(concrete)


def test_an_error_of_a_newer_node_is_still_an_error() -> None:
    back = contract.error_of(Fault(code=-32000, kind="not_invented_yet", message="no"))
    assert (type(back), str(back)) == (ChattorError, "no")


def test_the_description_holds_a_schema_for_every_parameter_and_result() -> None:
    described = contract.describe()
    assert isinstance(described["methods"], list)
    by_name = {one["name"]: one for one in described["methods"]}
    assert by_name["friends.add"]["params"]["required"] == ["code"]
    assert by_name["friends.list"]["result"] == {"type": "array", "items": {"$ref": "#/$defs/Friend"}}
    assert by_name["events.subscribe"]["stream"] is True
    assert all(one["doc"] for one in by_name.values())
    assert msgspec.json.decode(contract.encode(described)) == described
