"""What one run knows: who the friends are, whom the user writes to, and what was said on this terminal lately."""

from typing import Final

from msgspec import structs

from chattor.api import Api
from chattor.errors import Ambiguous, NotFound
from chattor.model.activity import Activity
from chattor.model.friend import Friend, FriendState
from chattor.model.ids import FriendId, MessageId
from chattor.model.message import Message
from chattor.plain.words import Voice, one_line

_SHOWN_MAX: Final = 500  # messages that can be answered by id or told of by their text


class Desk:
    """Shared by what the user does and what happens."""

    def __init__(self, api: Api, voice: Voice) -> None:
        self.api = api
        self.voice = voice
        self.to: FriendId | None = None
        self.friends: dict[FriendId, Friend] = {}
        self.unseen: set[FriendId] = set()
        """Whose messages were said since the user's last line."""
        self._shown: dict[MessageId, Message] = {}

    async def look(self) -> None:
        """Who the friends are, now."""
        self.friends = {one.id: one for one in await self.api.friends_list()}

    @property
    def open(self) -> Friend | None:
        """Whom the user writes to."""
        return self.friends.get(self.to) if self.to else None

    @property
    def names(self) -> tuple[str, ...]:
        """What friends can be called."""
        return tuple(one_line(one.name) for one in self.friends.values() if one.state is FriendState.FRIEND)

    def name(self, id: str) -> str:
        """Of a friend who may be gone."""
        one = self.friends.get(FriendId(id))
        return one.name if one else id or "a stranger"

    def find(self, said: str) -> Friend:
        """By id, address or name. Raises NotFound, Ambiguous."""
        known = [one for one in self.friends.values() if one.state is not FriendState.INCOMING]
        exact = [one for one in known if said in (one.id, one.onion)]
        named = exact or [
            one for one in known if said.casefold() in (one.name.casefold(), one_line(one.name).casefold())
        ]
        if not named:
            raise NotFound(f"there is no friend called {one_line(said)}")
        if len(named) > 1:
            raise Ambiguous(f"{len(named)} friends are called {one_line(said)}: {', '.join(one.id for one in named)}")
        return named[0]

    def present(self, id: FriendId, online: bool, activity: Activity | None) -> bool:
        """A friend came or went, or does something else; whether that is news."""
        one = self.friends.get(id)
        if one is None or (one.online, one.activity) == (online, activity):
            return False
        self.friends[id] = structs.replace(one, online=online, activity=activity)
        return True

    def show(self, *messages: Message) -> None:
        """They were said, or sent."""
        for one in messages:
            self._shown[one.id] = one
        while len(self._shown) > _SHOWN_MAX:
            del self._shown[next(iter(self._shown))]

    def forget(self, id: MessageId) -> None:
        """Its text is not said again."""
        self._shown.pop(id, None)

    def shown(self, id: str | None) -> Message | None:
        """One of the last that were said."""
        return self._shown.get(MessageId(id)) if id else None
