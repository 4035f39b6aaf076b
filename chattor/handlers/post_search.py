"""Find posts of channels, newest first. They are read, not indexed: there are at most a thousand of each channel, and
of what was retracted nothing can stay behind.
"""

from dataclasses import dataclass
from itertools import islice
from typing import Final

from chattor.handlers import resolve
from chattor.handlers.channel_views import channel_id, post_id
from chattor.handlers.resolve import friend_of
from chattor.handlers.snippet import fits, snippet
from chattor.handlers.views import friend_id, moment
from chattor.model.ids import MessageId
from chattor.model.message import Direction
from chattor.model.query import Query
from chattor.model.search import SearchHit
from chattor.store.repos.channels import ChannelRow
from chattor.store.repos.friends import FriendRow
from chattor.store.repos.posts import PostRow
from chattor.store.tx import Tx

EVERYWHERE: Final = "*"
"""Stands for a channel's name: all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Within what to look: whose channels (FRIEND), since and before when (ms), older than which post (an id)."""

    owner: str | None
    since_ms: int | None
    before_ms: int | None
    below: str | None


@dataclass(frozen=True, slots=True)
class _Found:
    channel: ChannelRow
    owner: FriendRow | None
    post: PostRow

    @property
    def age(self) -> tuple[int, int]:
        """By this they are sorted."""
        return self.post.created_ms, self.post.id


def find(tx: Tx, query: Query, bounds: Bounds, limit: int) -> list[SearchHit]:
    """At most `limit` posts that hold every term. Raises NotFound, Ambiguous.

    When no word begins as asked, words that contain it are found.
    """
    kept = _within(tx, query, bounds)
    looser = query.as_parts
    for asked in (query,) if looser is None else (query, looser):
        found = islice((one for one in kept if fits(asked, one.post.text or "")), limit)
        if hits := [_hit(asked, one) for one in found]:
            return hits
    return []


def _within(tx: Tx, query: Query, bounds: Bounds) -> list[_Found]:
    below = None if bounds.below is None else resolve.post(tx, bounds.below)
    since, before = bounds.since_ms or 0, bounds.before_ms
    found = [
        _Found(channel, owner, post)
        for channel, owner in _channels(tx, query, bounds)
        for post in tx.posts.newest(channel.id, -1)
        if post.text is not None and post.created_ms >= since and (before is None or post.created_ms < before)
    ]
    if below is not None:
        found = [one for one in found if one.age < (below.created_ms, below.id)]
    return sorted(found, key=lambda one: one.age, reverse=True)


def _channels(tx: Tx, query: Query, bounds: Bounds) -> list[tuple[ChannelRow, FriendRow | None]]:
    """The channels named, as far as they are by whom is asked for."""
    everywhere = query.channel in (None, EVERYWHERE)
    rows = tx.channels.all() if everywhere else [resolve.channel(tx, query.channel or "")]
    pairs = [(row, _owner(tx, row)) for row in rows]
    for author in (query.author, bounds.owner):
        if author is not None and author.casefold() == "me":
            pairs = [(row, owner) for row, owner in pairs if row.publisher is None]
        elif author is not None:
            friend = resolve.relation(tx, author).id
            pairs = [(row, owner) for row, owner in pairs if owner is not None and owner.id == friend]
    return pairs


def _owner(tx: Tx, row: ChannelRow) -> FriendRow | None:
    """The friend whose channel it is."""
    owner = None if row.publisher is None else tx.channels.publisher(row.publisher)
    return None if owner is None else friend_of(tx, owner)


def _hit(query: Query, one: _Found) -> SearchHit:
    text = one.post.text or ""
    piece = snippet(query, text)
    return SearchHit(
        id=MessageId(post_id(one.post.id)),
        friend=None if one.owner is None else friend_id(one.owner.id),
        direction=Direction.OUT if one.channel.publisher is None else Direction.IN,
        text=text,
        snippet=piece.text,
        matches=piece.matches,
        sent_at=moment(one.post.created_ms),
        rank=0.0,
        channel=channel_id(one.channel.id),
    )
