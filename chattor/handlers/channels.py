"""What the user does about channels: list, create, subscribe, unsubscribe, read. Publishing has a room of its own."""

from dataclasses import dataclass

from chattor.errors import BadInput, ChannelRefused, NotAllowed, NotFound
from chattor.handlers import presence, resolve
from chattor.handlers.channel_views import channel_view, post_views
from chattor.handlers.context import Ctx
from chattor.handlers.resolve import friend_of
from chattor.model.channel import Access, Channel, Post
from chattor.protocol import channels as protocol
from chattor.protocol.channel_frames import Seen
from chattor.protocol.channels import BUILT_IN
from chattor.protocol.friend_code import parse
from chattor.protocol.friendship import State
from chattor.protocol.limits import CHANNELS_MAX, STRANGERS_FOLLOWED
from chattor.store.repos.channels import ChannelRow, PublisherRow
from chattor.store.repos.events import Happened
from chattor.store.repos.friends import FriendRow
from chattor.store.tx import Tx
from chattor.text import safe_name

FEED_MAX = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe:
    """Read a channel of whoever CODE names: a friend code, or any name of a friend."""

    code: str
    channel: str = "public"


def listing(tx: Tx, ctx: Ctx) -> list[Channel]:
    """Ours first, then what we read, then what friends offer."""
    rows = [row for row in tx.channels.all() if row.publisher is None or row.subscribed or _is_offered(tx, row)]
    rows.sort(key=lambda row: (row.publisher is not None, not row.subscribed, row.id))
    return [channel_view(tx, ctx, row) for row in rows]


def subscribed(tx: Tx, ctx: Ctx, name: str | None) -> list[Channel]:
    """What we read, or one channel of it."""
    if name is not None:
        return [channel_view(tx, ctx, resolve.others_channel(tx, name))]
    return [one for one in listing(tx, ctx) if one.subscribed]


def create(tx: Tx, ctx: Ctx, name: str, access: Access) -> Channel:
    """A new channel of ours. Raises BadInput, ChannelRefused when there is one of that name, or there are too many."""
    wanted, own = safe_name(name), tx.channels.own()
    if "/" in wanted:
        raise BadInput("a channel's name has no /")
    if any(row.name.casefold() == wanted.casefold() for row in own):
        raise ChannelRefused(f"“{wanted}” is taken")
    if len(own) >= CHANNELS_MAX:
        raise ChannelRefused(f"there are {CHANNELS_MAX} channels already")
    ik_sig = ctx.own.identity.sig.public
    row = tx.channels.add(
        name=wanted, friends_only=access is Access.FRIENDS, channel_id=protocol.channel_id(ik_sig, wanted)
    )
    tx.emit(ctx.now, Happened.CHANNEL_CHANGED, channel=row.id)
    return channel_view(tx, ctx, row)


def subscribe(tx: Tx, ctx: Ctx, command: Subscribe) -> Channel:
    """Read a channel from now on; what is there is fetched at once. Raises BadFriendCode, BadInput, NotAllowed."""
    name = safe_name(command.channel)
    owner = _owner(tx, ctx, command.code)
    friend = friend_of(tx, owner)
    row = tx.channels.theirs_by_name(owner.id, name) or tx.channels.add(
        name=name,
        friends_only=friend is not None and BUILT_IN.get(name, False),
        channel_id=None,
        publisher=owner.id,
    )
    if not row.subscribed:
        tx.channels.update(row.id, subscribed=True)
        tx.emit(ctx.now, Happened.CHANNEL_CHANGED, channel=row.id)
    tx.fetch(owner.id)
    return channel_view(tx, ctx, _reload(tx, row))


def unsubscribe(tx: Tx, ctx: Ctx, name: str) -> Channel:
    """Read a channel no more; a stranger of whom we read nothing any more is forgotten."""
    row = resolve.others_channel(tx, name)
    tx.channels.update(row.id, subscribed=False)
    tx.emit(ctx.now, Happened.CHANNEL_CHANGED, channel=row.id)
    answer = channel_view(tx, ctx, _reload(tx, row))
    owner = _owner_of(tx, row)
    if friend_of(tx, owner) is not None:
        tx.fetch(owner.id)  # so that he hears of it
    elif not any(other.subscribed for other in tx.channels.of(owner.id)):
        tx.channels.delete_publisher(owner.id)
    return answer


def feed(tx: Tx, ctx: Ctx, name: str, limit: int) -> list[Post]:
    """The newest texts of a channel, newest first, at most `limit` (1 to 1,000)."""
    row = resolve.channel(tx, name)
    return post_views(tx, row, tx.posts.newest(row.id, -1))[: min(max(limit, 1), FEED_MAX)]


def read(tx: Tx, ctx: Ctx, name: str) -> Channel:
    """Move our read marker to the end of a channel; its owner is told, if he is a friend and we allow it."""
    row = resolve.channel(tx, name)
    last = tx.posts.last_number(row.id)
    if row.publisher is not None and last > row.read_id:
        tx.channels.update(row.id, read_id=last)
        tx.emit(ctx.now, Happened.CHANNEL_CHANGED, channel=row.id)
        friend = friend_of(tx, _owner_of(tx, row))
        if friend is not None and (told := seen(tx, ctx, friend, _reload(tx, row))) is not None:
            tx.whisper(friend.id, told)
    return channel_view(tx, ctx, _reload(tx, row))


def seen(tx: Tx, ctx: Ctx, friend: FriendRow, row: ChannelRow) -> Seen | None:
    """How far we have read a friend's channel, if he may know."""
    post = tx.posts.get(row.read_id)
    if not presence.tells_receipts(ctx, friend) or post is None or row.channel_id is None:
        return None
    return Seen(row.channel_id, post.post_id)


def begin_incarnation(tx: Tx, ctx: Ctx) -> None:
    """From now on our posts are of a new run: an older copy of this store may have given the next numbers already.

    Called after a restore, and when a reader shows a post of ours that we do not know.
    """
    for row in tx.channels.own():
        number = int.from_bytes(ctx.rng(8), "big") >> 2
        tx.channels.update(row.id, incarnation=number or 1, restored_ms=tx.own.restored_ms())


def _owner(tx: Tx, ctx: Ctx, code: str) -> PublisherRow:
    """Whoever a friend code names, or a friend by any of his names."""
    try:
        friend = resolve.friend(tx, code)
    except (NotFound, NotAllowed):
        parsed = parse(code, own=ctx.own.code)
        relation = tx.friends.by_commit(parsed.id_commit)
        if relation is not None and relation.state is State.BLOCKED:
            raise NotAllowed(f"{relation.name} is blocked") from None
        known = tx.channels.publisher_by_commit(parsed.id_commit)
        if known is None and len(tx.channels.strangers()) >= STRANGERS_FOLLOWED:
            raise ChannelRefused(f"you read channels of {STRANGERS_FOLLOWED} strangers already") from None
        return known or tx.channels.add_publisher(onion_pk=parsed.onion_pk, id_commit=parsed.id_commit)
    return tx.channels.add_publisher(onion_pk=friend.onion_pk, id_commit=friend.id_commit)


def _owner_of(tx: Tx, row: ChannelRow) -> PublisherRow:
    owner = None if row.publisher is None else tx.channels.publisher(row.publisher)
    if owner is None:
        raise LookupError(f"channel {row.id} has no owner")
    return owner


def _is_offered(tx: Tx, row: ChannelRow) -> bool:
    return friend_of(tx, _owner_of(tx, row)) is not None


def _reload(tx: Tx, row: ChannelRow) -> ChannelRow:
    found = tx.channels.get(row.id)
    if found is None:
        raise LookupError(f"channel {row.id} is gone")
    return found
