"""What happened, from the log and live."""

from collections.abc import AsyncIterator

from chattor.api import Batch
from chattor.api.events import RECV
from chattor.handlers import consumers, ephemeral, log
from chattor.handlers.views import moment
from chattor.model.consumer import Consumer
from chattor.model.events import Event, PresenceChanged, TorStateChanged
from chattor.model.ids import Cursor
from chattor.node.api.part import Part
from chattor.node.hub import Live, Presence

_PAGE = 200


class EventsPart(Part):
    """Implements `chattor.api.events`."""

    async def recv(self, since: str | None = None, ack: bool = False, limit: int = 100, consumer: str = RECV) -> Batch:
        """Events after `since`, or after what a consumer acknowledged."""
        return await self._core.act(consumers.recv, since, ack, limit, consumer)

    async def consumers_list(self) -> list[Consumer]:
        """Who is registered."""
        return await self._core.ask(consumers.listed)

    async def consumers_ack(self, cursor: str, consumer: str = RECV) -> Consumer:
        """A consumer is done with everything up to a cursor."""
        return await self._core.act(consumers.acknowledge, cursor, consumer)

    async def consumers_forget(self, consumer: str) -> Consumer:
        """Register a consumer no more."""
        return await self._core.act(consumers.forget, consumer)

    async def events(
        self, since: str | None = None, peek: bool = False, consumer: str | None = None
    ) -> AsyncIterator[Event]:
        """Events as they happen, after `since` or what a consumer acknowledged if given; ends when the node stops."""
        core = self._core
        begun = core.hub.dismissals
        cursor = await core.ask(consumers.start, since, consumer)
        with core.hub.ear() as ear:
            while True:
                while page := await core.ask(log.page, cursor, _PAGE):
                    if not peek and any(ephemeral.is_unshown(getattr(event, "message", None)) for event in page):
                        page = await core.act(log.show, cursor, _PAGE)
                    for event in page:
                        yield event
                    cursor = log.place(page[-1].cursor)
                for live in ear.take():
                    yield self._live(live, cursor)
                if core.hub.closed or core.hub.dismissals != begun:
                    return
                await ear.listen()

    def _live(self, live: Live, cursor: int) -> Event:
        at, place = moment(self._core.clock.wall()), Cursor(str(cursor))
        if isinstance(live, Presence):
            return PresenceChanged(
                cursor=place,
                at=at,
                friend=live.friend,
                online=live.online,
                typing=live.typing,
                activity=live.activity,
            )
        return TorStateChanged(cursor=place, at=at, tor=live)
