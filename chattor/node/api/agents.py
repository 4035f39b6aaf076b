"""Agents: what people say of them, and the way in for them, which is none of the others'."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any, cast

from msgspec.structs import replace

from chattor.api import Batch
from chattor.errors import ApprovalPending, ChattorError
from chattor.handlers import agency, agents, approvals, friends, messaging, publishing
from chattor.model.activity import Doing
from chattor.model.agent import Agent, AgentCall, Approval, NewAgent, Scope
from chattor.model.events import ApprovalChanged, Event, FriendRequested, PostReceived
from chattor.model.message import Priority, Sent, Wait
from chattor.node.api.part import Part
from chattor.node.arrival import arrived, check_patience
from chattor.node.core import OURSELVES
from chattor.protocol.presence import chosen

Arguments = Mapping[str, Any]


class AgentsPart(Part):
    """Implements `chattor.api.agents`."""

    async def agents_add(self, name: str, send_to: list[str] = [], scopes: list[Scope] | None = None) -> NewAgent:  # noqa: B006  as the Api says
        """A new agent and its token."""
        wanted = None if scopes is None else tuple(scopes)
        return await self._core.act(agents.add, agents.AddAgent(name=name, send_to=tuple(send_to), scopes=wanted))

    async def agents_list(self) -> list[Agent]:
        """Every agent whose token works."""
        return await self._core.ask(agents.listing)

    async def agents_revoke(self, name: str) -> Agent:
        """End a token, at once."""
        number, seen = await self._core.act(agents.revoke, name)
        self.agent_left(number)
        return seen

    async def agents_log(self, name: str | None = None, limit: int = 100) -> list[AgentCall]:
        """What agents did, newest first."""
        return await self._core.ask(agents.log, name, limit)

    async def approvals_list(self) -> list[Approval]:
        """What waits for a human's word."""
        return await self._core.ask(approvals.listing)

    async def approvals_allow(self, id: str) -> Approval:
        """Do what an agent asked for."""
        return await self._core.act(approvals.allow, id)

    async def approvals_deny(self, id: str) -> Approval:
        """Do nothing of it."""
        return await self._core.act(approvals.deny, id)

    async def agent_named(self, token: str) -> tuple[int, Agent]:
        """Whose token this is."""
        return await self._core.ask(agents.named, token)

    async def agent_call(self, agent: int, attribute: str, arguments: Arguments) -> object:
        """A method of the Api, as far as the grant allows it; nobody's words leave before they are written down."""
        call = await self._admit(agent, attribute, arguments)
        try:
            answer = await self._carry_out(agent, attribute, arguments)
            if isinstance(answer, Approval):
                raise ApprovalPending(f"{answer.id} waits for a human's word")
        except ChattorError as error:
            await self._core.act(agency.settle, agent, call, error.code, ())
            raise
        await self._core.act(agency.settle, agent, call, "ok", tuple(agency.sources(answer)))
        return agency.veiled(answer)

    async def agent_events(self, agent: int, arguments: Arguments) -> AsyncGenerator[Event, None]:
        """The events, as far as the grant allows it; they count as shown."""
        call = await self._admit(agent, "events", arguments)
        await self._core.act(agency.settle, agent, call, "ok", ())
        theirs = _as_own_consumer(agent, arguments) | {"peek": False}
        events: AsyncIterator[Event] = cast("Any", self).events(**theirs)
        async with aclosing(cast("AsyncGenerator[Event, None]", events)) as items:
            async for event in items:
                for told in _for_agents([event]):
                    await self._core.act(agency.hear, agent, tuple(agency.sources(told)))
                    yield told

    def agent_left(self, agent: int) -> None:
        """Nobody speaks for it any more: what it said that it does goes with it."""
        if self._core.active == agent:
            self._show(None, OURSELVES)

    async def _admit(self, agent: int, attribute: str, arguments: Arguments) -> int:
        admission = await self._core.act(agency.admit, agent, attribute, arguments)
        if admission.refusal is not None:
            raise admission.refusal
        return admission.call

    async def _carry_out(self, agent: int, attribute: str, arguments: Arguments) -> object:
        """A method with a way of its own for agents goes that way."""
        own = getattr(self, f"_as_agent_{attribute}", None)
        if own is not None:
            return await own(agent, **arguments)
        return await getattr(self, attribute)(**arguments)

    async def _as_agent_send(
        self,
        agent: int,
        friend: str,
        text: str,
        wait: Wait,
        timeout: float | None,
        reply_to: str | None,
        key: str | None,
        ttl: int | None,
        priority: Priority,
    ) -> object:
        check_patience(timeout)
        command = messaging.SendText(
            friend=friend, text=text, reply_to=reply_to, key=key, ttl=ttl, priority=priority, agent=agent
        )
        answer = await self._core.act(agency.send, agent, command)
        return await arrived(self._core, answer, wait, timeout) if isinstance(answer, Sent) else answer

    async def _as_agent_channels_publish(self, agent: int, channel: str, text: str) -> object:
        return await self._core.act(agency.publish, agent, publishing.Publish(channel=channel, text=text))

    async def _as_agent_friends_add(self, agent: int, code: str, name: str | None, note: str) -> object:
        return await self._core.act(agency.add, agent, friends.AddFriend(code=code, name=name, note=note))

    async def _as_agent_friends_accept(self, agent: int, id: str) -> object:
        return await self._core.act(agency.accept, agent, id)

    async def _as_agent_activity_set(self, agent: int, state: Doing | None, words: str) -> object:
        await self._core.ask(agency.check_words, agent, words)
        return self._show(chosen(state, words), agent)

    async def _as_agent_draft(self, agent: int, friend: str, text: str | None) -> object:
        return await self._core.act(agency.draft, agent, friend, text)

    async def _as_agent_approvals_list(self, agent: int) -> object:
        return await self._core.ask(approvals.of_agent, agent)

    async def _as_agent_recv(self, agent: int, **arguments: object) -> object:
        batch: Batch = await cast("Any", self).recv(**_as_own_consumer(agent, arguments))
        return replace(batch, events=_for_agents(batch.events))

    async def _as_agent_consumers_ack(self, agent: int, **arguments: object) -> object:
        return await cast("Any", self).consumers_ack(**_as_own_consumer(agent, arguments))


def _for_agents(events: list[Event]) -> list[Event]:
    """What agents hear of: nothing of approvals, and of requests and posts that they are there.

    Else whoever waits for messages would be given the words of strangers without asking for them.
    """
    told: list[Event] = []
    for event in events:
        if isinstance(event, FriendRequested):
            told.append(replace(event, request=None))
        elif isinstance(event, PostReceived):
            told.append(replace(event, post=None))
        elif not isinstance(event, ApprovalChanged):
            told.append(agency.veiled(event))
    return told


def _as_own_consumer(agent: int, arguments: Arguments) -> dict[str, Any]:
    """Nobody else's cursor moves with an agent's."""
    named = arguments.get("consumer") is not None
    return {**arguments, "consumer": agents.consumer(agent) if named else None}
