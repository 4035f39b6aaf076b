"""One table: every method of `Api` through every face that offers it gives the same answer.

Each row runs on its own fresh toy node, which is deterministic: in process, over the socket, and as a CLI verb with
--json. A method that is missing here fails the first test.
"""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec
import pytest

from chattor.api import Api
from chattor.errors import ChattorError
from chattor.rpc import contract
from chattor.rpc.client import connect
from tests.support.api import ToyNode, inhabited
from tests.support.served import served
from tests.support.shell import shell_with
from tests.support.toy_friends import code_of

ERIN = code_of("erin")
Arguments = Mapping[str, Any]

CALLS: list[tuple[str, Arguments, str | None]] = [
    ("status", {}, "status"),
    ("identity", {}, "identity"),
    ("stop", {}, "stop"),
    ("friends_list", {}, "friends list"),
    ("friends_requests", {}, "friends requests"),
    ("friends_add", {"code": ERIN, "name": "erin", "note": "hi"}, f"friends add {ERIN} --name erin --note hi"),
    ("friends_add", {"code": "ct1"}, "friends add ct1"),
    ("friends_accept", {"id": "f6"}, "friends accept f6"),
    ("friends_reject", {"id": "f6"}, "friends reject f6"),
    ("friends_cancel", {"id": "f6"}, "friends cancel f6"),
    ("friends_rename", {"friend": "bob", "name": "rob"}, "friends rename bob rob"),
    ("friends_remove", {"friend": "bob", "keep_history": False}, "friends remove bob --forget"),
    ("friends_block", {"friend": "bob"}, "friends block bob"),
    ("friends_unblock", {"friend": "bob"}, "friends unblock bob"),
    ("friends_mute", {"friend": "f1"}, "friends mute f1"),
    ("friends_unmute", {"friend": "f1"}, "friends unmute f1"),
    ("friends_set", {"friend": "bob", "key": "receipts", "value": "off"}, "friends set bob receipts off"),
    ("friends_acknowledge", {"friend": "bob"}, "friends acknowledge bob"),
    ("friends_verify", {"friend": "bob", "confirm": True}, "friends verify bob --confirm"),
    ("send", {"friend": "carol", "text": "hi", "reply_to": "m5"}, "send carol hi --reply-to m5"),
    ("send", {"friend": "nobody", "text": "hi"}, "send nobody hi"),
    ("history", {"friend": "bob", "limit": 1, "before": "m4"}, "history bob --limit 1 --before m4"),
    ("history", {"friend": "bob", "limit": 2, "around": "m4"}, "history bob --limit 2 --around m4"),
    ("read", {"friend": "bob"}, "read bob"),
    ("draft", {"friend": "bob", "text": "unsent"}, None),
    ("outbox_list", {"limit": 1}, "outbox list --limit 1"),
    ("outbox_retry", {"id": "m5"}, "outbox retry m5"),
    ("outbox_cancel", {"id": "m5"}, "outbox cancel m5"),
    ("recv", {"since": "2", "ack": True, "limit": 3}, "recv --since 2 --ack --limit 3"),
]
"""Method, arguments, and the verb of the CLI that does the same; None where no verb was promised."""


def test_no_method_is_forgotten() -> None:
    assert {name for name, _, _ in CALLS} | {"events"} == {name for name, _ in contract.functions(Api)}


async def _outcome(api: Api, name: str, arguments: Arguments) -> object:
    """What a call gives, as JSON would say it."""
    try:
        value = await getattr(api, name)(**arguments)
    except ChattorError as error:
        return {"error": {"code": error.code, "message": str(error), "hint": error.hint}}
    return msgspec.json.decode(contract.encode(value))


@pytest.mark.parametrize(
    ("name", "arguments", "verb"), CALLS, ids=lambda value: value if isinstance(value, str) else ""
)
async def test_every_face_gives_the_same_answer(name: str, arguments: Arguments, verb: str | None) -> None:
    here = await _outcome(inhabited(), name, arguments)
    async with served(inhabited()) as path:
        remote = await connect(path)
        assert await _outcome(remote, name, arguments) == here
        await remote.close()
    if verb is not None:
        async with shell_with(inhabited()) as shell:
            said = await shell.chattor(*verb.split(), "--json")
            assert json.loads(said.out or said.err) == here


async def _until_stopped(events: AsyncIterator[object], node: ToyNode) -> list[object]:
    told = []
    async for event in events:
        told.append(msgspec.json.decode(contract.encode(event)))
        await node.stop()
    return told


async def test_every_face_tells_the_same_events() -> None:
    node = inhabited()
    here = (await node.recv("0")).events
    expected = [msgspec.json.decode(contract.encode(event)) for event in here]
    async with served(node) as path:
        remote = await connect(path)
        assert (await _until_stopped(remote.events("0"), node)) == expected
        await remote.close()
    async with shell_with(inhabited()) as shell:
        process = await shell.start("listen", "--since", "0")
        assert process.stdout
        assert [json.loads(await process.stdout.readline()) for _ in expected] == expected
        assert (await shell.chattor("stop")).code == 0
        assert await process.wait() == 0
        assert await process.communicate() == (b"", b"")
