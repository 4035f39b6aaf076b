"""The human form of agents, what they did and what they ask for."""

from collections.abc import Iterator, Sequence

from chattor.cli import output
from chattor.cli.output import cell, table, texts, when
from chattor.cli.show import Page
from chattor.model.agent import Action, Agent, AgentCall, Approval, NewAgent


def new(value: NewAgent, page: Page) -> Iterator[str]:
    """The token and nothing else on stdout, so that it can be put into a file."""
    for line in agents([value], page):
        output.note(line)
    output.note("This is its token; it is not shown again.")
    yield value.token


def agents(value: Sequence[Agent], page: Page) -> Iterator[str]:
    """One row an agent."""
    rows = [
        [
            cell(one.name), " ".join(one.grant.scopes), str(one.calls), when(one.last_used),
            ", ".join(map(page.name, one.grant.send_to)),
        ]
        for one in value
    ]  # fmt: skip
    return table(["NAME", "SCOPES", "CALLS", "LAST USED", "SENDS TO"], rows, page.ink)


def agent(value: Agent, page: Page) -> Iterator[str]:
    """The row of one agent."""
    return agents([value], page)


def log(value: Sequence[AgentCall], page: Page) -> Iterator[str]:
    """One row a call."""
    rows = [[when(one.at), cell(one.agent), cell(one.method), cell(one.subject), cell(one.outcome)] for one in value]
    return table(["TIME", "AGENT", "CALL", "ABOUT", "OUTCOME"], rows, page.ink)


def approvals(value: Sequence[Approval], page: Page) -> Iterator[str]:
    """One row a wish, whose text stands whole at its end."""
    rows = [
        ([one.id, when(one.at), cell(one.agent), one.state, one.action, _recipient(one)], one.text or "")
        for one in value
    ]
    return texts(["ID", "TIME", "AGENT", "STATE", "WANTS TO", "RECIPIENT", "TEXT"], rows, page.ink)


def approval(value: Approval, page: Page) -> Iterator[str]:
    """The row of one wish."""
    return approvals([value], page)


def _recipient(one: Approval) -> str:
    whom = cell(one.recipient)
    if one.action is Action.ADD:
        return f"{whom} {cell(one.code or '', 88)}".strip()
    return f"{whom} ({one.friend or one.channel})"
