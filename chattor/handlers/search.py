"""Find messages, or posts of channels. The indexes of messages are brought up to date before and apart from a search,
a few texts at a time.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import islice
from typing import Final

from chattor.handlers import post_search, resolve
from chattor.handlers.context import Ctx
from chattor.handlers.post_search import Bounds
from chattor.handlers.snippet import fits, snippet
from chattor.handlers.views import friend_id, message_id, moment
from chattor.model.message import Direction
from chattor.model.query import Query, is_part, parse
from chattor.model.search import Order, SearchHit
from chattor.store.repos.messages import MessageRow
from chattor.store.repos.search import RANKED, Wanted
from chattor.store.tx import Tx

HITS_MAX: Final = 1000
TAKE_IN: Final = 64
"""Texts indexed in one transaction: some 10 ms, which is what a message may have to wait."""
TAKE_OUT: Final = 8
"""Texts taken out in one transaction: each changes a hundred places of the indexes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A query, maybe within FRIEND's conversation or channels, maybe older than a hit's id; at most `limit` hits."""

    query: str
    friend: str | None = None
    limit: int = 50
    order: Order = Order.NEWEST
    before: str | None = None


def search(tx: Tx, ctx: Ctx, command: Search) -> list[SearchHit]:
    """Find messages, the newest or the best first; with `in:` posts, the newest first.

    Raises BadInput, NotFound, Ambiguous.

    When no word begins as asked, words that contain it are found.
    """
    query = parse(command.query)
    limit = min(max(command.limit, 1), HITS_MAX)
    if query.channel is not None:
        return post_search.find(tx, query, _bounds(query, command), limit)
    wanted = _wanted(tx, query, command)
    if wanted is None:
        return []
    if is_part(query):
        return _parts(tx, wanted, limit)
    if command.order is Order.RANK and query.terms:
        hits = [_hit(query, row, score) for row, score in tx.search.ranked(wanted, limit)]
    else:
        hits = [_hit(query, row) for row in tx.search.newest(wanted, limit)]
    looser = query.as_parts
    return hits if hits or looser is None else _parts(tx, replace(wanted, query=looser), limit)


def take_in(tx: Tx, ctx: Ctx) -> bool:
    """Index some of what is new; whether there may be more."""
    return tx.search.take_in(TAKE_IN)


def take_out(tx: Tx, ctx: Ctx) -> int:
    """Remove some of what is gone from the indexes; how many texts."""
    return tx.search.take_out(TAKE_OUT)


def _bounds(query: Query, command: Search) -> Bounds:
    return Bounds(
        owner=command.friend,
        since_ms=_midnight(query.after),
        before_ms=_midnight(query.before),
        below=command.before,
    )


def _wanted(tx: Tx, query: Query, command: Search) -> Wanted | None:
    """The bounds; None if they exclude each other."""
    friend = None if command.friend is None else resolve.relation(tx, command.friend).id
    direction = None
    if query.author is not None and query.author.casefold() == "me":
        direction = Direction.OUT
    elif query.author is not None:
        author = resolve.relation(tx, query.author).id
        if friend not in (None, author):
            return None
        friend, direction = author, Direction.IN
    return Wanted(
        query=query,
        friend=friend,
        direction=direction,
        since_ms=_midnight(query.after),
        before_ms=_midnight(query.before),
        below=None if command.before is None else resolve.message(tx, command.before).id,
    )


def _midnight(day: date | None) -> int | None:
    """When a day begins where this node runs."""
    if day is None:
        return None
    try:
        return round(datetime.combine(day, time()).astimezone().timestamp() * 1000)
    except (OverflowError, ValueError):  # the year 1 or 9999, in some time zones
        return 0 if day.year < 1970 else 1 << 62


def _parts(tx: Tx, wanted: Wanted, limit: int) -> list[SearchHit]:
    """The index of parts finds too much; the newest of it are compared."""
    rows = islice(tx.search.around_parts(wanted), RANKED)
    return [
        _hit(wanted.query, row) for row in islice((row for row in rows if fits(wanted.query, row.text or "")), limit)
    ]


def _hit(query: Query, row: MessageRow, score: float = 0.0) -> SearchHit:
    text = row.text or ""
    piece = snippet(query, text)
    return SearchHit(
        id=message_id(row.id),
        friend=friend_id(row.friend),
        direction=row.direction,
        text=text,
        snippet=piece.text,
        matches=piece.matches,
        sent_at=moment(row.sent_ms),
        rank=score,
    )
