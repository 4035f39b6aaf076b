"""Days as people write them: `2026-05-01`, `2026-05`, `today`, `yesterday`, `monday`. Pure: today is a parameter."""

import re
from datetime import date, timedelta
from typing import Final

from chattor.errors import BadInput

DAYS: Final = "2026-05-01, 2026-05, today, yesterday or a weekday"
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORTEST: Final = 3  # letters of a weekday
_DATE: Final = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")


def parse_day(text: str, today: date) -> date:
    """The day that is meant; a month or a year is its first day, a weekday the last one that was. Raises BadInput."""
    words = text.strip().casefold()
    if words in ("today", "yesterday"):
        return today - timedelta(days=words == "yesterday")
    weekday = next(
        (at for at, name in enumerate(_WEEKDAYS) if len(words) >= _SHORTEST and name.startswith(words)), None
    )
    if weekday is not None:
        return today - timedelta(days=(today.weekday() - weekday) % 7 or 7)
    match = _DATE.fullmatch(words)
    try:
        return date(int(match[1]), int(match[2] or 1), int(match[3] or 1)) if match else _no_day(text)
    except ValueError:
        return _no_day(text)


def _no_day(text: str) -> date:
    raise BadInput(f"{text[:24]} is no day: write {DAYS}")
