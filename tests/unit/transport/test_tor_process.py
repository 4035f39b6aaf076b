"""One tor process, without a network: found, tried, started, ended."""

import asyncio
import os
import signal
import stat
from pathlib import Path

import pytest

from chattor.errors import TorMissing, TorRefused
from chattor.transport.tor import process
from chattor.transport.tor.process import TorProcess


@pytest.fixture
def torrc(tmp_path: Path) -> Path:
    file = tmp_path / "torrc"
    lines = [f"DataDirectory {tmp_path}/tor", f"Log notice file {tmp_path}/log", "SocksPort 0", "DisableNetwork 1"]
    file.write_text("\n".join([*lines, f"__OwningControllerProcess {os.getpid()}", ""]))
    return file


def add(torrc: Path, line: str) -> None:
    torrc.write_text(f"{torrc.read_text()}{line}\n")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def log(torrc: Path) -> str:
    file = torrc.parent / "log"
    return file.read_text() if file.exists() else ""


async def started(torrc: Path) -> TorProcess:
    """A tor that is past its first steps and minds its signals."""
    tor = await TorProcess.start(process.find("tor"), torrc)
    while "Bootstrapped 0%" not in log(torrc):
        assert tor.exit_status is None, tor.last_words
        await asyncio.sleep(0.01)
    return tor


def test_a_missing_program_is_named_with_the_way_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(TorMissing, match="tor-of-nobody was not found") as caught:
        process.find("tor-of-nobody")
    assert "apt install tor" in caught.value.hint
    with pytest.raises(TorMissing, match=str(tmp_path / "tor")):
        process.find("tor", tmp_path / "tor")


def test_a_program_given_is_taken(tmp_path: Path) -> None:
    program = tmp_path / "my-tor"
    program.touch(mode=0o700)
    assert process.find("tor", program) == program


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ("NoSuchOption 1", "Unknown option 'NoSuchOption'"),
        ("Bridge nonsense", "Too few items to Bridge line"),
        ("SocksPort 999999", "Invalid SocksPort"),
        ('DataDirectory "', "Invalid escape sequence"),
    ],
)
async def test_a_bad_line_is_one_error_in_tor_s_own_words(torrc: Path, extra: str, words: str) -> None:
    add(torrc, extra)
    with pytest.raises(TorRefused) as caught:
        await process.verify(process.find("tor"), torrc)
    message = str(caught.value)
    assert words in message
    assert "\n" not in message
    assert "[warn]" not in message
    assert "root" not in message


async def test_trying_a_configuration_makes_nothing(torrc: Path) -> None:
    await process.verify(process.find("tor"), torrc)
    assert list(torrc.parent.iterdir()) == [torrc]


async def test_what_tor_makes_is_private_whatever_our_umask(torrc: Path) -> None:
    before = os.umask(0)
    try:
        tor = await started(torrc)
    finally:
        os.umask(before)
    await tor.stop()
    made = [path for path in torrc.parent.rglob("*") if path != torrc]
    assert torrc.parent / "log" in made
    assert {path.name for path in made if stat.S_IMODE(path.stat().st_mode) & 0o077} == set()


async def test_it_ends_when_asked_and_may_be_asked_again(torrc: Path) -> None:
    tor = await started(torrc)
    await tor.stop()
    assert not alive(tor.pid)
    assert tor.exit_status is not None
    await tor.stop()


async def test_one_that_does_not_listen_is_killed(torrc: Path) -> None:
    tor = await started(torrc)
    os.kill(tor.pid, signal.SIGSTOP)
    await tor.stop()
    assert not alive(tor.pid)


async def test_its_last_words_are_kept(torrc: Path) -> None:
    first = await started(torrc)
    add(torrc, "Log warn stdout")
    second = await TorProcess.start(process.find("tor"), torrc)
    words = await second.ended()
    assert "another Tor process is running with the same data directory" in words
    os.kill(first.pid, signal.SIGKILL)
    assert await first.ended() == "killed by signal 9"


async def test_an_interrupt_in_our_terminal_is_not_for_tor(torrc: Path) -> None:
    tor = await started(torrc)
    assert os.getpgid(tor.pid) == os.getsid(tor.pid) == tor.pid
    await tor.stop()


async def test_a_daemon_is_never_made_of_it(torrc: Path) -> None:
    add(torrc, "RunAsDaemon 1")
    tor = await started(torrc)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(tor.ended(), 0.5)
    await tor.stop()
    assert "Catching signal TERM" in log(torrc)
