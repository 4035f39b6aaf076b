"""Lines of inked pieces: the one way text is put together before it is drawn.

A `Piece` is text and the ink it is written in; inks are roles (muted, good, theirs), never colours. Pieces become a
`Content` for ordinary widgets and a `Strip` for the Line API ones. Text that came from outside has passed `safe_text`
before it becomes a piece; nothing here knows markup.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.content import Content
from textual.strip import Strip

Ink = Literal["text", "muted", "accent", "mine", "theirs", "good", "warn", "bad", "strong", "line"]
Piece = tuple[str, Ink]
Pieces = Sequence[Piece]
StyleOf = Callable[[Ink], Style]

BOLD: Final[frozenset[Ink]] = frozenset({"mine", "theirs", "strong"})
_VARIABLES: Final[dict[Ink, str]] = {"strong": "ink-text", "line": "line"}
_NEVER_WRITTEN: Final = Style()


def width(pieces: Iterable[Piece]) -> int:
    """Cells the pieces take."""
    return sum(cell_len(text) for text, _ in pieces)


def clip(text: str, cells: int, ellipsis: str = "…") -> str:
    """The text in at most so many cells; what is cut off is told by the ellipsis."""
    if cell_len(text) <= cells:
        return text
    if cells < cell_len(ellipsis):
        return set_cell_size(text, max(cells, 0))
    return set_cell_size(text, cells - cell_len(ellipsis)).rstrip(" ") + ellipsis


def fit(pieces: Pieces, cells: int, ellipsis: str = "…") -> list[Piece]:
    """The pieces cut to so many cells, never within a character."""
    fitted: list[Piece] = []
    for text, ink in pieces:
        room = cells - width(fitted)
        if cell_len(text) > room:
            return [*fitted, (clip(text, room, ellipsis), ink)] if room > 0 else fitted
        fitted.append((text, ink))
    return fitted


def spread(left: Pieces, right: Pieces, cells: int, ellipsis: str = "…") -> list[Piece]:
    """Left and right parts on one line of exactly so many cells; the left one yields."""
    right = fit(right, cells, ellipsis)
    gap = 1 if right else 0
    left = fit(left, max(0, cells - width(right) - gap), ellipsis)
    return [*left, (" " * (cells - width(left) - width(right)), "text"), *right]


def content(pieces: Pieces) -> Content:
    """For Static and its like."""
    return Content.assemble(*((text, f"${variable(ink)}{' bold' * (ink == 'strong')}") for text, ink in pieces))


def variable(ink: Ink) -> str:
    """What the theme calls its colour."""
    return _VARIABLES.get(ink, f"ink-{ink}")


def lay_over(line: Strip, note: Strip) -> Strip:
    """A note in the middle of a line."""
    start = max(0, (line.cell_length - note.cell_length) // 2)
    return Strip.join([line.crop(0, start), note, line.crop(start + note.cell_length)])


def strip(pieces: Pieces, style_of: StyleOf, cells: int) -> Strip:
    """For the Line API: every segment has a style, since NO_COLOR's filter needs one."""
    segments = [Segment(text, style_of(ink) or _NEVER_WRITTEN) for text, ink in pieces if text]
    return Strip(segments).adjust_cell_length(cells, style_of("text"))
