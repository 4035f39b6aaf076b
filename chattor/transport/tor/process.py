"""One tor process: found, its configuration tried first, started, its last words kept, ended.

It never outlives us: `__OwningControllerProcess` is in its torrc, and the control connection takes ownership.
"""

import asyncio
import contextlib
import os
import re
import shutil
import signal
from collections import deque
from pathlib import Path
from typing import Final

from chattor.errors import TorMissing, TorRefused

_OFTEN: Final = ("/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin")  # services are started with a short PATH
_STOP_GRACE: Final = 0.5  # s between asking and killing
_LAST_WORDS: Final = 8  # lines
_NO_DEFAULTS: Final = ("--defaults-torrc", "/dev/null")  # the system's tor is configured for itself, not for us
_FOREGROUND: Final = ("--RunAsDaemon", "0")  # a child we cannot wait for would be an orphan
_COMPLAINT: Final = re.compile(r"^.*?\[(?:warn|err)\] ", re.ASCII)
_LOGS: Final = " See logs for details."  # which is where this is from
_SAID_ALWAYS: Final = (  # warnings that explain nothing
    "Reading config failed",
    "You are running Tor as root",
    "TestingTorNetwork is set",
    "You have used DirAuthority",
)


def find(program: str, given: Path | None = None) -> Path:
    """Where `tor` or `tor-gencert` is: the one given, else on PATH or where it often is. Raises TorMissing."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *_OFTEN])
    found = shutil.which(given or program, path=path)
    if found is None:
        raise TorMissing(f"{given or program} was not found")
    return Path(found)


async def verify(tor: Path, torrc: Path) -> None:
    """Have tor read a configuration without using it. Raises TorRefused with tor's own words."""
    process = await asyncio.create_subprocess_exec(
        tor, "--hush", *_NO_DEFAULTS, "-f", torrc, *_FOREGROUND, "--verify-config",
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    if process.returncode:
        raise TorRefused(complaints(output.decode(errors="replace").splitlines()) or "tor gave no reason")


def complaints(lines: list[str]) -> str:
    """The warnings and errors among lines of tor's log, without time stamps and without the usual ones."""
    words = [_COMPLAINT.sub("", line).strip() for line in lines if _COMPLAINT.match(line)]
    words = [word.removesuffix(_LOGS).rstrip(".") for word in words]
    return "; ".join(word for word in words if not word.startswith(_SAID_ALWAYS))


def send(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Signal a child that may be gone.

    Not by its own method, which polls first and so takes the exit status from under asyncio's wait.
    """
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, number)


class TorProcess:
    """A running tor."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._said = deque[str](maxlen=_LAST_WORDS)
        self._reader = asyncio.create_task(self._read(), name="tor-words")

    @classmethod
    async def start(cls, tor: Path, torrc: Path) -> "TorProcess":
        """Start tor in a session of its own: Ctrl-C in our terminal is for us, and we end tor."""
        process = await asyncio.create_subprocess_exec(
            tor, "--hush", *_NO_DEFAULTS, "-f", torrc, *_FOREGROUND,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            start_new_session=True, umask=0o077,
        )  # fmt: skip
        return cls(process)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def exit_status(self) -> int | None:
        """What it ended with; None while it runs."""
        return self._process.returncode

    @property
    def last_words(self) -> str:
        """How it ended, or what it complained about before it ended by itself."""
        code = self.exit_status
        if code is not None and code < 0:
            return f"killed by signal {-code}"
        return complaints(list(self._said)) or f"exit status {code}"

    async def ended(self) -> str:
        """Wait for its end; gives its last words."""
        await self._process.wait()
        await self._reader
        return self.last_words

    def reload(self) -> None:
        """Have it read its configuration, and ask for the directory, again."""
        send(self._process, signal.SIGHUP)

    async def stop(self) -> None:
        """End it, by force if it does not listen; safe to repeat."""
        if self._process.returncode is None:
            send(self._process, signal.SIGTERM)
            try:
                async with asyncio.timeout(_STOP_GRACE):
                    await self._process.wait()
            except TimeoutError:
                send(self._process, signal.SIGKILL)
                await self._process.wait()
        await self._reader

    async def _read(self) -> None:
        output = self._process.stdout
        while output is not None and (line := await output.readline()):
            self._said.append(line.decode(errors="replace"))
