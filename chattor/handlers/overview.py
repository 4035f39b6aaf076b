"""The numbers of a status line."""

from dataclasses import dataclass

from chattor.handlers.context import Ctx
from chattor.protocol.friendship import State
from chattor.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Overview:
    """How many friends, unread messages, and waiting things."""

    friends: int
    unread: int
    outbox: int


def overview(tx: Tx, ctx: Ctx) -> Overview:
    """Count what a status line shows."""
    friends = [row for row in tx.friends.all() if row.state is State.FRIEND]
    unread = sum(tx.messages.unread(row.id, row.read_id) for row in friends)
    return Overview(len(friends), unread, tx.messages.count_waiting() + tx.outbox.count())
