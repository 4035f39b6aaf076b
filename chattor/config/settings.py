"""What the user can set, with its defaults: one frozen value.

A setting exists only if some code reads it. How it comes out of settings.toml is in `settings_file`.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import FieldInfo

from chattor.config.duration import DURATION, parse_duration
from chattor.model.activity import CAPABILITIES_MAX, CAPABILITY

FREE: Final = "keymap"
"""The one section whose keys are not listed here: whoever reads it knows them."""
PERIOD: Final = f"^(never|{DURATION})$"
"""What a setting may say that is a time or for ever."""


def _seconds(period: str) -> int | None:
    return None if period == "never" else parse_duration(period)


class TorSettings(Struct, frozen=True, kw_only=True):
    """`[tor]`: paths may start with ~ and are otherwise taken from the directory of settings.toml."""

    bridges: Annotated[
        tuple[str, ...], Meta(max_length=64, description="Bridges, where Tor is blocked: the lines you were given.")
    ] = ()
    obfs4: Annotated[
        Path | None, Meta(description="The program for obfs4 bridges, instead of lyrebird or obfs4proxy on PATH.")
    ] = None
    snowflake: Annotated[
        Path | None, Meta(description="The program for snowflake bridges, instead of snowflake-client on PATH.")
    ] = None
    torrc: Annotated[Path | None, Meta(description="A file of further lines for tor's configuration.")] = None
    binary: Annotated[Path | None, Meta(description="The tor to run, instead of the one on PATH.")] = None
    control: Annotated[
        str,
        Meta(description="A tor that runs already, instead of one of our own: its control socket, or 127.0.0.1:PORT."),
    ] = ""
    socks: Annotated[str, Meta(description="Where that tor takes connections, if it is not to be asked.")] = ""
    password_file: Annotated[
        Path | None, Meta(description="A file with the password for tor.control, where no cookie can be read.")
    ] = None
    friends_only: Annotated[
        bool, Meta(description="Whether nobody but friends can reach your node; then nobody new can ask, either.")
    ] = False
    pow: Annotated[bool, Meta(description="Whether a flood of strangers has to work before your node answers.")] = True


class DeliverySettings(Struct, frozen=True, kw_only=True):
    """`[delivery]`."""

    expire_after: Annotated[
        str, Meta(pattern=PERIOD, description="After how long an undelivered message is given up, or never.")
    ] = "never"

    @property
    def expire_seconds(self) -> int | None:
        """The same in seconds; None for ever."""
        return _seconds(self.expire_after)


class HistorySettings(Struct, frozen=True, kw_only=True):
    """`[history]`."""

    retention: Annotated[
        str, Meta(pattern=PERIOD, description="After how long messages are deleted here, or never.")
    ] = "never"

    @property
    def retention_seconds(self) -> int | None:
        """The same in seconds; None for ever."""
        return _seconds(self.retention)


class PrivacySettings(Struct, frozen=True, kw_only=True):
    """`[privacy]`."""

    requests: Annotated[
        Literal["open", "closed"], Meta(description="Whether strangers who have the friend code may ask.")
    ] = "open"
    receipts: Annotated[
        Literal["on", "off"], Meta(description="Whether friends and you know what the other has read.")
    ] = "on"
    typing: Annotated[Literal["on", "off"], Meta(description="Whether friends and you see each other type.")] = "on"
    presence: Annotated[
        Literal["on", "off"], Meta(description="Whether friends and you see each other come and go.")
    ] = "on"


class AgentSettings(Struct, frozen=True, kw_only=True):
    """`[agent]`: what friends are told of us."""

    declared: Annotated[bool, Meta(description="Whether friends are told that a program speaks here.")] = False
    capabilities: Annotated[
        tuple[Annotated[str, Meta(pattern=f"^{CAPABILITY}$")], ...],
        Meta(max_length=CAPABILITIES_MAX, description="What friends are told it can do, a word each."),
    ] = ()


class LockSettings(Struct, frozen=True, kw_only=True):
    """`[lock]`."""

    after: Annotated[
        str, Meta(pattern=PERIOD, description="After how long with nobody at it the profile locks, or never.")
    ] = "never"

    @property
    def after_seconds(self) -> int | None:
        """The same in seconds; None for never."""
        return _seconds(self.after)


class ChannelSettings(Struct, frozen=True, kw_only=True):
    """`[channels]`."""

    keep: Annotated[int, Meta(ge=1, le=1_000, description="How many posts of each channel are kept.")] = 100
    subscribe_to_friends: Annotated[bool, Meta(description="Whether the channels of a new friend are read.")] = True


class LogSettings(Struct, frozen=True, kw_only=True):
    """`[log]`."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="How much the node writes to its log.")
    ] = "info"


class TerminalSettings(Struct, frozen=True, kw_only=True):
    """`[terminal]`."""

    theme: Annotated[str, Meta(min_length=1, max_length=64, description="The look of the TUI, by name.")] = "dark"
    glyphs: Annotated[
        Literal["auto", "unicode", "ascii"], Meta(description="Which signs the TUI draws; auto asks the locale.")
    ] = "auto"
    emoji: Annotated[
        Literal["auto", "full", "plain"],
        Meta(
            description="How emoji of several parts are drawn; plain is their first part, and cells are counted code "
            "point by code point; auto is that inside tmux."
        ),
    ] = "auto"
    mouse: Annotated[bool, Meta(description="Whether the TUI takes the mouse.")] = True
    keys: Annotated[
        Literal["default", "emacs", "vim"], Meta(description="Which keys the TUI begins with; [keymap] changes them.")
    ] = "default"


class NotificationSettings(Struct, frozen=True, kw_only=True):
    """`[notifications]`: docs/notifications.md."""

    enabled: Annotated[bool, Meta(description="Whether you are notified of anything.")] = True
    how: Annotated[
        Literal["terminal", "desktop", "bell"],
        Meta(description="What tells you: the terminal (the bell where it cannot), the desktop, or the bell."),
    ] = "terminal"
    content: Annotated[
        Literal["nothing", "name", "text"],
        Meta(description="What is told: that something came, from whom, or the text too."),
    ] = "nothing"
    posts: Annotated[bool, Meta(description="Whether you are notified of new posts in channels too.")] = False
    daemon: Annotated[bool, Meta(description="Whether the daemon notifies the desktop while no window is open.")] = (
        False
    )
    sequence: Annotated[
        Literal["auto", "osc9", "osc777", "osc99"],
        Meta(description="How the terminal is told; auto knows some, and rings the bell elsewhere."),
    ] = "auto"
    tmux: Annotated[
        Literal["auto", "on", "off"],
        Meta(description="Whether that passes through tmux; auto asks tmux for allow-passthrough."),
    ] = "auto"


class Settings(Struct, frozen=True, kw_only=True):
    """Everything, with its defaults."""

    tor: TorSettings = TorSettings()
    delivery: DeliverySettings = DeliverySettings()
    history: HistorySettings = HistorySettings()
    privacy: PrivacySettings = PrivacySettings()
    agent: AgentSettings = AgentSettings()
    lock: LockSettings = LockSettings()
    channels: ChannelSettings = ChannelSettings()
    log: LogSettings = LogSettings()
    terminal: TerminalSettings = TerminalSettings()
    notifications: NotificationSettings = NotificationSettings()
    keymap: dict[str, Annotated[str, Meta(max_length=200)]] = {}
    """Keys of the TUI by the name of what they do, as `chattor keys` lists them."""


@cache
def keys() -> Mapping[str, object]:
    """Every setting by its dotted name, with its type; not those of the free section."""
    return {f"{section.name}.{field.name}": field.type for section, field in fields()}


def fields() -> Iterator[tuple[FieldInfo, FieldInfo]]:
    """Every section with each of its settings."""
    for section in msgspec.structs.fields(Settings):
        if section.name != FREE:
            yield from ((section, field) for field in msgspec.structs.fields(section.type))
