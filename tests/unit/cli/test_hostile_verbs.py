"""Every verb, as tables and as JSON, with hostile text in all that others can write (security §4, inputs 106-119).

A verb that is neither tried here nor named among those with nothing of others to print fails these tests.
"""

import json
import re
from collections.abc import Iterator
from typing import Final

import click
import pytest

import chattor.cli.pages  # noqa: F401  adds the verbs to root
from chattor.cli.root import root
from tests.support.hostile import EVERYTHING, fuzzed, wicked
from tests.support.shell import shell_with

PAYLOADS: Final = {"everything": EVERYTHING, "fuzzed": fuzzed(4)}
OBEYED: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\U000e0000-\U000e0fff]"
)
TRIED: Final = {
    "activity": "working EVIL",
    "agents list": "", "agents log": "", "agents revoke": "EVIL", "approvals allow": "1", "approvals deny": "1",
    "approvals list": "", "channels create": "x", "channels feed": "c3", "channels list": "",
    "channels publish": "c1 x", "channels read": "c3", "channels retract": "p1", "channels subscribe": "EVIL",
    "channels sync": "",
    "channels unsubscribe": "c3", "consumers ack": "EVIL 1", "consumers forget": "EVIL", "consumers list": "",
    "delete": "m3", "doctor": "", "draft": "f1", "edit": "m3 x", "ephemeral": "f1 1h", "export": "",
    "friends accept": "f2",
    "friends acknowledge": "f1", "friends add": "EVIL", "friends block": "f1", "friends cancel": "f2",
    "friends list": "", "friends mute": "f1", "friends reject": "f2", "friends remove": "f1", "friends rename": "f1 x",
    "friends requests": "", "friends set": "f1", "friends show": "f1", "friends unblock": "f1", "friends unmute": "f1",
    "friends verify": "f1", "history": "f1", "identity": "", "listen": "--since 0", "logs": "", "outbox cancel": "m3",
    "outbox list": "", "outbox resend": "m3", "outbox retry": "m3", "react": "m1 x", "read": "f1", "recv": "--since 0",
    "search": "before", "send": "f1 x", "status": "", "theme check": "EVIL", "theme show": "EVIL", "trace": "m3",
}  # fmt: skip
"""What is typed after the verb; EVIL stands for the text itself."""
NOTHING_OF_OTHERS: Final = {
    "agents add", "backup create", "backup restore", "backup verify", "completion", "daemon", "demo", "gateway", "init",
    "keys", "lock", "notifications", "passphrase", "paths", "profiles list", "profiles switch", "rotate identity",
    "rotate onion", "rpc describe", "settings get", "settings list", "settings schema", "settings set", "stop",
    "theme list", "unlock", "wipe",
}  # fmt: skip
TO_A_PROGRAM: Final = {"mcp"}
"""Their answers are JSON-RPC, read by a program and never by a terminal."""
ALWAYS_JSON: Final = {"export", "listen"}


def verbs(command: click.Command, path: str = "") -> Iterator[str]:
    """All of them, as they are typed."""
    if not isinstance(command, click.Group):
        yield path
        return
    for name, inner in command.commands.items():
        yield from verbs(inner, f"{path} {name}".strip())


def test_no_verb_is_forgotten() -> None:
    assert sorted({*TRIED, *NOTHING_OF_OTHERS, *TO_A_PROGRAM}) == sorted(verbs(root))
    assert not set(TRIED) & NOTHING_OF_OTHERS


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("verb", TRIED)
async def test_no_verb_lets_others_speak_to_the_terminal(verb: str, payload: str) -> None:
    text = PAYLOADS[payload]
    arguments = [text if word == "EVIL" else word for word in TRIED[verb].split()]
    for flags in ((), ("--json",)) if verb not in ALWAYS_JSON else ((),):
        node = wicked(text)
        async with shell_with(node) as shell:
            shell.paths.logs.mkdir(parents=True)
            shell.paths.log.write_text(f"{text}\n")
            if verb == "listen":
                process = await shell.start(*verb.split(), *arguments)
                assert process.stdout
                lines = [await process.stdout.readline() for _ in range(4)]
                process.kill()
                out, err = b"".join(lines).decode(), (await process.communicate())[1].decode()
            else:
                said = await shell.chattor(*verb.split(), *arguments, *flags)
                out, err = said.out, said.err
                assert out + err, "it says something"
        assert OBEYED.findall(out + err) == []
        assert "Traceback" not in err
        for line in out.splitlines() if flags or verb in ALWAYS_JSON else ():
            json.loads(line)
