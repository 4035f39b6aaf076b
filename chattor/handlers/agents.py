"""Whom the user lets act for him: grants made and ended, and the log of what was done with them."""

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import Final

from chattor.errors import BadInput, BadToken, NoAgent
from chattor.handlers import approvals, resolve
from chattor.handlers.agent_views import agent_view, call_view
from chattor.handlers.context import Ctx
from chattor.model.agent import DEFAULT_SCOPES, Agent, AgentCall, ApprovalState, NewAgent, Scope
from chattor.store.tx import Tx

AGENTS_MAX: Final = 32
REVOKED_KEPT: Final = 32
DECIDED_KEPT: Final = 256
LOG_MAX: Final = 1_000
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_PREFIX: Final = "cta_"
_SECRET: Final = 32  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AddAgent:
    """Let a program act within a grant: send to these friends, and what the scopes say."""

    name: str
    send_to: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] | None = None


def add(tx: Tx, ctx: Ctx, command: AddAgent) -> NewAgent:
    """Make a grant and its token. Raises BadInput, NotFound, NotAllowed."""
    if not _NAME.fullmatch(command.name):
        raise BadInput("an agent's name has up to 32 of a–z, 0–9, '.', - and _, and starts with a letter or a digit")
    live = tx.agents.live()
    if any(row.name == command.name for row in live):
        raise BadInput(f"there is an agent {command.name} already; revoke it first")
    if len(live) >= AGENTS_MAX:
        raise BadInput(f"there are {AGENTS_MAX} agents already")
    friends = {resolve.friend(tx, name).id for name in command.send_to}
    wanted = DEFAULT_SCOPES if command.scopes is None else command.scopes
    token = _PREFIX + base64.urlsafe_b64encode(ctx.rng(_SECRET)).decode().rstrip("=")
    row = tx.agents.add(
        name=command.name,
        token_hash=_hash(token),
        scopes=[scope for scope in Scope if scope in wanted],
        send_to=sorted(friends),
        at_ms=ctx.now,
    )
    seen = agent_view(tx, row)
    return NewAgent(name=seen.name, grant=seen.grant, created_at=seen.created_at, last_used=None, calls=0, token=token)


def listing(tx: Tx, ctx: Ctx) -> list[Agent]:
    """Every agent whose token works."""
    return [agent_view(tx, row) for row in tx.agents.live()]


def revoke(tx: Tx, ctx: Ctx, name: str) -> tuple[int, Agent]:
    """End a grant, and deny what was asked for under it; whose it was. Raises NoAgent."""
    row = tx.agents.by_name(name)
    if row is None:
        raise NoAgent(f"no agent “{name[:40]}”")
    seen = agent_view(tx, row)
    for wish in tx.approvals.of(row.id):
        if wish.state is ApprovalState.PENDING:
            approvals.decide(tx, ctx, wish, ApprovalState.DENIED)
    tx.agents.revoke(row.id, ctx.now)
    tx.consumers.forget(consumer(row.id))
    return row.id, seen


def log(tx: Tx, ctx: Ctx, name: str | None, limit: int) -> list[AgentCall]:
    """What agents did, newest first."""
    return [call_view(row) for row in tx.agents.calls(name, min(max(limit, 1), LOG_MAX))]


def named(tx: Tx, ctx: Ctx, token: str) -> tuple[int, Agent]:
    """Whose token this is. Only its hash is looked for, so nothing is learnt from how long it takes.

    Raises BadToken.
    """
    row = tx.agents.by_token(_hash(token))
    if row is None:
        raise BadToken("no agent has this token")
    return row.id, agent_view(tx, row)


def consumer(agent: int) -> str:
    """The name under which an agent takes events; nobody else's cursor moves with it."""
    return f"agent-{agent}"


def forget(tx: Tx, ctx: Ctx) -> None:
    """Bound what is kept of agents and wishes that are over."""
    tx.agents.forget_revoked(REVOKED_KEPT)
    tx.approvals.forget_decided(DECIDED_KEPT)


def _hash(token: str) -> bytes:
    """A token is random throughout: a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).digest()
