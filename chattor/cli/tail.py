"""A file that grows and is replaced: its last lines, and what follows."""

import os
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from io import BufferedReader
from pathlib import Path
from typing import Final

from chattor.config.files import read_regular
from chattor.log import FILE_BYTES, OLD_FILES

_WHOLE: Final = 2 * FILE_BYTES


class Reader:
    """Follows a file by its name: of one that was renamed the rest is read, then the one in its place."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = self._opened()
        self._half = b""

    def lines(self) -> Iterator[str]:
        """What is new, whole lines only."""
        while True:
            if self._file is not None:
                *whole, self._half = (self._half + self._file.read()).split(b"\n")
                yield from map(_decoded, whole)
            if not self._was_replaced():
                return
            self.close()
            self._file, self._half = self._opened(), b""

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()

    def _was_replaced(self) -> bool:
        """Whether another file has the name now, or ours was emptied."""
        try:
            there = self._path.stat()
        except FileNotFoundError:
            return False
        if self._file is None:
            return True
        ours = os.fstat(self._file.fileno())
        return not os.path.samestat(there, ours) or there.st_size < self._file.tell()

    def _opened(self) -> BufferedReader | None:
        with suppress(FileNotFoundError):
            return self._path.open("rb")
        return None


def last(log: Path, newest: Iterator[str], count: int) -> list[str]:
    """The last lines: those of the newest file, and as many as are wanted of those before it."""
    lines = deque(newest, maxlen=count)
    for number in range(1, OLD_FILES + 1):
        if len(lines) == count:
            break
        with suppress(FileNotFoundError):
            older = read_regular(log.with_name(f"{log.name}.{number}"), _WHOLE).splitlines()
            lines.extendleft(_decoded(line) for line in reversed(older[len(lines) - count :]))
    return list(lines)


def _decoded(line: bytes) -> str:
    return line.decode(errors="replace")
