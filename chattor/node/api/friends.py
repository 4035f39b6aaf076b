"""Friends and requests."""

from chattor.handlers import friends
from chattor.model.friend import Friend, Request, SafetyNumber
from chattor.node.api.part import Part


class FriendsPart(Part):
    """Implements `chattor.api.friends`."""

    async def friends_list(self) -> list[Friend]:
        """All relations, friends first, then by name."""
        return await self._core.ask(friends.listing)

    async def friends_show(self, friend: str) -> Friend:
        """One of them, with all that is set for him."""
        return await self._core.ask(friends.show, friend)

    async def friends_requests(self) -> list[Request]:
        """Unanswered requests, both directions, oldest first."""
        return await self._core.act(friends.requests)

    async def friends_add(self, code: str, name: str | None = None, note: str = "") -> Request:
        """Ask the owner of a friend code to be friends."""
        return await self._core.act(friends.add, friends.AddFriend(code=code, name=name, note=note))

    async def friends_accept(self, id: str) -> Friend:
        """Accept an incoming request."""
        return await self._core.act(friends.accept, id)

    async def friends_reject(self, id: str) -> Request:
        """Refuse an incoming request."""
        return await self._core.act(friends.reject, id)

    async def friends_cancel(self, id: str) -> Request:
        """Withdraw an outgoing request."""
        return await self._core.act(friends.cancel, id)

    async def friends_rename(self, friend: str, name: str) -> Friend:
        """Give a friend another local name."""
        return await self._core.act(friends.rename, friend, name)

    async def friends_remove(self, friend: str, keep_history: bool = True) -> Friend:
        """End a friendship."""
        return await self._core.act(friends.remove, friend, keep_history)

    async def friends_block(self, friend: str) -> Friend:
        """Close every link to a friend and refuse new ones."""
        return await self._core.act(friends.block, friend)

    async def friends_unblock(self, friend: str) -> Friend:
        """Let a blocked person ask again."""
        return await self._core.act(friends.unblock, friend)

    async def friends_mute(self, friend: str) -> Friend:
        """No notifications from this friend."""
        return await self._core.act(friends.set_option, friend, "muted", "on")

    async def friends_unmute(self, friend: str) -> Friend:
        """Notifications again."""
        return await self._core.act(friends.set_option, friend, "muted", "off")

    async def friends_set(self, friend: str, key: str, value: str) -> Friend:
        """Set one per-friend option."""
        return await self._core.act(friends.set_option, friend, key, value)

    async def friends_acknowledge(self, friend: str) -> Friend:
        """Take note of an alarm."""
        return await self._core.act(friends.acknowledge, friend)

    async def friends_verify(self, friend: str, confirm: bool = False) -> SafetyNumber:
        """The safety number; with `confirm` the friend is marked verified."""
        return await self._core.act(friends.verify, friend, confirm)
