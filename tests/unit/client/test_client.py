"""`chattor.client`: what a bot is promised. Its node is stopped, locked and left behind, and it misses nothing."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import islice, repeat
from pathlib import Path

import pytest

from chattor.api import Api
from chattor.client import Client, Event, MessageReceived, connect
from chattor.client.connect import MAILBOX
from chattor.client.pauses import pauses
from chattor.errors import BadInput, BadToken, Busy, FellBehind, NoDaemon, NotFound, NotGranted
from chattor.rpc import contract, pipe
from chattor.rpc.client import AsyncWire
from chattor.rpc.remote import RemoteNode
from chattor.rpc.session import Limits
from tests.support.played import PASSPHRASE, PlayedNode, inhabited
from tests.support.served import hosted
from tests.support.shell import Shell, home


def _at(path: Path) -> Client:
    """A client that never waits for long."""

    async def dial() -> RemoteNode:
        return RemoteNode.over(AsyncWire(await pipe.dial(path), MAILBOX))

    def hardly() -> Iterator[float]:
        return repeat(0.0)

    return Client.of(dial, hardly)


def _bot(shell: Shell, token: str | None = None) -> Client:
    return connect(data_dir=shell.home / "data", token=token)


async def _heard(events: AsyncIterator[Event], count: int) -> list[str | None]:
    """The texts of the next messages; the loop stays usable."""
    texts: list[str | None] = []
    while len(texts) < count:
        event = await anext(events)
        if isinstance(event, MessageReceived):
            texts.append(event.message.text if event.message else None)
    return texts


def test_a_node_that_is_away_is_tried_ever_more_seldom() -> None:
    assert list(islice(pauses(), 8)) == [1, 2, 4, 8, 16, 32, 60, 60]


def test_every_method_of_the_api_is_there() -> None:
    assert {name for name, _ in contract.functions(Api)} <= set(vars(Client))


def test_a_bad_name_is_refused_at_once() -> None:
    with pytest.raises(BadInput):
        connect("no/profile")


async def test_calls_answer_and_fail_as_the_api_says() -> None:
    with home() as shell:
        with pytest.raises(NoDaemon):
            async with _bot(shell):
                pass
        async with hosted(node := inhabited(), shell.paths.socket), _bot(shell) as chattor:
            assert await chattor.friends_list() == await node.friends_list()
            sent = await chattor.send("bob", "hi", key="once")
            assert (await chattor.send("bob", "hi", key="once")).id == sent.id
            with pytest.raises(NotFound):
                await chattor.history("nobody")


async def test_a_call_is_not_repeated_and_the_next_one_finds_the_node_again() -> None:
    with home() as shell:
        node = inhabited()
        async with hosted(node, shell.paths.socket):
            chattor = await _bot(shell).__aenter__()
        with pytest.raises(NoDaemon):
            await chattor.status()
        with pytest.raises(NoDaemon):
            await chattor.status()
        async with hosted(node, shell.paths.socket), chattor:
            assert (await chattor.status()).friends == 2


async def test_events_begin_now_or_behind_a_cursor_or_where_a_consumer_was() -> None:
    with home() as shell:
        node = inhabited()
        async with hosted(node, shell.paths.socket), _at(shell.paths.socket) as chattor:
            events = chattor.events("0")
            everything = [await anext(events) for _ in range(3)]
            assert everything == (await node.recv("0", limit=3)).events
            rest = await anext(chattor.events(everything[0].cursor))
            assert rest == everything[1]
            await chattor.consumers_ack(everything[1].cursor, "bot")
            assert await anext(chattor.events(consumer="bot")) == everything[2]
            now = chattor.events()
            waiting = asyncio.create_task(_heard(now, 1))
            while not node.listeners:
                await chattor.status()
            node.peer_says("bob", "now")
            assert await waiting == ["now"]


async def test_a_node_that_goes_and_comes_back_is_waited_for_and_nothing_is_missed() -> None:
    with home() as shell:
        node = inhabited()
        async with hosted(node, shell.paths.socket):
            chattor = await _at(shell.paths.socket).__aenter__()
            events = chattor.events("0")
            assert await _heard(events, 2) == ["hello alice", "are you there?"]
        waiting = asyncio.create_task(_heard(events, 3))
        node.peer_says("bob", "while", "away")
        await asyncio.sleep(0)
        assert not waiting.done()
        async with hosted(node, shell.paths.socket):
            node.peer_says("bob", "back")
            assert await waiting == ["while", "away", "back"]
            await chattor.__aexit__(None, None, None)


async def test_nothing_is_missed_by_whoever_began_now_and_lost_his_node_before_anything_happened() -> None:
    with home() as shell:
        node = inhabited()
        async with hosted(node, shell.paths.socket):
            chattor = await _at(shell.paths.socket).__aenter__()
            waiting = asyncio.create_task(_heard(chattor.events(), 1))
            while not node.listeners:
                await chattor.status()
        node.peer_says("bob", "meanwhile")
        async with hosted(node, shell.paths.socket), chattor:
            assert await waiting == ["meanwhile"]


async def test_a_lock_is_waited_out() -> None:
    with home() as shell:
        node = inhabited()
        async with hosted(node, shell.paths.socket), _at(shell.paths.socket) as chattor:
            waiting = asyncio.create_task(_heard(chattor.events((await node.recv()).cursor), 1))
            while not node.listeners:
                await chattor.status()
            await node.door.lock()
            node.peer_says("bob", "behind the door")
            await node.door.unlock(PASSPHRASE)
            assert await waiting == ["behind the door"]


async def test_a_node_with_too_many_clients_is_come_back_to() -> None:
    with home() as shell:
        node = inhabited()
        async with hosted(node, shell.paths.socket, limits=Limits(clients=1)):
            first = await _bot(shell).__aenter__()
            await first.status()
            chattor = _at(shell.paths.socket)
            with pytest.raises(Busy):
                await chattor.status()
            with pytest.raises(Busy):
                await chattor.status()
            events = asyncio.create_task(_heard(chattor.events("0"), 2))
            for _ in range(20):
                await first.status()
                assert not events.done()
            await first.close()
            assert await events == ["hello alice", "are you there?"]
            await chattor.close()


@pytest.mark.parametrize("peek", [False, True])
async def test_a_slow_reader_catches_up_and_gets_everything_once(peek: bool) -> None:
    with home() as shell:
        node = inhabited()
        texts = [f"text {number}" for number in range(3 * MAILBOX)]
        async with hosted(node, shell.paths.socket), _at(shell.paths.socket) as chattor:
            events = chattor.events((await node.recv()).cursor, peek)
            _say(node, "first")
            assert await _heard(events, 1) == ["first"]
            for text in texts:
                _say(node, text)
                await chattor.status()  # the events have come as far as this program, which reads none
            assert await _heard(events, len(texts)) == texts


async def test_more_than_a_mailbox_holds_is_said_where_it_is_missing() -> None:
    with home() as shell:
        node = inhabited()
        async with hosted(node, shell.paths.socket):
            wire = AsyncWire(await pipe.dial(shell.paths.socket), 2)
            remote = RemoteNode.over(wire)
            events = remote.events((await node.recv()).cursor)
            _say(node, "one")
            assert await _heard(events, 1) == ["one"]
            for text in ("two", "three", "four", "five"):
                _say(node, text)
            while not wire._boxes[1]._behind:
                await remote.status()
            assert await _heard(events, 2) == ["two", "three"]
            with pytest.raises(FellBehind):
                await anext(events)
            while node.listeners:
                await remote.status()
            await remote.close()


async def test_an_agent_s_token_makes_it_an_agent_s_client() -> None:
    with home() as shell:
        node = inhabited()
        token = (await node.door.agents_add("helper", ["bob"])).token
        async with hosted(node, shell.paths.socket):
            async with _bot(shell, token) as chattor:
                with pytest.raises(NotGranted):
                    await chattor.agents_list()
                events = chattor.events("0")
                assert await _heard(events, 2) == ["hello alice", "are you there?"]
                await node.door.agents_revoke("helper")
                with pytest.raises(NotGranted):
                    await _heard(events, 1)
            with pytest.raises(BadToken):
                await _bot(shell, "cta_wrong").__aenter__()


def _say(node: PlayedNode, text: str) -> None:
    node.peer_says("bob", text)
