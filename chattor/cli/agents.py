"""`chattor agents …` and `chattor approvals …`: programs that act for you, and what they may not do by themselves."""

import click

from chattor.api import Api
from chattor.cli import complete, show_agents
from chattor.cli.root import root
from chattor.cli.verb import verb
from chattor.model.agent import Agent, AgentCall, Approval, NewAgent, Scope

_SCOPES = ", ".join(Scope)
agent = click.argument("name", shell_complete=complete.agents)
approval = click.argument("id", shell_complete=complete.approvals)


@root.group()
def agents() -> None:
    """Programs that act for you: grants, and what was done with them."""


@verb(agents, show_agents.new, names=True)
@click.argument("name")
@click.option(
    "--send-to", metavar="FRIEND", multiple=True, shell_complete=complete.friends,
    help="A friend it may send to; again for each further one.",
)  # fmt: skip
@click.option("--scopes", metavar="LIST", help=f"What else it may do, with commas: {_SCOPES}. Without: read,draft.")
async def add(api: Api, name: str, send_to: tuple[str, ...], scopes: str | None) -> NewAgent:
    """Let a program act within a grant, and print its token, this once.

    Friends it may not send to are refused. Once it was given the words of one, sending to another waits for your word,
    as do posts and friend requests that no scope allows.
    """
    return await api.agents_add(name, list(send_to), None if scopes is None else _scopes(scopes))


@verb(agents, show_agents.agents, name="list", names=True, reading=True)
async def _list(api: Api) -> list[Agent]:
    """List the agents whose tokens work."""
    return await api.agents_list()


@verb(agents, show_agents.agent, names=True)
@agent
async def revoke(api: Api, name: str) -> Agent:
    """End an agent's token, at once."""
    return await api.agents_revoke(name)


@verb(agents, show_agents.log, reading=True)
@click.argument("name", required=False, shell_complete=complete.agents)
@click.option("--limit", type=click.IntRange(1, 1_000), default=100, show_default=True, help="How many lines.")
async def log(api: Api, name: str | None, limit: int) -> list[AgentCall]:
    """Show what agents did, newest first."""
    return await api.agents_log(name, limit)


@root.group()
def approvals() -> None:
    """What agents ask for and only you can allow."""


@verb(approvals, show_agents.approvals, name="list", reading=True)
async def _waiting(api: Api) -> list[Approval]:
    """List what waits for your word, with its exact recipient and text."""
    return await api.approvals_list()


@verb(approvals, show_agents.approval)
@approval
async def allow(api: Api, id: str) -> Approval:
    """Do what an agent asked for."""
    return await api.approvals_allow(id)


@verb(approvals, show_agents.approval)
@approval
async def deny(api: Api, id: str) -> Approval:
    """Refuse what an agent asked for."""
    return await api.approvals_deny(id)


def _scopes(said: str) -> list[Scope]:
    words = [word.strip() for word in said.split(",") if word.strip()]
    unknown = [word for word in words if word not in list(Scope)]
    if unknown:
        raise click.UsageError(f"{unknown[0][:40]} is no scope: there are {_SCOPES}")
    return [Scope(word) for word in words]
