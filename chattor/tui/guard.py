"""The last guard: no control character leaves in a line that is drawn, whatever widget made it."""

import re
from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from chattor.text import terminal_safe

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Guard(LineFilter):
    """Every strip passes here on its way out. Text is cleaned where it is shown; this catches what was missed."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments, without anything a terminal would obey."""
        del background
        if not any(_CONTROL.search(segment.text) for segment in segments):
            return segments
        return [Segment(terminal_safe(text), style, control) for text, style, control in segments]
