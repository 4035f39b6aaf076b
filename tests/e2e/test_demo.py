"""`chattor demo` as a user starts it: the check holds, the terminal opens, and nothing is left behind in any case."""

import asyncio
import os
import signal
import tempfile
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from io import RawIOBase
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import Final

import msgspec
import pytest

from chattor.demo.check import Result
from chattor.demo.echo import PASSPHRASE
from chattor.demo.patience import eventually
from chattor.demo.person import PROGRAM
from chattor.demo.steps import STEPS
from tests.support.programs import running

pytestmark = pytest.mark.tor

PATIENCE: Final = 120.0  # s
ENTER_SCREEN: Final = b"\x1b[?1049h"
LEAVE_SCREEN: Final = b"\x1b[?1049l"
CTRL_Q: Final = b"\x11"
ALT_L: Final = b"\x1bl"


@pytest.fixture
def temporary() -> Iterator[Path]:
    """Where worlds are made; a short path, for the sockets in it."""
    with tempfile.TemporaryDirectory(prefix="chattor-", dir="/tmp") as name:
        yield Path(name)


@contextmanager
def _demo(temporary: Path, *arguments: str, terminal: int = PIPE, stdin: int | None = None) -> Iterator[Popen[bytes]]:
    """A demo that was started."""
    argv, environment = [*PROGRAM, "demo", *arguments], dict(os.environ, TMPDIR=str(temporary), TERM="xterm-256color")
    with Popen(argv, stdin=stdin, stdout=terminal, stderr=terminal, env=environment, start_new_session=True) as demo:
        try:
            yield demo
        finally:
            demo.kill()


def _nothing_left(temporary: Path) -> bool:
    return not list(temporary.iterdir()) and not running(str(temporary))


@pytest.mark.timeout(180)
def test_the_check_holds_and_leaves_nothing(temporary: Path) -> None:
    with _demo(temporary, "--check", "--json") as demo:
        out, _ = demo.communicate(timeout=PATIENCE)
    results = [msgspec.json.decode(line, type=Result) for line in out.splitlines()]
    assert [(each.step, each.ok) for each in results] == [(step.name, True) for step in STEPS], out
    assert demo.returncode == 0
    assert _nothing_left(temporary)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_it_tidily(temporary: Path, number: signal.Signals) -> None:
    with _demo(temporary, "--check") as demo:
        _until_said(demo, b"waiting for the authorities")
        demo.send_signal(number)
        assert demo.wait(PATIENCE) == 130
    assert _nothing_left(temporary)


def test_killing_it_leaves_nothing_either(temporary: Path) -> None:
    with _demo(temporary, "--check") as demo:
        _until_said(demo, b"waiting for the authorities")
        assert len(running(str(temporary))) > 6
        demo.kill()

    async def is_tidy() -> bool:
        return _nothing_left(temporary)

    asyncio.run(eventually(is_tidy, "the guard to clean up", within=30))


def test_without_a_terminal_it_says_what_to_do(temporary: Path) -> None:
    with _demo(temporary, stdin=DEVNULL) as demo:
        _, err = demo.communicate(timeout=PATIENCE)
    assert demo.returncode == 2
    assert b"--check" in err
    assert _nothing_left(temporary)


@pytest.mark.timeout(180)
def test_the_terminal_opens_with_echo_there_and_leaving_deletes_everything(temporary: Path) -> None:
    master, slave = os.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    with _demo(temporary, terminal=slave, stdin=slave) as demo, open(master, "r+b", buffering=0) as screen:
        os.close(slave)
        _until_seen(screen, ENTER_SCREEN)
        _until_seen(screen, b"Echo")
        _until_seen(screen, b"asks you")  # that is Ada
        screen.write(ALT_L)
        _until_seen(screen, b"Locked")
        screen.write(PASSPHRASE.encode() + b"\r")
        _until_seen(screen, b"asks you")
        screen.write(CTRL_Q)
        _until_seen(screen, LEAVE_SCREEN)
        _until_seen(screen, b"deleting it all")
        assert demo.wait(PATIENCE) == 0
    assert _nothing_left(temporary)


def _until_said(demo: Popen[bytes], line: bytes) -> None:
    """Read its stderr up to a line."""
    assert demo.stderr is not None
    for said in demo.stderr:
        if line in said:
            return
    raise AssertionError(f"it never said {line!r}")


def _until_seen(screen: RawIOBase, wanted: bytes) -> None:
    """Read what is drawn up to some bytes; pytest's own timeout ends a wait for ever."""
    seen = b""
    while wanted not in seen:
        seen += screen.read(65536) or b""
