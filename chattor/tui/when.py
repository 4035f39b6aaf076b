"""Times in words, in the reader's own time zone. Pure: now and the zone are parameters."""

from datetime import date, datetime, timedelta, tzinfo
from math import ceil
from typing import Final

_LADDER: Final = ((60, 1, "now"), (3600, 60, "min"), (86_400, 3600, "h"), (7 * 86_400, 86_400, "d"))


def clock(at: datetime, zone: tzinfo | None) -> str:
    """`14:02`."""
    return at.astimezone(zone).strftime("%H:%M")


def day(at: datetime, zone: tzinfo | None) -> date:
    """The day it was where the reader is."""
    return at.astimezone(zone).date()


def day_words(of: date, today: date) -> str:
    """`Today`, `Yesterday`, `Saturday 14 March` and, in another year, `… 2025`."""
    if of == today:
        return "Today"
    if of == today - timedelta(days=1):
        return "Yesterday"
    words = f"{of:%A} {of.day} {of:%B}"
    return words if of.year == today.year else f"{words} {of.year}"


def age(at: datetime, now: datetime, zone: tzinfo | None) -> str:
    """How long ago, short: `now`, `5 min`, `3 h`, `2 d`, `14 Mar`, `Mar 2025`."""
    seconds = (now - at).total_seconds()
    for limit, unit, word in _LADDER:
        if seconds < limit:
            return word if unit == 1 else f"{seconds // unit:.0f} {word}"
    local, today = at.astimezone(zone), now.astimezone(zone)
    return f"{local.day} {local:%b}" if local.year == today.year else f"{local:%b %Y}"


def ago(at: datetime, now: datetime, zone: tzinfo | None) -> str:
    """The same in a sentence: `just now`, `5 min ago`, `14 Mar`."""
    words = age(at, now, zone)
    if words == "now":
        return "just now"
    return f"{words} ago" if (now - at).total_seconds() < _LADDER[-1][0] else words


def until(at: datetime, now: datetime) -> str:
    """How long to wait: `now`, `in 20 s`, `in 3 min`, `in 2 h`."""
    seconds = (at - now).total_seconds()
    if seconds < 1:
        return "now"
    if seconds < 60:
        return f"in {seconds:.0f} s"
    return f"in {seconds / 60:.0f} min" if seconds < 3600 else f"in {seconds / 3600:.0f} h"


def left(at: datetime, now: datetime) -> str:
    """What is left of it, rounded up: `6 d`, `3 h`, `4 min`, `59 s`; `now` when nothing is."""
    seconds = ceil((at - now).total_seconds())
    for unit, word in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds > unit:
            return f"{-(-seconds // unit)} {word}"
    return f"{seconds} s" if seconds > 0 else "now"


def left_changes(at: datetime, now: datetime) -> float | None:
    """Seconds until `left` says something else: by the minute, or by the second in the last one; None: never."""
    seconds = (at - now).total_seconds()
    if seconds <= 0:
        return None
    step = 1.0 if seconds <= 60 else 60.0
    return seconds % step or step


def span(seconds: int) -> str:
    """A length of time in its largest whole unit: `90 s`, `5 min`, `1 h`, `7 d`."""
    for unit, word in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= unit and seconds % unit == 0:
            return f"{seconds // unit} {word}"
    return f"{seconds} s"
