"""The real command line in real processes, and what it said."""

import asyncio
import os
import pty
import select
import sys
import tempfile
import termios
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from chattor.config.paths import Paths, locate
from chattor.rpc.door import Door
from tests.support.played import PlayedNode
from tests.support.served import hosted


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one command printed, and its exit code."""

    out: str
    err: str
    code: int


@dataclass(frozen=True, slots=True)
class Shell:
    """A home of its own; `chattor(...)` runs `python -m chattor` there with that home's directories."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def paths(self) -> Paths:
        """Where the profile of this shell lives."""
        return locate(None, self.home / "data", self.home / "config")

    def surroundings(self) -> dict[str, str]:
        """The environment of a command: ours, without what would change the output."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("CHATTOR_", "XDG_", "LC_"))}
        here = {"HOME": str(self.home), "TZ": "UTC", "LANG": "C.UTF-8", "COLUMNS": "100"}
        here |= {"CHATTOR_DATA_DIR": str(self.home / "data"), "CHATTOR_CONFIG_DIR": str(self.home / "config")}
        return {**ours, **here, **self.environment}

    async def start(
        self, *arguments: str | bytes, through: Sequence[str] = (), stdin: int = PIPE, stdout: int = PIPE
    ) -> Process:
        """Begin a command; `through` is put before it. Its streams are pipes unless told otherwise."""
        command = (*through, *_CHATTOR, *arguments)
        return await asyncio.create_subprocess_exec(
            *command, stdin=stdin, stdout=stdout, stderr=PIPE, env=self.surroundings(),
            start_new_session=True,  # else it would ask the terminal of whoever runs the tests
        )  # fmt: skip

    async def chattor(self, *arguments: str | bytes, stdin: bytes = b"") -> Said:
        """Run a command to its end."""
        process = await self.start(*arguments)
        out, err = await process.communicate(stdin)
        return Said(out=out.decode(), err=err.decode(), code=process.returncode or 0)


_OWN_TERMINAL: Final = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
_CHATTOR: Final = (sys.executable, "-m", "chattor")


class Terminal:
    """A command, chattor or another program, on a terminal of its own: what it drew there, and keys to press."""

    def __init__(self, shell: Shell, *arguments: str, program: Sequence[str] = _CHATTOR) -> None:
        self._shell = shell
        self._command = (*program, *arguments)
        self.seen = ""

    async def __aenter__(self) -> Self:
        self._ours, self._theirs = pty.openpty()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _OWN_TERMINAL, *self._command,
            stdin=self._theirs, stdout=self._theirs, stderr=self._theirs, env=self._shell.surroundings(),
        )  # fmt: skip
        self._news = asyncio.Event()
        asyncio.get_running_loop().add_reader(self._ours, self._look)
        return self

    async def __aexit__(self, *_: object) -> None:
        asyncio.get_running_loop().remove_reader(self._ours)
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        os.close(self._ours)
        os.close(self._theirs)

    def echoes(self) -> bool:
        """Whether the terminal shows what is typed."""
        return bool(termios.tcgetattr(self._theirs)[3] & termios.ECHO)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._ours, keys.encode())

    async def until(self, text: str) -> None:
        """Wait until something is drawn."""
        while text not in self.seen:
            self._news.clear()
            await self._news.wait()

    async def ended(self) -> int:
        """Wait for the end; the exit code."""
        code = await self._process.wait()
        self._look()
        return code

    def _look(self) -> None:
        while select.select([self._ours], [], [], 0)[0]:
            self.seen += os.read(self._ours, 65_536).decode(errors="replace")
        self._news.set()


@contextmanager
def home() -> Iterator[Shell]:
    """A shell in an empty home."""
    with tempfile.TemporaryDirectory(prefix="ct") as path:
        yield Shell(Path(path))


@asynccontextmanager
async def shell_with(node: PlayedNode | Door) -> AsyncIterator[Shell]:
    """A shell beside a running node, which stops when it is asked to."""
    with home() as here:
        async with hosted(node, here.paths.socket):
            yield here
