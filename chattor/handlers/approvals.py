"""What an agent may not do by itself waits here, exactly as it would be done, until a human says yes or no."""

from typing import Final

from chattor.errors import NoApproval, NotGranted
from chattor.handlers import friends, messaging, publishing
from chattor.handlers.agent_views import approval_id, approval_number, approval_view
from chattor.handlers.channel_views import channel_id
from chattor.handlers.context import Ctx
from chattor.handlers.views import friend_id, message_id
from chattor.model.agent import Action, Approval, ApprovalState
from chattor.store.repos.approvals import ApprovalRow, Wish
from chattor.store.repos.events import Happened
from chattor.store.tx import Tx

PENDING_MAX: Final = 20
"""Of one agent: nobody reads more with care."""


def ask(tx: Tx, ctx: Ctx, agent: int, wish: Wish) -> Approval:
    """Put something before a human; the same wish once. Raises NotGranted when too much waits."""
    pending = [row for row in tx.approvals.of(agent) if row.state is ApprovalState.PENDING]
    same = next((row for row in pending if row.wish == wish), None)
    if same is None and len(pending) >= PENDING_MAX:
        raise NotGranted(f"{PENDING_MAX} things wait for a human already")
    row = same or tx.approvals.add(agent, wish, ctx.now)
    if same is None:
        tx.emit(ctx.now, Happened.APPROVAL, detail=approval_id(row.id))
    return approval_view(tx, row)


def listing(tx: Tx, ctx: Ctx) -> list[Approval]:
    """What waits, oldest first."""
    return [approval_view(tx, row) for row in tx.approvals.pending()]


def of_agent(tx: Tx, ctx: Ctx, agent: int) -> list[Approval]:
    """What one agent asked for, and what became of it."""
    return [approval_view(tx, row) for row in tx.approvals.of(agent)]


def allow(tx: Tx, ctx: Ctx, name: str) -> Approval:
    """Do it, once. Raises NoApproval, and what doing it raises: then it still waits."""
    row = _pending(tx, name)
    _DEEDS[row.wish.action](tx, ctx, row)
    return decide(tx, ctx, row, ApprovalState.ALLOWED)


def deny(tx: Tx, ctx: Ctx, name: str) -> Approval:
    """Never do it. Raises NoApproval."""
    return decide(tx, ctx, _pending(tx, name), ApprovalState.DENIED)


def decide(tx: Tx, ctx: Ctx, row: ApprovalRow, state: ApprovalState) -> Approval:
    """Keep the decision; the text is gone from here."""
    tx.approvals.decide(row.id, state)
    tx.leave_residue()
    tx.emit(ctx.now, Happened.APPROVAL, detail=approval_id(row.id))
    return approval_view(tx, tx.approvals.get(row.id) or row)


def _pending(tx: Tx, name: str) -> ApprovalRow:
    row = tx.approvals.get(approval_number(name))
    if row is None or row.state is not ApprovalState.PENDING:
        raise NoApproval(f"nothing waits as “{name[:40]}”" + (f", it was {row.state}" if row else ""))
    return row


def _send(tx: Tx, ctx: Ctx, row: ApprovalRow) -> None:
    wish = row.wish
    command = messaging.SendText(
        friend=friend_id(wish.friend or 0),
        text=wish.text or "",
        reply_to=None if wish.reply_to is None else message_id(wish.reply_to),
        key=wish.key,
        ttl=wish.ttl,
        priority=wish.priority,
        agent=row.agent,
    )
    messaging.send_text(tx, ctx, command)


def _publish(tx: Tx, ctx: Ctx, row: ApprovalRow) -> None:
    wish = row.wish
    publishing.publish(tx, ctx, publishing.Publish(channel=channel_id(wish.channel or 0), text=wish.text or ""))


def _add(tx: Tx, ctx: Ctx, row: ApprovalRow) -> None:
    wish = row.wish
    friends.add(tx, ctx, friends.AddFriend(code=wish.code or "", name=wish.name, note=wish.text or ""))


def _accept(tx: Tx, ctx: Ctx, row: ApprovalRow) -> None:
    friends.accept(tx, ctx, friend_id(row.wish.friend or 0))


_DEEDS: Final = {Action.SEND: _send, Action.PUBLISH: _publish, Action.ADD: _add, Action.ACCEPT: _accept}
