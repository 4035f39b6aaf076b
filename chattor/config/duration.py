"""Lengths of time as users write them: `90s`, `5m`, `1h`, `7d`."""

import re
from typing import Final

DURATION: Final = r"[1-9][0-9]{0,8}[smhd]"
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def parse_duration(text: str) -> int:
    """Seconds. Raises ValueError for anything but a whole number from 1 and one of s, m, h, d."""
    if not re.fullmatch(DURATION, text):
        raise ValueError("a duration is a number and s, m, h or d, such as 24h")
    return int(text[:-1]) * _SECONDS[text[-1]]


def duration(seconds: int) -> str:
    """The same the other way round, in the greatest unit that fits."""
    unit = next(unit for unit, size in reversed(_SECONDS.items()) if seconds % size == 0)
    return f"{seconds // _SECONDS[unit]}{unit}"
