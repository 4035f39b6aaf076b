"""A profile as whoever runs it knows it: where it lives and what its user set. Names it, and loads nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chattor.config.paths import Paths
from chattor.config.settings import Settings
from chattor.crypto.cost import STANDARD, Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Where a profile lives and what its user set. `torrc` is a file of extra lines for tor."""

    paths: Paths
    settings: Settings
    options: Mapping[str, str] = field(default_factory=dict)
    """What the command line sets above the file."""
    torrc: Path | None = None
    cost: Cost = STANDARD
