"""A real terminal with a program in it: bytes in, bytes out, nothing in between."""

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Self


class Terminal:
    """`send` keys, `read` until something is there or until nothing comes any more."""

    def __init__(
        self,
        argv: Sequence[str],
        columns: int = 100,
        rows: int = 30,
        term: str = "xterm-256color",
        program: str = sys.executable,
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._argv = argv
        self._term = term
        self._program = program
        self._environment = environment
        self._size = struct.pack("HHHH", rows, columns, 0, 0)
        self._code: int | None = None
        self._met = 0
        self._output = bytearray()

    def __enter__(self) -> Self:
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            clean = {name: value for name, value in os.environ.items() if not name.startswith(("TEXTUAL", "NO_COLOR"))}
            os.execve(self._program, [self._program, *self._argv], {**clean, **self._environment, "TERM": self._term})
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, self._size)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)
        if self._code is None:
            os.waitpid(self._pid, 0)

    @property
    def output(self) -> bytes:
        """All that came so far."""
        return bytes(self._output)

    @property
    def pid(self) -> int:
        """Of the program."""
        return self._pid

    def ended(self) -> int:
        """Wait for the end of the program; its exit code."""
        self.rest(quiet=30.0)
        self._code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return self._code

    def echoes(self) -> bool:
        """Whether the terminal shows what is typed."""
        return bool(termios.tcgetattr(self._fd)[3] & termios.ECHO)

    def signal(self, number: int) -> None:
        """To the program."""
        os.kill(self._pid, number)

    def send(self, keys: bytes) -> None:
        """As if they were typed at once."""
        os.write(self._fd, keys)

    def read(self, until: bytes, seconds: float = 30.0) -> bytes:
        """What comes until these bytes were among it; fails if they never are."""
        start, deadline = len(self._output), time.monotonic() + seconds
        while self._output.find(until, start) < 0:
            if not self._take(deadline - time.monotonic()):
                raise AssertionError(f"{until!r} did not come; last: {self.output[-400:]!r}")
        return bytes(self._output[start:])

    def meet(self, expected: bytes, seconds: float = 30.0) -> bytes:
        """What came after all that was met before, up to these bytes; fails if they never come."""
        deadline = time.monotonic() + seconds
        while (at := self._output.find(expected, self._met)) < 0:
            if not self._take(deadline - time.monotonic()):
                raise AssertionError(f"{expected!r} did not come; last: {self.output[-400:]!r}")
        start, self._met = self._met, at + len(expected)
        return bytes(self._output[start : self._met])

    def rest(self, quiet: float = 0.3, seconds: float = 30.0) -> bytes:
        """What comes until nothing has come for a while, or the program has ended."""
        start, deadline = len(self._output), time.monotonic() + seconds
        while time.monotonic() < deadline and self._take(quiet):
            pass
        return bytes(self._output[start:])

    def _take(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._fd], [], [], max(0.0, seconds))
        if not ready:
            return False
        try:
            data = os.read(self._fd, 65536)
        except OSError:  # Linux: the other side has closed
            return False
        self._output += data
        return bool(data)
