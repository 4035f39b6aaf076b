"""Agents, what they did and what they ask for, as the faces see them."""

from chattor.handlers.channel_views import channel_id
from chattor.handlers.friends import placeholder
from chattor.handlers.views import friend_id, maybe_moment, moment
from chattor.model.agent import Action, Agent, AgentCall, Approval, Grant
from chattor.model.ids import ApprovalId
from chattor.protocol.friend_code import parse
from chattor.store.repos.agents import AgentRow, CallRow
from chattor.store.repos.approvals import ApprovalRow, Wish
from chattor.store.tx import Tx


def agent_view(tx: Tx, row: AgentRow) -> Agent:
    """An agent and its grant."""
    return Agent(
        name=row.name,
        grant=Grant(scopes=list(row.scopes), send_to=[friend_id(number) for number in tx.agents.sends_to(row.id)]),
        created_at=moment(row.created_ms),
        last_used=maybe_moment(row.used_ms),
        calls=row.calls,
    )


def call_view(row: CallRow) -> AgentCall:
    """A line of the audit log."""
    return AgentCall(at=moment(row.at_ms), agent=row.agent, method=row.method, subject=row.subject, outcome=row.outcome)


def approval_id(number: int) -> ApprovalId:
    """The opaque id of something an agent wants done."""
    return ApprovalId(f"a{number}")


def approval_number(name: str) -> int:
    """Its number; 0, which is none, for whatever is no such id."""
    digits = name[1:]
    return int(digits) if name[:1] == "a" and digits.isascii() and digits.isdigit() and len(digits) < 18 else 0


def approval_view(tx: Tx, row: ApprovalRow) -> Approval:
    """Exactly what would be done."""
    wish = row.wish
    return Approval(
        id=approval_id(row.id),
        agent=tx.agents.known(row.agent).name,
        action=wish.action,
        friend=None if wish.friend is None else friend_id(wish.friend),
        recipient=_recipient(tx, wish),
        text=wish.text,
        at=moment(row.at_ms),
        state=row.state,
        channel=None if wish.channel is None else channel_id(wish.channel),
        code=wish.code,
    )


def _recipient(tx: Tx, wish: Wish) -> str:
    if wish.action is Action.ADD:
        return wish.name or placeholder(parse(wish.code or "").onion_pk)
    channel = None if wish.channel is None else tx.channels.get(wish.channel)
    friend = None if wish.friend is None else tx.friends.get(wish.friend)
    return channel.name if channel is not None else friend.name if friend is not None else ""
