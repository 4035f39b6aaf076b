"""What the one who starts the interface decides. Everything has a default; tests freeze the clock and the zone."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path

from chattor.clock import Clock, SystemClock
from chattor.tui.session import PAUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The look and the surroundings of one run."""

    theme: str = "dark"
    ascii: bool = False
    """Signs from ASCII only, for terminals and fonts without the others."""
    plain_emoji: bool = False
    """For terminals that count cells code point by code point: the first part of composed emoji only, and widths by
    that count."""
    mouse: bool = True
    keys: str = "default"
    """Which keys to begin with, a name of `keymap.PRESETS`."""
    own_keys: Mapping[str, str] = field(default_factory=dict)
    """What the user wants otherwise, by id."""
    config: Path | None = None
    """The config directory: `theme.toml` and `themes/` there are the user's."""
    scratch: Path | None = None
    """Where a text may stand in clear while an editor has it."""
    clock: Clock = field(default_factory=SystemClock)
    pause: float = PAUSE
    """s; between two bundles of what is learned."""
    zone: tzinfo | None = None
    """None: the machine's."""
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    """Tells which terminal this is."""
