"""What somebody does, as friends see it beside "online"; and what a program can do, as it says itself."""

import re
from enum import StrEnum
from typing import Final

from msgspec import Struct

WORDS_MAX: Final = 60
"""Characters beside a state."""
CAPABILITIES_MAX: Final = 16
CAPABILITY_MAX: Final = 24
"""Characters of one."""
CAPABILITY: Final = rf"[a-z0-9][a-z0-9.-]{{0,{CAPABILITY_MAX - 1}}}"
_CAPABILITY: Final = re.compile(CAPABILITY)


class Doing(StrEnum):
    """The states there are."""

    IDLE = "idle"
    WORKING = "working"
    BLOCKED = "blocked"


class Activity(Struct, frozen=True, kw_only=True):
    """A state, and words of whoever is in it: maybe none."""

    state: Doing
    words: str = ""


def is_capability(word: str) -> bool:
    """Whether this names something a program can do: small letters, digits, dots and hyphens."""
    return _CAPABILITY.fullmatch(word) is not None
