"""The RPC methods, derived from the annotations of `Api`: names, parameters, results, schemas, errors. No I/O.

`friends_add` is `friends.add`; a method that returns an iterator (`events`) is a subscription, `events.subscribe`.
Adding a method to `Api` adds it here, to the server, to `RemoteNode` and to `rpc.describe`. Times travel as ISO 8601
UTC with milliseconds; errors travel by their `code` and come back as the same class.
"""

import itertools
import json
import typing
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from types import FunctionType
from typing import Any, Final

import msgspec
from msgspec import Struct

from chattor.api import Api
from chattor.errors import ChattorError, Internal, OtherVersion
from chattor.model.agent import Agent
from chattor.rpc.jsonrpc import APPLICATION_ERROR, INTERNAL_ERROR, INVALID_PARAMS, METHOD_NOT_FOUND, Fault

SUBSCRIBE: Final = ".subscribe"


class Connection(typing.Protocol):
    """What a connection answers itself, beside the node's `Api`."""

    async def rpc_describe(self) -> dict[str, Any]:
        """Every method with the JSON schemas of its parameters and result, and every error."""
        ...

    async def agent_login(self, token: str) -> Agent:
        """From now on this connection is an agent's: it does what the grant allows, and never anything else again.

        Raises BadToken; after five of them in a row each further one has to wait.
        """
        ...

    async def events_unsubscribe(self, subscription: int) -> None:
        """End a subscription of this connection."""
        ...


def functions(interface: type) -> Iterator[tuple[str, FunctionType]]:
    """The public methods an interface declares, part by part, in its order."""
    for part in interface.__mro__:
        for attribute, value in vars(part).items():
            if isinstance(value, FunctionType) and not attribute.startswith("_"):
                yield attribute, value


_TABLE: Final = dict(itertools.chain(functions(Api), functions(Connection)))


class Refused(Exception):
    """A call that does not fit the contract; `fault` is the answer to it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class Method(Struct, frozen=True, kw_only=True):
    """One method. `params` is a Struct type whose fields are the parameters, `result` the type of a stream's item."""

    name: str
    attribute: str
    doc: str
    params: type[Struct]
    result: Any
    stream: bool

    @property
    def paged(self) -> bool:
        """Whether it answers with as much as it is asked for: what may be large, and waits for the store only."""
        return "limit" in self.params.__struct_fields__

    def bind(self, params: Mapping[str, object]) -> dict[str, Any]:
        """Keyword arguments for the Api's method. Raises Refused naming what does not fit."""
        try:
            fitting = msgspec.convert(params, self.params, strict=True)
        except msgspec.ValidationError as error:
            raise Refused(_misfit(self.name, str(error))) from None
        return msgspec.structs.asdict(fitting)

    def notice(self, what: str) -> str:
        """The name of a stream's notifications: `item` and `end`."""
        return f"{self.attribute}.{what}"

    def decode(self, result: bytes) -> object:
        """The value of a result or of a stream's item, of the type `Api` says. Raises OtherVersion."""
        try:
            return msgspec.json.decode(result, type=self.result)
        except msgspec.ValidationError as error:
            raise OtherVersion(f"the answer to {self.name} is not understood: {str(error)[:200]}") from None


@cache
def method(attribute: str) -> Method:
    """The contract of one method of `Api` or `Connection`, by its attribute. Raises KeyError."""
    function = _TABLE[attribute]
    hints = typing.get_type_hints(function)
    result = hints.pop("return")
    stream = typing.get_origin(result) is AsyncIterator
    return Method(
        name=attribute.replace("_", ".", 1) + SUBSCRIBE * stream,
        attribute=attribute,
        doc=" ".join((function.__doc__ or "").split()),
        params=msgspec.defstruct(attribute, _fields(function, hints), forbid_unknown_fields=True, kw_only=True),
        result=typing.get_args(result)[0] if stream else result,
        stream=stream,
    )


def methods() -> Iterator[Method]:
    """The whole contract, in the order of `Api`."""
    return map(method, _TABLE)


def is_stream(name: str) -> bool:
    """Whether a name on the wire is a subscription's; whatever else is no method's is neither."""
    with suppress(Refused):
        return named(name).stream
    return False


def is_paged(name: str) -> bool:
    """Whether a name on the wire is that of a method with pages."""
    with suppress(Refused):
        return named(name).paged
    return False


def named(name: str) -> Method:
    """The method behind a name on the wire. Raises Refused."""
    for known in (name, name.removesuffix(SUBSCRIBE)):  # a method may be called subscribe itself
        attribute = known.replace(".", "_", 1)
        if attribute in _TABLE and (found := method(attribute)).name == name:
            return found
    raise Refused(_unknown(name))


def encode(value: object) -> bytes:
    """JSON of a result, an event or parameters; times in UTC with milliseconds."""
    return _ENCODER.encode(msgspec.to_builtins(value, builtin_types=(datetime,))).encode()


def fault_of(error: ChattorError) -> Fault:
    """An error as it travels."""
    number = INTERNAL_ERROR if isinstance(error, Internal) else APPLICATION_ERROR
    return Fault(code=number, kind=error.code, message=str(error), hint=error.hint)


def error_of(fault: Fault) -> ChattorError:
    """The same error on the other side; what this version does not know is a plain ChattorError.

    Calls are made from this contract: a node that knows the method or a parameter no more, or not yet, has another.
    """
    if fault.kind in (_UNKNOWN, _MISFIT):
        return OtherVersion(f"the node does not understand the call: {fault.message}")
    return errors().get(fault.kind, ChattorError)(fault.message)


@cache
def errors() -> Mapping[str, type[ChattorError]]:
    """Every error class by its code."""
    found: dict[str, type[ChattorError]] = {}
    classes = [ChattorError]
    while classes:
        one = classes.pop()
        found.setdefault(one.code, one)
        classes += one.__subclasses__()
    return found


def describe() -> dict[str, Any]:
    """The contract as data: every method with the JSON schemas of its parameters and result, every error."""
    listed = list(methods())
    schemas, definitions = msgspec.json.schema_components([one.result for one in listed])
    return {
        "methods": [
            {"name": one.name, "doc": one.doc, "stream": one.stream, "params": _parameters(one), "result": schema}
            for one, schema in zip(listed, schemas, strict=True)
        ],
        "errors": [
            {"code": code, "exit": one.exit_code, "hint": one("").hint} for code, one in sorted(errors().items())
        ],
        "$defs": definitions,
    }


def _fields(function: FunctionType, hints: Mapping[str, Any]) -> list[tuple[str, Any] | tuple[str, Any, Any]]:
    defaults = function.__defaults__ or ()
    required = len(hints) - len(defaults)
    pairs = list(hints.items())
    return [
        *pairs[:required],
        *((name, hint, value) for (name, hint), value in zip(pairs[required:], defaults, strict=True)),
    ]


def _parameters(one: Method) -> object:
    _, definitions = msgspec.json.schema_components([one.params])
    own = definitions.pop(one.params.__name__)
    return own | ({"$defs": definitions} if definitions else {})


def _time(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} has no JSON form")
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_time)


def _misfit(name: str, problem: str) -> Fault:
    message = f"{name}: {problem[:1].lower()}{problem[1:200]}"
    return Fault(code=INVALID_PARAMS, kind=_MISFIT, message=message, hint=_HINT)


def _unknown(name: str) -> Fault:
    return Fault(code=METHOD_NOT_FOUND, kind=_UNKNOWN, message=f"no method {name!r}", hint=_HINT)


_UNKNOWN: Final = "unknown_method"
_MISFIT: Final = "bad_params"
_HINT: Final = "`chattor rpc describe` lists the methods and their parameters"
