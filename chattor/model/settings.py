"""A setting as the faces see it."""

from msgspec import Struct


class Setting(Struct, frozen=True, kw_only=True):
    """One key of settings.toml. Values are texts, as the command line takes them; an unset one is empty."""

    key: str
    value: str
    default: str
    choices: list[str]
    """What it may be; empty where other values are possible too."""
    help: str
    restart: bool
    """Whether a node that runs notices only at its next start."""
    many: bool = False
    """Whether it is a list, its value one entry a line."""
