"""Channels of ours (protocol §7): posting, retracting, and what readers are given. Hidden and unknown answer alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from chattor.handlers import resolve
from chattor.handlers.channel_views import post_view
from chattor.handlers.channels import begin_incarnation
from chattor.handlers.context import Ctx
from chattor.model.channel import Post as PostView
from chattor.protocol.channel_frames import Access, ChannelList, Listing, Post, Posts, Sync
from chattor.protocol.channels import (
    NO_POST,
    SALT_SIZE,
    PostKind,
    body_of,
    channel_id,
    check_text,
    post_id,
    sign,
)
from chattor.protocol.frames import Frame
from chattor.protocol.friendship import State
from chattor.protocol.limits import SYNC_BYTES, SYNC_POSTS
from chattor.store.repos.channels import ChannelRow
from chattor.store.repos.events import Happened
from chattor.store.repos.posts import PostRow
from chattor.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """Post a text in one of our channels."""

    channel: str
    text: str


def publish(tx: Tx, ctx: Ctx, command: Publish) -> PostView:
    """Post a text; whoever follows on a link gets it at once. Raises BadInput, PostTooLong, NotFound, NotAllowed."""
    check_text(command.text)
    channel = resolve.own_channel(tx, command.channel)
    salt = ctx.rng(SALT_SIZE)
    row = _append(tx, ctx, channel, PostKind.TEXT, body_of(salt, command.text), salt, command.text)
    return post_view(tx, row)


def retract(tx: Tx, ctx: Ctx, name: str) -> PostView:
    """Take a post back: its text is gone here, and wherever the retraction comes. Raises NotFound, NotAllowed."""
    row, channel = resolve.own_post(tx, name)
    if not row.retracted:
        tx.posts.retract(row.id)
        row = tx.posts.get(row.id) or row
        _append(tx, ctx, channel, PostKind.RETRACTION, row.post_id)
    return post_view(tx, row)


def end(tx: Tx, ctx: Ctx, succession: bytes) -> None:
    """The last post of each channel of an identity that is left: whom we become, who agrees to it."""
    for channel in tx.channels.own():
        _append(tx, ctx, channel, PostKind.SUCCESSION, succession)


def _append(
    tx: Tx,
    ctx: Ctx,
    channel: ChannelRow,
    kind: PostKind,
    body: bytes,
    salt: bytes | None = None,
    text: str | None = None,
) -> PostRow:
    """One more post at the end of a channel; what is more than is kept goes."""
    channel = _continued(tx, ctx, channel)
    post = _signed(ctx, channel, kind, body)
    named = post_id(ctx.own.identity.sig.public, post)
    number = tx.posts.add(channel.id, named, post, salt=salt, text=text, retracted=False, received_ms=ctx.now)
    tx.channels.update(channel.id, seq=post.seq, last_id=named)
    tx.posts.prune(channel.id, ctx.keep_posts)
    tx.push(number)
    tx.emit(ctx.now, Happened.CHANNEL_CHANGED, channel=channel.id)
    row = tx.posts.get(number)
    if row is None:
        raise LookupError("the post just written is gone")
    return row


def _signed(ctx: Ctx, channel: ChannelRow, kind: PostKind, body: bytes) -> Post:
    """The post that follows a channel's last one."""
    post = Post(
        channel=channel.channel_id or b"",
        epoch=ctx.own.epoch,
        incarnation=channel.incarnation,
        seq=channel.seq + 1,
        prev=channel.last_id,
        created_ms=ctx.now,
        expires_ms=0,
        kind=kind,
        body_hash=b"",
        signature=b"",
        body=body,
    )
    return sign(ctx.own.identity.sig, post)


def _continued(tx: Tx, ctx: Ctx, channel: ChannelRow) -> ChannelRow:
    """The channel as the next post finds it: in a new incarnation if it never had one, or after a restore."""
    if channel.incarnation and channel.restored_ms == tx.own.restored_ms():
        return channel
    begin_incarnation(tx, ctx)
    return tx.channels.get(channel.id) or channel


def offer(tx: Tx, ctx: Ctx, *, friend: bool) -> ChannelList:
    """What somebody may see."""
    rows = [row for row in tx.channels.own() if friend or not row.friends_only]
    return ChannelList([Listing(row.name, Access.FRIENDS if row.friends_only else Access.PUBLIC) for row in rows])


@dataclass(frozen=True, slots=True)
class Answer:
    """Frames for a SYNC, and whether it was for a channel the reader may see: he follows it from now on."""

    frames: list[Frame]
    follows: bool


def answer(tx: Tx, ctx: Ctx, sync: Sync, *, friend: bool) -> Answer:
    """What came after the post a reader has."""
    channel = tx.channels.own_by_id(sync.channel)
    if channel is None or (channel.friends_only and not friend):
        return Answer(_last_word(tx, ctx, sync, friend=friend), follows=False)
    since = tx.posts.by_id(channel.id, sync.post_id)
    if since is None and sync.seq:
        since = _nearest(tx, ctx, channel, sync)
    rows = tx.posts.after(channel.id, since, SYNC_POSTS + 1)
    sent = _within(rows[:SYNC_POSTS])
    oldest = tx.posts.oldest(channel.id)
    upto: Sync | PostRow = sent[-1] if sent else sync
    end = _end(sync.channel, upto, more=len(sent) < len(rows), oldest=oldest.post_id if oldest else NO_POST)
    return Answer([*(_frame(row, sync.channel) for row in sent), end], follows=True)


def _last_word(tx: Tx, ctx: Ctx, sync: Sync, *, friend: bool) -> list[Frame]:
    """The last post of a channel of somebody we were; of any other, whether hidden or unknown, nothing."""
    channels = {channel.id: channel for channel in tx.channels.own() if friend or not channel.friends_only}
    for row in tx.posts.successions(None):
        if row.channel in channels and _named(ctx, channels[row.channel], row) == sync.channel:
            told = [] if row.post_id == sync.post_id else [_frame(row, sync.channel)]
            return [*told, _end(sync.channel, row, more=False, oldest=row.post_id)]
    return [_end(sync.channel, sync, more=False, oldest=NO_POST)]


def _named(ctx: Ctx, channel: ChannelRow, row: PostRow) -> bytes:
    """The id of the channel a post was signed for, which follows from who we were then."""
    return channel_id(ctx.own.shown(row.epoch).identity.sig.public, channel.name)


def _nearest(tx: Tx, ctx: Ctx, channel: ChannelRow, sync: Sync) -> PostRow | None:
    """Where to go on for a reader whose post we do not have: it was pruned here, or this store is an older copy."""
    kept = tx.posts.newest(channel.id, -1)
    run = [row for row in kept if row.incarnation == sync.incarnation]
    if not run:  # of a life this store never had, or long ago: the newest will do
        return kept[SYNC_POSTS] if len(kept) > SYNC_POSTS else None
    if sync.incarnation == channel.incarnation and sync.seq >= run[-1].seq:
        begin_incarnation(tx, ctx)
    return next((row for row in run if row.seq < sync.seq), None)


def _within(rows: Sequence[PostRow]) -> list[PostRow]:
    """As many as fit one answer, one at least."""
    sent: list[PostRow] = []
    size = 0
    for row in rows:
        size += len((row.text or "").encode())
        if sent and size > SYNC_BYTES:
            break
        sent.append(row)
    return sent


def _end(channel: bytes, upto: Sync | PostRow, *, more: bool, oldest: bytes) -> Posts:
    return Posts(channel, upto.incarnation, upto.seq, upto.post_id, int(more), oldest)


def _frame(row: PostRow, channel: bytes) -> Post:
    body = row.target or row.succession or b""
    if row.text is not None:
        body = body_of(row.salt or b"", row.text)
    return Post(
        channel=channel,
        epoch=row.epoch,
        incarnation=row.incarnation,
        seq=row.seq,
        prev=row.prev,
        created_ms=row.created_ms,
        expires_ms=row.expires_ms,
        kind=row.kind,
        body_hash=row.body_hash,
        signature=row.signature,
        body=body,
    )


@dataclass(frozen=True, slots=True)
class Push:
    """A post to send at once, and to which of the friends that follow its channel."""

    post: Post
    friends: frozenset[int]


def address(tx: Tx, ctx: Ctx, number: int, friends: Sequence[int]) -> Push | None:
    """Who of these may still have a post of ours; None if it is gone."""
    row = tx.posts.get(number)
    channel = None if row is None else tx.channels.get(row.channel)
    if row is None or channel is None:
        return None
    allowed = {other.id for other in tx.friends.all() if other.state is State.FRIEND}
    return Push(_frame(row, _named(ctx, channel, row)), frozenset(allowed.intersection(friends)))
