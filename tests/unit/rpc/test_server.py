"""The server against clients of every kind, over a real socket (security §4, inputs 63, 64, 67, 69, 70, 72)."""

import asyncio
import json
import os
import resource
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest

from chattor.errors import Busy
from chattor.model.events import Event, Gap
from chattor.model.ids import Cursor
from chattor.model.message import Message
from chattor.rpc.jsonrpc import INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, PARSE_ERROR
from chattor.rpc.server import serve
from chattor.rpc.session import Limits
from tests.support import virtual
from tests.support.hand_clock import EPOCH
from tests.support.played import PlayedNode, inhabited
from tests.support.served import raw, served

_QUICK = Limits(idle=0.05, stall=0.05, linger=0.05)


async def test_status_is_answered_before_tor_is_up() -> None:
    async with served(PlayedNode()) as path, await raw(path) as client:
        answer = await client.call("status", id="first")
        assert answer["id"] == "first"
        assert answer["result"]["tor"] == {"phase": "off", "percent": 0, "ready": False, "detail": ""}
        assert answer["result"]["reachable"] is False


async def test_an_error_tells_code_message_and_hint_and_no_traceback() -> None:
    async with served(inhabited()) as path, await raw(path) as client:
        error = (await client.call("history", {"friend": "nobody"}))["error"]
        assert error["message"] == "no friend “nobody”"
        assert error["data"]["code"] == "not_found"
        assert "chattor friends list" in error["data"]["hint"]


async def test_input_63_another_user_is_refused_before_a_byte_is_read() -> None:
    async with served(inhabited(), uid=os.getuid() + 1) as path, await raw(path) as client:
        with suppress(ConnectionError):  # the refusal may overtake the write
            await client.send(b'{"jsonrpc":"2.0","id":1,"method":"status"}\n')
        assert await _until_end(client.reader) == 0


async def test_input_64_a_line_of_8_mib_is_refused_and_memory_stays_flat() -> None:
    async with served(inhabited()) as path, await raw(path) as client:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        for _ in range(128):
            await client.send(b"x" * 65_536)
        answer = await client.line()
        assert answer["error"]["message"] == "a line holds at most 1,048,576 bytes"
        await client.send(b"\n")
        assert await client.line() is None
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * 1024  # KiB


@pytest.mark.parametrize("line", [b"[" * 100_000, b"NaN", b"\xff\xfe", b'{"a":1,"a":1}'])
async def test_inputs_65_and_66_are_answered_and_the_client_may_go_on(line: bytes) -> None:
    async with served(inhabited()) as path, await raw(path) as client:
        await client.send(line + b"\n")
        answer = await client.line()
        assert (answer["id"], answer["error"]["code"]) == (None, PARSE_ERROR)
        assert (await client.call("status"))["result"]["friends"] == 2


async def test_input_67_a_batch_is_answered_in_order_in_one_line() -> None:
    calls = [
        {"jsonrpc": "2.0", "id": 1, "method": "identity"},
        {"jsonrpc": "2.0", "method": "friends.mute", "params": {"friend": "bob"}},
        {"jsonrpc": "2.0", "id": 2, "method": "nope"},
        {"jsonrpc": "2.0", "id": 3, "method": "events.subscribe"},
        {"jsonrpc": "2.0", "id": 4, "method": "friends.list"},
    ]
    async with served(inhabited()) as path, await raw(path) as client:
        await client.send(json.dumps(calls).encode() + b"\n")
        answers = await client.line()
        assert [one["id"] for one in answers] == [1, 2, 3, 4]
        assert [one.get("error", {}).get("code") for one in answers] == [None, METHOD_NOT_FOUND, INVALID_REQUEST, None]
        assert [one["muted"] for one in answers[3]["result"] if one["name"] == "bob"] == [True]
        await client.send(json.dumps(calls * 4).encode() + b"\n")
        assert (await client.line())["error"]["message"] == "a batch has 1 to 16 calls, not 20"


async def test_a_notification_is_done_and_not_answered() -> None:
    async with served(inhabited()) as path, await raw(path) as client:
        await client.send(b'{"jsonrpc":"2.0","method":"friends.mute","params":{"friend":"bob"}}\n')
        await client.send(b'{"jsonrpc":"2.0","method":"no.such"}\n\n\r\n')
        await client.call("read", {"friend": "bob"})  # what writes is done in the order it came
        friends = (await client.call("friends.list"))["result"]
        assert [one["muted"] for one in friends if one["name"] == "bob"] == [True]


async def test_input_69_what_does_not_fit_is_named_in_the_answer() -> None:
    async with served(inhabited()) as path, await raw(path) as client:
        unknown = (await client.call("friends.ad"))["error"]
        assert (unknown["code"], unknown["message"]) == (METHOD_NOT_FOUND, "no method 'friends.ad'")
        missing = (await client.call("friends.add"))["error"]
        assert missing["code"] == INVALID_PARAMS
        assert "`code`" in missing["message"]
        extra = (await client.call("status", {"verbose": True}))["error"]
        assert "`verbose`" in extra["message"]


@pytest.mark.parametrize(
    ("limit", "why"),
    [
        (2**63, "an integer is too large"),
        (1.5, "expected `int`"),
        ("5", "expected `int`"),
    ],
)
async def test_input_70_a_limit_that_is_none_is_refused_and_said(limit: object, why: str) -> None:
    async with served(inhabited()) as path, await raw(path) as client:
        error = (await client.call("history", {"friend": "bob", "limit": limit}))["error"]
        assert why in error["message"]


@pytest.mark.parametrize("limit", [-1, 0])
async def test_input_70_a_limit_below_one_gives_one(limit: int) -> None:
    async with served(inhabited()) as path, await raw(path) as client:
        assert len((await client.call("history", {"friend": "bob", "limit": limit}))["result"]) == 1


async def test_events_follow_the_answer_and_end_with_their_subscription() -> None:
    node = inhabited()
    async with served(node) as path, await raw(path) as client:
        assert (await client.call("events.subscribe"))["result"] == {"subscription": 1}
        node.peer_says("bob", "hi")
        told = await client.line()
        assert told["method"] == "events.item"
        assert told["params"]["subscription"] == 1
        assert told["params"]["item"]["event"] == "message_received"
        assert told["params"]["item"]["message"]["text"] == "hi"
        assert (await client.call("events.unsubscribe", {"subscription": 1}))["result"] is None
        assert await client.line() == {
            "jsonrpc": "2.0", "method": "events.end", "params": {"subscription": 1, "error": None},
        }  # fmt: skip
        assert (await client.call("events.unsubscribe", {"subscription": 1}))["error"]["data"]["code"] == "not_found"


async def test_a_subscription_that_cannot_be_ends_with_the_reason() -> None:
    async with served(inhabited()) as path, await raw(path) as client:
        await client.call("events.subscribe", {"since": "tomorrow"})
        end = await client.line()
        assert end["method"] == "events.end"
        assert end["params"]["error"]["data"]["code"] == "bad_input"
        assert "error" in await client.call("events.subscribe", {"from": 1})


async def test_a_stopping_node_ends_subscriptions_cleanly() -> None:
    async with served(inhabited()) as path, await raw(path) as client, await raw(path) as other:
        await client.call("events.subscribe")
        assert (await other.call("stop"))["result"] is None
        assert (await client.line())["params"] == {"subscription": 1, "error": None}


async def test_input_72_who_stops_reading_is_dropped_and_nobody_else_notices() -> None:
    node = inhabited()
    async with served(node, limits=_QUICK) as path, await raw(path) as deaf, await raw(path) as other:
        await deaf.call("events.subscribe")
        deaf.reader._transport.pause_reading()  # type: ignore[attr-defined]  # a client that is busy elsewhere
        await other.call("events.subscribe")
        sent = 0
        while node.listeners == 2:
            node.peer_says("bob", "x" * 16_000)
            sent += 16_000
            assert (await other.line())["params"]["item"]["event"] == "message_received"
        deaf.reader._transport.resume_reading()  # type: ignore[attr-defined]
        assert sent > 1 << 20
        assert 0 < await _until_end(deaf.reader) < sent
        assert (await other.call("status"))["result"]["friends"] == 2


class _Asked(PlayedNode):
    """Counts the pages it looked up; each has 4 MB."""

    pages = 0

    async def history(self, friend: str, *rest: Any, **named: Any) -> list[Message]:
        """A page of a conversation."""
        self.pages += 1
        return await super().history(friend, *rest, **named)


def _talkative() -> _Asked:
    node = _Asked()
    node.friend("bob")
    node.peer_says("bob", *["x" * 16_000] * 250)
    return node


_PAGE = {"jsonrpc": "2.0", "id": 1, "method": "history", "params": {"friend": "bob", "limit": 250}}


async def test_pages_nobody_reads_are_not_looked_up_and_who_reads_nothing_is_dropped() -> None:
    node = _talkative()
    async with served(node, limits=_QUICK) as path, await raw(path) as deaf, await raw(path) as other:
        await deaf.call("events.subscribe")
        deaf.reader._transport.pause_reading()  # type: ignore[attr-defined]  # a client that is busy elsewhere
        await deaf.send((json.dumps(_PAGE).encode() + b"\n") * 20)
        async with asyncio.timeout(20):
            while node.listeners:
                assert (await other.call("status"))["result"]["friends"] == 1
        assert node.pages == 1


async def test_who_reads_gets_every_page_he_asked_for_at_once() -> None:
    node = _talkative()
    async with served(node) as path, await raw(path) as client:
        await client.send(b"".join(json.dumps(_PAGE | {"id": number}).encode() + b"\n" for number in range(20)))
        assert [len((await client.line())["result"]) for _ in range(20)] == [250] * 20


async def _read_slowly(every: float) -> int:
    """How many bytes of a page of 4 MB come to somebody who reads 1 MiB `every` so many seconds."""
    async with served(_talkative()) as path:
        reader, writer = await asyncio.open_unix_connection(path, limit=1 << 12)
        writer.write(json.dumps(_PAGE).encode() + b"\n")
        got = 0
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while got < 3 << 20:
                await asyncio.sleep(every)
                got += len(await reader.readexactly(1 << 20))
        writer.close()
        return got


def test_who_reads_slowly_is_not_dropped_and_who_reads_too_slowly_is() -> None:
    assert virtual.run(_read_slowly(4)) == 3 << 20
    assert virtual.run(_read_slowly(6)) < 3 << 20


async def test_a_page_that_waits_to_be_read_holds_up_no_other_call() -> None:
    node = _talkative()
    async with served(node) as path, await raw(path) as client, await raw(path) as other:
        client.reader._transport.pause_reading()  # type: ignore[attr-defined]  # a client that is busy elsewhere
        calls = [_PAGE, _PAGE | {"id": 2}, {"jsonrpc": "2.0", "method": "friends.mute", "params": {"friend": "bob"}}]
        await client.send(b"".join(json.dumps(one).encode() + b"\n" for one in calls))
        while not node.find("bob").muted:
            await other.call("status")
        assert node.pages == 1
        client.reader._transport.resume_reading()  # type: ignore[attr-defined]
        assert [(await client.line())["id"] for _ in range(2)] == [1, 2]


async def test_a_batch_is_answered_as_far_as_one_line_holds_and_the_rest_is_not_done() -> None:
    node = _talkative()
    calls = [_PAGE | {"id": number} for number in range(4)]
    calls.append({"jsonrpc": "2.0", "id": 4, "method": "send", "params": {"friend": "bob", "text": "too late"}})
    calls.append({"jsonrpc": "2.0", "method": "friends.mute", "params": {"friend": "bob"}})
    async with served(node, limits=Limits(answers=1 << 23)) as path, await raw(path) as client:
        await client.send(json.dumps(calls).encode() + b"\n")
        answers = await client.line()
        assert [len(one["result"]) for one in answers[:3]] == [250] * 3
        assert [(one["id"], one["error"]["data"]["code"]) for one in answers[3:]] == [(3, "busy"), (4, "busy")]
    assert (node.pages, node.find("bob").muted, await node.outbox_list()) == (3, True, [])


async def _until_end(reader: asyncio.StreamReader) -> int:
    received = 0
    try:
        while data := await reader.read(1 << 20):
            received += len(data)
    except ConnectionError:
        return received
    return received


async def test_a_large_answer_to_a_client_who_reads_is_not_a_backlog() -> None:
    node = inhabited()
    node.peer_says("bob", *["x" * 16_000] * 400)
    async with served(node, limits=_QUICK) as path, await raw(path) as client:
        answer = await client.call("history", {"friend": "bob", "limit": 400})
        assert len(answer["result"]) == 400


async def test_a_client_that_says_nothing_is_let_go() -> None:
    async with served(inhabited(), limits=_QUICK) as path, await raw(path) as silent:
        assert await silent.line() is None


async def test_a_client_that_leaves_a_line_unfinished_is_let_go() -> None:
    async with served(inhabited(), limits=_QUICK) as path, await raw(path) as half:
        await half.call("status")
        await half.send(b'{"jsonrpc":')
        assert await half.reader.read() == b""


async def _drip() -> float:
    """How long a client is borne that sends one byte of a line every ten seconds."""
    async with served(inhabited()) as path, await raw(path) as slow:
        await slow.call("status")
        began = asyncio.get_running_loop().time()
        with suppress(ConnectionError):
            for _ in range(20):
                await slow.send(b" ")
                await asyncio.sleep(10)
        return asyncio.get_running_loop().time() - began


def test_a_line_that_comes_byte_by_byte_has_no_longer_than_one_that_does_not_come() -> None:
    assert Limits().idle <= virtual.run(_drip()) <= Limits().idle + 20


async def test_after_its_first_line_a_client_may_be_quiet() -> None:
    node = inhabited()
    async with served(node, limits=_QUICK) as path, await raw(path) as quiet, await raw(path) as clock:
        await quiet.call("events.subscribe")
        assert await clock.line() is None  # longer than `idle`
        node.peer_says("bob", "still there?")
        assert (await quiet.line())["params"]["item"]["message"]["text"] == "still there?"


async def test_one_client_more_than_fit_is_told_so() -> None:
    async with served(inhabited(), limits=Limits(clients=1)) as path, await raw(path) as first:
        await first.call("status")
        async with await raw(path) as second:
            answer = await second.line()
            assert answer["error"]["message"] == "too many clients"
            assert answer["error"]["data"] == {"code": "busy", "hint": Busy("").hint}
            assert await second.line() is None
        assert (await first.call("status"))["result"]


async def test_who_is_one_too_many_reads_why_even_if_he_spoke_first() -> None:
    async with served(inhabited(), limits=Limits(clients=1)) as path, await raw(path) as first:
        await first.call("status")
        for _ in range(20):
            async with await raw(path) as second:
                for number in range(8):
                    await second.send(b'{"jsonrpc":"2.0","id":%d,"method":"status"}\n' % number)
                assert (await second.line())["error"]["data"]["code"] == "busy"


async def test_who_is_turned_away_and_stays_is_let_go() -> None:
    async with served(inhabited(), limits=Limits(clients=1, refusals=1, linger=0.05)) as path, await raw(path) as first:
        await first.call("status")
        async with await raw(path) as stays, await raw(path) as beyond:
            assert await beyond.line() is None
            assert (await stays.line())["error"]["data"]["code"] == "busy"
            assert await stays.line() is None
        await first.call("status")
        async with await raw(path) as later:
            assert (await later.line())["error"]["data"]["code"] == "busy"


async def test_a_slow_call_does_not_hold_up_the_next() -> None:
    node = inhabited()
    async with served(node) as path, await raw(path) as client:
        await client.send(
            b'{"jsonrpc":"2.0","id":"slow","method":"send","params":{"friend":"carol","text":"x","wait":"delivered"}}\n'
        )
        assert (await client.call("status", id="quick"))["id"] == "quick"
        node.peer_takes("carol")
        assert (await client.line())["result"]["state"] == "delivered"


async def test_more_calls_at_once_than_allowed_are_refused_by_their_ids() -> None:
    async with served(inhabited(), limits=Limits(calls=1)) as path, await raw(path) as client:
        await client.call("events.subscribe")
        error = await client.call("status", id=9)
        assert (error["id"], error["error"]["message"]) == (9, "more than 1 calls at once")


async def test_one_batch_too_many_is_refused_as_a_batch_and_notifications_in_silence() -> None:
    calls = [{"jsonrpc": "2.0", "id": word, "method": "status"} for word in (7, "eight")]
    notification = {"jsonrpc": "2.0", "method": "status"}
    async with served(inhabited(), limits=Limits(calls=1)) as path, await raw(path) as client:
        await client.call("events.subscribe")
        for line in (notification, [notification], [*calls, notification]):
            await client.send(json.dumps(line).encode() + b"\n")
        answers = await client.line()
        assert [(one["id"], one["error"]["message"]) for one in answers] == [
            (7, "more than 1 calls at once"),
            ("eight", "more than 1 calls at once"),
        ]


async def test_a_notification_with_parameters_by_position_is_not_answered() -> None:
    async with served(inhabited()) as path, await raw(path) as client:
        await client.send(b'{"jsonrpc":"2.0","method":"status","params":[1]}\n')
        await client.send(b'[{"jsonrpc":"2.0","method":"status","params":[1]}]\n')
        assert (await client.call("status", id="next"))["id"] == "next"


async def test_a_repeated_send_with_a_key_is_one_message() -> None:
    node = inhabited()
    async with served(node) as path, await raw(path) as client:
        letter = {"friend": "carol", "text": "once", "key": "2026-03-01 backup"}
        first, again = [(await client.call("send", letter))["result"] for _ in range(2)]
        assert first["id"] == again["id"]
    assert [one.text for one in await node.history("carol")].count("once") == 1


async def test_a_client_that_only_closes_its_writing_side_gets_its_answer() -> None:
    async with served(inhabited()) as path, await raw(path) as client:
        await client.send(b'{"jsonrpc":"2.0","id":1,"method":"identity"}\n')
        client.writer.write_eof()
        assert (await client.line())["result"]["name"] == "alice"
        assert await client.line() is None


_TEXT = "a message somebody wrote"


class _Broken(PlayedNode):
    """A node with a defect."""

    async def status(self) -> Any:
        """Fails like a program, not like a node."""
        raise ZeroDivisionError(_TEXT)

    async def events(
        self, since: str | None = None, peek: bool = False, consumer: str | None = None
    ) -> AsyncIterator[Event]:
        """Likewise."""
        if since is None:
            raise ZeroDivisionError(_TEXT)
        yield Gap(cursor=Cursor("0"), at=EPOCH)


async def test_a_defect_is_said_without_its_details(caplog: pytest.LogCaptureFixture) -> None:
    async with served(_Broken()) as path, await raw(path) as client:
        error = (await client.call("status"))["error"]
        assert (error["data"]["code"], error["message"]) == ("internal", "status failed inside the node")
        await client.call("events.subscribe")
        assert (await client.line())["params"]["error"]["data"]["code"] == "internal"
        assert (await client.call("identity"))["result"]["name"] == "alice"
    assert "ZeroDivisionError" in caplog.text
    assert _TEXT not in caplog.text


async def test_closing_the_server_ends_every_connection_and_removes_the_socket() -> None:
    async with served(inhabited()) as path:
        server = await serve(inhabited().door, path.with_name("other"))
        async with await raw(path.with_name("other")) as client:
            await client.call("events.subscribe")
            await server.close()
            assert (await client.line())["method"] == "events.end"
            assert await client.line() is None
        assert not path.with_name("other").exists()
        assert path.exists()


async def test_closing_twice_leaves_a_newer_socket_alone() -> None:
    async with served(inhabited()) as path:
        first = await serve(inhabited().door, path.with_name("first"))
        path.with_name("first").unlink()
        second = await serve(inhabited().door, path.with_name("first"))
        await first.close()
        await first.close()
        assert path.with_name("first").exists()
        await second.close()
        assert not path.with_name("first").exists()
