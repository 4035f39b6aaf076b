"""What a node does by the clock, whether anybody asks or not: give up, forget, prune. One transaction a round."""

from chattor.handlers import age, agents, expiry, fetching, log, relations, retention, rotation
from chattor.handlers.context import Ctx
from chattor.store.tx import Tx


def keep_house(tx: Tx, ctx: Ctx) -> bool:
    """What is due every half minute; whether there may be more to forget."""
    expiry.expire_unsent(tx, ctx)
    fetching.expire(tx, ctx)
    return not age.is_doubted(tx, ctx) and retention.forget_old(tx, ctx)


def keep_house_seldom(tx: Tx, ctx: Ctx) -> None:
    """What is due every hour."""
    log.prune(tx, ctx)
    if not age.is_doubted(tx, ctx):
        rotation.retire(tx, ctx)
    age.look(tx, ctx)
    relations.insist(tx, ctx)
    agents.forget(tx, ctx)
