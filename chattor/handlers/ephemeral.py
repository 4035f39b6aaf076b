"""Texts whose time is limited: it begins when the text is first shown here, or acknowledged there, and ends for good.

What ends: the text, the bytes that would travel again with their salt, the search indexes' share of it, what people
thought of it. What stays: that there was a message, and when it ended.
"""

from collections.abc import Iterable
from typing import Final

from chattor.handlers.context import Ctx
from chattor.model.message import Direction, Message
from chattor.store.repos.events import Happened
from chattor.store.repos.messages import MessageRow
from chattor.store.tx import Tx

BATCH: Final = 64
"""Texts ended in one transaction."""
DRIFT: Final = 1_000
"""Milliseconds a wall clock may lag behind the time that passed before it counts as set back."""


def begin(tx: Tx, ctx: Ctx, messages: Iterable[int]) -> None:
    """The time of these texts begins, if it is limited and did not begin yet."""
    for message in tx.expiring.begin(messages, _now(ctx)):
        _tell(tx, ctx, message)


def show(tx: Tx, ctx: Ctx, rows: Iterable[MessageRow]) -> None:
    """Somebody is given these texts."""
    begin(tx, ctx, (row.id for row in rows if row.direction is Direction.IN and row.expires_ms is None))


def show_all(tx: Tx, ctx: Ctx, friend: int, upto: int) -> None:
    """Somebody saw a friend's texts up to this message."""
    for message in tx.expiring.begin_shown(friend, upto, _now(ctx)):
        _tell(tx, ctx, message)


def is_unshown(message: Message | None) -> bool:
    """Whether giving somebody this text begins its time."""
    return (
        message is not None
        and message.direction is Direction.IN
        and message.ttl is not None
        and message.expires_at is None
        and message.text is not None
    )


def forget_reactions(tx: Tx, row: MessageRow) -> None:
    """Nobody thinks anything of a message any more, and nothing travels that says so."""
    if Direction.OUT in tx.reactions.of(row.friend, row.msg_id):
        tx.chain.bury_reactions(row.friend, row.msg_id)
    tx.reactions.forget(row.friend, row.msg_id)


def tick(tx: Tx, ctx: Ctx, elapsed_ms: int) -> int | None:
    """End some of what is due; the moment the next text ends, maybe past already, or None.

    `elapsed_ms` passed since the last call of this run, 0 at the first. A clock that says less than it must was set
    back, and every end with it: no text lives longer for that. One that says more may have slept, and is believed.
    """
    expected = tx.expiring.wall() + elapsed_ms
    if ctx.now < expected - DRIFT:
        tx.expiring.shift(ctx.now - expected)
    tx.expiring.remember_wall(ctx.now)
    for row in tx.expiring.due(ctx.now, BATCH):
        _end(tx, ctx, row)
    return tx.expiring.next()


def residue(tx: Tx, ctx: Ctx) -> int:
    """How often something secret was overwritten or deleted, which the log of the store may still hold."""
    return tx.expiring.residue()


def _now(ctx: Ctx) -> int:
    """The moment as the ends in the store count: if the clock was set back, the next `tick` moves this one as well."""
    return ctx.now + (ctx.set_back_ms if ctx.set_back_ms > DRIFT else 0)


def _end(tx: Tx, ctx: Ctx, row: MessageRow) -> None:
    if row.direction is Direction.OUT:
        tx.chain.bury(row.friend, row.msg_id)
    tx.messages.vanish(row.id)
    forget_reactions(tx, row)
    tx.emit(ctx.now, Happened.EXPIRED, friend=row.friend, message=row.id)


def _tell(tx: Tx, ctx: Ctx, message: int) -> None:
    row = tx.messages.get(message)
    tx.emit(ctx.now, Happened.MESSAGE_CHANGED, friend=None if row is None else row.friend, message=message)
    tx.set_deadline()
