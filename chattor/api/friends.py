"""Friends and requests. FRIEND is an id, a name that fits exactly one friend, an onion address or a friend code."""

from typing import Protocol

from chattor.model.friend import Friend, Request, SafetyNumber


class FriendsApi(Protocol):
    """Relations."""

    async def friends_list(self) -> list[Friend]:
        """All relations, friends first, then by name."""
        ...

    async def friends_show(self, friend: str) -> Friend:
        """One of them, with all that is set for him."""
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
        """Set one option: `muted` is on or off; `receipts`, `typing` and `presence` are on, off or default, which is as
        the settings say; `retention` is a duration, never or default.
        """
        ...

    async def friends_acknowledge(self, friend: str) -> Friend:
        """Take note of an alarm; sending works again."""
        ...

    async def friends_verify(self, friend: str, confirm: bool = False) -> SafetyNumber:
        """The safety number; with `confirm` the friend is marked verified."""
        ...
