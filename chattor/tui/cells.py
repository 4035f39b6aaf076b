"""For terminals that count the cells of a text code point by code point: widths to measure by that are theirs.

Rich takes a vowel sign of an Indic script for a part of the letter before it, whatever room it needs. tmux up to 3.3
gives those that stand beside their letter a cell of their own (measured), and one to the trigrams and counting rods
that became wide later: a name written in them moved all that stood to its right, frames too.
The table is Rich's own and not public.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final

from rich import cells
from rich._unicode_data import load
from rich.cells import CellTable

_WIDE_LATE: Final = "\u2630-\u2637\u268a-\u268f\u4dc0-\u4dff\U0001d300-\U0001d356\U0001d360-\U0001d376"  # Unicode 16
_LARGE: Final = 0x100  # ranges beyond are ideographs, syllables and tags, which nobody counts otherwise


def count_each() -> None:
    """To be called before anything is measured."""
    cells.load_cell_table = one_by_one  # type: ignore[attr-defined]
    cells.get_character_cell_size.cache_clear()
    cells.cached_cell_len.cache_clear()


@cache
def one_by_one(unicode_version: str = "auto") -> CellTable:
    """Rich's table with the widths of those terminals."""
    table = load(unicode_version)
    return table._replace(widths=tuple(entry for given in table.widths for entry in _counted(*given)))


def _counted(start: int, end: int, width: int) -> Iterator[tuple[int, int, int]]:
    if end - start > _LARGE:
        yield start, end, width
        return
    for code in range(start, end + 1):
        yield code, code, _cells(chr(code), width)


def _cells(char: str, width: int) -> int:
    if re.match(f"[{_WIDE_LATE}]", char):
        return 1
    if unicodedata.category(char) == "Mc":
        return 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return width
