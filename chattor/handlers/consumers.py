"""Consumers of the event log: each gets every event at least once, until he says that he is done with it."""

import re
from typing import Final

from chattor.api import Batch
from chattor.errors import BadInput, NoConsumer
from chattor.handlers import log
from chattor.handlers.context import Ctx
from chattor.handlers.views import moment
from chattor.model.consumer import Consumer
from chattor.model.ids import Cursor
from chattor.store.repos.consumers import ConsumerRow
from chattor.store.tx import Tx

AT_MOST: Final = 64
"""Registered at once."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")


def recv(tx: Tx, ctx: Ctx, since: str | None, ack: bool, limit: int, name: str) -> Batch:
    """A page of events after `since`, or after what somebody acknowledged; with `ack` he is done with them."""
    begin = start(tx, ctx, since, name)
    events = log.show(tx, ctx, begin, limit)
    cursor = events[-1].cursor if events else Cursor(str(begin))
    if ack:
        acknowledge(tx, ctx, cursor, name)
    return Batch(events=events, cursor=cursor)


def start(tx: Tx, ctx: Ctx, since: str | None, name: str | None) -> int:
    """Where somebody begins: after `since`, after what he acknowledged, or with what comes. Raises BadInput."""
    if since is not None:
        return log.place(since)
    if name is None:
        return tx.events.head()
    known = tx.consumers.get(_checked(name))
    return 0 if known is None else known.cursor


def acknowledge(tx: Tx, ctx: Ctx, cursor: str, name: str) -> Consumer:
    """Somebody is done with everything up to a cursor; who is new is registered. Raises BadInput."""
    place = log.place(cursor)
    if place > tx.events.head():
        raise BadInput(f"nothing has come as far as cursor {place} yet")
    if tx.consumers.get(_checked(name)) is None and len(tx.consumers.all()) >= AT_MOST:
        raise BadInput(f"{AT_MOST} consumers are registered; `chattor consumers forget NAME` makes room")
    tx.consumers.acknowledge(name, place, ctx.now)
    return _consumer(_known(tx, name))


def listed(tx: Tx, ctx: Ctx) -> list[Consumer]:
    """All who are registered."""
    return [_consumer(row) for row in tx.consumers.all()]


def forget(tx: Tx, ctx: Ctx, name: str) -> Consumer:
    """Register somebody no more: the log keeps nothing for him. Raises NoConsumer."""
    row = _known(tx, name)
    tx.consumers.forget(name)
    return _consumer(row)


def _known(tx: Tx, name: str) -> ConsumerRow:
    row = tx.consumers.get(_checked(name))
    if row is None:
        raise NoConsumer(f"no consumer {name}")
    return row


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise BadInput("a consumer's name has up to 32 of a–z, 0–9, '.', - and _, and starts with a letter or a digit")
    return name


def _consumer(row: ConsumerRow) -> Consumer:
    return Consumer(
        name=row.name, cursor=Cursor(str(row.cursor)), waiting=row.waiting, acknowledged_at=moment(row.at_ms)
    )
