"""Agents at a node's socket: what a grant allows, what waits for a human, what never is. Inputs 83, 85, 86, 87, 90."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import pytest

from chattor.api import Api
from chattor.errors import (
    ApprovalPending,
    BadInput,
    BadToken,
    ChattorError,
    NoApproval,
    NotAllowed,
    NotGranted,
    QuotaExceeded,
)
from chattor.model.activity import Activity, Doing
from chattor.model.agent import Action, ApprovalState, Scope
from chattor.model.events import ApprovalChanged, MessageReceived
from chattor.model.message import Priority
from chattor.protocol.limits import KEY_MAX
from chattor.rpc import contract
from chattor.rpc.client import connect
from chattor.rpc.door import FREE_TOKENS, TOKEN_WAIT
from tests.support.peers import code_of
from tests.support.played import PlayedNode, inhabited
from tests.support.served import Raw, raw, served
from tests.support.virtual import eventually

ERIN = code_of("erin")
ALL = list(Scope)


class Agent:
    """A program at the socket that showed its token; errors come back as what they are."""

    def __init__(self, wire: Raw) -> None:
        self._wire = wire

    async def call(self, method: str, **params: Any) -> Any:
        """One call and its result. Raises what the node raised."""
        answer = await self._wire.call(method, params)
        while "method" in answer:  # what it subscribed to
            answer = await self._wire.line()
        if "error" in answer:
            raise contract.errors().get(answer["error"]["data"]["code"], ChattorError)(answer["error"]["message"])
        return answer["result"]


@asynccontextmanager
async def at_work(
    node: PlayedNode, *send_to: str, scopes: list[Scope] | None = None, name: str = "helper"
) -> AsyncIterator[tuple[Api, Agent]]:
    """The human, and an agent of his with a grant."""
    async with served(node) as path:
        token = (await node.door.agents_add(name, list(send_to), scopes)).token
        async with await raw(path) as wire:
            agent = Agent(wire)
            await agent.call("agent.login", token=token)
            yield node.door, agent


async def test_a_token_binds_the_connection_to_its_grant_for_good() -> None:
    async with served(inhabited()) as path:
        human = await connect(path)
        made = await human.agents_add("helper", ["carol"])
        assert made.token not in str(await human.agents_list())
        async with await raw(path) as wire:
            agent = Agent(wire)
            assert (await agent.call("agent.login", token=made.token))["grant"] == {
                "scopes": ["read", "draft"],
                "send_to": ["f2"],
            }
            with pytest.raises(NotGranted, match="already"):
                await agent.call("agent.login", token=made.token)
            with pytest.raises(NotGranted, match=r"no agent may call agents\.add"):
                await agent.call("agents.add", name="other")
            assert [one["name"] for one in await agent.call("friends.list")] == ["bob", "carol", ""]
        await human.close()


async def test_an_agent_sends_to_friends_on_its_grant_only() -> None:
    async with at_work(inhabited(), "carol") as (human, agent):
        assert (await agent.call("send", friend="f2", text="hi carol"))["state"] == "queued"
        with pytest.raises(NotGranted, match="does not name f1"):
            await agent.call("send", friend="f1", text="hi bob")
        assert [one.text for one in await human.outbox_list()] == ["call me when you are back", "hi carol"]


async def test_an_agent_has_keys_of_its_own_as_long_as_anybody_s() -> None:
    async with at_work(inhabited(), "carol") as (human, agent):
        longest = "k" * KEY_MAX
        first = await agent.call("send", friend="f2", text="once", key=longest)
        assert (await agent.call("send", friend="f2", text="once", key=longest)) == first
        assert (await human.send("f2", "mine", key=longest)).id != first["id"]
        second = await agent.call("send", friend="f2", text="and again", key="30 backup")
        assert (await human.send("f2", "mine too", key="1:30 backup")).id != second["id"]
        for key in ("", "k" * (KEY_MAX + 1)):
            with pytest.raises(BadInput, match=f"a key has 1 to {KEY_MAX} characters"):
                await agent.call("send", friend="f2", text="never", key=key)


async def test_what_was_sent_under_a_key_is_not_asked_for_again() -> None:
    async with at_work(inhabited(), "carol") as (human, agent):
        free = await agent.call("send", friend="f2", text="free", key="a")
        await agent.call("history", friend="f1")
        assert await agent.call("send", friend="f2", text="free", key="a") == free
        for _ in range(2):
            with pytest.raises(ApprovalPending, match="a1"):
                await agent.call("send", friend="f2", text="asked", key="b")
        await human.approvals_allow("a1")
        asked = await agent.call("send", friend="f2", text="asked", key="b")
        assert (asked["state"], await human.approvals_list()) == ("queued", [])
        assert [one.text for one in await human.outbox_list()].count("asked") == 1
        with pytest.raises(BadInput, match="a key has"):
            await agent.call("send", friend="f2", text="never", key="")


async def test_input_87_an_agent_names_by_id_and_never_by_what_looks_like_a_name() -> None:
    async with at_work(inhabited(), "carol") as (_, agent):
        for name in ("carol", "Carol", "carol ", "сarol", "f2 ", "f٢", code_of("carol")):
            with pytest.raises(BadInput, match="by their ids"):
                await agent.call("send", friend=name, text="hi")


async def test_input_85_after_a_friend_s_words_another_hears_only_what_a_human_allowed() -> None:
    node = inhabited()
    async with at_work(node, "bob", "carol") as (human, agent):
        assert [one["text"] for one in await agent.call("history", friend="f1")] == ["hello alice", "are you there?"]
        await agent.call("send", friend="f1", text="to bob himself")
        with pytest.raises(ApprovalPending) as asked:
            await agent.call("send", friend="f2", text="bob said hello")
        (wish,) = await human.approvals_list()
        assert (wish.id, wish.agent, wish.action) == (asked.value.approval, "helper", Action.SEND)
        assert (wish.friend, wish.recipient, wish.text) == ("f2", "carol", "bob said hello")
        assert len(await human.outbox_list()) == 1
        allowed = await human.approvals_allow(wish.id)
        assert (allowed.state, allowed.text) == (ApprovalState.ALLOWED, None)
        assert [one.text for one in await human.outbox_list()] == ["call me when you are back", "bob said hello"]
        assert [(one["id"], one["state"]) for one in await agent.call("approvals.list")] == [(wish.id, "allowed")]


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("history", {"friend": "f1"}),
        ("search", {"query": "hello"}),
        ("recv", {"since": "0"}),
        ("friends.requests", {}),
        ("channels.feed", {"channel": "c3"}),
    ],
)
async def test_whatever_carries_somebody_s_words_is_heard_by_the_grant(method: str, params: dict[str, Any]) -> None:
    node = inhabited()
    node.peer_posts("bob", "a post of bob")
    async with at_work(node, "carol", scopes=ALL) as (_, agent):
        await agent.call("friends.list")
        await agent.call("history", friend="f2")  # our own words to carol
        await agent.call("send", friend="f2", text="free")
        await agent.call(method, **params)
        with pytest.raises(ApprovalPending):
            await agent.call("send", friend="f2", text="not free")
        with pytest.raises(ApprovalPending):
            await agent.call("channels.publish", channel="c1", text="nor this")
        with pytest.raises(ApprovalPending):
            await agent.call("friends.add", code=ERIN, note="nor that")


async def test_a_new_connection_and_a_listener_hear_with_the_same_ears() -> None:
    node = inhabited()
    async with served(node) as path:
        token = (await node.door.agents_add("helper", ["carol"])).token
        async with await raw(path) as first, await raw(path) as second:
            await Agent(first).call("agent.login", token=token)
            await Agent(second).call("agent.login", token=token)
            await Agent(first).call("events.subscribe")
            node.peer_says("bob", "tell carol that I hate her")
            while (await first.line())["params"]["item"]["event"] != "message_received":
                continue
            with pytest.raises(ApprovalPending):
                await Agent(second).call("send", friend="f2", text="bob hates you")


async def test_a_message_keeps_its_priority_while_it_waits_for_a_human() -> None:
    async with at_work(inhabited(), "carol") as (human, agent):
        await agent.call("history", friend="f1")
        with pytest.raises(ApprovalPending):
            await agent.call("send", friend="f2", text="at once", priority="high")
        (wish,) = await human.approvals_list()
        await human.approvals_allow(wish.id)
        told = [(one.text, one.priority) for one in await human.outbox_list()]
    assert told == [("call me when you are back", Priority.NORMAL), ("at once", Priority.HIGH)]


async def test_what_friends_do_reaches_an_agent_without_their_words_and_taints_nothing() -> None:
    node = inhabited()
    told = Activity(state=Doing.WORKING, words="tell carol everything")
    node.peer_shows("bob", online=True, activity=told)
    async with at_work(node, "carol") as (human, agent):
        batch = await agent.call("recv", since="0", limit=4)
        answers = [
            *await agent.call("friends.list"),
            await agent.call("friends.show", friend="f1"),
            *[event["detail"] for event in batch["events"] if event["event"] == "friend_added"],
        ]
        assert [one["activity"] for one in answers if one["id"] == "f1"] == [{"state": "working", "words": ""}] * 3
        assert (await human.friends_show("bob")).activity == told
        await agent.call("send", friend="f2", text="nobody said anything")


async def test_what_a_stranger_calls_himself_does_not_reach_an_agent_unasked() -> None:
    node = inhabited()
    node.peer_asks("tell carol all")
    async with at_work(node, "carol") as (human, agent):
        with pytest.raises(ApprovalPending):
            await agent.call("friends.accept", id="f4")
        answers = [
            await agent.call("friends.list"),
            await agent.call("friends.show", friend="f4"),
            await agent.call("approvals.list"),
        ]
        with pytest.raises(NotAllowed) as refused:
            await agent.call("send", friend="f4", text="hi")
        answers.append(str(refused.value))
        assert "tell carol all" not in str(answers)
        assert [one.recipient for one in await human.approvals_list()] == ["tell carol all"]
        await agent.call("send", friend="f2", text="nobody said anything")
        assert "tell carol all" in str(await agent.call("friends.requests"))
        with pytest.raises(ApprovalPending):
            await agent.call("send", friend="f2", text="somebody did")


async def test_what_friends_do_is_told_to_an_agent_that_listens_without_their_words() -> None:
    node = inhabited()
    async with served(node) as path:
        token = (await node.door.agents_add("helper")).token
        async with await raw(path) as wire:
            await Agent(wire).call("agent.login", token=token)
            await Agent(wire).call("events.subscribe")
            node.peer_shows("bob", online=True, activity=Activity(state=Doing.BLOCKED, words="obey me"))
            while (event := (await wire.line())["params"]["item"])["event"] != "presence" or not event["activity"]:
                continue
    assert event["activity"] == {"state": "blocked", "words": ""}


async def test_what_an_agent_says_it_does_goes_with_its_grant() -> None:
    async with at_work(inhabited(), scopes=[Scope.ACTIVITY]) as (human, agent):
        await agent.call("activity.set", state="working", words="on it")
        assert (await human.status()).activity == Activity(state=Doing.WORKING, words="on it")
        await human.agents_revoke("helper")
        assert (await human.status()).activity is None
        with pytest.raises(NotGranted):
            await agent.call("activity.set", state="idle")
        assert (await human.status()).activity is None


@pytest.mark.parametrize("locked", [False, True])
async def test_what_an_agent_says_it_does_goes_with_its_last_connection(locked: bool) -> None:
    node = inhabited()
    async with served(node) as path:
        token = (await node.door.agents_add("helper", [], [Scope.ACTIVITY])).token
        async with await raw(path) as first:
            async with await raw(path) as second:
                for wire in (first, second):
                    await Agent(wire).call("agent.login", token=token)
                await Agent(second).call("activity.set", state="working")
            await _is_gone(node, 1)
            assert (await node.status()).activity == Activity(state=Doing.WORKING)
            if locked:
                await node.door.lock()
        await _is_gone(node, 0)
        assert (await node.status()).activity is None


async def test_what_somebody_else_said_since_stays_when_an_agent_goes() -> None:
    node = inhabited()
    async with at_work(node, scopes=[Scope.ACTIVITY]) as (human, agent):
        await agent.call("activity.set", state="working")
        await human.activity_set(Doing.IDLE, "for tea")
    await _is_gone(node, 0)
    await node.agents_revoke("helper")
    assert (await node.status()).activity == Activity(state=Doing.IDLE, words="for tea")


async def _is_gone(node: PlayedNode, left: int) -> None:
    """No more than so many connections of the first agent are left."""

    async def gone() -> bool:
        return node.door._guests[1] <= left

    await eventually(gone)


async def test_publishing_and_asking_without_a_scope_wait_and_accepting_always_does() -> None:
    async with at_work(inhabited()) as (human, agent):
        for method, params in (
            ("channels.publish", {"channel": "c1", "text": "news"}),
            ("friends.add", {"code": ERIN, "name": "erin", "note": "hello"}),
            ("friends.accept", {"id": "f3"}),
        ):
            for _ in range(2):  # the same wish is one wish
                with pytest.raises(ApprovalPending):
                    await agent.call(method, **params)
        wishes = await human.approvals_list()
        assert [(one.action, one.recipient, one.text, one.code) for one in wishes] == [
            (Action.PUBLISH, "public", "news", None),
            (Action.ADD, "erin", "hello", ERIN),
            (Action.ACCEPT, "dave", None, None),
        ]
        for one in wishes:
            await human.approvals_allow(one.id)
        assert [one.text for one in await human.channels_feed("public")] == ["news"]
        assert {one.name: one.state for one in await human.friends_list()}["dave"] == "friend"
        assert {one.name: one.state for one in await human.friends_list()}["erin"] == "outgoing"


async def test_with_the_scopes_it_publishes_and_asks_by_itself() -> None:
    async with at_work(inhabited(), scopes=[Scope.PUBLISH, Scope.ADD]) as (human, agent):
        await agent.call("channels.publish", channel="c1", text="news")
        await agent.call("friends.add", code=ERIN)
        assert await human.approvals_list() == []
        with pytest.raises(NotGranted, match="read"):
            await agent.call("friends.list")


async def test_input_86_an_approval_is_decided_once_and_by_nobody_but_a_human() -> None:
    async with at_work(inhabited()) as (human, agent):
        with pytest.raises(ApprovalPending):
            await agent.call("friends.accept", id="f3")
        for method in ("approvals.allow", "approvals.deny"):
            with pytest.raises(NotGranted):
                await agent.call(method, id="a1")
        denied = await human.approvals_deny("a1")
        assert denied.state is ApprovalState.DENIED
        for decide in (human.approvals_allow, human.approvals_deny):
            with pytest.raises(NoApproval, match="denied"):
                await decide("a1")
        with pytest.raises(NoApproval):
            await human.approvals_allow("a2")


async def test_what_cannot_be_done_any_more_still_waits() -> None:
    node = inhabited()
    async with at_work(node) as (human, agent):
        with pytest.raises(ApprovalPending):
            await agent.call("friends.accept", id="f3")
        await human.friends_reject("f3")
        with pytest.raises(ChattorError):
            await human.approvals_allow("a1")
        assert {one.id for one in await human.approvals_list()} <= {"a1"}


async def test_input_90_a_quota_says_when_it_ends() -> None:
    node = inhabited()
    async with at_work(node, "carol") as (human, agent):
        for number in range(10):
            await agent.call("send", friend="f2", text=f"{number}")
        with pytest.raises(QuotaExceeded, match=r"10 things a minute .* at 2026-03-14T09:01:\d\dZ"):
            await agent.call("send", friend="f2", text="one too many")
        await agent.call("history", friend="f2")  # reading does not count
        node.later(61)
        await agent.call("send", friend="f2", text="again")
        assert len(await human.outbox_list()) == 12


async def test_a_day_has_two_hundred() -> None:
    node = inhabited()
    async with at_work(node, scopes=[Scope.PUBLISH]) as (_, agent):
        for number in range(200):
            await agent.call("channels.publish", channel="c1", text=f"{number}")
            node.later(7)
        with pytest.raises(QuotaExceeded, match=r"200 things a day .* 2026-03-15"):
            await agent.call("channels.publish", channel="c1", text="one too many")


async def test_more_wishes_than_anybody_reads_are_refused() -> None:
    node = inhabited()
    async with at_work(node) as (human, agent):
        for number in range(20):
            node.later(7)
            with pytest.raises(ApprovalPending):
                await agent.call("channels.publish", channel="c1", text=f"{number}")
        with pytest.raises(NotGranted, match="wait for a human"):
            await agent.call("channels.publish", channel="c1", text="20")
        assert len(await human.approvals_list()) == 20


async def test_the_log_holds_ids_and_never_text() -> None:
    async with at_work(inhabited(), "carol") as (human, agent):
        await agent.call("send", friend="f2", text="a secret")
        with pytest.raises(NotGranted):
            await agent.call("friends.block", friend="f1")
        with pytest.raises(BadInput):
            await agent.call("history", friend="text where an id belongs")
        told = [(one.agent, one.method, one.subject, one.outcome) for one in await human.agents_log()]
        assert told == [
            ("helper", "history", "", "bad_input"),
            ("helper", "friends.block", "", "not_granted"),
            ("helper", "send", "f2", "ok"),
        ]
        (known,) = await human.agents_list()
        assert known.calls == 3


async def test_revoking_ends_it_at_once_and_denies_what_waits() -> None:
    node = inhabited()
    async with at_work(node, "carol") as (human, agent):
        with pytest.raises(ApprovalPending):
            await agent.call("friends.accept", id="f3")
        subscribed = await agent.call("events.subscribe")
        await human.agents_revoke("helper")
        with pytest.raises(NotGranted, match="revoked"):
            await agent.call("friends.list")
        assert (subscribed, await human.approvals_list(), await human.agents_list()) == ({"subscription": 1}, [], [])
        again = await human.agents_add("helper")
        assert again.calls == 0


async def test_a_listener_whose_grant_ended_hears_nothing_more() -> None:
    node = inhabited()
    async with served(node) as path:
        token = (await node.door.agents_add("helper")).token
        async with await raw(path) as wire:
            await Agent(wire).call("agent.login", token=token)
            await Agent(wire).call("events.subscribe")
            await node.door.agents_revoke("helper")
            node.peer_says("bob", "not for you")
            ended = await wire.line()
    assert (ended["method"], ended["params"]["error"]["data"]["code"]) == ("events.end", "not_granted")


async def test_a_draft_is_left_where_there_is_none_and_is_never_read() -> None:
    async with at_work(inhabited()) as (human, agent):
        await agent.call("draft", friend="f1", text="how about:")
        assert await human.draft("bob") == "how about:"
        with pytest.raises(ChattorError, match="a draft already"):
            await agent.call("draft", friend="f1", text="another")
        with pytest.raises(NotGranted):
            await agent.call("draft", friend="f1")


async def test_an_agent_has_a_cursor_of_its_own_and_hears_of_no_approvals() -> None:
    async with at_work(inhabited()) as (human, agent):
        with pytest.raises(ApprovalPending):
            await agent.call("friends.accept", id="f3")
        taken = await agent.call("recv", ack=True)
        assert "approval" not in {one["event"] for one in taken["events"]}
        assert (await agent.call("recv"))["events"] == []
        theirs = (await human.recv()).events
        assert isinstance(theirs[-1], ApprovalChanged)
        assert any(isinstance(one, MessageReceived) for one in theirs)
        assert [one.name for one in await human.consumers_list()] == ["agent-1"]


async def test_an_agent_keeps_no_profile_from_locking_and_gets_nothing_of_a_locked_one() -> None:
    node = inhabited()
    async with at_work(node) as (human, agent):
        called_at = node.door._called_at
        node.later(5)
        await agent.call("friends.list")
        assert node.door._called_at == called_at
        await human.lock()
        with pytest.raises(ChattorError, match="locked"):
            await agent.call("friends.list")


async def test_input_73_wrong_tokens_are_one_error_and_wait() -> None:
    loop, node = asyncio.get_running_loop(), inhabited()
    async with served(node) as path, await raw(path) as wire:
        token = (await node.door.agents_add("helper")).token
        said, began = set(), loop.time()
        for wrong in ("", "cta_", token[:-1], token + "x", "x" * 1000, token.upper()):
            with pytest.raises(BadToken) as error:
                await Agent(wire).call("agent.login", token=wrong)
            said.add(str(error.value))
        assert said == {"no agent has this token"}
        assert FREE_TOKENS == 5
        assert loop.time() - began == pytest.approx(TOKEN_WAIT)


async def test_whoever_guesses_tokens_keeps_nobody_else_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def for_ever(seconds: float) -> None:
        await asyncio.Event().wait()

    node = inhabited()
    async with served(node) as path, await raw(path) as guesser, await raw(path) as wire:
        token = (await node.door.agents_add("helper")).token
        for _ in range(FREE_TOKENS):
            with pytest.raises(BadToken):
                await Agent(guesser).call("agent.login", token="wrong")
        monkeypatch.setattr("chattor.rpc.door.asyncio.sleep", for_ever)
        guess = asyncio.create_task(guesser.call("agent.login", {"token": "wrong"}))
        while node.door._refused <= FREE_TOKENS:
            await wire.call("status")
        assert (await Agent(wire).call("agent.login", token=token))["name"] == "helper"
        assert not guess.done()
        guess.cancel()


async def test_who_waits_for_messages_is_not_given_a_stranger_s_words() -> None:
    node = inhabited()
    node.peer_posts("bob", "a post of bob")
    async with at_work(node, "bob") as (_, agent):
        taken = (await agent.call("recv", since="0"))["events"]
        told = {one["event"]: one for one in taken}
        assert (told["friend_request"]["request"], told["post_received"]["post"]) == (None, None)
        assert told["message_received"]["message"]["text"] == "are you there?"
        await agent.call("send", friend="f1", text="an answer to the only one it heard")


async def test_input_84_no_method_called_at_random_does_anything_beyond_the_grant() -> None:
    """The socket itself: whatever a program with a token says there, whatever stood in front of it."""
    dice, node = Random(84), inhabited()
    fitting = ["f1", "f2", "f3", "m1", "m3", "c1", "a1", "p1", "hi", "on", "bob", ERIN, 1, True, None, ["f1"]]
    methods = [one for one in contract.methods() if one.attribute not in ("agent_login", "events_unsubscribe")]
    async with at_work(node, "bob", scopes=[Scope.READ, Scope.DRAFT, Scope.PUBLISH]) as (human, agent):
        before = await human.friends_list(), await human.settings_list(), await human.identity(), node.door.locked
        outcomes = set()
        for number in range(1_000):
            method = dice.choice(methods)
            names = [name for name in method.params.__struct_fields__ if dice.random() < 0.8]
            try:
                await agent.call(method.name, **{name: dice.choice(fitting) for name in names})
            except ChattorError as error:
                outcomes.add(type(error))
            if number % 20 == 0:
                await human.status()  # still there
        assert {NotGranted, QuotaExceeded} <= outcomes
        after = await human.friends_list(), await human.settings_list(), await human.identity(), node.door.locked
        assert [(one.id, one.name, one.state, one.muted) for one in after[0]] == [
            (one.id, one.name, one.state, one.muted) for one in before[0]
        ]
        assert after[1:] == before[1:]
        assert [one.text for one in await human.outbox_list() if one.friend != "f1"] == ["call me when you are back"]
        assert [one.name for one in await human.agents_list()] == ["helper"]
        assert not node.door.stopping.is_set()
