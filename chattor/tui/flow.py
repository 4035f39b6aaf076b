"""Where every block of a long column stands, and where its reader is.

Heights are estimates until a block is about to be seen; then it is measured. The reader's place is a block and a row
in it, or the end: so nothing that is added, measured or wrapped anew above or below moves what he reads. Pure: no
widget, no text; a block is an index, and `measure(index)` tells its exact height in rows.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Final

_WALK_PAGES: Final = 4  # moves up to so many pages are measured row by row; longer ones trust the estimates


class Flow:
    """A column of blocks seen through a window of `height` rows; `y` is the first row seen, `total` all rows."""

    def __init__(self, measure: Callable[[int], int]) -> None:
        self._measure = measure
        self._heights: list[int] = []
        self._exact: list[bool] = []
        self._tops: list[int] = [0]
        self._summed = 0  # blocks whose tops are known
        self.block = 0
        self.row = 0
        self.at_end = True
        self.height = 1

    @property
    def total(self) -> int:
        """Rows of the whole column."""
        return self._tops[-1]

    @property
    def y(self) -> int:
        """The first row seen."""
        last = max(0, self.total - self.height)
        return last if self.at_end else min(last, self._tops[self.block] + self.row)

    def lay(self, guesses: Sequence[int], block: int | None) -> None:
        """A new column of guessed heights; the reader is at `block`, or at the end (None)."""
        self._heights, self._exact = list(guesses), [False] * len(guesses)
        self.at_end = block is None or not guesses
        if block is None:
            self.block, self.row = 0, 0
        self._summed = 0
        self._sum()

    def splice(self, start: int, stop: int, guesses: Sequence[int]) -> None:
        """Blocks `start` to `stop` are replaced; the reader stays with his, or with the end of what replaced it."""
        more = len(guesses) - (stop - start)
        below = self._heights[self.block] - self.row if self.block < len(self._heights) else 0
        self._heights[start:stop] = guesses
        self._exact[start:stop] = [False] * len(guesses)
        self._summed = min(self._summed, start)
        self._sum()
        self.at_end = self.at_end or not self._heights
        if not self.at_end and self.block >= start:
            replaced = self.block < stop
            self.block = max(start, min(self.block + more, len(self._heights) - 1))
            if replaced:
                self.row = self._know(self.block) - below
                self._up(0)

    def settle(self) -> None:
        """Measure what is in the window and set it right; call before drawing and whenever something changed."""
        if self.at_end:
            self._settle_end()
        else:
            self.row = max(0, min(self.row, self._know(self.block) - 1))
            seen = self._know(self.block) - self.row
            block = self.block
            while seen < self.height and block + 1 < len(self._heights):
                block += 1
                seen += self._know(block)
            if seen <= self.height and block + 1 >= len(self._heights):
                self.at_end = True
                self._settle_end()
        self._sum()

    def move(self, rows: int) -> None:
        """Down by so many rows, or up if negative."""
        if abs(rows) > _WALK_PAGES * self.height:
            self.jump(self.y + rows)
            return
        self._hold()
        if rows < 0:
            self._up(-rows)
        else:
            self._down(rows)
        self.settle()

    def jump(self, y: int) -> None:
        """To a row of the column as it is known now."""
        if y >= self.total - self.height:
            self.at_end = True
        elif self._heights:
            self.at_end = False
            self.block, self.row = self.find(max(0, y))
        self.settle()

    def show(self, block: int, row: int = 0) -> None:
        """Bring a block's row to the top of the window."""
        self.at_end = not self._heights
        self.block, self.row = block, row
        self.settle()

    def reveal(self, block: int) -> None:
        """Move as little as it takes to see all of a block; of one that is too high, its beginning."""
        self.settle()
        rows = self._know(block)
        self._sum()
        if self._tops[block] < self.y or rows >= self.height:
            self.show(block)
        elif self._tops[block] + rows > self.y + self.height:
            self.show(block)
            if not self.at_end:
                self.move(rows - self.height)

    def find(self, y: int) -> tuple[int, int]:
        """The block at a row of the column, and the row in it; the last one beyond the end."""
        block = min(bisect_right(self._tops, y) - 1, len(self._heights) - 1)
        return block, y - self._tops[block]

    def top(self, block: int) -> int:
        """The first row of a block."""
        return self._tops[block]

    def _hold(self) -> None:
        """From 'the end' to the block that is first seen there."""
        if self.at_end and self._heights:
            self.settle()
            self.block, self.row = self.find(self.y)
            self.at_end = False

    def _up(self, rows: int) -> None:
        self.row -= rows
        while self.row < 0 and self.block > 0:
            self.block -= 1
            self.row += self._know(self.block)
        self.row = max(0, self.row)

    def _down(self, rows: int) -> None:
        self.row += rows
        while self.block + 1 < len(self._heights) and self.row >= self._know(self.block):
            self.row -= self._know(self.block)
            self.block += 1

    def _settle_end(self) -> None:
        seen, block = 0, len(self._heights)
        while seen < self.height and block > 0:
            block -= 1
            seen += self._know(block)

    def _know(self, block: int) -> int:
        if not self._exact[block]:
            self._heights[block] = self._measure(block)
            self._exact[block] = True
            self._summed = min(self._summed, block)
        return self._heights[block]

    def _sum(self) -> None:
        """Only from the first height that changed: at the end of a long column nothing above does."""
        at = self._summed
        if at < len(self._heights) or len(self._tops) != at + 1:
            self._tops[at:] = accumulate(self._heights[at:], initial=self._tops[at])
            self._summed = len(self._heights)
