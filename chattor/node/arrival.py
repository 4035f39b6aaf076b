"""Waiting until a message arrived, or never will."""

import asyncio

from chattor.errors import BadInput, NotAllowed, TimedOut
from chattor.handlers import messaging
from chattor.model.message import GIVEN_UP, UNDER_WAY, Sent, Wait
from chattor.node.core import Core


def check_patience(timeout: float | None) -> None:
    """Raise BadInput for what is no time to wait."""
    if timeout is not None and not 0 <= timeout < float("inf"):
        raise BadInput("the timeout is a number of seconds, 0 or more")


async def arrived(core: Core, sent: Sent, wait: Wait, timeout: float | None) -> Sent:
    """A message that is on disk, once it got as far as `wait`. Raises TimedOut, NotAllowed for what never will."""
    if wait is Wait.QUEUED:
        return sent
    try:
        async with asyncio.timeout(timeout):
            row = await _settled(core, sent)
    except TimeoutError as error:
        raise TimedOut(f"{sent.id} was not delivered within {timeout:g} s; it stays queued") from error
    if row.state in GIVEN_UP:
        raise NotAllowed(f"it was {row.state} before it was delivered")
    return row


async def _settled(core: Core, sent: Sent) -> Sent:
    with core.hub.ear() as ear:
        while True:
            row = await core.ask(messaging.sent, sent.id)
            if row.state not in UNDER_WAY:
                return row
            if core.hub.closed:
                raise TimedOut(f"the node stopped before {sent.id} was delivered; it stays queued")
            await ear.listen()
