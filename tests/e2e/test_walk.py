"""The walk of tests/e2e/walk/walk.sh, a shell script, through every verb there is; and that it leaves none out.

What ran is taken from the trace the script writes while it runs, not from its source.
"""

import asyncio
import os
import signal
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import click
import pytest

from chattor.cli.app import INTERRUPTED
from chattor.cli.root import root
from chattor.demo.guard import Guard
from chattor.transport.tor.network import PrivateNetwork
from tests.e2e import test_demo

pytestmark = [pytest.mark.tor, pytest.mark.asyncio(loop_scope="session")]

Verb = tuple[str, ...]
Ran = set[tuple[Verb, int]]

WALK: Final = Path(__file__).parent / "walk" / "walk.sh"
ENDLESS: Final = (("listen",),)
"""Ends by Ctrl-C and in no other way."""
ELSEWHERE: Final[Mapping[Verb, object]] = {("demo",): test_demo.test_the_check_holds_and_leaves_nothing}
"""Has a world and a test of its own."""


@pytest.fixture
def home() -> Iterator[tuple[Path, Guard]]:
    """A directory with a short path, and who cleans up there, also when the tests are killed."""
    directory = Path(tempfile.mkdtemp(prefix="chattor-", dir="/tmp"))
    guard = Guard(directory)
    yield directory, guard
    guard.close()


def _leaves(group: click.Group, above: Verb = ()) -> Iterator[Verb]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _leaves(command, (*above, name))
        else:
            yield (*above, name)


def _verb(words: Sequence[str]) -> Verb:
    """The verb of a command line; options before it are passed over."""
    command: click.Command = root
    verb: Verb = ()
    for word in words:
        if isinstance(command, click.Group) and word in command.commands:
            command, verb = command.commands[word], (*verb, word)
    return verb


def _ran(trace: str) -> Ran:
    lines = [line.rstrip("\t").split("\t") for line in trace.splitlines()]
    return {(_verb(words), int(code)) for code, *words in lines}


async def _walked(directory: Path, guard: Guard, torrc: Path) -> tuple[int | None, str]:
    """How the script ended, and what it said."""
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    process = await asyncio.create_subprocess_exec(
        "/bin/sh", WALK, directory, torrc, stdin=DEVNULL, stdout=PIPE, stderr=PIPE,
        env={**os.environ, "PATH": programs}, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests in the background ignore Ctrl-C
    )  # fmt: skip
    guard.watch(-process.pid)  # whatever it starts is of its group
    out, err = await process.communicate()
    return process.returncode, f"{out.decode()}\n{err.decode()}"


@pytest.mark.timeout(900)  # a minute on a machine at leisure
async def test_two_people_walk_through_every_verb(home: tuple[Path, Guard], tor_network: PrivateNetwork) -> None:
    directory, guard = home
    code, said = await _walked(directory, guard, tor_network.client_torrc_path)
    assert code == 0, said

    ran = _ran((directory / "trace").read_text())
    wanted = {(verb, INTERRUPTED if verb in ENDLESS else 0) for verb in _leaves(root) if verb not in ELSEWHERE}
    assert wanted - ran == set()


async def test_only_what_ran_counts() -> None:
    trace = "3\t--profile\tada\tstatus\t\n0\t--json\tfriends\tlist\t--json\t\n0\t--profile\tada\t--daemon\t\n"
    assert _ran(trace) == {(("status",), 3), (("friends", "list"), 0), ((), 0)}
