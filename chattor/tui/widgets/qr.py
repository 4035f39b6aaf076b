"""A QR code in half blocks, two modules a cell: always black on white, since cameras know no themes."""

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from chattor.tui.shell import shell

QUIET = 2  # modules of white around it; the standard asks for 4, phones read 2, a terminal of 24 rows has no more
_STYLE = Style(color="#000000", bgcolor="#ffffff")
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def half_blocks(data: str) -> list[str]:
    """The rows of a QR code of medium error correction; upper case makes friend codes smaller."""
    import segno  # 17 ms, and most windows never show one

    matrix = segno.make(data.upper(), error="m", micro=False).matrix_iter(border=QUIET)
    modules = [[bool(module) for module in row] for row in matrix]
    if len(modules) % 2:
        modules.append([False] * len(modules[0]))
    pairs = zip(modules[::2], modules[1::2], strict=True)
    return ["".join(_HALVES[above, below] for above, below in zip(*pair, strict=True)) for pair in pairs]


class Qr(Widget, can_focus=False):
    """Shows one text as QR, as large as it is."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: list[str] = []

    def show(self, data: str) -> None:
        """Another text; a terminal that has only ASCII cannot show it."""
        self._rows = [] if shell(self).options.ascii else half_blocks(data)
        self.refresh(layout=True)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Cells."""
        del container, viewport
        return len(self._rows[0]) if self._rows else 0

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Rows."""
        del container, viewport, width
        return len(self._rows)

    def render_line(self, y: int) -> Strip:
        """One row of half blocks."""
        if y >= len(self._rows):
            return Strip.blank(self.size.width, self.rich_style)
        return Strip([Segment(self._rows[y], _STYLE)]).adjust_cell_length(self.size.width, self.rich_style)
