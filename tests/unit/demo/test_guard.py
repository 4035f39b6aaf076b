"""The guard ends what is left and deletes the directory, whatever became of its owner."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from chattor.demo.guard import Guard
from chattor.demo.patience import eventually


@contextmanager
def _idler() -> Iterator[subprocess.Popen[bytes]]:
    """A process that does nothing until it is ended."""
    idler = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
    try:
        yield idler
    finally:
        with suppress(ProcessLookupError):
            idler.kill()
        idler.wait()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory with something in it."""
    place = tmp_path / "place"
    (place / "deep").mkdir(parents=True)
    (place / "deep" / "file").write_text("x")
    return place


def test_closing_ends_what_was_watched_and_deletes(place: Path) -> None:
    guard = Guard(place)
    with _idler() as watched, _idler() as released:
        guard.watch(watched.pid, released.pid)
        guard.release(released.pid)
        guard.close()
        assert not place.exists()
        assert watched.wait(10) == -signal.SIGKILL
        assert released.poll() is None


def test_it_can_be_told_to_keep_the_files(place: Path) -> None:
    guard = Guard(place)
    with _idler() as watched:
        guard.watch(watched.pid)
        guard.close(keep=True)
        assert (place / "deep" / "file").read_text() == "x"
        assert watched.wait(10) == -signal.SIGKILL


def test_a_process_that_is_gone_already_is_no_trouble(place: Path) -> None:
    guard = Guard(place)
    with _idler() as watched:
        guard.watch(watched.pid)
        watched.kill()
        watched.wait()
        guard.close()
    assert not place.exists()


OWNER = """
import signal, subprocess, sys
from pathlib import Path
from chattor.demo.guard import Guard
guard = Guard(Path(sys.argv[1]))
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
guard.watch(child.pid)
print(child.pid, flush=True)
signal.pause()
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_it_cleans_up_behind_an_owner_who_died(place: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(place)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as owner:
        assert owner.stdout is not None
        child = int(owner.stdout.readline())
        owner.send_signal(number)
        owner.wait()

        async def is_clean() -> bool:
            return not _is_there(place) and not _runs(child)

        asyncio.run(eventually(is_clean, "the guard to clean up", within=20))


def _is_there(place: Path) -> bool:
    return place.exists()


def _runs(pid: int) -> bool:
    """Whether there is such a process; a dead one may wait for a parent that has other things to do."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return not state.startswith("Z")
