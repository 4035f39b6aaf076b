"""`Door`: the one place where a locked profile is kept from the faces. It stands before a node, as an `Api`.

Locked, every method but status, unlock and stop raises Locked and every subscription ends so; the node goes on
delivering. Locked hard, there is no node. After some time without a call by a face the door shuts by itself.
"""

import asyncio
import functools
import logging
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from inspect import CO_COROUTINE
from types import FunctionType
from typing import Any, Final, Protocol, Self, cast

from msgspec.structs import replace

from chattor.api import Api, ServedNode
from chattor.errors import BadToken, LocalError, Locked, WrongPassphrase
from chattor.model.agent import Agent
from chattor.model.events import Event
from chattor.model.status import Status
from chattor.rpc import contract
from chattor.rpc.guest import Guest

log: Final = logging.getLogger(__name__)
FREE_GUESSES: Final = 3
"""Wrong passphrases in a row before each further one has to wait."""
WAITS: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Seconds a guess waits; the last one for all that follow. Nothing is ever deleted."""
FREE_TOKENS: Final = 5
"""Wrong tokens in a row before each further one has to wait."""
TOKEN_WAIT: Final = 1.0
"""Seconds until the next wrong token is refused then."""
LOOK: Final = 5.0
"""Seconds between two looks at how long nobody called."""


class House(Protocol):
    """What stands behind a door: a node that can be closed and opened again."""

    @property
    def node(self) -> ServedNode | None:
        """The node; None while it is closed."""
        ...

    @property
    def lock_after(self) -> float | None:
        """After how many seconds without a call the door shuts; None for never."""
        ...

    async def open(self, passphrase: str) -> None:
        """Open the store and go on the network again. Raises WrongPassphrase and what opening raises."""
        ...

    async def close(self) -> None:
        """Close the store and leave the network; forget the key."""
        ...

    async def check(self, passphrase: str) -> None:
        """Raises WrongPassphrase."""
        ...

    def dismiss(self) -> None:
        """End every subscription."""
        ...

    def absent(self) -> Status:
        """How it stands while there is no node."""
        ...


class Door(Api):
    """A node that can be locked. `clock` gives seconds that never go back."""

    @classmethod
    def of(cls, house: House, clock: Callable[[], float]) -> Self:
        """An open door."""
        return cls(house, clock)

    def __init__(self, house: House, clock: Callable[[], float]) -> None:
        self._house = house
        self._clock = clock
        self._locked = False
        self._called_at = clock()
        self._wrong = 0
        self._windows = 0
        self._guessing = asyncio.Lock()
        self._refused = 0
        self._refusing = asyncio.Lock()
        self._guests: Counter[int] = Counter()
        """How many connections each agent has."""
        self.stopping = asyncio.Event()
        """Set when somebody asked the host to stop."""

    @property
    def locked(self) -> bool:
        """Nothing is answered until the passphrase is given."""
        return self._locked

    @property
    def watched(self) -> bool:
        """Whether somebody follows the events to show them: who only peeks is a window."""
        return self._windows > 0

    async def events(
        self, since: str | None = None, peek: bool = False, consumer: str | None = None
    ) -> AsyncIterator[Event]:
        """Events as they happen; ends when the node stops, or somebody locks."""
        self._windows += peek
        try:
            found = cast("AsyncGenerator[Event, None]", self.enter().events(since, peek, consumer))
            async with aclosing(self.linger(found)) as items:
                async for item in items:
                    yield item
        finally:
            self._windows -= peek

    async def status(self) -> Status:
        """One look at the node; tells whether it is locked, and is no sign of life of a face."""
        node = self._house.node
        return self._house.absent() if node is None else replace(await node.status(), locked=self._locked)

    async def stop(self) -> None:
        """Ask the host to stop; answers before it does."""
        self.stopping.set()
        self._house.dismiss()

    async def lock(self, hard: bool = False) -> None:
        """Refuse everything until the passphrase is given; `hard` closes the store and leaves the network too."""
        async with self._guessing:
            self._shut()
            if hard:
                await self._house.close()

    async def unlock(self, passphrase: str) -> None:
        """Let the faces in again; guesses wait for one another."""
        async with self._guessing:
            if not self._locked:
                return
            if self._wrong >= FREE_GUESSES:
                await asyncio.sleep(WAITS[min(self._wrong - FREE_GUESSES, len(WAITS) - 1)])
            try:
                await (self._house.open if self._house.node is None else self._house.check)(passphrase)
            except WrongPassphrase:
                self._wrong += 1
                log.warning("a wrong passphrase, %d in a row", self._wrong)
                raise
            self._wrong = 0
            self._called_at = self._clock()
            self._locked = False

    async def watch(self) -> None:
        """Shut when no face called for the set time; runs until it is cancelled."""
        while True:
            await asyncio.sleep(LOOK)
            after = self._house.lock_after
            if after is not None and not self._locked and self._clock() - self._called_at >= after:
                self._shut()

    def _shut(self) -> None:
        self._locked = True
        self._house.dismiss()

    async def welcome(self, token: str) -> tuple[Guest, Agent]:
        """The node as an agent may use it, until it leaves. Raises BadToken, Locked.

        Wrong tokens wait for one another; a right one waits for none of them, or whoever guesses kept all others out.
        That this tells them apart helps nobody: a token has 256 bits.
        """
        try:
            number, agent = await self.enter(alive=False).agent_named(token)
        except BadToken:
            self._refused += 1
            if self._refused > FREE_TOKENS:
                async with self._refusing:
                    await asyncio.sleep(TOKEN_WAIT)
            log.warning("a wrong token, %d in a row", self._refused)
            raise
        self._refused = 0
        self._guests[number] += 1
        return Guest.of(self, number), agent

    def farewell(self, agent: int) -> None:
        """A connection of an agent's ended; with the last of them the node forgets what it said that it does."""
        self._guests[agent] -= 1
        if self._guests[agent] == 0:
            del self._guests[agent]
            if self._house.node is not None:
                self._house.node.agent_left(agent)

    def enter(self, *, alive: bool = True) -> ServedNode:
        """The node, for one call; not `alive` is no sign that a human is there. Raises Locked."""
        node = self._house.node
        if self._locked or node is None:
            raise Locked("the profile is locked")
        if alive:
            self._called_at = self._clock()
        return node

    async def linger(self, items: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
        """A subscription, for as long as nobody locks. Raises Locked then."""
        try:
            async with aclosing(items):
                async for item in items:
                    if self._locked:
                        break
                    yield item
        except LocalError:  # of a store that was closed under it
            if not self._locked:
                raise
        if self._locked:
            raise Locked("the profile was locked")


def _guarded(attribute: str, function: FunctionType) -> Callable[..., Any]:
    @functools.wraps(function)
    async def call(self: Door, *args: object, **kwargs: object) -> object:
        return await getattr(self.enter(), attribute)(*args, **kwargs)

    @functools.wraps(function)
    async def stream(self: Door, *args: object, **kwargs: object) -> AsyncIterator[object]:
        async with aclosing(self.linger(getattr(self.enter(), attribute)(*args, **kwargs))) as items:
            async for item in items:
                yield item

    return call if function.__code__.co_flags & CO_COROUTINE else stream


for _attribute, _function in contract.functions(Api):
    if _attribute not in vars(Door):
        setattr(Door, _attribute, _guarded(_attribute, _function))
