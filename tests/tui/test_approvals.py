"""What an agent asks for is shown exactly, and done only by a person's hand on the right button."""

import pytest

from chattor.errors import ApprovalPending
from chattor.model.message import Priority, Wait
from tests.support.scenes import Scene, Stage, playing

TEXT = "the words\n[bold]exactly[/bold] as they would leave"


async def _asks(now: Stage) -> str:
    """An agent that heard Boris wants to write to Ada; her id."""
    ada, boris = now.node.find("ada").id, now.node.find("boris").id
    made = await now.node.agents_add("helper", [ada])
    agent, _ = await now.node.agent_named(made.token)
    page = {"friend": boris, "limit": 10, "before": None, "around": None, "at": None}
    await now.node.agent_call(agent, "history", page)
    said = {"friend": ada, "text": TEXT, "wait": Wait.QUEUED, "timeout": None}
    with pytest.raises(ApprovalPending):
        await now.node.agent_call(
            agent, "send", said | {"reply_to": None, "key": None, "ttl": None, "priority": Priority.NORMAL}
        )
    await now.settle()
    return ada


async def _last(now: Stage, friend: str) -> str | None:
    return (await now.node.history(friend))[-1].text


async def _open(now: Stage) -> None:
    await now.type("/approvals")
    await now.press("enter")


CHAT = Scene(keys=("enter",))


async def test_the_window_says_that_an_agent_waits_and_shows_to_whom_and_what() -> None:
    async with playing(CHAT) as now:
        assert "waits for your word" not in now.text()
        await _asks(now)
        assert "An agent waits for your word: /approvals" in now.text()
        await _open(now)
        assert now.screen == "Approvals"
        shown = now.text()
        assert "helper wants to write to ada" in shown
        for line in TEXT.splitlines():
            assert line in shown


async def test_enter_twice_denies_and_nothing_is_sent() -> None:
    async with playing(CHAT) as now:
        ada = await _asks(now)
        before = await _last(now, ada)
        await _open(now)
        await now.press("enter", "enter")
        assert "No agent waits" in now.text()
        assert await _last(now, ada) == before
        await now.press("escape")
        assert "waits for your word" not in now.text()


async def test_allow_sends_exactly_what_was_shown() -> None:
    async with playing(CHAT) as now:
        ada = await _asks(now)
        await _open(now)
        await now.press("enter", "right", "enter")
        assert await _last(now, ada) == TEXT
        assert await now.node.approvals_list() == []


async def test_leaving_decides_nothing() -> None:
    async with playing(CHAT) as now:
        await _asks(now)
        await _open(now)
        await now.press("escape")
        assert [one.state for one in await now.node.approvals_list()] == ["pending"]
