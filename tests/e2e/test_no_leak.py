"""Nothing but tor speaks to the network (S1): every socket our own processes ever ask for is a local one.

strace follows all threads and children of the program up to the moment a child becomes another program.
"""

import asyncio
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass
from pathlib import Path

import pytest

from chattor.demo.person import PROGRAM
from tests.support.programs import Friends, answering

pytestmark = [
    pytest.mark.tor,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(sys.platform != "linux", reason="strace is for Linux"),
]


@dataclass(frozen=True, slots=True)
class Trace:
    """What strace wrote about one program."""

    text: str

    @property
    def families(self) -> set[str]:
        """Every address family that was so much as mentioned."""
        return set(re.findall(r"\b[AP]F_[A-Z0-9]+\b", self.text))

    @property
    def programs(self) -> set[str]:
        """Every program that was started."""
        return {Path(path).name for path in re.findall(r'execve\("([^"]+)".*(?:= 0|<detached)', self.text)}


class Traced:
    """A program under strace, its stdin fed."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def start(self, *argv: str, fed: str = "") -> None:
        """Begin."""
        self._process = await asyncio.create_subprocess_exec(
            "strace", "-f", "--detach-on=execve", "-e", "trace=network,execve", "-s", "0", "-o", str(self._file), *argv,
            stdin=PIPE, stdout=DEVNULL, start_new_session=True,
        )  # fmt: skip
        assert self._process.stdin is not None
        self._process.stdin.write(fed.encode())
        self._process.stdin.close()

    async def ended(self) -> Trace:
        """What it did, once it has ended well."""
        assert await self._process.wait() == 0
        return Trace(self._file.read_text())


async def test_a_daemon_and_its_command_line_use_local_sockets_only(friends: Friends, tmp_path: Path) -> None:
    ada, ben = friends.people
    await ada.stop()
    daemon = Traced(tmp_path / "daemon")
    asks = ("--torrc", str(ada._torrc), "--passphrase-fd", "0", "--daemon")
    await daemon.start(*PROGRAM, *ada.options, *asks, fed=ada._passphrase)
    try:
        await answering(ada)
        await ada.reachable()
        verb = Traced(tmp_path / "verb")
        await verb.start(*PROGRAM, *ada.options, "send", friends.calls[ada], "in the open", "--wait", "delivered")
        said = await verb.ended()
        assert (await ben.chattor("send", friends.calls[ben], "likewise", "--wait", "delivered")).code == 0
    finally:
        await ada.chattor("stop")
    ran = await daemon.ended()
    assert (ran.families, said.families) == ({"AF_UNIX"}, {"AF_UNIX"})
    assert ran.programs - {Path(sys.executable).name} == {"tor"}
    assert said.programs == {Path(sys.executable).name}


async def test_the_trace_would_show_a_leak(tmp_path: Path) -> None:
    leak = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 53))"
    program = Traced(tmp_path / "leak")
    await program.start(sys.executable, "-c", leak)
    assert (await program.ended()).families >= {"AF_INET"}
