"""Finding messages again."""

from typing import Protocol

from chattor.model.search import Order, SearchHit


class SearchApi(Protocol):
    """Search."""

    async def search(
        self,
        query: str,
        friend: str | None = None,
        limit: int = 50,
        order: Order = Order.NEWEST,
        before: str | None = None,
    ) -> list[SearchHit]:
        """Messages that hold every word, the newest first or the best of the newest 2,000.

        Words are found by their beginning, or inside when nothing begins so; "phrases" as they stand; also
        `*part*`, `from:NAME`, `from:me`, `before:DATE`, `after:DATE`. `before` is a hit's id: only older ones.
        `in:CHANNEL` finds posts of a channel in place of messages, `in:*` of all, the newest first.
        """
        ...
