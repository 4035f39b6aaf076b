"""What each command of the table does: one method a command, named like it; the lines to say come back.

They raise what the Api raises; then nothing was done.
"""

from typing import Final

from chattor.errors import BadInput, NotFound
from chattor.model.friend import Request, RequestDirection
from chattor.model.ids import FriendId, MessageId
from chattor.model.message import Direction, MessageState
from chattor.plain import words
from chattor.plain.commands import COMMANDS, Call, Text
from chattor.plain.desk import Desk

_PAGE: Final = 20  # messages of a conversation, unless told otherwise
_PAGE_MAX: Final = 1_000
_HITS: Final = 20
_UNREAD_MAX: Final = 200  # messages said at once when a conversation is opened


class Talk:
    """The user's side. `leaving` is set once he wants to go."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._api = desk.api
        self._voice = desk.voice
        self.leaving = False

    @property
    def prompt(self) -> str:
        """Whom the next line goes to."""
        one = self._desk.open
        return f"to {words.one_line(one.name)}> " if one else "to nobody> "

    async def do(self, said: Call | Text) -> list[str]:
        """A command, or a text for whom the prompt names. Who types has seen what was said before."""
        await self._seen()
        if isinstance(said, Text):
            return await self._send(said.text)
        method = getattr(self, said.command.name)
        lines: list[str] = await (method(said.argument) if said.command.argument else method())
        return lines

    async def _seen(self) -> None:
        unseen, self._desk.unseen = self._desk.unseen, set()
        if self._desk.to in unseen:
            await self._api.read(self._desk.to)

    async def _send(self, text: str, reply_to: MessageId | None = None) -> list[str]:
        to = self._desk.open
        if to is None:
            raise BadInput("you write to nobody yet, and nothing was sent: begin with /open FRIEND")
        sent = await self._api.send(to.id, text, reply_to=reply_to)
        self._desk.show(*await self._api.history(to.id, limit=1, around=sent.id))
        waiting = [] if to.online else await self._api.outbox_list()
        entry = next((one for one in waiting if one.id == sent.id), None)
        return [words.queued(entry, to, self._voice)]

    # Conversations

    async def open(self, name: str) -> list[str]:
        """Go to a friend; what is unread is said."""
        await self._desk.look()
        one = self._desk.find(name)
        self._desk.to = one.id
        here = [f"You write to {words.person(one, self._voice)}."]
        if not one.unread:
            return here
        page = await self._api.history(one.id, limit=min(2 * one.unread + _PAGE, _UNREAD_MAX))
        is_new = [found.direction is Direction.IN and found.state is not MessageState.READ for found in page]
        news = page[is_new.index(True) :] if True in is_new else []
        self._desk.show(*news)
        await self._api.read(one.id)
        return here + words.history(news, one.name, self._voice)

    async def close(self) -> list[str]:
        """Write to nobody."""
        self._desk.to = None
        return ["You write to nobody now."]

    async def history(self, count: str) -> list[str]:
        """The last messages."""
        one = self._desk.open
        if one is None:
            raise BadInput("you write to nobody yet: begin with /open FRIEND")
        if count and not (count.isascii() and count.isdigit() and 1 <= int(count) <= _PAGE_MAX):
            raise BadInput(f"/history takes a number from 1 to {_PAGE_MAX}")
        page = await self._api.history(one.id, limit=int(count or _PAGE))
        self._desk.show(*page)
        return words.history(page, one.name, self._voice)

    async def reply(self, said: str) -> list[str]:
        """Answer one message."""
        first, _, rest = said.partition(" ")
        target = self._desk.shown(first)
        if target is not None and target.friend == self._desk.to and rest.strip():
            return await self._send(rest.strip(), target.id)
        if self._desk.to is None:
            return await self._send(said)
        page = await self._api.history(self._desk.to, limit=_PAGE_MAX)
        last = next((one for one in reversed(page) if one.direction is Direction.IN), None)
        if last is None:
            raise NotFound("this friend has said nothing that could be answered; nothing was sent")
        return [f"Answering: {words.excerpt(last)}", *await self._send(said, last.id)]

    async def unread(self) -> list[str]:
        """Who wrote what was not read."""
        await self._desk.look()
        found = [one for one in self._desk.friends.values() if one.unread]
        said = [f"{self._voice.name(one.name)}: {one.unread} unread. /open {words.one_line(one.name)}" for one in found]
        return said or ["Nothing is unread."]

    async def search(self, query: str) -> list[str]:
        """In all conversations."""
        hits = await self._api.search(query, limit=_HITS)
        return [words.hit(one, self._desk.name, self._voice) for one in hits] or ["Nothing was found."]

    async def outbox(self) -> list[str]:
        """What waits."""
        return words.outbox(await self._api.outbox_list(), self._desk.name, self._voice)

    # People

    async def who(self) -> list[str]:
        """All friends."""
        await self._desk.look()
        said = [words.person(one, self._voice) for one in self._desk.friends.values()]
        return said or ["You have no friends here yet. /me shows your code, /add takes theirs."]

    async def where(self) -> list[str]:
        """To whom, and how it stands."""
        await self._desk.look()
        status = await self._api.status()
        one = self._desk.open
        here = f"You write to {words.person(one, self._voice)}." if one else "You write to nobody. /open FRIEND"
        return [here, words.tor(status.tor), words.state(status)]

    async def me(self) -> list[str]:
        """Our code."""
        identity = await self._api.identity()
        return [f"You are {self._voice.name(identity.name)}. Your friend code:", identity.friend_code]

    async def add(self, code: str) -> list[str]:
        """Ask somebody."""
        return [words.request(await self._api.friends_add(code), self._voice)]

    async def requests(self) -> list[str]:
        """Who asks, and whom we asked."""
        return words.requests(await self._api.friends_requests(), self._voice)

    async def accept(self, name: str) -> list[str]:
        """Say yes."""
        request = await self._incoming(name)
        one = await self._api.friends_accept(request.id)
        return [f"You accepted {self._voice.name(one.name)}. /open {words.one_line(one.name)}"]

    async def reject(self, name: str) -> list[str]:
        """Say no."""
        request = await self._api.friends_reject((await self._incoming(name)).id)
        return [f"You refused {self._voice.name(request.name)}."]

    async def _incoming(self, name: str) -> Request:
        """The request that is meant; without a name, the only one."""
        asking = [one for one in await self._api.friends_requests() if one.direction is RequestDirection.INCOMING]
        meant = [
            one
            for one in asking
            if not name or one.id == FriendId(name) or words.one_line(one.name).casefold() == name.casefold()
        ]
        if len(meant) != 1:
            raise NotFound("there is no such request" if not meant else "more than one request is meant: give its id")
        return meant[0]

    # The run

    async def help(self) -> list[str]:
        """The table."""
        table = [f"{one.usage}: {one.help}." for one in COMMANDS]
        return ["What you type goes to whom the prompt names. // at the start sends a slash. Commands:", *table]

    async def quit(self) -> list[str]:
        """Go."""
        self.leaving = True
        return []
