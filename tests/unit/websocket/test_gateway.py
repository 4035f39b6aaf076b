"""The gateway as its clients meet it: who comes in, what he may do, and what becomes of the slow and the dead."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.typing import Origin

from chattor.client import MessageReceived
from chattor.client import connect as connect_client
from chattor.demo.patience import eventually
from chattor.errors import BadInput, BadToken, Busy, NoDaemon, NotGranted
from chattor.model.agent import Scope
from chattor.rpc.jsonrpc import LINE_MAX
from chattor.rpc.session import Limits as NodeLimits
from chattor.websocket.limits import Limits
from chattor.websocket.server import serving
from tests.support.played import PASSPHRASE, PlayedNode, inhabited
from tests.support.served import hosted, served

PAGE: Final = "http://127.0.0.1:8000"


class Program:
    """A client that knows no more than JSON and WebSocket."""

    def __init__(self, wire: ClientConnection) -> None:
        self.wire = wire

    async def call(self, method: str, **params: object) -> Any:
        """The answer to a call: what comes before is left out."""
        await self.wire.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
        while "id" not in (said := await self.said()):
            continue
        return said

    async def said(self) -> Any:
        """The next message."""
        return json.loads(await self.wire.recv())

    async def closed(self) -> int | None:
        """Read to the end; the close code."""
        with suppress(ConnectionClosedError):
            async for _ in self.wire:
                continue
        return self.wire.close_code


@asynccontextmanager
async def gateway(node: PlayedNode, *origins: str, limits: Limits | None = None) -> AsyncIterator[str]:
    """The url of a gateway to a node."""
    async with served(node) as path, serving(path, 0, origins, limits) as port:
        yield f"ws://127.0.0.1:{port}"


@asynccontextmanager
async def program(url: str, token: str | None = None, **options: Any) -> AsyncIterator[Program]:
    """A client; with a token it has come in."""
    async with connect(url, compression=None, proxy=None, **options) as wire:
        client = Program(wire)
        if token is not None:
            assert "result" in await client.call("agent.login", token=token)
        yield client


async def _token(node: PlayedNode, name: str = "helper", *scopes: Scope) -> str:
    return (await node.door.agents_add(name, ["bob"], list(scopes) or None)).token


async def test_a_token_opens_what_its_grant_holds_and_nothing_else() -> None:
    node = inhabited()
    async with gateway(node) as url, program(url, await _token(node)) as client:
        assert (await client.call("status"))["result"]["friends"] == 2
        assert (await client.call("send", friend="f1", text="hi"))["result"]["id"] == "m4"
        assert (await client.call("agents.list"))["error"]["data"]["code"] == "not_granted"
        assert (await client.call("agent.login", token="another"))["error"]["data"]["code"] == "not_granted"
        await client.wire.send('[{"jsonrpc":"2.0","id":1,"method":"status"},\n{"jsonrpc":"2.0","id":2,"method":"x"}]')
        assert ["result" in one for one in await client.said()] == [True, False]
        await client.wire.send(b"no json")
        assert (await client.said())["error"]["code"] == -32700
        assert (await client.call("rpc.describe"))["result"]["methods"]


@pytest.mark.parametrize(
    "first",
    [
        '{"jsonrpc":"2.0","id":1,"method":"status"}',
        '{"jsonrpc":"2.0","method":"agent.login","params":{"token":"TOKEN"}}',
        '[{"jsonrpc":"2.0","id":1,"method":"agent.login","params":{"token":"TOKEN"}}]',
        '{"jsonrpc":"2.0","id":1,"method":"agent.login","params":{"token":"TOKEN","x":1}}',
        '{"jsonrpc":"2.0","id":1,"method":"agent.login","params":{"token":"wrong"}}',
        '{"jsonrpc":"2.0","id":1,"method":"status"}\n{"jsonrpc":"2.0","id":2,"method":"status"}',
        "\n",
        "[]",
        "",
    ],
)
async def test_nobody_comes_in_without_a_token(first: str) -> None:
    node = inhabited()
    token = await _token(node)
    async with gateway(node) as url, program(url) as client:
        await client.wire.send(first.replace("TOKEN", token))
        await client.wire.send('{"jsonrpc":"2.0","id":9,"method":"status"}')
        assert "error" in await client.said()
        assert await client.closed() == 1008


async def test_who_shows_no_token_in_time_has_to_go() -> None:
    async with gateway(inhabited(), limits=Limits(login=0.05)) as url, program(url) as client:
        assert await client.closed() == 1008


async def test_a_node_that_does_not_answer_in_time_is_no_fault_of_the_token(tmp_path: Path) -> None:
    async def listens(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    path = tmp_path / "rpc.sock"
    mute = await asyncio.start_unix_server(listens, path)
    path.chmod(0o600)
    async with serving(path, 0, (), Limits(login=1.0)) as port, program(f"ws://127.0.0.1:{port}") as client:
        await client.wire.send('{"jsonrpc":"2.0","id":1,"method":"agent.login","params":{"token":"cta_x"}}')
        assert await client.closed() == 1013
    mute.close()


async def test_a_message_too_large_for_the_node_ends_at_the_gateway() -> None:
    node = inhabited()
    async with gateway(node) as url, program(url, await _token(node)) as client:
        await client.wire.send("x" * (LINE_MAX + 1))
        assert await client.closed() == 1009


async def test_pages_come_in_from_where_they_were_named_only() -> None:
    node = inhabited()
    token = await _token(node)
    async with gateway(node, PAGE) as url:
        async with program(url, token, origin=Origin(PAGE)) as client:
            assert "result" in await client.call("status")
        for other in ("http://127.0.0.1:8001", "https://example.org", "null", "http://127.0.0.1:8000.example.org"):
            with pytest.raises(InvalidStatus, match="403"):
                await connect(url, origin=Origin(other), proxy=None)
        with pytest.raises(InvalidStatus, match="404"):
            await connect(f"{url}/else", proxy=None)


async def test_it_listens_on_this_machine_only() -> None:
    async with gateway(inhabited()) as url:
        port = int(url.rpartition(":")[2])
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.2", port))


async def test_no_more_than_so_many_come_in() -> None:
    node = inhabited()
    token = await _token(node)
    async with gateway(node, limits=Limits(clients=2, strangers=1)) as url:
        async with program(url, token) as first:
            async with program(url), _refused(url):
                pass
            async with program(url, token), _refused(url):
                assert "result" in await first.call("status")
        async with program(url, token):
            pass


@asynccontextmanager
async def _refused(url: str) -> AsyncIterator[None]:
    with pytest.raises(InvalidStatus, match="503"):
        await connect(url, proxy=None)
    yield


async def test_a_node_that_is_away_or_locked_is_said_and_may_be_tried_again(tmp_path: Path) -> None:
    async with serving(tmp_path / "s", 0, ()) as port, program(f"ws://127.0.0.1:{port}") as client:
        assert (await client.call("agent.login", token="any"))["error"]["data"]["code"] == "no_daemon"
        assert await client.closed() == 1013
    node = inhabited()
    token = await _token(node)
    async with gateway(node) as url:
        await node.door.lock()
        async with program(url) as client:
            assert (await client.call("agent.login", token=token))["error"]["data"]["code"] == "locked"
            assert await client.closed() == 1013
        await node.door.unlock(PASSPHRASE)
        async with program(url, token) as client:
            await node.door.stop()
            assert await client.closed() == 1012


async def test_a_node_or_a_gateway_with_too_many_clients_is_come_back_to(tmp_path: Path) -> None:
    node = inhabited()
    token = await _token(node)
    async with hosted(node, tmp_path / "s", limits=NodeLimits(clients=1)), serving(tmp_path / "s", 0, ()) as port:
        url = f"ws://127.0.0.1:{port}"
        async with program(url, token), program(url) as client:
            refused = await client.call("agent.login", token=token)
            assert (refused["id"], refused["error"]["data"]["code"]) == (1, "busy")
            assert await client.closed() == 1013
    async with gateway(node, limits=Limits(clients=1)) as url, program(url, token):
        with pytest.raises(Busy):
            await connect_client(url=url, token=token).__aenter__()


async def test_who_does_not_answer_pings_is_gone() -> None:
    node = inhabited()
    token = await _token(node)
    async with gateway(node, limits=Limits(heartbeat=0.5, dead=3.0)) as url, program(url, token) as client:
        await client.call("events.subscribe")
        client.wire.transport.pause_reading()  # the library would answer by itself
        await eventually(_gone(node), "the end of the connection", within=60)
        client.wire.transport.abort()


def _gone(node: PlayedNode) -> Callable[[], Awaitable[bool]]:
    async def is_gone() -> bool:
        return not node.listeners

    return is_gone


def _message(said: Mapping[str, Any]) -> str | None:
    item = said["params"].get("item") or {}
    return item["message"]["text"] if item.get("event") == "message_received" else None


async def test_a_client_that_is_too_slow_catches_up_by_its_cursor_and_another_is_not_slowed() -> None:
    node = inhabited()
    token = await _token(node)
    texts = [f"{number} {'x' * 8_000}" for number in range(400)]
    async with gateway(node) as url, program(url, token, max_queue=1) as slow, program(url, token) as quick:
        for client in (slow, quick):
            await client.call("events.subscribe")
        for text in texts:
            node.peer_says("bob", text)
            while (await asyncio.wait_for(_next_text(quick), 30)) != text:
                pass
        got, cursor, behind = [], "", None
        while behind is None:
            said = await slow.said()
            if said["method"] == "events.end":
                behind = said["params"]["error"]["data"]["code"]
            elif (heard := _message(said)) is not None:
                got.append(heard)
                cursor = said["params"]["item"]["cursor"]
        assert behind == "fell_behind"
        assert 0 < len(got) < len(texts)
        while (page := (await slow.call("recv", since=cursor))["result"])["cursor"] != cursor:
            got += [one["message"]["text"] for one in page["events"] if one["event"] == "message_received"]
            cursor = page["cursor"]
        assert got == texts


async def test_who_asks_and_does_not_read_is_asked_no_more_until_he_does() -> None:
    node = inhabited()
    token = await _token(node)
    node.peer_says("bob", *["x" * 8_000] * 40)
    async with gateway(node) as url, program(url, token, max_queue=1) as greedy, program(url, token) as other:
        call = json.dumps({"jsonrpc": "2.0", "id": 7, "method": "history", "params": {"friend": "f1"}})
        asking = asyncio.create_task(_repeat(greedy, call, 400))
        for _ in range(50):
            assert "result" in await other.call("status")
        answers = [await greedy.said() for _ in range(400)]
        await asking
        assert {one["id"] for one in answers} == {7}


async def _repeat(client: Program, message: str, times: int) -> None:
    for _ in range(times):
        await client.wire.send(message)


async def _next_text(client: Program) -> str | None:
    while (text := _message(await client.said())) is None:
        continue
    return text


async def test_two_hundred_clients_at_once_hear_the_same_and_the_two_hundred_and_first_is_refused() -> None:
    node = inhabited()
    tokens = [await _token(node, f"helper{number}") for number in range(25)]
    texts = [f"text {number}" for number in range(5)]
    async with gateway(node, limits=Limits(strangers=200, login=120.0)) as url:
        async with asyncio.TaskGroup() as group:
            opened = [group.create_task(_subscribed(url, token)) for token in tokens * 8]
        clients = [task.result() for task in opened]
        async with _refused(url):
            node.peer_says("bob", *texts)
            for client in clients:
                assert [await _next_text(client) for _ in texts] == texts
        for client in clients:
            await client.wire.close()


async def _subscribed(url: str, token: str) -> Program:
    client = Program(await connect(url, compression=None, proxy=None))
    assert "result" in await client.call("agent.login", token=token)
    assert "result" in await client.call("events.subscribe")
    return client


async def test_the_python_client_is_the_same_through_the_gateway() -> None:
    node = inhabited()
    token = await _token(node)
    async with gateway(node) as url:
        async with connect_client(url=url, token=token) as chattor:
            assert await chattor.channels_list() == await node.channels_list()
            with pytest.raises(NotGranted):
                await chattor.agents_list()
            texts = [f"text {number}" for number in range(250)]
            events = chattor.events()
            waiting = asyncio.ensure_future(anext(events))
            while not node.listeners:
                await chattor.status()
            node.peer_says("bob", "first")
            await waiting
            for text in texts:
                node.peer_says("bob", text)
                await chattor.status()
            got: list[str | None] = []
            while len(got) < len(texts):
                event = await anext(events)
                if isinstance(event, MessageReceived) and event.message:
                    got.append(event.message.text)
            assert got == texts
        with pytest.raises(BadToken):
            await connect_client(url=url, token="cta_wrong").__aenter__()
        for elsewhere in ("127.0.0.1", "ws://192.0.2.1:8790", "ws://localhost:8790", "wss://127.0.0.1.example:443"):
            with pytest.raises(BadInput, match="on this machine"):
                await connect_client(url=elsewhere, token=token).__aenter__()
    with pytest.raises(NoDaemon):
        await connect_client(url=url, token=token).__aenter__()
