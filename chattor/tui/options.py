"""What the one who starts the interface decides. Everything has a default; tests freeze the clock and the zone."""

from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path

from chattor.clock import Clock, SystemClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The look and the surroundings of one run."""

    theme: str = "dark"
    ascii: bool = False
    """Signs from ASCII only, for terminals and fonts without the others."""
    mouse: bool = True
    config: Path | None = None
    """The config directory: `theme.toml` and `themes/` there are the user's."""
    clock: Clock = field(default_factory=SystemClock)
    zone: tzinfo | None = None
    """None: the machine's."""
