"""Rows of channels and posts as the values of the Api."""

from collections.abc import Iterable, Sequence

from chattor.handlers.context import Ctx
from chattor.handlers.resolve import friend_of
from chattor.handlers.views import friend_id, maybe_moment, moment
from chattor.model.address import OnionAddress
from chattor.model.channel import Access, Channel, Post
from chattor.model.ids import ChannelId, PostId
from chattor.protocol.channels import Place, PostKind, gaps, successor
from chattor.protocol.friend_code import FriendCode
from chattor.store.repos.channels import ChannelRow, PublisherRow
from chattor.store.repos.friends import FriendRow
from chattor.store.repos.posts import PostRow
from chattor.store.tx import Tx


def channel_id(number: int) -> ChannelId:
    """The opaque id of a channel."""
    return ChannelId(f"c{number}")


def post_id(number: int) -> PostId:
    """The opaque id of a post."""
    return PostId(f"p{number}")


def channel_view(tx: Tx, ctx: Ctx, row: ChannelRow) -> Channel:
    """One row of the list of channels."""
    owner = None if row.publisher is None else tx.channels.publisher(row.publisher)
    friend = None if owner is None else friend_of(tx, owner)
    return Channel(
        id=channel_id(row.id),
        name=row.name,
        owner=_owner_name(ctx, owner, friend),
        own=owner is None,
        access=Access.FRIENDS if row.friends_only else Access.PUBLIC,
        subscribed=row.subscribed,
        posts=tx.posts.count_shown(row.id),
        unread=0 if owner is None else tx.posts.unread(row.id, row.read_id),
        last_sync=maybe_moment(row.synced_ms),
        friend=None if friend is None else friend_id(friend.id),
        alarm=row.alarm,
        note=None if owner is None else _note(row, owner, friend),
    )


def _note(row: ChannelRow, owner: PublisherRow, friend: FriendRow | None) -> str | None:
    """Why a channel of somebody else stays empty; friends are not visited, so no visit to them fails."""
    if row.missing and row.subscribed:
        return "there is no such channel there (yet)"
    return owner.reason or None if friend is None else None


def post_views(tx: Tx, channel: ChannelRow, newest_first: Sequence[PostRow]) -> list[Post]:
    """Texts, and the last posts of identities, newest first, with what is missing between; give all that are kept."""
    places = [
        Place(incarnation=row.incarnation, seq=row.seq, post_id=row.post_id, prev=row.prev, starts=row.starts)
        for row in reversed(newest_first)
    ]
    read = tx.channels.readers(channel.id) if channel.publisher is None else None
    views: list[Post] = []
    unseen = 0  # a gap before a retraction is told at the text after it
    for row, gap in zip(reversed(newest_first), gaps(places), strict=True):
        unseen += gap
        if row.kind in (PostKind.TEXT, PostKind.SUCCESSION):
            views.append(_post_view(row, read, unseen))
            unseen = 0
    return views[::-1]


def post_view(tx: Tx, row: PostRow) -> Post:
    """One post by itself."""
    channel = tx.channels.get(row.channel)
    own = channel is not None and channel.publisher is None
    return _post_view(row, tx.channels.readers(row.channel) if own else None, 0)


def _post_view(row: PostRow, read: Iterable[int] | None, gap: int) -> Post:
    return Post(
        id=post_id(row.id),
        channel=channel_id(row.channel),
        seq=row.seq,
        text=row.text,
        created_at=moment(row.created_ms),
        seen_by=None if read is None else sum(upto >= row.id for upto in read),
        retracted=row.retracted,
        gap=gap,
        contradicted=row.contradicted,
        successor=None if row.succession is None else _code(row.succession),
    )


def _code(succession: bytes) -> str:
    new = successor(succession)
    return FriendCode(new.onion_pk, new.id_commit).encode()


def _owner_name(ctx: Ctx, owner: PublisherRow | None, friend: FriendRow | None) -> str:
    if owner is None:
        return ctx.own.name
    return OnionAddress(owner.onion_pk).short() if friend is None else friend.name
