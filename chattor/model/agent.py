"""Agents as the faces see them: programs that act for us, each within a grant. Field names are the JSON shapes."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from chattor.model.ids import ApprovalId, ChannelId, FriendId


class Scope(StrEnum):
    """What a grant may hold beside friends to send to."""

    READ = "read"
    """Friends, requests, conversations, channels; search, events, the read markers."""
    DRAFT = "draft"
    """Leave an unsent text where there is none."""
    PUBLISH = "publish"
    """Post in our channels without asking."""
    ADD = "add"
    """Ask people to be friends without asking us."""
    ACTIVITY = "activity"
    """Let friends see that we are idle, working or blocked."""


DEFAULT_SCOPES: Final = (Scope.READ, Scope.DRAFT)


class Grant(Struct, frozen=True, kw_only=True):
    """What an agent may do without asking."""

    scopes: list[Scope]
    send_to: list[FriendId]


class Agent(Struct, frozen=True, kw_only=True):
    """A program with a token. `calls` is how often it asked for anything."""

    name: str
    grant: Grant
    created_at: datetime
    last_used: datetime | None
    calls: int


class NewAgent(Agent, frozen=True, kw_only=True):
    """A grant just made; its token is told here and never again."""

    token: str


class AgentCall(Struct, frozen=True, kw_only=True):
    """One line of the audit log: ids, never text. `outcome` is ok, begun, or the code of an error."""

    at: datetime
    agent: str
    method: str
    subject: str
    outcome: str


class Action(StrEnum):
    """What waits for a human's word."""

    SEND = "send"
    PUBLISH = "publish"
    ADD = "add"
    ACCEPT = "accept"


class ApprovalState(StrEnum):
    """Whether a human decided."""

    PENDING = "pending"
    ALLOWED = "allowed"
    DENIED = "denied"


class Approval(Struct, frozen=True, kw_only=True):
    """What an agent wants done. `text` is exactly what would leave; None once it is decided, or if nothing would."""

    id: ApprovalId
    agent: str
    action: Action
    friend: FriendId | None
    """To whom, or whose request."""
    recipient: str
    """The same in words: a friend's name, our channel's, or the name for a code."""
    text: str | None
    at: datetime
    state: ApprovalState
    channel: ChannelId | None = None
    code: str | None = None
    """The friend code of whoever is to be asked."""
