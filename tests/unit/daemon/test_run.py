"""The daemon as a process: it says when it is ready, and ends when it should (promise R17)."""

import asyncio
import os
import signal
import socket
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chattor.daemon import systemd
from chattor.daemon.run import run
from chattor.errors import WrongPassphrase
from tests.support.played_daemon import PlayedHost
from tests.support.shell import Shell


@asynccontextmanager
async def _daemon(mood: str = "fine") -> AsyncIterator[tuple[Process, Shell, socket.socket]]:
    """A running daemon, its home, and the socket systemd would listen on."""
    with tempfile.TemporaryDirectory(prefix="ct") as home, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        shell = Shell(Path(home))
        manager.bind(f"{home}/notify")
        manager.setblocking(False)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.support.played_daemon", str(shell.home / "data"), mood,
            stderr=PIPE, env={**os.environ, "NOTIFY_SOCKET": f"{home}/notify"},
        )  # fmt: skip
        try:
            yield process, shell, manager
        finally:
            if process.returncode is None:
                process.kill()
            await process.communicate()


async def _told(manager: socket.socket) -> str:
    return (await asyncio.get_running_loop().sock_recv(manager, 100)).decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
async def test_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    async with _daemon() as (process, shell, manager):
        assert await _told(manager) == "READY=1"
        assert (await shell.chattor("status")).code == 0
        process.send_signal(number)
        assert await _told(manager) == "STOPPING=1"
        _, err = await process.communicate()
        assert (process.returncode, err) == (0, b"")
        assert not shell.paths.socket.exists()
        assert (await shell.chattor("status")).code == 3


async def test_chattor_stop_ends_it_and_returns_when_it_has() -> None:
    async with _daemon() as (process, shell, manager):
        assert await _told(manager) == "READY=1"
        assert (await shell.chattor("stop")).code == 0
        assert not shell.paths.socket.exists()
        assert await process.wait() == 0


async def test_the_second_signal_ends_it_at_once() -> None:
    async with _daemon("slow") as (process, _, manager):
        assert await _told(manager) == "READY=1"
        process.terminate()
        assert await _told(manager) == "STOPPING=1"
        process.terminate()
        assert await process.wait() == 130


async def test_a_close_that_hangs_is_cut_off() -> None:
    async with _daemon("slow") as (process, _, manager):
        assert await _told(manager) == "READY=1"
        process.terminate()
        assert await process.wait() == 1


async def test_a_signal_while_it_starts_ends_it_too() -> None:
    async with _daemon("stuck") as (process, shell, _):
        while (await shell.chattor("status")).code != 0:
            continue
        process.terminate()
        assert await process.wait() == 0


async def test_what_start_raises_is_raised() -> None:
    async def start() -> PlayedHost:
        raise WrongPassphrase("the passphrase is wrong")

    with pytest.raises(WrongPassphrase):
        await run(start)


def test_without_systemd_nothing_is_told_and_a_deaf_one_is_no_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    systemd.notify(systemd.READY)
    assert caplog.text == ""
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    systemd.notify(systemd.READY)
    assert "systemd was not told READY=1" in caplog.text


if sys.platform == "linux":  # abstract sockets exist nowhere else

    def test_an_abstract_socket_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(f"\0chattor-test-{os.getpid()}")
            monkeypatch.setenv("NOTIFY_SOCKET", f"@chattor-test-{os.getpid()}")
            systemd.notify(systemd.READY)
            assert manager.recv(100) == b"READY=1"
