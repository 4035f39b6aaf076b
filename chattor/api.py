"""The typed interface every face speaks: commands, queries, one event stream.

Implemented by `node.Node` (in process) and by `rpc.client.RemoteNode` (over the socket). RPC methods, their
parameters and results, and the CLI's --json derive from these annotations: a method `friends_add` here is
`friends.add` on the wire. Every command answers after its commit; every error is a `chattor.errors` class.

FRIEND parameters take an id, a name that fits exactly one friend, an onion address or a friend code.
"""

from collections.abc import AsyncIterator
from typing import Protocol

from msgspec import Struct

from chattor.model.events import Event
from chattor.model.friend import Friend, Request, SafetyNumber
from chattor.model.ids import Cursor
from chattor.model.message import Message, OutboxEntry, Sent, Wait
from chattor.model.status import Identity, Status


class Batch(Struct, frozen=True, kw_only=True):
    """A page of the durable event log and the cursor to ask with next."""

    events: list[Event]
    cursor: Cursor


class Api(Protocol):
    """One running node."""

    async def status(self) -> Status:
        """One look at the node; works before Tor is up."""
        ...

    async def identity(self) -> Identity:
        """Our name, friend code, onion and fingerprint."""
        ...

    async def stop(self) -> None:
        """Ask the host of the node to stop cleanly; answers before it does."""
        ...

    async def friends_list(self) -> list[Friend]:
        """All relations, friends first, then by name."""
        ...

    async def friends_requests(self) -> list[Request]:
        """Unanswered requests, both directions, oldest first."""
        ...

    async def friends_add(self, code: str, name: str | None = None, note: str = "") -> Request:
        """Ask the owner of a friend code to be friends. `note` is at most 280 characters."""
        ...

    async def friends_accept(self, id: str) -> Friend:
        """Accept an incoming request."""
        ...

    async def friends_reject(self, id: str) -> Request:
        """Refuse an incoming request; its sender is not told."""
        ...

    async def friends_cancel(self, id: str) -> Request:
        """Withdraw an outgoing request."""
        ...

    async def friends_rename(self, friend: str, name: str) -> Friend:
        """Give a friend another local name."""
        ...

    async def friends_remove(self, friend: str, keep_history: bool = True) -> Friend:
        """End a friendship; the other side is told."""
        ...

    async def friends_block(self, friend: str) -> Friend:
        """Close every link to a friend and refuse new ones; the other side is not told."""
        ...

    async def friends_unblock(self, friend: str) -> Friend:
        """Let a blocked person ask again; the friendship is over."""
        ...

    async def friends_mute(self, friend: str) -> Friend:
        """No notifications from this friend."""
        ...

    async def friends_unmute(self, friend: str) -> Friend:
        """Notifications again."""
        ...

    async def friends_set(self, friend: str, key: str, value: str) -> Friend:
        """Set one per-friend option."""
        ...

    async def friends_acknowledge(self, friend: str) -> Friend:
        """Take note of an alarm; sending works again."""
        ...

    async def friends_verify(self, friend: str, confirm: bool = False) -> SafetyNumber:
        """The safety number; with `confirm` the friend is marked verified."""
        ...

    async def send(
        self,
        friend: str,
        text: str,
        wait: Wait = Wait.QUEUED,
        timeout: float | None = None,
        reply_to: str | None = None,
        key: str | None = None,
    ) -> Sent:
        """Queue a message; answers once it is on disk, or delivered with `wait`.

        `timeout` is in seconds and only bounds the waiting: raises TimedOut, the message stays queued.
        `key` makes a repeated call harmless: the same key answers with the first message.
        """
        ...

    async def history(
        self, friend: str, limit: int = 50, before: str | None = None, around: str | None = None
    ) -> list[Message]:
        """A page of a conversation, oldest first; the newest page unless `before` or `around` a message id."""
        ...

    async def read(self, friend: str) -> Friend:
        """Move our read marker to the end of the conversation."""
        ...

    async def draft(self, friend: str, text: str | None = None) -> str:
        """The unsent text kept for a friend; with `text` (may be empty) it is replaced first."""
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

    async def recv(self, since: str | None = None, ack: bool = False, limit: int = 100) -> Batch:
        """Events after `since`, or after the stored cursor; with `ack` the stored cursor moves past them."""
        ...

    def events(self, since: str | None = None) -> AsyncIterator[Event]:
        """Events as they happen, after `since` if given; ends when the node stops."""
        ...


class Gateway(Protocol):
    """How a face comes by an Api: create a profile, unlock it, or find the daemon that holds it."""

    profile: str

    async def probe(self) -> "ProfileState":
        """What is there now; reads the directory and tries the socket, nothing else."""
        ...

    async def create(self, name: str, passphrase: str) -> Api:
        """Make identity, keyfile and store, then host the node here. Raises ProfileExists, BadInput."""
        ...

    async def unlock(self, passphrase: str) -> Api:
        """Open the store and host the node here. Raises WrongPassphrase, ProfileInUse, StoreDamaged."""
        ...

    async def attach(self) -> Api:
        """Speak to the node that already runs. Raises NoDaemon."""
        ...

    async def close(self) -> None:
        """Let go: stops the node if it is hosted here."""
        ...


class ProfileState(Struct, frozen=True, kw_only=True):
    """What a gateway found."""

    exists: bool
    running: bool
