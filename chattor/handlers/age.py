"""Whether what is old by the clock may go for good: a clock that leapt may be wrong, and what is dropped is gone.

A clock further ahead of the last moment believed than a week is in doubt, until it has stood by what it says for a day
in which the node ran: whoever set it wrong has noticed by then, for Tor does not work with it. Less than a week is how
long people are away; a clock that is wrong by less takes no more than what would have gone within that week.
"""

from dataclasses import replace
from typing import Final

from chattor.handlers.context import Ctx
from chattor.store.repos.expiring import Belief
from chattor.store.tx import Tx

HOUR: Final = 3_600_000
FAR: Final = 7 * 24 * HOUR
STANDS: Final = 24
"""Looks, an hour or more apart."""


def is_doubted(tx: Tx, ctx: Ctx) -> bool:
    """Whether nothing is to be dropped for its age."""
    return _is_far(tx.expiring.belief(), ctx.now)


def look(tx: Tx, ctx: Ctx) -> None:
    """Once an hour: what the clock says is believed, or counted."""
    tx.expiring.believe(_looked(tx.expiring.belief(), ctx.now))


def _is_far(belief: Belief, now: int) -> bool:
    return bool(belief.moment) and now - belief.moment > FAR


def _looked(before: Belief, now: int) -> Belief:
    if not _is_far(before, now):
        return Belief(moment=now)
    since = now - before.looked
    if 0 <= since < HOUR:  # a program that is started again and again
        return before
    stood = before.stood + 1 if 0 <= since <= FAR else 0
    return Belief(moment=now) if stood == STANDS else replace(before, looked=now, stood=stood)
