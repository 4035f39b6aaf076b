"""Breaking text into rows of so many cells: at spaces where it can, never within a character."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len, chop_cells

_WORD: Final = re.compile(r"\s*\S+|\s+$")


@dataclass(frozen=True, slots=True)
class Wrapped:
    """One row; `joined` if the next row goes on with the same line, and by what (a space or nothing)."""

    text: str
    joined: str | None = None


def wrap(text: str, cells: int) -> list[Wrapped]:
    """The rows of a text of one or more lines; at least one row."""
    return [row for line in text.split("\n") for row in _wrap_line(line.rstrip(), max(cells, 2))]


def estimate(text: str, cells: int) -> int:
    """About how many rows `wrap` will make; exact for short lines of narrow characters."""
    cells = max(cells, 2)
    return sum(-(-len(line) // cells) or 1 for line in text.split("\n"))


def _wrap_line(line: str, cells: int) -> Iterator[Wrapped]:
    if len(line) <= cells and (line.isascii() or cell_len(line) <= cells):
        yield Wrapped(line)
        return
    row = ""
    for word in _WORD.findall(line):
        if cell_len(row) + cell_len(word) <= cells:
            row += word
            continue
        bare = word.lstrip() if row else word
        if row:
            yield Wrapped(row, word[: len(word) - len(bare)])
        *full, row = chop_cells(bare, cells) or [""]
        for part in full:
            yield Wrapped(part, "")
    yield Wrapped(row)
