"""`RemoteNode`: the node at the other end of a wire, as an `Api`. Its methods are made from the contract.

A wire carries encoded calls: `client` has one for asyncio, `blocking` one for a program that does a single thing.
Nothing here waits or opens anything.
"""

import functools
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from inspect import CO_COROUTINE
from types import FunctionType
from typing import Any, Protocol, Self

import msgspec
from msgspec import Raw, Struct

from chattor.api import Api
from chattor.errors import BadInput, NoDaemon, TextTooLong
from chattor.rpc import contract
from chattor.rpc.contract import Method
from chattor.rpc.jsonrpc import LINE_MAX, ErrorObject, Reply
from chattor.rpc.strictjson import Malformed, parse


class Wire(Protocol):
    """A connection to a node."""

    async def call(self, name: str, params: bytes) -> bytes:
        """The encoded result of a call. Raises what the node raised, NoDaemon when it is gone."""
        ...

    def stream(self, found: Method, params: bytes) -> AsyncGenerator[bytes, None]:
        """The encoded items of a subscription; ends with it, or with the connection."""
        ...

    async def close(self) -> None:
        """Let go; safe to repeat."""
        ...


class RemoteNode(Api):
    """`Api` over a wire. Every method raises the class the node raised, or NoDaemon."""

    @classmethod
    def over(cls, wire: Wire) -> Self:
        """The node at the other end of `wire`."""
        return cls(wire)

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def close(self) -> None:
        """Let go of the connection; the node goes on. Safe to repeat."""
        await self._wire.close()


def pack(found: Method, *args: object, **kwargs: object) -> bytes:
    """Encode arguments as parameters by name. Raises BadInput for text that JSON cannot carry."""
    params = dict(zip(found.params.__struct_fields__, args, strict=False)) | kwargs
    try:
        encoded = contract.encode(params)
        parse(encoded)
    except (Malformed, UnicodeEncodeError) as error:
        problem = error if isinstance(error, Malformed) else "a string contains half a surrogate pair"
        raise BadInput(f"{found.name}: {problem}") from None
    if len(encoded) > LINE_MAX - 256:  # leaves room for the name and the id
        raise TextTooLong(f"{found.name}: {len(encoded):,} bytes are too much for one call")
    return encoded


def unwrap(reply: Reply) -> bytes:
    """The encoded result of an answer. Raises the error it carries."""
    if reply.error:
        raise contract.error_of(reply.error.fault)
    return bytes(reply.result)


class Subscribed(Struct, frozen=True):
    """The answer to a subscription."""

    subscription: int


class Notice(Struct, frozen=True):
    """One notification of a subscription: an item, or its end and why."""

    subscription: int
    item: Raw = Raw()
    error: ErrorObject | None = None

    def unwrap(self) -> bytes | None:
        """The encoded item; None at the end. Raises the error it carries."""
        if self.error:
            raise contract.error_of(self.error.fault)
        return bytes(self.item) or None


def subscribed(result: bytes) -> int:
    """The number of a new subscription."""
    return msgspec.json.decode(result, type=Subscribed).subscription


def notice(reply: Reply) -> Notice:
    """What a notification says."""
    return msgspec.json.decode(reply.params, type=Notice)


def gone() -> NoDaemon:
    """The connection ended before the answer."""
    return NoDaemon("the node went away")


def _remote(attribute: str, function: FunctionType) -> Callable[..., Any]:
    @functools.wraps(function)
    async def call(self: RemoteNode, *args: object, **kwargs: object) -> object:
        found = contract.method(attribute)
        return found.decode(await self._wire.call(found.name, pack(found, *args, **kwargs)))

    @functools.wraps(function)
    async def stream(self: RemoteNode, *args: object, **kwargs: object) -> AsyncIterator[object]:
        found = contract.method(attribute)
        async with aclosing(self._wire.stream(found, pack(found, *args, **kwargs))) as items:
            async for item in items:
                yield found.decode(item)

    return call if function.__code__.co_flags & CO_COROUTINE else stream


for _attribute, _function in contract.functions(Api):
    setattr(RemoteNode, _attribute, _remote(_attribute, _function))
