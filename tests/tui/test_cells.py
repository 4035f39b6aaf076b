"""Texts that take other cells in some terminals than Rich says."""

from collections.abc import Iterator

import pytest
from rich import cells
from rich._unicode_data import load
from rich.cells import cell_len, chop_cells

from chattor.tui.cells import count_each

MEASURED = {
    "राजीव कुमारी": 11, "বাংলা": 5, "தமிழ்": 4, "ខ្មែរ": 4, "မြန်မာ": 5, "☰☷": 2, "𝌆𝍠": 2,
    "日本": 4, "👍🇩🇪": 4, "e\u0301": 1, "한국": 4, "ไทย": 3, "עברית": 5, "plain": 5,
}  # fmt: skip
"""As tmux 3.3a moves its cursor."""


@pytest.fixture
def _counted_each() -> Iterator[None]:
    count_each()
    yield
    cells.load_cell_table = load  # type: ignore[attr-defined]
    cells.get_character_cell_size.cache_clear()
    cells.cached_cell_len.cache_clear()


@pytest.mark.usefixtures("_counted_each")
@pytest.mark.parametrize(("text", "width"), MEASURED.items())
def test_a_text_is_as_wide_as_the_terminal_draws_it(text: str, width: int) -> None:
    assert cell_len(text) == width


@pytest.mark.usefixtures("_counted_each")
def test_rows_of_them_fit() -> None:
    rows = chop_cells("राजीवकुमारी" * 20, 24)
    assert "".join(rows) == "राजीवकुमारी" * 20
    assert {cell_len(row) for row in rows[:-1]} == {24}


def test_elsewhere_it_is_as_it_was() -> None:
    assert cell_len("राजीव कुमारी") == 7
