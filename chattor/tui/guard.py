"""The last guard: no control character leaves in a line that is drawn, whatever widget made it."""

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from chattor.text import terminal_safe


class Guard(LineFilter):
    """Every strip passes here on its way out. Text is cleaned where it is shown; this catches what was missed."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments, without anything a terminal would obey."""
        del background
        if all(terminal_safe(segment.text) == segment.text for segment in segments):
            return segments
        return [Segment(terminal_safe(text), style, control) for text, style, control in segments]
