"""Sending, reading and following messages."""

import math
import sys
from collections.abc import AsyncIterator

import click

from chattor.api import Api, Batch
from chattor.cli import show
from chattor.cli.root import root
from chattor.cli.verb import stream, verb
from chattor.errors import BadInput, TextTooLong, UsageError
from chattor.model.events import Event
from chattor.model.friend import Friend
from chattor.model.message import Message, OutboxEntry, Sent, Wait
from chattor.protocol.limits import TEXT_MAX

_PAGE = click.IntRange(1, 1_000)
_WAIT = click.Choice([one.value for one in Wait])
friend = click.argument("friend")
message_id = click.argument("id")
since = click.option("--since", metavar="CURSOR", help="Begin after this cursor.")


@root.group()
def outbox() -> None:
    """Messages that wait: list, retry, cancel."""


@verb(outbox, show.outbox, name="list", reading=True, names=True)
@click.option("--limit", type=_PAGE, default=1_000, show_default=True, help="At most so many.")
async def _list(api: Api, limit: int) -> list[OutboxEntry]:
    """List what waits, oldest first, and why."""
    return await api.outbox_list(limit)


@verb(outbox, show.entry, names=True)
@message_id
async def retry(api: Api, id: str) -> OutboxEntry:
    """Try to deliver a message now."""
    return await api.outbox_retry(id)


@verb(outbox, show.message, names=True)
@message_id
async def cancel(api: Api, id: str) -> Message:
    """Take back a message that never left."""
    return await api.outbox_cancel(id)


def _finite(_context: click.Context, _option: click.Parameter, seconds: float | None) -> float | None:
    """A range lets nan through: it is neither too small nor too large."""
    if seconds is not None and not math.isfinite(seconds):
        raise click.BadParameter(f"{seconds} is no number of seconds")
    return seconds


_SECONDS = click.FloatRange(0, min_open=True)


@verb(root, show.sent)
@friend
@click.argument("text", required=False)
@click.option("--wait", type=_WAIT, default=Wait.QUEUED.value, show_default=True, help="Answer when it got that far.")
@click.option("--timeout", type=_SECONDS, callback=_finite, metavar="SECONDS", help="Wait no longer (exit 4).")
@click.option("--reply-to", metavar="ID", help="The message this one answers.")
async def send(api: Api, friend: str, text: str | None, wait: str, timeout: float | None, reply_to: str | None) -> Sent:
    """Send TEXT to a friend; `-` reads it from stdin.

    Once this returns the message is on disk and will be delivered.
    """
    return await api.send(friend, _text(text), Wait(wait), timeout, reply_to)


@verb(root, show.history, reading=True, names=True)
@friend
@click.option("--limit", type=_PAGE, default=50, show_default=True, help="At most so many.")
@click.option("--before", metavar="ID", help="The page before a message.")
@click.option("--around", metavar="ID", help="The page around a message.")
async def history(api: Api, friend: str, limit: int, before: str | None, around: str | None) -> list[Message]:
    """Show a conversation, oldest first."""
    return await api.history(friend, limit, before, around)


@verb(root, show.friend)
@friend
async def read(api: Api, friend: str) -> Friend:
    """Mark a conversation as read."""
    return await api.read(friend)


@verb(root, show.batch, names=True)
@since
@click.option("--ack", is_flag=True, help="Begin after these events next time.")
@click.option("--limit", type=_PAGE, default=100, show_default=True, help="At most so many.")
async def recv(api: Api, since: str | None, ack: bool, limit: int) -> Batch:
    """Take what happened since a cursor or the last --ack."""
    return await api.recv(since, ack, limit)


@stream(root)
@since
def listen(api: Api, since: str | None) -> AsyncIterator[Event]:
    """Follow events as they happen, one JSON object a line."""
    return api.events(since)


def _text(text: str | None) -> str:
    if text is None and sys.stdin.isatty():
        raise UsageError("TEXT is missing; `-` reads it from stdin")
    return _from_stdin() if text in (None, "-") else text


def _from_stdin() -> str:
    """All of stdin but one final newline, never more than a message holds."""
    data = sys.stdin.buffer.read(TEXT_MAX + 2).removesuffix(b"\n")
    if len(data) > TEXT_MAX:
        raise TextTooLong(f"stdin holds more than {TEXT_MAX:,} bytes")
    if b"\0" in data:
        raise BadInput("stdin holds a NUL byte")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise BadInput("stdin is not UTF-8") from None
