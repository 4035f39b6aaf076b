"""Cleans up behind whoever starts programs: a small process that ends what is left and removes the directory.

It learns the process ids through a pipe. When that closes, because its owner is done or because he died in whatever
way, it kills those still known and deletes. `python -m chattor.demo.guard DIRECTORY` is the process; `Guard` is its
owner's end of the pipe.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

_WATCH: Final = "+"
_RELEASE: Final = "-"
_KEEP: Final = "="
_PATIENCE: Final = 20.0  # s for a tor whose owner died to notice
_LOOK_AGAIN: Final = 0.05  # s


class Guard:
    """Watches processes and one directory until it is closed or its owner dies."""

    def __init__(self, directory: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(directory)], stdin=subprocess.PIPE, text=True, start_new_session=True
        )

    def watch(self, *pids: int) -> None:
        """Kill these when it is over."""
        self._tell(_WATCH, pids)

    def release(self, *pids: int) -> None:
        """These have ended; their numbers may be somebody else's soon."""
        self._tell(_RELEASE, pids)

    def close(self, *, keep: bool = False) -> None:
        """It is over: returns once everything is gone; with `keep` the directory stays. Once only."""
        if keep:
            self._tell(_KEEP, [0])
        self._process.communicate()

    def _tell(self, sign: str, pids: Iterable[int]) -> None:
        if self._process.stdin is not None:
            self._process.stdin.writelines(f"{sign}{pid}\n" for pid in pids)
            self._process.stdin.flush()


def guard(directory: Path, told: Iterable[str]) -> None:
    """Listen until the pipe closes, then clean up."""
    alive: set[int] = set()
    keep = False
    for line in told:
        sign, pid = line[:1], int(line[1:])
        keep |= sign == _KEEP
        (alive.add if sign == _WATCH else alive.discard)(pid)
    for pid in alive:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    if not keep:
        _remove(directory)


def _remove(directory: Path) -> None:
    """Again while somebody still writes there: a tor ends a moment after its owner."""
    deadline = time.monotonic() + _PATIENCE
    while directory.exists() and time.monotonic() < deadline:
        shutil.rmtree(directory, ignore_errors=True)
        time.sleep(_LOOK_AGAIN)


if __name__ == "__main__":
    guard(Path(sys.argv[1]), sys.stdin)
