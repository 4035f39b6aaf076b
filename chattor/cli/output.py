"""What leaves on stdout: JSON for programs, tables for people, nothing a terminal would obey.

stdout is data only; `note` is for everything else. Text from outside passes `safe_text` in `cell` and `block`; JSON
keeps every character, but escapes what a terminal obeys or hides.
"""

import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from chattor.rpc import printable
from chattor.text import safe_text

_GAP: Final = "  "


class Ink(Struct, frozen=True):
    """ANSI styles, or none at all."""

    enabled: bool

    def dim(self, text: str) -> str:
        """Less important."""
        return self._sgr("2", text)

    def red(self, text: str) -> str:
        """Needs a human."""
        return self._sgr("31", text)

    def bold(self, text: str) -> str:
        """What was looked for."""
        return self._sgr("1", text)

    def light_on_dark(self, text: str) -> str:
        """For a QR code, which must not be inverted."""
        return self._sgr("97;40", text)

    def _sgr(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.enabled and text else text


def ink(color: str) -> Ink:
    """Colours on a terminal that wants them; `always` and `never` overrule (no-color.org)."""
    wanted = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Ink(color == "always" or (color == "auto" and wanted))


def to_json(value: object) -> str:
    """One JSON document in one line."""
    return printable.to_json(value)


def write(*lines: str) -> None:
    """Lines of data, gone at once: who follows a stream must not wait for a buffer."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def note(text: str) -> None:
    """A word to the person, not to the program that reads stdout."""
    print(text, file=sys.stderr)


def cell(text: str, limit: int = 40) -> str:
    """Somebody's words in a table."""
    return safe_text(text, multiline=False, limit=limit)


def block(text: str, indent: int) -> str:
    """Somebody's words at the end of a row: further lines cannot pass for rows of ours."""
    return safe_text(text, multiline=True).replace("\n", "\n" + " " * indent)


def when(moment: datetime | None) -> str:
    """Local time, to the minute."""
    return "" if moment is None else moment.astimezone().strftime("%Y-%m-%d %H:%M")


def exactly(moment: datetime | None) -> str:
    """Local time, to the second."""
    return "" if moment is None else moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], ink: Ink) -> Iterator[str]:
    """Aligned columns; the last one is as wide as it likes. Nothing if there are no rows."""
    if not rows:
        return
    widths = [max(map(width, column)) for column in zip(heads, *rows, strict=True)][:-1]
    for number, row in enumerate((heads, *rows)):
        cells = [text + " " * (room - width(text)) for text, room in zip(row[:-1], widths, strict=True)]
        line = _GAP.join([*cells, row[-1]]).rstrip()
        yield line if number else ink.dim(line)


def texts(heads: Sequence[str], rows: Sequence[tuple[Sequence[str], str]], ink: Ink) -> Iterator[str]:
    """The same of rows that end in somebody's words, whose further lines stand below the first."""
    before = [heads[:-1], *(row for row, _ in rows)]
    indent = sum(max(map(width, column)) + len(_GAP) for column in zip(*before, strict=True))
    return table(heads, [[*row, block(text, indent)] for row, text in rows], ink)


def fields(pairs: Sequence[tuple[str, str]], ink: Ink) -> Iterator[str]:
    """One fact a line."""
    room = max(len(name) for name, _ in pairs)
    for name, value in pairs:
        yield f"{ink.dim(name.ljust(room))}{_GAP}{value}".rstrip()


def width(text: str) -> int:
    """Terminal columns, near enough to align: wide characters two, marks and hidden ones none."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
