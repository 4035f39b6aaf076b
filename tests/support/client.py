"""Somebody's face in a simulated story."""

from collections.abc import Callable
from contextlib import suppress

from chattor.errors import StoreFailed
from chattor.model.events import Event, FriendAdded, Gap, MessageReceived, MessageStateChanged
from chattor.model.friend import Friend
from chattor.model.message import Direction, Message, MessageState
from chattor.node.node import Node
from tests.support.people import Died, Person


def key(text: str) -> str:
    """What stays of a text when it is edited: who wrote it to whom, and its number."""
    return text.partition(" | ")[0]


class Client:
    """A face of one person: reads every event once, by its cursor, which it keeps whatever happens to the node.

    What a Gap leaves out, because the log was pruned meanwhile, it takes from the history.
    """

    def __init__(self, person: Person, show: Callable[[str, str], None], told_delivered: Callable[[str], None]) -> None:
        self.person = person
        self.cursor = "0"
        self._show = show
        self._told_delivered = told_delivered
        self._names: dict[str, str] = {}
        self._shown: set[tuple[str, str]] = set()
        self._found: set[tuple[str, str]] = set()
        """What the history gave; the event about it may come yet."""

    async def follow(self) -> None:
        """Read until the node ends, however it does."""
        with suppress(Died, StoreFailed):
            await self.person.call(self._read)

    async def _read(self, node: Node) -> None:
        async for event in node.events(self.cursor):
            self.cursor = event.cursor
            if isinstance(event, Gap):
                await self._catch_up(node)
            self._take(event)

    async def _catch_up(self, node: Node) -> None:
        for friend in await node.friends_list():
            self._names[friend.id] = friend.name
            for message in await node.history(friend.id, limit=1000):
                if message.direction is Direction.OUT:
                    if message.state is MessageState.DELIVERED:
                        self._told_delivered(message.id)
                elif message.text is not None and (message.id, key(message.text)) not in self._shown:
                    self._found.add((message.id, key(message.text)))
                    self._tell(friend.id, message)

    def _tell(self, friend: str, message: Message) -> None:
        self._shown.add((message.id, key(message.text or "")))
        self._show(self._names[friend], message.text or "")

    def _take(self, event: Event) -> None:
        match event:
            case FriendAdded(detail=Friend(id=friend, name=name)):
                self._names[friend] = name
            case MessageReceived(friend=friend, message=Message(text=str(text)) as message):
                if (message.id, key(text)) in self._found:
                    self._found.remove((message.id, key(text)))
                else:
                    self._tell(friend, message)
            case MessageStateChanged(id=message, state=MessageState.DELIVERED):
                self._told_delivered(message)
