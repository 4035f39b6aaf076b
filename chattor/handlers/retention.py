"""How long conversations are kept: what is older goes, a few messages at a time, the oldest first.

A message's age is told by our own clock: when it came, or when we wrote it. What still waits to leave is not touched.
"""

from typing import Final

from chattor.handlers import ephemeral, reading
from chattor.handlers.context import Ctx
from chattor.model.message import Direction
from chattor.store.repos.events import Happened
from chattor.store.repos.friends import FriendRow
from chattor.store.tx import Tx

BATCH: Final = 64
"""Messages dropped in one transaction, of each friend."""


def forget_old(tx: Tx, ctx: Ctx) -> bool:
    """Drop some of what was kept long enough; whether there may be more."""
    return any(_forget(tx, ctx, row) for row in tx.friends.all())


def _forget(tx: Tx, ctx: Ctx, friend: FriendRow) -> bool:
    seconds = ctx.retention_s if friend.retention_s is None else friend.retention_s
    old = tx.expiring.forgettable(friend.id, ctx.now - seconds * 1000, BATCH) if seconds else []
    for message in old:
        if message.direction is Direction.OUT:
            tx.chain.bury(friend.id, message.msg_id)
        else:
            tx.seen.mark_deleted(friend.id, message.msg_id)  # a later edit must not bring it back
        ephemeral.forget_reactions(tx, message)
        tx.expiring.forget(message.id)
    if old:
        reading.make_room(tx, friend, friend.read_id)
        tx.emit(ctx.now, Happened.FRIEND_CHANGED, friend=friend.id)
    return len(old) == BATCH
