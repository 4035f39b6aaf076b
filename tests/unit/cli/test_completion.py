"""Tab, in the real shells, against a real node."""

import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.played import PlayedNode, inhabited
from tests.support.shell import Shell, Terminal, shell_with

_SHELLS = ("bash", "zsh", "fish")
_START = {
    "bash": (("bash", "--norc", "--noprofile", "-i"), 'eval "$(chattor completion bash)"'),
    "zsh": (("zsh", "-f", "-i"), 'autoload -U compinit; compinit -u -D; eval "$(chattor completion zsh)"'),
    "fish": (("fish", "--no-config", "-i"), "chattor completion fish | source"),
}


def _neighbours() -> PlayedNode:
    """bob and carol are friends, so is one whose name is a trap for shells, and one with a blank in it."""
    node = inhabited()
    node.friend("trap")
    node.friend("Anna Lena")
    node.rewrite("UPDATE friends SET name = ? WHERE name = 'trap'", "$(touch trapped)`touch trapped`*")
    return node


@asynccontextmanager
async def _neighbourhood(node: PlayedNode) -> AsyncIterator[Shell]:
    """A shell in which `chattor` is found."""
    async with shell_with(node) as shell:
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        shell.environment.update({"PATH": path, "TERM": "xterm", "PS1": "> ", "HISTFILE": "", "COLUMNS": "200"})
        yield shell


async def _offered(shell: Shell, *words: str, **environment: str) -> list[str]:
    """What is offered for the last word, as bash is told."""
    asked = {"COMP_WORDS": " ".join(("chattor", *words)), "COMP_CWORD": str(len(words))}
    shell.environment.update({"_CHATTOR_COMPLETE": "bash_complete"} | asked | environment)
    said = await shell.chattor()
    assert (said.code, said.err) == (0, "")
    return [line.removeprefix("plain,") for line in said.out.split()]


@pytest.mark.parametrize("shell", _SHELLS)
async def test_tab_completes_verbs_and_friends_in(shell: str) -> None:
    program, load = _START[shell]
    async with _neighbourhood(_neighbours()) as here, Terminal(here, program=program) as terminal:
        terminal.type(f"{load}; echo lo''aded\n")
        await terminal.until("loaded")
        terminal.type("echo chattor; chattor frie\t")
        await terminal.until("chattor friends")
        terminal.type("rename car\t")
        await terminal.until("rename carol")


@pytest.mark.parametrize("shell", _SHELLS)
async def test_a_name_never_becomes_a_command_in(shell: str) -> None:
    program, load = _START[shell]
    async with _neighbourhood(_neighbours()) as here, Terminal(here, program=program) as terminal:
        terminal.type(f"cd {here.home}; {load}; echo lo''aded\n")
        await terminal.until("loaded")
        terminal.type("chattor send \t\t")
        await terminal.until("carol")
        await terminal.until("bob")
        terminal.type("bo\t \x15echo do''ne\n")
        await terminal.until("done")
        assert not (here.home / "trapped").exists()


async def test_friends_are_offered_by_name_or_by_id() -> None:
    async with _neighbourhood(_neighbours()) as shell:
        assert await _offered(shell, "history", "") == ["f4", "f5", "bob", "carol"]
        assert await _offered(shell, "send", "C") == ["carol"]
        assert await _offered(shell, "send", "f") == ["f4", "f5", "f1", "f2"]
        assert await _offered(shell, "search", "x", "--friend", "b") == ["bob"]


async def test_requests_channels_and_the_outbox_are_offered_by_what_they_are_called() -> None:
    async with _neighbourhood(_neighbours()) as shell:
        assert await _offered(shell, "friends", "accept", "") == ["f3"]
        assert await _offered(shell, "friends", "cancel", "") == []
        assert await _offered(shell, "channels", "publish", "f") == ["friends"]
        assert await _offered(shell, "outbox", "retry", "") == ["m3"]


async def test_settings_are_offered_with_their_values_and_profiles_too() -> None:
    async with _neighbourhood(_neighbours()) as shell:
        assert await _offered(shell, "settings", "get", "privacy.r") == ["privacy.requests", "privacy.receipts"]
        assert await _offered(shell, "settings", "set", "privacy.typing", "") == ["on", "off"]
        assert await _offered(shell, "--profile", "") == []
        assert await _offered(shell, "theme", "show", "ansi") == ["ansi-dark", "ansi-light"]
        assert await _offered(shell, "--profile", "../x", "theme", "show", "ansi") == []
        assert await _offered(shell, "backup", "create", "") == ["file,"]


async def test_without_a_node_and_with_a_locked_one_nothing_is_offered_and_nothing_said() -> None:
    node = inhabited()
    async with _neighbourhood(node) as shell:
        await node.door.lock()
        assert await _offered(shell, "send", "") == []
        assert await _offered(shell, "send", "", CHATTOR_DATA_DIR=str(shell.home / "elsewhere")) == []
        assert await _offered(shell, "--profile", "../x", "send", "") == []


async def test_a_node_that_does_not_answer_is_not_waited_for() -> None:
    async with _neighbourhood(inhabited()) as shell:
        silent = shell.home / "silent"
        (silent / "run").mkdir(parents=True, mode=0o700)
        with socket.socket(socket.AF_UNIX) as mute:
            mute.bind(str(silent / "run" / "rpc.sock"))
            mute.listen()
            assert await _offered(shell, "send", "", CHATTOR_DATA_DIR=str(silent)) == []
