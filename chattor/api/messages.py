"""Conversations and what waits to leave."""

from datetime import datetime
from typing import Protocol

from chattor.model.friend import Friend
from chattor.model.message import Message, OutboxEntry, Priority, Sent, Wait
from chattor.model.trace import TraceStep


class MessagesApi(Protocol):
    """Conversations."""

    async def send(
        self,
        friend: str,
        text: str,
        wait: Wait = Wait.QUEUED,
        timeout: float | None = None,
        reply_to: str | None = None,
        key: str | None = None,
        ttl: int | None = None,
        priority: Priority = Priority.NORMAL,
    ) -> Sent:
        """Queue a message; answers once it is on disk, or delivered with `wait`.

        `timeout` is in seconds and only bounds the waiting: raises TimedOut, the message stays queued.
        `key` (at most 128 characters, per friend) makes a repeated call harmless: it answers with the first message,
        or raises SentAndGone with its id when that is not kept any more.
        `ttl` is how many seconds the text lives; without it the timer of the conversation counts.
        `priority` decides whom we dial first while many are to be dialled; one friend hears all in the order written.
        """
        ...

    async def history(
        self,
        friend: str,
        limit: int = 50,
        before: str | None = None,
        around: str | None = None,
        at: datetime | None = None,
    ) -> list[Message]:
        """A page of a conversation, oldest first; the newest page unless `before` or `around` a message id, or around
        the first message that was here `at` a moment or later.

        A `limit` below 1 gives one message, above 1,000 a thousand.
        """
        ...

    async def edit(self, id: str, text: str) -> Message:
        """Put another text in place of one of our messages, on both sides; the old one is gone."""
        ...

    async def delete(self, id: str) -> Message:
        """Drop the text of one of our messages, on both sides, for good."""
        ...

    async def react(self, id: str, emoji: str) -> Message:
        """Say with one emoji what we think of a message of either side; another replaces it, "" takes it back."""
        ...

    async def ephemeral(self, friend: str, seconds: int | None) -> Friend:
        """Texts of both sides live so long once read or delivered, 5 s to 365 d; None for ever."""
        ...

    async def read(self, friend: str, upto: str | None = None) -> Friend:
        """Move our read marker to a message id, also back, or to the end; "" is before all. What is read was shown."""
        ...

    async def typing(self, friend: str, active: bool = True) -> None:
        """Let a friend know that we type, or ceased to; call it at every key. Nothing is said to whoever is away."""
        ...

    async def draft(self, friend: str, text: str | None = None) -> str:
        """The unsent text kept for a friend; with `text` (may be empty) it is replaced first."""
        ...

    async def trace(self, id: str) -> list[TraceStep]:
        """The life of a message: queued, dials and their errors meanwhile, links, sent, delivered, read."""
        ...

    async def outbox_list(self, limit: int = 1000) -> list[OutboxEntry]:
        """What waits, oldest first, at most `limit`."""
        ...

    async def outbox_retry(self, id: str) -> OutboxEntry:
        """Try now."""
        ...

    async def outbox_cancel(self, id: str) -> Message:
        """Take a message back that never left; refused once it was written to a link."""
        ...

    async def outbox_resend(self, id: str) -> Sent:
        """Send the text of a message again that expired or was cancelled: a new message takes it over."""
        ...
