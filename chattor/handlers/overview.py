"""The numbers of a status line."""

from dataclasses import dataclass

from chattor.handlers.context import Ctx
from chattor.handlers.presence import tells_presence
from chattor.protocol.friendship import State
from chattor.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Overview:
    """How many friends, how many of them are here, unread messages, and waiting things."""

    friends: int
    online: int
    unread: int
    outbox: int


def overview(tx: Tx, ctx: Ctx) -> Overview:
    """Count what a status line shows."""
    friends = [row for row in tx.friends.all() if row.state is State.FRIEND]
    unread = sum(tx.messages.unread(row.id, row.read_id) for row in friends)
    online = sum(row.id in ctx.online and tells_presence(ctx, row) for row in friends)
    outbox = tx.messages.count_waiting() + tx.chain.count_waiting_changes() + tx.outbox.count()
    return Overview(len(friends), online, unread, outbox)
