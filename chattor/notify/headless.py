"""Notifications of a node without a window: to the desktop, if the user asked for it and no window follows the events.

It looks at the node behind the door: its own calls are no sign of life of a face, and a locked profile still tells
that something came, though not what.
"""

import asyncio
import logging
from typing import Final, NoReturn, Protocol

from chattor.api import NodeApi
from chattor.config.settings import NotificationSettings, Settings
from chattor.errors import ChattorError
from chattor.model.ids import Cursor
from chattor.notify.decide import Around, Notification
from chattor.notify.notifier import Notifier, on_desktop

log: Final = logging.getLogger(__name__)
LOOK_AGAIN: Final = 1.0  # s until a node that ended its subscriptions, or is closed, is looked at again


class Node(NodeApi, Protocol):
    """A node, and what it obeys."""

    @property
    def settings(self) -> Settings:
        """What it obeys now."""
        ...


class House(Protocol):
    """Where a node is, while it is not locked hard."""

    @property
    def node(self) -> Node | None:
        """The node."""
        ...


class Door(Protocol):
    """What stands before it."""

    @property
    def locked(self) -> bool:
        """Nobody has given the passphrase."""
        ...

    @property
    def watched(self) -> bool:
        """A window follows the events and notifies by itself."""
        ...


async def notify_without_window(house: House, door: Door) -> NoReturn:
    """Until cancelled."""

    async def look() -> tuple[NotificationSettings, Around] | None:
        node = house.node
        if node is None or door.watched or not node.settings.notifications.daemon:
            return None
        return node.settings.notifications, Around(friends=tuple(await node.friends_list()), locked=door.locked)

    async def tell(notification: Notification, _: NotificationSettings) -> None:
        await on_desktop(notification)

    notifier = Notifier(look, tell)
    seen: Cursor | None = None
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(notifier.run())
        while True:
            if house.node is not None:
                seen = await _follow(house.node, notifier, seen)
            await asyncio.sleep(LOOK_AGAIN)


async def _follow(node: NodeApi, notifier: Notifier, seen: Cursor | None) -> Cursor | None:
    """Until its subscriptions end, at a lock or with the node; the last event seen, to go on after it."""
    try:
        async for event in node.events(since=seen, peek=True):
            seen = event.cursor
            notifier.heed([event])
    except ChattorError as error:
        log.info("no events: %s", error.code)
    return seen
