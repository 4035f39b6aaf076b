"""The timer two friends share: set here, or set by a friend in his stream (protocol §5)."""

from chattor.handlers import resolve, stream
from chattor.handlers.context import Ctx
from chattor.handlers.relations import reload
from chattor.handlers.views import friend_view
from chattor.model.friend import Friend
from chattor.protocol.content import TIMER, Timer, check_ttl, decode_timer
from chattor.protocol.frames import Msg
from chattor.protocol.stream import Kind, Rest
from chattor.protocol.timer import Decision
from chattor.store.repos.events import Happened
from chattor.store.repos.friends import FriendRow
from chattor.store.tx import Tx


def set_timer(tx: Tx, ctx: Ctx, name: str, seconds: int | None) -> Friend:
    """Texts of both sides live so long from now on, or for ever. Raises BadInput, NotFound, NotAllowed."""
    if seconds is not None:
        check_ttl(seconds)
    friend = resolve.addressee(tx, name)
    if friend.timer.seconds != (seconds or 0):
        _agree(tx, ctx, friend, friend.timer.next(seconds or 0))
        remind(tx, ctx, friend)
    return friend_view(tx, ctx, reload(tx, friend))


def take_timer(tx: Tx, ctx: Ctx, friend: FriendRow, item: Msg, rest: Rest) -> None:
    """A friend decided. If he did not know of a later decision, he is told it: one of the stores is an older one."""
    content = decode_timer(rest.body)
    theirs, ours = Decision(content.round, content.seconds), reload(tx, friend).timer
    if theirs.outdoes(ours):
        _agree(tx, ctx, friend, theirs)
    elif theirs.round < ours.round and not _is_on_its_way(tx, reload(tx, friend)):
        remind(tx, ctx, friend)


def remind(tx: Tx, ctx: Ctx, friend: FriendRow) -> None:
    """Tell a friend what we hold to be agreed."""
    row = reload(tx, friend)
    stream.write(tx, ctx, row, Kind.TIMER, TIMER.encode(Timer(row.timer.seconds, row.timer.round)))


def _is_on_its_way(tx: Tx, row: FriendRow) -> bool:
    """Whether what we hold to be agreed is said already: a false friend could have us say it for ever."""
    rest = tx.chain.last_waiting(row.id, Kind.TIMER, row.sending.acked_pos)
    return rest is not None and Rest.decode(rest).body == TIMER.encode(Timer(row.timer.seconds, row.timer.round))


def _agree(tx: Tx, ctx: Ctx, friend: FriendRow, decision: Decision) -> None:
    tx.friends.update(friend.id, timer_round=decision.round, timer_s=decision.seconds)
    tx.emit(ctx.now, Happened.FRIEND_CHANGED, friend=friend.id)
