"""Conversations and what waits to leave."""

from datetime import datetime

from chattor.handlers import changes, delivery, ephemeral, messaging, reading, timers, trace
from chattor.model.friend import Friend
from chattor.model.message import Message, OutboxEntry, Priority, Sent, Wait
from chattor.model.trace import TraceStep
from chattor.node.api.part import Part
from chattor.node.arrival import arrived, check_patience


class MessagesPart(Part):
    """Implements `chattor.api.messages`."""

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
        """Queue a message; answers once it is on disk, or delivered with `wait`."""
        check_patience(timeout)
        command = messaging.SendText(friend=friend, text=text, reply_to=reply_to, key=key, ttl=ttl, priority=priority)
        return await arrived(self._core, await self._core.act(messaging.send_text, command), wait, timeout)

    async def history(
        self,
        friend: str,
        limit: int = 50,
        before: str | None = None,
        around: str | None = None,
        at: datetime | None = None,
    ) -> list[Message]:
        """A page of a conversation, oldest first."""
        command = messaging.History(friend=friend, limit=limit, before=before, around=around, at=at)
        page = await self._core.ask(messaging.history, command)
        return await self._core.act(messaging.show, command) if any(map(ephemeral.is_unshown, page)) else page

    async def edit(self, id: str, text: str) -> Message:
        """Put another text in place of one of our messages."""
        return await self._core.act(changes.edit, id, text)

    async def delete(self, id: str) -> Message:
        """Drop the text of one of our messages."""
        return await self._core.act(changes.delete, id)

    async def react(self, id: str, emoji: str) -> Message:
        """Say with one emoji what we think of a message."""
        return await self._core.act(changes.react, id, emoji)

    async def ephemeral(self, friend: str, seconds: int | None) -> Friend:
        """Texts of both sides live so long once read or delivered."""
        return await self._core.act(timers.set_timer, friend, seconds)

    async def read(self, friend: str, upto: str | None = None) -> Friend:
        """Move our read marker to a message, or to the end."""
        return await self._core.act(reading.read, friend, upto)

    async def typing(self, friend: str, active: bool = True) -> None:
        """Let a friend know that we type, or ceased to."""
        await self._runtime.whispers.type(friend, active=active)

    async def draft(self, friend: str, text: str | None = None) -> str:
        """The unsent text kept for a friend."""
        return await self._core.act(reading.draft, friend, text)

    async def trace(self, id: str) -> list[TraceStep]:
        """The life of a message."""
        return await self._core.ask(trace.trace, id)

    async def outbox_list(self, limit: int = 1000) -> list[OutboxEntry]:
        """What waits, oldest first."""
        return await self._core.ask(delivery.outbox, limit)

    async def outbox_retry(self, id: str) -> OutboxEntry:
        """Try now."""
        return await self._core.act(delivery.retry, id)

    async def outbox_cancel(self, id: str) -> Message:
        """Take a message back that never left."""
        return await self._core.act(messaging.cancel, id)

    async def outbox_resend(self, id: str) -> Sent:
        """Send the text of a message again that never arrived."""
        return await self._core.act(messaging.resend, id)
