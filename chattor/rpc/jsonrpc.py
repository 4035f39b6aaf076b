"""JSON-RPC 2.0, one object a line: bytes in, calls out, and back. No I/O, no knowledge of any method.

A request is parsed strictly (`strictjson`) and checked to the letter; whatever is wrong with it becomes the answer
to it, never an exception. Source: jsonrpc.org/specification. Parameters are taken by name only.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from chattor.rpc.strictjson import Malformed, parse

LINE_MAX: Final = 1 << 20  # bytes of a request; a batch of 16 full messages fits
REPLY_MAX: Final = 1 << 27  # bytes of a reply from our own node; 1,000 full messages, every character escaped
BATCH_MAX: Final = 16
WORD_MAX: Final = 64  # characters of an id or a method's name

PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602
INTERNAL_ERROR: Final = -32603
APPLICATION_ERROR: Final = -32000

Id = str | int
HINT: Final = "one JSON-RPC 2.0 object a line; `chattor rpc describe` lists the methods"
_MEMBERS: Final = frozenset({"jsonrpc", "id", "method", "params"})


class LineTooLong(Exception):
    """More than one line may hold."""


class Fault(Struct, frozen=True, kw_only=True):
    """An error object: `code` is JSON-RPC's, `kind` and `hint` travel as `data.code` and `data.hint`."""

    code: int
    kind: str
    message: str
    hint: str = ""


class Call(Struct, frozen=True, kw_only=True):
    """A well-formed request; without an id it is a notification and gets no answer."""

    id: Id | None
    method: str
    params: Mapping[str, object]


class Refusal(Struct, frozen=True, kw_only=True):
    """A request that cannot even be looked up, and the answer to it; a notification gets none."""

    id: Id | None
    fault: Fault
    notification: bool = False


class Incoming(Struct, frozen=True, kw_only=True):
    """What one line asks for."""

    entries: tuple[Call | Refusal, ...]
    batch: bool = False


class Lines:
    """Cuts a byte stream into lines of at most `limit` bytes; blank ones are skipped."""

    def __init__(self, limit: int = LINE_MAX) -> None:
        self._limit = limit
        self._rest = bytearray()

    @property
    def partial(self) -> bool:
        """A line was begun and not ended."""
        return bool(self._rest)

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that are complete by now. Raises LineTooLong, and forgets what it held."""
        self._rest += data
        lines: list[bytes] = []
        if b"\n" in data:
            *lines, rest = bytes(self._rest).split(b"\n")
            self._rest = bytearray(rest)
        if len(self._rest) > self._limit or any(len(line) > self._limit for line in lines):
            self._rest.clear()
            raise LineTooLong(f"a line holds at most {self._limit:,} bytes")
        return [line for line in lines if line.strip()]


def read(line: bytes) -> Incoming:
    """Parse one request line; whatever is wrong with it becomes a Refusal, never an exception."""
    try:
        value = parse(line)
    except Malformed as error:
        return Incoming(entries=(_refusal(None, str(error), PARSE_ERROR, "parse_error"),))
    if not isinstance(value, list):
        return Incoming(entries=(_entry(value),))
    if not 1 <= len(value) <= BATCH_MAX:
        return Incoming(entries=(_refusal(None, f"a batch has 1 to {BATCH_MAX} calls, not {len(value)}"),))
    return Incoming(entries=tuple(map(_entry, value)), batch=True)


def answer(id: Id, result: bytes) -> bytes:
    """The line that answers a call with an encoded result."""
    return b'{"jsonrpc":"2.0","id":%b,"result":%b}\n' % (msgspec.json.encode(id), result)


def refuse(id: Id | None, fault: Fault) -> bytes:
    """The line that answers a call with an error."""
    error = msgspec.json.encode(error_object(fault))
    return b'{"jsonrpc":"2.0","id":%b,"error":%b}\n' % (msgspec.json.encode(id), error)


def error_object(fault: Fault) -> dict[str, object]:
    """The error member of an answer."""
    return {"code": fault.code, "message": fault.message, "data": {"code": fault.kind, "hint": fault.hint}}


def ask(id: Id | None, method: str, params: bytes) -> bytes:
    """The line of a call; of a notification without an id."""
    name = msgspec.json.encode(method)
    if id is None:
        return b'{"jsonrpc":"2.0","method":%b,"params":%b}\n' % (name, params)
    return b'{"jsonrpc":"2.0","id":%b,"method":%b,"params":%b}\n' % (msgspec.json.encode(id), name, params)


def gather(answers: Sequence[bytes]) -> bytes:
    """The one line that answers a batch; nothing if all were notifications."""
    return b"[%b]\n" % b",".join(one.rstrip() for one in answers) if answers else b""


class ErrorData(Struct, frozen=True):
    """What JSON-RPC leaves to us: the stable code and what to do."""

    code: str = ""
    hint: str = ""


class ErrorObject(Struct, frozen=True):
    """The error member of an answer, as it is read."""

    code: int
    message: str
    data: ErrorData = ErrorData()

    @property
    def fault(self) -> Fault:
        """The same as our own value."""
        return Fault(code=self.code, kind=self.data.code, message=self.message, hint=self.data.hint)


class Reply(Struct, frozen=True):
    """What a node wrote: an answer (`id`, and `result` or `error`) or a notification (`method`, `params`)."""

    id: Id | None = None
    result: msgspec.Raw = msgspec.Raw()
    error: ErrorObject | None = None
    method: str | None = None
    params: msgspec.Raw = msgspec.Raw()


_REPLY: Final = msgspec.json.Decoder(Reply)


def read_reply(line: bytes) -> Reply:
    """One line of our own node. Raises Malformed."""
    try:
        return _REPLY.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"not a JSON-RPC reply: {error}") from None


def _entry(value: object) -> Call | Refusal:
    if not isinstance(value, dict):
        return _refusal(None, "a call is an object")
    if "id" in value and not _is_id(value["id"]):
        return _refusal(None, f"an id is a string of at most {WORD_MAX} characters or an integer")
    known: Id | None = value.get("id")
    if value.get("jsonrpc") != "2.0":
        return _refusal(known, "jsonrpc must be 2.0")
    if not value.keys() <= _MEMBERS:
        return _refusal(known, "a call has jsonrpc, id, method and params, nothing else")
    method, params = value.get("method"), value.get("params", {})
    if not isinstance(method, str) or len(method) > WORD_MAX:
        return _refusal(known, f"method must be a string of at most {WORD_MAX} characters")
    if isinstance(params, dict):
        return Call(id=known, method=method, params=params)
    fault = Fault(code=INVALID_PARAMS, kind="bad_params", message="params is an object, parameters by name", hint=HINT)
    return Refusal(id=known, fault=fault, notification=isinstance(params, list) and "id" not in value)


def _is_id(id: object) -> bool:
    return (isinstance(id, str) and len(id) <= WORD_MAX) or (isinstance(id, int) and not isinstance(id, bool))


def _refusal(id: Id | None, message: str, code: int = INVALID_REQUEST, kind: str = "bad_request") -> Refusal:
    """What is no call at all is answered: nobody can tell whether it was to be."""
    return Refusal(id=id, fault=Fault(code=code, kind=kind, message=message, hint=HINT))
