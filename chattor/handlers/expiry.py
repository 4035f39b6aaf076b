"""The age limit of undelivered messages. Whatever expires says so; its bytes go, and it travels as TOMBSTONE.

A message that never left can expire at any time. One that was on a wire may have arrived: it waits for the next
HELLO, which tells.
"""

from chattor.handlers import ephemeral
from chattor.handlers.context import Ctx
from chattor.model.message import UNDER_WAY, Direction, MessageState
from chattor.store.repos.events import Happened
from chattor.store.repos.messages import MessageRow
from chattor.store.tx import Tx


def expire_unsent(tx: Tx, ctx: Ctx) -> None:
    """Give up what is too old and never left."""
    if ctx.oldest_ms is None:
        return
    for message in tx.messages.waiting_since(ctx.oldest_ms):
        if message.state is MessageState.QUEUED:
            _give_up(tx, ctx, message)


def expire_unreceived(tx: Tx, ctx: Ctx, friend: int, after_pos: int) -> None:
    """The peer's HELLO says he has nothing after `after_pos`: give up what is too old of it, sent before or not."""
    if ctx.oldest_ms is None:
        return
    for item in tx.chain.after(friend, after_pos):
        message = tx.messages.by_wire(friend, Direction.OUT, item.msg_id)
        if message is not None and message.state in UNDER_WAY and message.sent_ms < ctx.oldest_ms:
            _give_up(tx, ctx, message)


def _give_up(tx: Tx, ctx: Ctx, message: MessageRow) -> None:
    tx.chain.bury(message.friend, message.msg_id)
    tx.progress.settle(message.id, MessageState.EXPIRED, ctx.now)
    tx.emit(ctx.now, Happened.EXPIRED, friend=message.friend, message=message.id)
    ephemeral.begin(tx, ctx, [message.id])
