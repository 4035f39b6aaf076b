"""From a marked stretch of rows back to the text that was written. Pure."""

from collections.abc import Sequence

from rich.cells import cell_len

from chattor.tui.bubbles import BubbleRow

Span = tuple[int, int]


def cells_of(plain: str, span: Span) -> Span:
    """A span of characters as a span of cells; an end of -1 is the end of the row."""
    start, end = span
    return cell_len(plain[:start]), cell_len(plain if end == -1 else plain[:end])


def extract(rows: Sequence[tuple[BubbleRow, Span | None]], bar: int) -> str:
    """The text of the marked spans; the `bar` characters at the left of each row are not part of it."""
    text, glue = "", ""
    for row, span in rows:
        if span is None or not row.plain:
            continue
        start, end = max(span[0], bar), len(row.plain) if span[1] == -1 else span[1]
        text += (glue if text else "") + row.plain[start:end]
        glue = "\n" if row.joined is None else row.joined
    return text
