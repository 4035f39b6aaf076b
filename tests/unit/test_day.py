"""Days as people write them."""

from datetime import date

import pytest

from chattor.errors import BadInput
from chattor.model.day import parse_day

TODAY = date(2026, 3, 14)  # a Saturday


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2026-03-01", date(2026, 3, 1)),
        ("2026-3-1", date(2026, 3, 1)),
        ("2025-11", date(2025, 11, 1)),
        ("2024", date(2024, 1, 1)),
        (" Today ", TODAY),
        ("yesterday", date(2026, 3, 13)),
        ("friday", date(2026, 3, 13)),
        ("Sun", date(2026, 3, 8)),
        ("saturday", date(2026, 3, 7)),
    ],
)
def test_a_day_is_understood(words: str, day: date) -> None:
    assert parse_day(words, TODAY) == day


@pytest.mark.parametrize("words", ["", "soon", "su", "2026-02-30", "2026-13", "0000", "01.05.2026", "٢٠٢٦"])
def test_what_is_no_day_is_refused(words: str) -> None:
    with pytest.raises(BadInput, match="yesterday"):
        parse_day(words, TODAY)
