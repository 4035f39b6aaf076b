"""The age limit of undelivered messages. Whatever expires says so; its bytes go, and it travels as TOMBSTONE.

A message that never left can expire at any time. One that was on a wire may have arrived: it waits for the next
HELLO, which tells.
"""

from chattor.handlers.context import Ctx
from chattor.model.message import MessageState
from chattor.store.repos.chain import Item
from chattor.store.repos.messages import MessageRow
from chattor.store.tx import Tx


def expire_unsent(tx: Tx, ctx: Ctx) -> None:
    """Give up what is too old and never left."""
    if ctx.oldest_ms is None:
        return
    for message in tx.messages.waiting_since(ctx.oldest_ms):
        item = tx.chain.get(message.friend, message.msg_id)
        if item is not None and not item.written:
            _give_up(tx, ctx, message, item)


def expire_unreceived(tx: Tx, ctx: Ctx, friend: int, after_pos: int) -> None:
    """The peer's HELLO says he has nothing after `after_pos`: give up what is too old of it, sent before or not."""
    if ctx.oldest_ms is None:
        return
    for item in tx.chain.after(friend, after_pos):
        message = tx.messages.own(friend, item.msg_id)
        if message is not None and message.state in _WAITING and message.sent_ms < ctx.oldest_ms:
            _give_up(tx, ctx, message, item)


_WAITING = (MessageState.QUEUED, MessageState.SENDING)


def _give_up(tx: Tx, ctx: Ctx, message: MessageRow, item: Item) -> None:
    tx.chain.bury(item.pos)
    tx.messages.set_state(message.id, MessageState.EXPIRED)
    tx.emit(ctx.now, "expired", friend=message.friend, message=message.id)
