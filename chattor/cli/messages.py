"""Sending and reading messages."""

import math
from datetime import datetime

import click

from chattor.api import Api
from chattor.cli import complete, show, show_friends, show_trace
from chattor.cli.day import Day
from chattor.cli.period import Period
from chattor.cli.root import root
from chattor.cli.stdin import text_argument
from chattor.cli.verb import verb
from chattor.model.day import DAYS
from chattor.model.friend import Friend
from chattor.model.message import Message, OutboxEntry, Priority, Sent, Wait
from chattor.model.search import Order, SearchHit
from chattor.model.trace import TraceStep
from chattor.protocol.limits import DRAFT_MAX, TEXT_MAX

DRAFT_BYTES_MAX = 4 * DRAFT_MAX  # as UTF-8; the node counts characters
_PAGE = click.IntRange(1, 1_000)
_ORDER = click.Choice([one.value for one in Order])
_PRIORITY = click.Choice([one.value for one in Priority])
_WAIT = click.Choice([one.value for one in Wait])
friend = click.argument("friend", shell_complete=complete.friends)
message_id = click.argument("id")
waiting = click.argument("id", shell_complete=complete.waiting)


@root.group()
def outbox() -> None:
    """Messages that wait or failed: list, retry, cancel, resend."""


@verb(outbox, show.outbox, name="list", reading=True, names=True)
@click.option("--limit", type=_PAGE, metavar="N", default=1_000, show_default=True, help="At most so many.")
async def _list(api: Api, limit: int) -> list[OutboxEntry]:
    """List what waits, oldest first, and why."""
    return await api.outbox_list(limit)


@verb(outbox, show.entry, names=True)
@waiting
async def retry(api: Api, id: str) -> OutboxEntry:
    """Try to deliver a message now."""
    return await api.outbox_retry(id)


@verb(outbox, show.message, names=True)
@waiting
async def cancel(api: Api, id: str) -> Message:
    """Take back a message that never left."""
    return await api.outbox_cancel(id)


@verb(outbox, show.sent)
@message_id
async def resend(api: Api, id: str) -> Sent:
    """Send a message again that expired or was cancelled."""
    return await api.outbox_resend(id)


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
@click.option("--ttl", type=Period(), metavar="DURATION", help="How long it lives once it was read or delivered.")
@click.option("--reply-to", metavar="ID", help="The message this one answers.")
@click.option("--priority", type=_PRIORITY, default=Priority.NORMAL.value, help="Whom to dial first, if many wait.")
@click.option("--key", metavar="KEY", help="Send once however often it is tried with this key, of your choosing.")
async def send(
    api: Api,
    friend: str,
    text: str | None,
    wait: str,
    timeout: float | None,
    ttl: int | None,
    reply_to: str | None,
    key: str | None,
    priority: str,
) -> Sent:
    """Send TEXT to a friend; `-` reads it from stdin.

    Once this returns the message is on disk and will be delivered.
    """
    said = text_argument(text, TEXT_MAX)
    return await api.send(friend, said, Wait(wait), timeout, reply_to, key, ttl, Priority(priority))


_target = click.argument("message")


@verb(root, show.message, names=True)
@_target
@click.argument("text", required=False)
async def edit(api: Api, message: str, text: str | None) -> Message:
    """Replace the text of one of your messages by TEXT; `-` reads it from stdin."""
    return await api.edit(message, text_argument(text, TEXT_MAX))


@verb(root, show.message, names=True)
@_target
async def delete(api: Api, message: str) -> Message:
    """Delete one of your messages, on both sides."""
    return await api.delete(message)


@verb(root, show.message, names=True)
@_target
@click.argument("emoji")
async def react(api: Api, message: str, emoji: str) -> Message:
    """React to a message with one EMOJI; '' takes it back."""
    return await api.react(message, emoji)


@verb(root, show.history, reading=True, names=True)
@friend
@click.option("--limit", type=_PAGE, metavar="N", default=50, show_default=True, help="At most so many.")
@click.option("--before", metavar="ID", help="The page before a message.")
@click.option("--around", metavar="ID", help="The page around a message.")
@click.option("--at", type=Day(), metavar="DAY", help=f"The page around the first message of a day: {DAYS}.")
async def history(
    api: Api, friend: str, limit: int, before: str | None, around: str | None, at: datetime | None
) -> list[Message]:
    """Show a conversation, oldest first."""
    return await api.history(friend, limit, before, around, at)


@verb(root, show.hits, reading=True, names=True)
@click.argument("query", nargs=-1, required=True)
@click.option("--friend", metavar="FRIEND", shell_complete=complete.friends, help="Only this conversation.")
@click.option("--limit", type=_PAGE, metavar="N", default=50, show_default=True, help="At most so many.")
@click.option("--order", type=_ORDER, default=Order.NEWEST.value, show_default=True, help="Which come first.")
@click.option("--before", metavar="ID", help="Only what is older than a hit.")
async def search(
    api: Api, query: tuple[str, ...], friend: str | None, limit: int, order: str, before: str | None
) -> list[SearchHit]:
    """Find messages that hold every word of QUERY.

    A word is found by its beginning, or inside of others when none begins so. Also: "a phrase", *part*, from:NAME,
    from:me, after:2026-01-31 (that day and later), before:2026-02 (earlier than that). `history FRIEND --around ID`
    shows a hit in its place. in:CHANNEL finds posts of a channel instead, in:* of all.
    """
    return await api.search(" ".join(query), friend, limit, Order(order), before)


@verb(root, show_trace.trace, reading=True)
@_target
async def trace(api: Api, message: str) -> list[TraceStep]:
    """Show the life of a message: queued, dialled for, sent, delivered, read."""
    return await api.trace(message)


@verb(root, show_friends.friend)
@friend
@click.option("--upto", metavar="ID", help="The last message that is read; '' marks all unread.")
async def read(api: Api, friend: str, upto: str | None) -> Friend:
    """Mark a conversation as read, or what came after a message as unread."""
    return await api.read(friend, upto)


@verb(root, show.draft)
@friend
@click.argument("text", required=False)
async def draft(api: Api, friend: str, text: str | None) -> str:
    """Show what is half written to a friend; with TEXT, keep that instead.

    `-` reads TEXT from stdin, '' keeps nothing. All faces show the same draft.
    """
    return await api.draft(friend, None if text is None else text_argument(text, DRAFT_BYTES_MAX))


@verb(root, show_friends.friend)
@friend
@click.argument("timer", type=Period(off="off"), metavar="off|DURATION")
async def ephemeral(api: Api, friend: str, timer: int | None) -> Friend:
    """Let texts of both sides vanish so long after they were read or delivered, such as 5m, 1h, 7d."""
    return await api.ephemeral(friend, timer)
