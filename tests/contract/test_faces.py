"""One table: every method of `Api` through every face that offers it gives the same answer.

Each row runs on its own fresh node, in which nothing is left to chance: in process, over the socket, and as a CLI
verb with --json. A method that is missing here fails the first test.
"""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
import pytest

from chattor.api import Api
from chattor.errors import ChattorError
from chattor.model.activity import Doing
from chattor.model.channel import Access
from chattor.model.message import Priority
from chattor.rpc import contract
from chattor.rpc.client import connect
from tests.support.peers import code_of
from tests.support.played import PlayedNode, inhabited
from tests.support.served import served
from tests.support.shell import shell_with

ERIN = code_of("erin")
SPRING = datetime(2026, 3, 1).astimezone()
Arguments = Mapping[str, Any]

CALLS: list[tuple[str, Arguments, str | None]] = [
    ("status", {}, "status"),
    ("identity", {}, "identity"),
    ("activity_set", {"state": Doing.WORKING, "words": "reading"}, "activity working reading"),
    ("activity_set", {"state": Doing.IDLE, "words": "x" * 61}, f"activity idle {'x' * 61}"),
    ("activity_set", {"state": None}, "activity none"),
    ("rotate_onion", {}, "rotate onion"),
    ("rotate_identity", {}, "rotate identity"),
    ("doctor", {}, "doctor"),
    ("doctor", {"friend": "bob"}, "doctor bob"),
    ("doctor", {"friend": "dave"}, "doctor dave"),
    ("stop", {}, "stop"),
    ("friends_list", {}, "friends list"),
    ("friends_show", {"friend": "bob"}, "friends show bob"),
    ("friends_show", {"friend": "carol"}, "friends set carol"),
    ("friends_show", {"friend": "nobody"}, "friends show nobody"),
    ("friends_requests", {}, "friends requests"),
    ("friends_add", {"code": ERIN, "name": "erin", "note": "hi"}, f"friends add {ERIN} --name erin --note hi"),
    ("friends_add", {"code": "ct1"}, "friends add ct1"),
    ("friends_accept", {"id": "f3"}, "friends accept f3"),
    ("friends_reject", {"id": "f3"}, "friends reject f3"),
    ("friends_cancel", {"id": "f3"}, "friends cancel f3"),
    ("friends_rename", {"friend": "bob", "name": "rob"}, "friends rename bob rob"),
    ("friends_remove", {"friend": "bob", "keep_history": False}, "friends remove bob --forget"),
    ("friends_block", {"friend": "bob"}, "friends block bob"),
    ("friends_unblock", {"friend": "bob"}, "friends unblock bob"),
    ("friends_mute", {"friend": "f1"}, "friends mute f1"),
    ("friends_unmute", {"friend": "f1"}, "friends unmute f1"),
    ("friends_set", {"friend": "bob", "key": "receipts", "value": "off"}, "friends set bob receipts off"),
    ("friends_acknowledge", {"friend": "bob"}, "friends acknowledge bob"),
    ("friends_verify", {"friend": "bob", "confirm": True}, "friends verify bob --confirm"),
    ("send", {"friend": "carol", "text": "hi", "reply_to": "m3"}, "send carol hi --reply-to m3"),
    ("send", {"friend": "carol", "text": "hi", "priority": Priority.HIGH}, "send carol hi --priority high"),
    ("send", {"friend": "nobody", "text": "hi"}, "send nobody hi"),
    ("history", {"friend": "bob", "limit": 1, "before": "m2"}, "history bob --limit 1 --before m2"),
    ("history", {"friend": "bob", "limit": 2, "around": "m2"}, "history bob --limit 2 --around m2"),
    ("history", {"friend": "bob", "limit": 1, "at": SPRING}, "history bob --limit 1 --at 2026-03-01"),
    ("edit", {"id": "m3", "text": "better"}, "edit m3 better"),
    ("edit", {"id": "m99", "text": "better"}, "edit m99 better"),
    ("delete", {"id": "m3"}, "delete m3"),
    ("react", {"id": "m2", "emoji": "👍"}, "react m2 👍"),
    ("search", {"query": "are the", "limit": 1}, "search are the --limit 1"),
    ("search", {"query": "from:"}, "search from:"),
    ("search", {"query": "in:public"}, "search in:public"),
    ("search", {"query": "in:nowhere"}, "search in:nowhere"),
    ("ephemeral", {"friend": "bob", "seconds": 300}, "ephemeral bob 5m"),
    ("ephemeral", {"friend": "bob", "seconds": None}, "ephemeral bob off"),
    ("ephemeral", {"friend": "bob", "seconds": 1}, "ephemeral bob 1s"),
    ("read", {"friend": "bob"}, "read bob"),
    ("read", {"friend": "bob", "upto": "m3"}, "read bob --upto m3"),
    ("typing", {"friend": "bob", "active": True}, None),
    ("draft", {"friend": "bob", "text": "unsent"}, "draft bob unsent"),
    ("draft", {"friend": "bob"}, "draft bob"),
    ("draft", {"friend": "bob", "text": "x" * 64_001}, f"draft bob {'x' * 64_001}"),
    ("trace", {"id": "m1"}, "trace m1"),
    ("trace", {"id": "m3"}, "trace m3"),
    ("trace", {"id": "m99"}, "trace m99"),
    ("outbox_list", {"limit": 1}, "outbox list --limit 1"),
    ("outbox_retry", {"id": "m3"}, "outbox retry m3"),
    ("outbox_cancel", {"id": "m3"}, "outbox cancel m3"),
    ("outbox_resend", {"id": "m2"}, "outbox resend m2"),
    ("channels_list", {}, "channels list"),
    ("channels_create", {"name": "news", "access": Access.FRIENDS}, "channels create news --access friends"),
    ("channels_publish", {"channel": "public", "text": "hi"}, "channels publish public hi"),
    ("channels_publish", {"channel": "news", "text": "hi"}, "channels publish news hi"),
    ("channels_retract", {"id": "p1"}, "channels retract p1"),
    ("channels_subscribe", {"code": ERIN, "channel": "news"}, f"channels subscribe {ERIN} --channel news"),
    ("channels_unsubscribe", {"channel": "news"}, "channels unsubscribe news"),
    ("channels_feed", {"channel": "public", "limit": 3}, "channels feed public --limit 3"),
    ("channels_read", {"channel": "news"}, "channels read news"),
    ("channels_read", {"channel": "public"}, "channels read public"),
    ("channels_sync", {"channel": "news"}, "channels sync news"),
    ("settings_list", {}, "settings list"),
    ("settings_get", {"key": "privacy.requests"}, "settings get privacy.requests"),
    ("settings_get", {"key": "privacy.request"}, "settings get privacy.request"),
    ("settings_set", {"key": "terminal.mouse", "value": "off"}, "settings set terminal.mouse off"),
    ("lock", {"hard": True}, "lock --hard"),
    ("unlock", {"passphrase": "correct horse"}, None),
    ("export_page", {"friend": "bob", "limit": 2}, None),
    ("backup_create", {"file": "/x/y", "force": True}, "backup create /x/y --force"),
    ("agents_add", {"name": "helper", "send_to": ["bob"]}, "agents add helper --send-to bob"),
    ("agents_add", {"name": "Helper"}, "agents add Helper"),
    ("agents_list", {}, "agents list"),
    ("agents_revoke", {"name": "nobody"}, "agents revoke nobody"),
    ("agents_log", {"limit": 3}, "agents log --limit 3"),
    ("approvals_list", {}, "approvals list"),
    ("approvals_allow", {"id": "a1"}, "approvals allow a1"),
    ("approvals_deny", {"id": "a1"}, "approvals deny a1"),
    ("recv", {"since": "2", "ack": True, "limit": 3}, "recv --since 2 --ack --limit 3"),
    ("recv", {"consumer": "bot", "limit": 2}, "recv --consumer bot --limit 2"),
    ("recv", {"consumer": "Bot"}, "recv --consumer Bot"),
    ("consumers_list", {}, "consumers list"),
    ("consumers_ack", {"cursor": "3", "consumer": "bot"}, "consumers ack bot 3"),
    ("consumers_ack", {"cursor": "999", "consumer": "bot"}, "consumers ack bot 999"),
    ("consumers_forget", {"consumer": "bot"}, "consumers forget bot"),
]
"""Method, arguments, and the verb of the CLI that does the same.

None where a verb is something else: `typing` is said at every key and holds 5 s, which no command line lives for;
`unlock` asks for the passphrase; `export` writes many pages.
"""


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
    here = await _outcome(inhabited().door, name, arguments)
    async with served(inhabited()) as path:
        remote = await connect(path)
        assert await _outcome(remote, name, arguments) == here
        await remote.close()
    if verb is not None:
        async with shell_with(inhabited()) as shell:
            said = await shell.chattor(*verb.split(), "--json")
            assert json.loads(said.out or said.err) == here


async def _until_stopped(events: AsyncIterator[object], node: PlayedNode) -> list[object]:
    told = []
    async for event in events:
        told.append(msgspec.json.decode(contract.encode(event)))
        await node.door.stop()
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
