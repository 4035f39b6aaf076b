"""What the one who starts the line mode decides. The questions before it are the command line's."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from chattor.clock import Clock, SystemClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One run."""

    ask_name: Callable[[], str]
    """Asks what a new user wants to be called. Raises NoProfile where nobody can be asked."""
    ask_passphrase: Callable[[bool], str]
    """Asks without echo; of a new one, twice."""
    friend: str = ""
    """Whom to write to first."""
    color: bool = False
    clock: Clock = field(default_factory=SystemClock)
    zone: tzinfo | None = None
    """None: the machine's."""
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def now(self) -> datetime:
        """The wall clock."""
        return datetime.fromtimestamp(self.clock.wall() / 1000, UTC)
