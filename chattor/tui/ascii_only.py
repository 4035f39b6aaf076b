"""For terminals and fonts without more: what we draw in other signs than ASCII is drawn in it, cell for cell.

The signs that carry meaning have a set of their own (`glyphs`). This is for the rest: borders, scroll bars, dashes and
dots in our sentences, wherever they come from. Letters of people stay what they are.
"""

from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_BLOCKS: Final = {chr(code): " " for code in range(0x2580, 0x25A0)}
SIGNS: Final = {
    **_BLOCKS, "─": "-", "│": "|", "╭": "+", "╮": "+", "╯": "+", "╰": "+", "━": "=", "…": ".", "—": "-", "–": "-",
    "•": "*", "“": '"', "”": '"', "’": "'", "×": "x", "·": "-",
}  # fmt: skip
_TABLE: Final = str.maketrans(SIGNS)


class AsciiOnly(LineFilter):
    """Every strip passes here on its way out."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same cells."""
        del background
        if all(segment.text.isascii() for segment in segments):
            return segments
        return [Segment(text.translate(_TABLE), style, control) for text, style, control in segments]
