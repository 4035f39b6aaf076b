"""Receipts, presence, typing, profiles (protocol §5): what we let friends know of us, and what we show of them.

All but profiles is mutual: whoever does not tell is not told. All of it is whispered, that is said on a link that
stands or not at all.
"""

from collections.abc import Sequence

from chattor.handlers import resolve
from chattor.handlers.context import Ctx
from chattor.model.activity import is_capability
from chattor.model.message import Direction, MessageState
from chattor.protocol.channel_frames import Seen
from chattor.protocol.frames import Being, Presence, Profile, Read, Sign, Whisper
from chattor.protocol.friendship import State
from chattor.protocol.limits import RECEIPTS_AT_ONCE
from chattor.protocol.presence import status
from chattor.store.repos.events import Happened
from chattor.store.repos.friends import FriendRow
from chattor.store.tx import Tx


def tells_receipts(ctx: Ctx, row: FriendRow) -> bool:
    """Whether the two of us know what the other has read."""
    return _allowed(row, row.receipts, ctx.privacy.receipts)


def tells_typing(ctx: Ctx, row: FriendRow) -> bool:
    """Whether the two of us see each other type."""
    return _allowed(row, row.typing, ctx.privacy.typing)


def tells_presence(ctx: Ctx, row: FriendRow) -> bool:
    """Whether the two of us see each other come and go."""
    return _allowed(row, row.presence, ctx.privacy.presence)


def signs(tx: Tx, ctx: Ctx, number: int) -> list[Whisper]:
    """What to tell somebody of us now and then: who speaks, and if he may know it, that we are here and what we do."""
    row = tx.friends.get(number)
    if row is None or row.state is not State.FRIEND:
        return []
    here = Presence(Sign.ONLINE, status(ctx.activity))
    return [ctx.profile, here] if tells_presence(ctx, row) else [ctx.profile]


def is_told_of_reading(tx: Tx, ctx: Ctx, number: int) -> bool:
    """Whether somebody may know how far we have read."""
    row = tx.friends.get(number)
    return row is not None and tells_receipts(ctx, row)


def catch_up(tx: Tx, ctx: Ctx, number: int) -> None:
    """A link is open: tell how far we have read, for receipts are not kept for those who are away."""
    row = tx.friends.get(number)
    if row is not None:
        tell_read(tx, ctx, row)


def tell_read(tx: Tx, ctx: Ctx, row: FriendRow) -> None:
    """Tell a friend how far we have read."""
    newest = tx.messages.newest_in(row.id, row.read_id) if tells_receipts(ctx, row) else None
    if newest is not None:
        tx.whisper(row.id, Read(newest))


def typist(tx: Tx, ctx: Ctx, name: str) -> int | None:
    """Whom to tell that we type to FRIEND; None if he is not to know. Raises NotFound, NotAllowed."""
    row = resolve.friend(tx, name)
    return row.id if tells_typing(ctx, row) else None


def hear(tx: Tx, ctx: Ctx, number: int, whispers: Sequence[Whisper]) -> list[Presence]:
    """Take what a friend whispered; the signs among it that may be shown."""
    row = tx.friends.get(number)
    if row is None:
        return []
    for whisper in whispers:
        if isinstance(whisper, Read):
            _mark_read(tx, ctx, row, whisper.msg_id)
        elif isinstance(whisper, Seen) and tells_receipts(ctx, row):
            _mark_seen(tx, ctx, row, whisper)
    profiles = [whisper for whisper in whispers if isinstance(whisper, Profile)]
    if profiles and row.state is State.FRIEND:
        _learn(tx, ctx, row, profiles[-1])
    return [sign for sign in whispers if isinstance(sign, Presence) and _may_show(ctx, row, sign)]


def _may_show(ctx: Ctx, row: FriendRow, sign: Presence) -> bool:
    return (tells_presence if sign.sign == Sign.ONLINE else tells_typing)(ctx, row)


def _learn(tx: Tx, ctx: Ctx, row: FriendRow, profile: Profile) -> None:
    """Keep what a friend says he is; what is no capability is left out."""
    agent = profile.being == Being.AGENT
    capabilities = tuple(dict.fromkeys(filter(is_capability, profile.capabilities))) if agent else ()
    if (agent, capabilities) != (row.agent, row.capabilities):
        tx.friends.update(row.id, agent=agent, capabilities=" ".join(capabilities))
        tx.emit(ctx.now, Happened.FRIEND_CHANGED, friend=row.id)


def _mark_read(tx: Tx, ctx: Ctx, row: FriendRow, msg_id: bytes) -> None:
    message = tx.messages.by_wire(row.id, Direction.OUT, msg_id) if tells_receipts(ctx, row) else None
    if message is None:
        return
    for number in tx.progress.look_at(row.id, message.id, RECEIPTS_AT_ONCE, ctx.now):
        tx.emit(ctx.now, Happened.MESSAGE_STATE, friend=row.id, message=number, detail=MessageState.READ)


def _mark_seen(tx: Tx, ctx: Ctx, row: FriendRow, frame: Seen) -> None:
    """A friend has read a channel of ours up to some post."""
    channel = tx.channels.own_by_id(frame.channel)
    post = None if channel is None else tx.posts.by_id(channel.id, frame.post_id)
    if channel is not None and post is not None and tx.channels.has_read(channel.id, row.id, post.id):
        tx.emit(ctx.now, Happened.CHANNEL_CHANGED, channel=channel.id)


def _allowed(row: FriendRow, own: bool | None, default: bool) -> bool:
    return row.state is State.FRIEND and (default if own is None else own)
