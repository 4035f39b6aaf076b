"""Waiting: for what only looking again can tell, and for several things at once."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Final, TypeVar

from chattor.errors import TimedOut

T = TypeVar("T")
_LOOK_AGAIN: Final = 0.05  # s


async def eventually(look: Callable[[], Awaitable[bool]], what: str, *, within: float) -> None:
    """Return once `look` says yes; `within` is in seconds. Raises TimedOut naming what was waited for."""
    try:
        async with asyncio.timeout(within):
            while not await look():  # noqa: ASYNC110  it is another program that changes
                await asyncio.sleep(_LOOK_AGAIN)
    except TimeoutError:
        raise TimedOut(f"waited {within:g} s for {what}") from None


async def together(*work: Coroutine[object, object, T]) -> list[T]:
    """Do all at once; their results in order. When one fails the others are ended first, then its error is raised."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
