"""Channels of others (protocol §7): what to ask their owners, and what becomes of the answers.

Everything is verified against the owner's identity before it is kept; what he says twice is kept twice, and alarmed.
"""

from chattor.errors import BadInput, ProtocolViolation
from chattor.handlers import following
from chattor.handlers.channels import seen
from chattor.handlers.context import Ctx
from chattor.handlers.resolve import friend_of
from chattor.protocol import channels as protocol
from chattor.protocol.channel_frames import Access, ChannelList, Channels, Post, Posts, Sync, Unsubscribe
from chattor.protocol.channels import NO_POST, PostKind, Verdict
from chattor.protocol.frames import Frame
from chattor.protocol.friendship import State
from chattor.protocol.limits import CHANNELS_MAX
from chattor.store.repos.channels import ChannelRow, PublisherRow
from chattor.store.repos.events import Happened
from chattor.store.repos.posts import PostRow
from chattor.store.tx import Tx
from chattor.text import safe_name, safe_text

CONTRADICTION = "two different posts were signed for one place: its owner, or a copy of him, tells two stories"


def begin(tx: Tx, ctx: Ctx, publisher: int) -> list[Frame]:
    """What to ask an owner first; the rest follows from his answers. Nothing if we read nothing of his."""
    owner = tx.channels.publisher(publisher)
    if owner is None:
        return []
    friend = friend_of(tx, owner)
    _name_channels(tx, owner, owner.ik_sig if friend is None else friend.ik_sig)
    first = _next(tx, publisher, after=0)
    if first is None:
        return []
    told = [seen(tx, ctx, friend, row) for row in tx.channels.of(publisher) if row.subscribed] if friend else []
    return [Channels(), *(frame for frame in told if frame is not None), first]


def begin_with_friend(tx: Tx, ctx: Ctx, friend: int, asked: frozenset[bytes]) -> list[Frame]:
    """As `begin`, for a friend whose link is open; of channels `asked` there that we gave up he is told so."""
    row = tx.friends.get(friend)
    owner = None if row is None else tx.channels.publisher_by_commit(row.id_commit)
    if owner is None or friend_of(tx, owner) is None:
        return []
    read = {channel.channel_id for channel in tx.channels.of(owner.id) if channel.subscribed}
    return [*(Unsubscribe(channel) for channel in sorted(asked - read)), *begin(tx, ctx, owner.id)]


def _name_channels(tx: Tx, owner: PublisherRow, ik_sig: bytes | None) -> None:
    """Give channels the ids that frames use, which follow from the owner's identity."""
    for row in tx.channels.of(owner.id) if ik_sig is not None else ():
        named = protocol.channel_id(ik_sig or b"", row.name)
        if row.channel_id != named:
            tx.channels.update(row.id, channel_id=named)


def take_list(tx: Tx, ctx: Ctx, owner: PublisherRow, ik_sig: bytes, frame: ChannelList) -> None:
    """What an owner offers: at most 64 are kept, those no longer offered go unless we read them."""
    offered = {listing.name: listing.access for listing in frame.channels if _is_name(listing.name)}
    known = {row.name: row for row in tx.channels.of(owner.id)}
    for name, row in list(known.items()):
        if name not in offered and not row.subscribed:
            tx.channels.delete(row.id)
            del known[name]
        elif row.missing is (name in offered):
            tx.channels.update(row.id, missing=not row.missing)
            tx.emit(ctx.now, Happened.CHANNEL_CHANGED, channel=row.id)
    for name, access in offered.items():
        friends_only = access is Access.FRIENDS
        if name in known:
            tx.channels.update(known[name].id, friends_only=friends_only)
        elif len(known) < CHANNELS_MAX:
            named = protocol.channel_id(ik_sig, name)
            row = tx.channels.add(name=name, friends_only=friends_only, channel_id=named, publisher=owner.id)
            known[name] = row
            tx.channels.update(row.id, subscribed=owner.welcome)
            tx.emit(ctx.now, Happened.CHANNEL_CHANGED, channel=row.id)
    if owner.welcome:
        tx.channels.update_publisher(owner.id, welcome=False)


def take_post(tx: Tx, ctx: Ctx, owner: PublisherRow, ik_sig: bytes, post: Post) -> None:
    """One post, asked for or pushed. Raises BadSignature, ProtocolViolation: nothing is kept and the link closes."""
    channel = tx.channels.theirs_by_id(owner.id, post.channel)
    if channel is None or not channel.subscribed:
        return  # we gave the channel up while it was on its way
    protocol.check(ik_sig, post)
    if post.kind == PostKind.SUCCESSION:
        protocol.read_succession(owner.id_commit, post)
    named = protocol.post_id(ik_sig, post)
    held = tx.posts.neighbours(channel.id, post.incarnation, post.seq)
    verdict = protocol.judge(named, post.prev, held)
    if verdict is Verdict.REPEAT or _is_past(tx, ctx, channel, post):
        return
    number = _keep(tx, ctx, channel, named, post)
    if verdict is Verdict.CONTRADICTION:
        _alarm(tx, ctx, owner, channel, post)
    _follow_on(tx, channel, number, post)
    tx.posts.prune(channel.id, ctx.keep_posts)
    tx.leave_residue()
    if (row := tx.posts.get(number)) is not None and row.text is not None:
        friend = friend_of(tx, owner)
        tx.emit(
            ctx.now,
            Happened.POST_RECEIVED,
            friend=None if friend is None else friend.id,
            channel=channel.id,
            post=number,
        )


def take_end(tx: Tx, ctx: Ctx, owner: PublisherRow, frame: Posts) -> Sync | None:
    """An answer is over: what to ask next, None when everything was asked."""
    if frame.more > 1:
        raise ProtocolViolation("neither more nor no more")
    channel = tx.channels.theirs_by_id(owner.id, frame.channel)
    if channel is None or not channel.subscribed:
        return None
    if frame.oldest != NO_POST:
        tx.posts.mark_start(channel.id, frame.oldest)
    upto, before = tx.posts.by_id(channel.id, frame.post_id), _synced(tx, channel)
    if upto is not None and (before is None or _place(upto) > _place(before)):
        tx.channels.update(channel.id, synced=upto.id)
    tx.channels.update(channel.id, synced_ms=ctx.now)
    question = _ask(tx, channel) if frame.more else _next(tx, owner.id, after=channel.id)
    if question is None:
        _follow(tx, owner)
    return question


def expire(tx: Tx, ctx: Ctx) -> None:
    """Drop the texts of posts whose time is over."""
    if tx.posts.expire(ctx.now):
        tx.leave_residue()


def _follow(tx: Tx, owner: PublisherRow) -> None:
    """All was asked. If a stranger's channels ended, what he became is read from now on; a friend sends ROTATE."""
    last = next(iter(tx.posts.successions(owner.id)), None)
    if last is None or friend_of(tx, owner) is not None:
        return
    new = protocol.successor(last.succession or b"")
    known = tx.friends.by_commit(new.id_commit)
    is_somebody = tx.channels.publisher_by_commit(new.id_commit) is not None
    if new.epoch > owner.epoch and not is_somebody and (known is None or known.state is not State.BLOCKED):
        following.move(tx, owner.id_commit, new)


def _next(tx: Tx, publisher: int, after: int) -> Sync | None:
    """The question about the next channel of an owner."""
    for row in tx.channels.of(publisher):
        if row.id > after and row.subscribed:
            return _ask(tx, row)
    return None


def _ask(tx: Tx, channel: ChannelRow) -> Sync:
    since = _synced(tx, tx.channels.get(channel.id) or channel)
    named = channel.channel_id or NO_POST
    return Sync(named, 0, 0, NO_POST) if since is None else Sync(named, since.incarnation, since.seq, since.post_id)


def _synced(tx: Tx, channel: ChannelRow) -> PostRow | None:
    return None if channel.synced is None else tx.posts.get(channel.synced)


def _place(row: PostRow) -> tuple[int, int, int]:
    return row.run, row.seq, row.id


def _is_past(tx: Tx, ctx: Ctx, channel: ChannelRow, post: Post) -> bool:
    """Whether it was kept here once and pruned: it would only be pruned again."""
    oldest = tx.posts.oldest(channel.id)
    full = oldest is not None and tx.posts.count(channel.id) >= ctx.keep_posts
    return full and oldest is not None and oldest.incarnation == post.incarnation and post.seq < oldest.seq


def _keep(tx: Tx, ctx: Ctx, channel: ChannelRow, named: bytes, post: Post) -> int:
    salt: bytes | None = None
    text: str | None = None
    retracted = False
    if post.kind == PostKind.TEXT:
        retracted = not post.body or tx.posts.is_retracted(channel.id, named)
        if post.body:
            salt, text = protocol.read_body(post.body)
    gone = retracted or 0 < post.expires_ms <= ctx.now
    if post.kind == PostKind.RETRACTION:
        _retract(tx, ctx, channel, post.body)
    if post.kind == PostKind.SUCCESSION:
        tx.emit(ctx.now, Happened.CHANNEL_CHANGED, channel=channel.id)
    return tx.posts.add(
        channel.id,
        named,
        post,
        salt=None if gone else salt,
        text=None if gone or text is None else safe_text(text, multiline=True),
        retracted=retracted,
        received_ms=ctx.now,
    )


def _retract(tx: Tx, ctx: Ctx, channel: ChannelRow, target: bytes) -> None:
    row = tx.posts.by_id(channel.id, target)
    if row is not None and row.kind == PostKind.TEXT and not row.retracted:
        tx.posts.retract(row.id)
        tx.emit(ctx.now, Happened.CHANNEL_CHANGED, channel=channel.id)


def _alarm(tx: Tx, ctx: Ctx, owner: PublisherRow, channel: ChannelRow, post: Post) -> None:
    """Told once a channel; each place is marked."""
    tx.posts.contradict(channel.id, post.incarnation, post.seq)
    if channel.alarm is None:
        tx.channels.update(channel.id, alarm=CONTRADICTION)
        friend = friend_of(tx, owner)
        tx.emit(
            ctx.now,
            Happened.IDENTITY_ALARM,
            friend=None if friend is None else friend.id,
            channel=channel.id,
            detail=CONTRADICTION,
        )


def _follow_on(tx: Tx, channel: ChannelRow, number: int, post: Post) -> None:
    """What continues all we have needs no fetching any more."""
    since = _synced(tx, channel)
    if post.prev == (NO_POST if since is None else since.post_id):
        tx.channels.update(channel.id, synced=number)


def _is_name(name: str) -> bool:
    try:
        return safe_name(name) == name
    except BadInput:
        return False
