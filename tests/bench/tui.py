"""What the window costs its user: `python -m tests.bench.tui [MESSAGES]`, 1,000,000 unless told.

The real program in a real terminal, attached to a daemon with so many messages in its store, and with 1,000; in turn
with it a bare Textual window of the same layout (`tests.support.skeleton`), and weechat and profanity where they are
installed, so that all meet the same machine. Memory and processor time are read from /proc.
"""

import asyncio
import compileall
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from msgspec.structs import replace

import chattor
from chattor.model.events import MessageReceived
from chattor.model.ids import Cursor, FriendId, MessageId
from chattor.model.message import Direction, Message, MessageState
from chattor.tui.history import History
from chattor.tui.widgets.conversation import Conversation
from tests.support.crowded_daemon import RATE
from tests.support.scenes import Scene, playing
from tests.support.terminal import Terminal
from tests.support.windows import SKELETON, Window, peers

ROUNDS: Final = 7
KEYS: Final = 60  # in one composer, before it is emptied
PAGES: Final = 200
IDLE: Final = 20.0  # s
LINES: Final = 100_000
APPENDS: Final = 100
FIRST_LETTER: Final = 0x100
"""From here on ROUNDS × KEYS letters of one cell: no text and no escape sequence holds one, and none is typed twice."""
_PAGE_UP: Final = b"\x1b[5~"
_EMPTY: Final = b"\x17"  # all that was typed is one word
_SHM: Final = Path("/dev/shm")
_PROC: Final = Path("/proc")


@dataclass(frozen=True, slots=True)
class Opening:
    """ms from exec to the window and to the first row; ms of processor until then."""

    window: float
    row: float
    processor: float


@contextmanager
def daemon(directory: Path, messages: int) -> Iterator[tuple[Window, int]]:
    """The window on a store of so many messages, and the process of its node."""
    home = directory / str(messages)
    command = [sys.executable, "-m", "tests.support.crowded_daemon", str(home / "data"), str(messages)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            argv = ("-m", "chattor", "--data-dir", str(home / "data"), "--config-dir", str(home / "config"))
            yield Window(f"{messages:,}", argv, ready=b"ben", press=b"\r"), process.pid
        finally:
            process.kill()


@contextmanager
def opened(window: Window) -> Iterator[tuple[Terminal, Opening]]:
    """Its terminal, with a first row of a history in it."""
    with Terminal(window.argv, program=window.program, environment=window.environment) as terminal:
        start = time.perf_counter()
        try:
            terminal.read(window.ready)
            shown = time.perf_counter()
            if window.press:
                terminal.send(window.press)
            terminal.read(window.row)
            row = time.perf_counter()
            yield terminal, Opening(1e3 * (shown - start), 1e3 * (row - start), 1e3 * processor(terminal.pid))
        finally:
            terminal.signal(signal.SIGKILL)


def start_up(*windows: Window) -> None:
    """Of all of them, in turn."""
    took: dict[str, list[Opening]] = {window.name: [] for window in windows}
    for _ in range(ROUNDS):
        for window in windows:
            with opened(window) as (_, opening):
                took[window.name].append(opening)
    bare = took[SKELETON.name]
    for name, found in took.items():
        row, shown = middle(one.row for one in found), middle(one.window for one in found)
        busy = middle(one.processor for one in found)
        ratios = f"{row / middle(one.row for one in bare):.2f} and {busy / middle(one.processor for one in bare):.2f}"
        best = min(one.row for one in found)
        said = f"{row:.0f} ms after exec, best {best:.0f}, window {shown:.0f}; processor {busy:.0f} ms"
        _tell("first row", name, f"{said}; {ratios} × skeleton")


def at_rest(window: Window) -> None:
    """Memory after opening and after paging; what is written and computed while nothing happens."""
    with opened(window) as (terminal, _):
        terminal.rest(quiet=1.0)
        fresh = resident(terminal.pid)
        for _ in range(PAGES):
            terminal.send(_PAGE_UP)
            terminal.rest(quiet=0.03)
        paged = resident(terminal.pid)
        _tell("memory", window.name, f"{fresh:.0f} MB opened, {paged:.0f} MB after {PAGES} pages up")
        terminal.rest(quiet=1.0)
        before = processor(terminal.pid)
        written = len(terminal.rest(quiet=IDLE, seconds=IDLE))
        share = (processor(terminal.pid) - before) / IDLE
        _tell("idle", window.name, f"{written} bytes and {share:.2%} of a processor in {IDLE:.0f} s")


def key_to_screen(windows: Iterable[tuple[Window, int]]) -> None:
    """Each letter is waited for; then the same while somebody else writes without an end."""
    for window, node in windows:
        with opened(window) as (terminal, _):
            terminal.rest(quiet=1.0)
            _keys(window, "quiet", typed(terminal))
            if node:
                os.kill(node, signal.SIGUSR1)
                terminal.read(b"while somebody writes")
                _keys(window, f"{RATE} messages/s", typed(terminal))
                os.kill(node, signal.SIGUSR2)
                terminal.rest(quiet=1.0)


def typed(terminal: Terminal) -> list[float]:
    """How long each letter takes to be seen, in ms."""
    took = []
    for each in range(ROUNDS):
        for letter in (chr(FIRST_LETTER + each * KEYS + number).encode() for number in range(KEYS)):
            start = time.perf_counter()
            terminal.send(letter)
            terminal.read(letter)
            took.append(1e3 * (time.perf_counter() - start))
            time.sleep(0.01)
        terminal.send(_EMPTY)
        terminal.rest(quiet=0.1, seconds=0.5)
    return took


async def append() -> None:
    """A friend's message at the end of a conversation of which so much is loaded, until it is drawn."""
    async with playing(Scene(size=(100, 30), keys=("enter",))) as now:
        open_ = now.app.view.thread
        assert open_ is not None
        shown = now.app.screen.query_one(Conversation)
        began = now.app.now() - timedelta(minutes=LINES)
        texts = [_said(open_.friend, number, began) for number in range(LINES + APPENDS)]
        for loaded in (1_000, LINES):
            thread = replace(open_, messages=History(tuple(texts[:loaded])), loaded=True)
            now.app.view = replace(now.app.view, thread=thread)
            await now.settle()
            took = []
            for message in texts[LINES:]:
                event = MessageReceived(
                    at=message.sent_at, id=message.id, friend=message.friend, message=message, cursor=Cursor("0")
                )
                start = time.thread_time()
                now.app.apply([event])
                shown.render_lines(shown.size.region)
                took.append(1e3 * (time.thread_time() - start))
                await now.settle()
            _tell("append", f"{loaded:,} loaded", f"{_percentiles(took)}, of processor")


def _said(friend: FriendId, number: int, began: datetime) -> Message:
    return Message(
        id=MessageId(f"m{10**9 + number}"), friend=friend, direction=Direction.IN, text=f"line {number}",
        state=MessageState.READ, seq=number, reply_to=None, edited=False, reactions={},
        sent_at=began + timedelta(minutes=number), received_at=None, expires_at=None,
    )  # fmt: skip


def resident(process: int) -> float:
    """MB."""
    pages = int((_PROC / f"{process}" / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def processor(process: int) -> float:
    """Seconds it computed so far; 0 where nobody tells."""
    if not _PROC.is_dir():
        return 0.0
    words = (_PROC / f"{process}" / "stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _keys(window: Window, when: str, took: list[float]) -> None:
    _tell("key to screen", f"{window.name}, {when}", _percentiles(took))


def middle(values: Iterable[float]) -> float:
    """The median."""
    return statistics.median(values)


def _percentiles(values: list[float]) -> str:
    ordered = sorted(values)
    return (
        f"p50 {statistics.median(ordered):.1f} ms, p95 {ordered[len(ordered) * 95 // 100]:.1f}, worst {ordered[-1]:.1f}"
    )


def _tell(what: str, of: str, said: str) -> None:
    sys.stdout.write(f"{what:14} {of}: {said}\n")
    sys.stdout.flush()


def main() -> None:
    """In a directory of its own, in memory where there is one."""
    messages = int(sys.argv[1]) if sys.argv[1:] else 1_000_000
    compileall.compile_dir(Path(chattor.__file__).parent, quiet=1)  # as where it is installed
    with (
        tempfile.TemporaryDirectory(prefix="ct-", dir=_SHM if _SHM.is_dir() else None) as directory,
        daemon(Path(directory), messages) as (many, node),
        daemon(Path(directory), 1_000) as (few, _),
    ):
        others = [*peers(Path(directory) / "peers")]
        start_up(SKELETON, many, few, *others)
        if _PROC.is_dir():
            for window in (SKELETON, *others, many):
                at_rest(window)
        else:
            _tell("memory, idle", "all", "not measured, there is no /proc here")
        key_to_screen([*((window, 0) for window in (SKELETON, *others)), (many, node)])
    asyncio.run(append())


if __name__ == "__main__":
    main()
