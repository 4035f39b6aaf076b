"""`Guest`: the node as one agent meets it. What the grant allows is the node's to say; nothing is decided here."""

import functools
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from inspect import CO_COROUTINE
from types import FunctionType
from typing import Any, Protocol, Self

from chattor.api import Api, ServedNode
from chattor.rpc import contract


class Doorway(Protocol):
    """What a guest needs of the door."""

    def enter(self, *, alive: bool = True) -> ServedNode:
        """The node, for one call; not `alive` is no sign that a human is there. Raises Locked."""
        ...

    def linger(self, items: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
        """A subscription, for as long as nobody locks."""
        ...

    def farewell(self, agent: int) -> None:
        """A connection of an agent's ended."""
        ...


class Guest(Api):
    """Every method of the Api, carried out in an agent's name."""

    @classmethod
    def of(cls, door: Doorway, agent: int) -> Self:
        """An agent at the door."""
        return cls(door, agent)

    def __init__(self, door: Doorway, agent: int) -> None:
        self._door = door
        self._agent = agent

    def leave(self) -> None:
        """The connection ended; once."""
        self._door.farewell(self._agent)


def _call(attribute: str, function: FunctionType) -> Callable[..., Any]:
    @functools.wraps(function)
    async def call(self: Guest, **kwargs: object) -> object:
        return await self._door.enter(alive=False).agent_call(self._agent, attribute, kwargs)

    @functools.wraps(function)
    async def events(self: Guest, **kwargs: object) -> AsyncIterator[object]:
        told = self._door.enter(alive=False).agent_events(self._agent, kwargs)
        async with aclosing(self._door.linger(told)) as items:
            async for item in items:
                yield item

    return call if function.__code__.co_flags & CO_COROUTINE else events


for _attribute, _function in contract.functions(Api):
    setattr(Guest, _attribute, _call(_attribute, _function))
