"""Finding messages again."""

from chattor.handlers import search
from chattor.model.search import Order, SearchHit
from chattor.node.api.part import Part


class SearchPart(Part):
    """Implements `chattor.api.search`."""

    async def search(
        self,
        query: str,
        friend: str | None = None,
        limit: int = 50,
        order: Order = Order.NEWEST,
        before: str | None = None,
    ) -> list[SearchHit]:
        """Messages that hold every word; what came a moment ago is indexed first."""
        while await self._core.act(search.take_in):
            continue
        command = search.Search(query=query, friend=friend, limit=limit, order=order, before=before)
        return await self._core.ask(search.search, command)
