"""For terminals that count the cells of composed emoji otherwise than we do: the first part of each, cell for cell.

tmux up to 3.3 takes a heart with its variation selector for one cell and a hand with a skin tone for four (measured);
whatever stands to the right of one would stand beside its place, frames too. What is copied keeps all of it.
"""

import re
from collections.abc import Mapping
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_EMOJI: Final = "[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff]"
_COMPOSED: Final = re.compile(
    f"{_EMOJI}(?:[\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]|\u200d{_EMOJI})+|[0-9#*]\ufe0f?\u20e3"
)


class PlainEmoji(LineFilter):
    """Every strip passes here on its way out."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same cells."""
        del background
        if all(segment.text.isascii() for segment in segments):
            return segments
        return [Segment(plain(text), style, control) for text, style, control in segments]


def plain(text: str) -> str:
    """The text with the first part of every composed emoji, as wide as the whole."""
    return _COMPOSED.sub(lambda match: match[0][0] + " " * (cell_len(match[0]) - cell_len(match[0][0])), text)


def counts_otherwise(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is one of those, as far as it tells."""
    return environment.get("TERM", "").startswith(("tmux", "screen"))
