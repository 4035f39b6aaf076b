"""Programs that act for us: grants, what they did, what waits for a human's word."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any, Protocol

from chattor.model.agent import Agent, AgentCall, Approval, NewAgent, Scope
from chattor.model.events import Event


class AgentsApi(Protocol):
    """For people only: no agent may call any of it but `approvals_list`, which shows it its own."""

    async def agents_add(self, name: str, send_to: list[str] = [], scopes: list[Scope] | None = None) -> NewAgent:  # noqa: B006  never changed, and a parameter's default on the wire
        """A new agent that may send to some friends; without `scopes` it may read and leave drafts.

        The token is in this answer only. Whoever has it calls `agent.login` on a connection of his own, which can then
        do what the grant allows and nothing else.
        """
        ...

    async def agents_list(self) -> list[Agent]:
        """Every agent whose token works, by name."""
        ...

    async def agents_revoke(self, name: str) -> Agent:
        """End a token, at once; what its agent asked for and nobody decided is denied, what it said it does is gone."""
        ...

    async def agents_log(self, name: str | None = None, limit: int = 100) -> list[AgentCall]:
        """What agents did, newest first: methods and ids, never text.

        Of each agent the last 10,000 things it did are kept, and 2,000 that it read or was refused."""
        ...

    async def approvals_list(self) -> list[Approval]:
        """What waits for a human's word, oldest first."""
        ...

    async def approvals_allow(self, id: str) -> Approval:
        """Do what an agent asked for, exactly as it is shown. Raises what doing it raises; then it still waits."""
        ...

    async def approvals_deny(self, id: str) -> Approval:
        """Do nothing of it, ever."""
        ...


class Agency(Protocol):
    """A node's way in for agents, behind its door; not on the wire by itself."""

    async def agent_named(self, token: str) -> tuple[int, Agent]:
        """Whose token this is, and his number. Raises BadToken."""
        ...

    async def agent_call(self, agent: int, attribute: str, arguments: Mapping[str, Any]) -> object:
        """A method of the Api, as far as the grant allows it. Raises NotGranted, QuotaExceeded, ApprovalPending."""
        ...

    def agent_events(self, agent: int, arguments: Mapping[str, Any]) -> AsyncGenerator[Event, None]:
        """The events, as far as the grant allows it; ends with the grant."""
        ...

    def agent_left(self, agent: int) -> None:
        """Its last connection ended: what it said that it does goes too."""
        ...
