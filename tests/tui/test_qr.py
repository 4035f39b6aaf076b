"""The QR code is the one a camera expects: every module in its place, small enough for 24 rows."""

import segno
from rich.cells import cell_len

from chattor.tui.widgets.qr import QUIET, half_blocks
from tests.support.peers import code_of

UPPER, LOWER = set("▀█"), set("▄█")


def modules(rows: list[str]) -> list[list[bool]]:
    return [[cell in half for cell in row] for row in rows for half in (UPPER, LOWER)]


def test_every_module_is_where_the_standard_puts_it() -> None:
    code = segno.make(code_of("ada").upper(), error="m", micro=False)
    expected = [[bool(module) for module in row] for row in code.matrix_iter(border=QUIET)]
    assert modules(half_blocks(code_of("ada")))[: len(expected)] == expected


def test_a_friend_code_is_a_version_4_and_fits_a_terminal_of_24_rows() -> None:
    rows = half_blocks(code_of("ada"))
    assert segno.make(code_of("ada").upper(), error="m", micro=False).designator == "4-M"
    assert len(rows) == 19
    assert {cell_len(row) for row in rows} == {37}
