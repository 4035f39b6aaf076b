"""The terminal as lines: one is read at a time, others are said at any time, never in the middle of a word typed.

Where stdin is a terminal that can do it, readline edits what is typed; news waits until the typing pauses, is said
below, and what was typed is put there again. On a dumb terminal only the system knows what is typed, so the prompt is
repeated and the text stays where it is; of a pipe or a file nothing is repeated at all. No cursor is moved by us.

A thread reads, since nothing else can; it is a daemon thread, and whatever it waits in holds no lock of Python's.
"""

import asyncio
import os
import queue
import sys
import termios
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import ModuleType
from typing import Final, TextIO

LINE_MAX: Final = 64 * 1024  # bytes; four times what a message takes, the rest of a longer one is dropped
PAUSE: Final = 2.0  # s without a key, after which news may be said while a line is begun
_LOOK: Final = 0.25  # s
Complete = Callable[[str], list[str]]


class Lines:
    """stdin and stdout of one run. `complete` is asked from the reading thread."""

    def __init__(self, environment: Mapping[str, str], complete: Complete, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self.is_terminal = os.isatty(0)
        can_edit = self.is_terminal and os.isatty(1) and environment.get("TERM", "dumb") != "dumb"
        self._readline = _readline(complete) if can_edit else None
        self._rest = bytearray()
        self._ended = False
        self._asked: queue.SimpleQueue[tuple[str, asyncio.Future[str | None]]] = queue.SimpleQueue()
        self._prompt: str | None = None
        self._held: list[str] = []
        self._mode = termios.tcgetattr(0) if self.is_terminal else None
        self._loop = asyncio.get_running_loop()
        self._saying: asyncio.Task[None] | None = None
        threading.Thread(target=self._read_for_ever, name="lines", daemon=True).start()

    async def read(self, prompt: str) -> str | None:
        """The next line; None at the end of the input."""
        self._tell_held()
        found: asyncio.Future[str | None] = self._loop.create_future()
        self._prompt = prompt
        if self._readline is None and self.is_terminal:
            self._write(prompt)
        self._asked.put((prompt, found))
        try:
            line = await found
        finally:
            self._prompt = None
        if line is None and self.is_terminal:
            self._write("\n")
        self._tell_held()
        return line

    def say(self, *lines: str) -> None:
        """Whole lines: at once, or as soon as nobody is in the middle of a word."""
        self._held += lines
        if self._begun() and self._saying is None:
            self._saying = self._loop.create_task(self._wait_for_pause())
        elif not self._begun():
            self._tell_held()

    def say_last(self, line: str) -> None:
        """The end: nothing more is asked for."""
        if self._prompt is not None and self.is_terminal:
            self._write("\n")
        self._prompt = None
        self.say(line)

    def restore(self) -> None:
        """Say what was held, and give the terminal back as it was; readline may still be in the middle of a line."""
        was_reading, self._prompt = self._prompt is not None, None
        if self._mode is not None:
            if was_reading:
                self._write("\n")
            termios.tcsetattr(0, termios.TCSADRAIN, self._mode)
        self._tell_held()

    def _begun(self) -> str:
        """What of a line was typed so far, where that can be known; readline runs beside us, so maybe a key behind."""
        return self._readline.get_line_buffer() if self._readline and self._prompt is not None else ""

    async def _wait_for_pause(self) -> None:
        before, quiet = self._begun(), 0.0
        while before and quiet < PAUSE:
            await asyncio.sleep(_LOOK)
            now = self._begun()
            before, quiet = now, quiet + _LOOK if now == before else 0.0
        self._saying = None
        self._tell_held()

    def _tell_held(self) -> None:
        lines, self._held = self._held, []
        if not lines:
            return
        said = "".join(f"{line}\n" for line in lines)
        if self._prompt is not None and self.is_terminal:
            said = f"\n{said}{self._prompt}{self._begun()}"
        self._write(said)

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()

    # In the thread

    def _read_for_ever(self) -> None:
        while True:
            prompt, found = self._asked.get()
            line = self._next_line(prompt)
            with suppress(RuntimeError):  # the loop has ended: nobody waits for a line any more
                self._loop.call_soon_threadsafe(_answer, found, line)

    def _next_line(self, prompt: str) -> str | None:
        if self._readline is None:
            return self._next_bytes()
        try:
            return input(prompt).encode(errors="replace").decode()
        except EOFError:
            return None
        except UnicodeDecodeError:
            return ""

    def _next_bytes(self) -> str | None:
        while b"\n" not in self._rest and not self._ended:
            data = os.read(0, 65_536)
            self._ended = not data and not self.is_terminal
            if not data:
                break
            self._rest += data
            if b"\n" not in data:
                del self._rest[LINE_MAX:]
        line, newline, rest = bytes(self._rest).partition(b"\n")
        self._rest = bytearray(rest)
        if not line and not newline:
            return None
        return line.decode(errors="replace").removesuffix("\r")


def _answer(found: "asyncio.Future[str | None]", line: str | None) -> None:
    if not found.done():
        found.set_result(line)


def _readline(complete: Complete) -> ModuleType | None:
    """The module, set up; None where Python has none."""
    try:
        import readline
    except ImportError:
        return None
    readline.set_completer_delims("")
    readline.set_completer(lambda text, number: [*complete(text), None][number])
    readline.parse_and_bind("bind ^I rl_complete" if "libedit" in (readline.__doc__ or "") else "tab: complete")
    return readline
