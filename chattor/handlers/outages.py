"""When nobody could reach us: remembered, and told."""

from typing import Final

from chattor.handlers.context import Ctx
from chattor.handlers.views import maybe_moment, moment
from chattor.model.status import Outage
from chattor.store.repos.events import Happened
from chattor.store.repos.outages import OutageRow
from chattor.store.tx import Tx

KEEP: Final = 100
TELL: Final = 10
"""How many are told at most, and of how many days."""
DAYS: Final = 7
NEAR_MS: Final = 60_000
"""One that begins so soon after another is the same."""
_DAY_MS: Final = 86_400_000


def begin(tx: Tx, ctx: Ctx, began_ms: int, reason: str) -> None:
    """Nobody can reach us since a moment."""
    last = _last(tx)
    if last is not None and last.ended_ms is None:
        return
    if last is not None and last.ended_ms is not None and 0 <= began_ms - last.ended_ms < NEAR_MS:
        tx.outages.end(last.id, None)
        number = last.id
    else:
        number = tx.outages.add(began_ms, reason, KEEP)
    tx.emit(ctx.now, Happened.UNREACHABLE, detail=str(number))


def go_on(tx: Tx, ctx: Ctx) -> None:
    """It lasts still."""
    found = _last(tx)
    if found is not None and found.ended_ms is None:
        tx.outages.see(found.id, ctx.now)


def end(tx: Tx, ctx: Ctx, ended_ms: int) -> None:
    """We can be reached again, since a moment."""
    last = _last(tx)
    if last is not None and last.ended_ms is None:
        tx.outages.end(last.id, max(ended_ms, last.began_ms))
        tx.emit(ctx.now, Happened.UNREACHABLE, detail=str(last.id))


def bury(tx: Tx, ctx: Ctx) -> None:
    """A node starts: what had not ended when the one before was killed ended with it."""
    last = _last(tx)
    if last is not None:
        end(tx, ctx, last.seen_ms)


def recent(tx: Tx, ctx: Ctx) -> list[Outage]:
    """Those of the last days, newest first."""
    rows = tx.outages.newest(TELL)
    return [outage_view(row) for row in rows if ctx.now - (row.ended_ms or ctx.now) < DAYS * _DAY_MS]


def outage_view(row: OutageRow) -> Outage:
    """One of them."""
    return Outage(began=moment(row.began_ms), ended=maybe_moment(row.ended_ms), reason=row.reason)


def _last(tx: Tx) -> OutageRow | None:
    return next(iter(tx.outages.newest(1)), None)
