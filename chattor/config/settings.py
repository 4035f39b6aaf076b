"""What the user can set: one frozen value from settings.toml and the command line's options.

A setting exists only if some code reads it. The file is the user's: it is read with bounds, edited with its comments
kept, and what is wrong in it is named with key and line.
"""

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal, get_args, get_origin

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import FieldInfo

from chattor.config import toml_file
from chattor.config.duration import DURATION, parse_duration
from chattor.config.toml_file import Table
from chattor.errors import BadSettings
from chattor.model.activity import CAPABILITIES_MAX, CAPABILITY, CAPABILITY_MAX
from chattor.text import safe_text

FREE: Final = "keymap"
"""The one section whose keys are not listed here: whoever reads it knows them."""
PERIOD: Final = f"^(never|{DURATION})$"
"""What a setting may say that is a time or for ever."""
_AT: Final = re.compile(r" - at `\$\.([a-z_.]+)(?:\[(?:\.\.\.|\d+)\])?`$")


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
        str, Meta(pattern=PERIOD, description="After how long without a call by a face the profile locks, or never.")
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


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and what the user should be told about his file, a sentence each."""

    settings: Settings
    warnings: tuple[str, ...] = ()


def load(path: Path, options: Mapping[str, str] | None = None) -> Loaded:
    """Settings from a file, which may be missing, under `options` of the command line (`log.level` → `debug`).

    A file others can write is ignored. Unknown keys are warned of. Raises BadSettings for anything else.
    """
    if toml_file.writable_by_others(path):
        warning = f"{path.name} is ignored, because others can write it: chown and chmod 600 it"
        return Loaded(_convert({}, options or {}, path, ""), (warning,))
    text, table = toml_file.read(path)
    return Loaded(_convert(table, options or {}, path, text), tuple(_unknown(table, path.name, text)))


def check(raw: bytes, path: Path) -> Settings:
    """What this says as the settings file: no unknown key, no wrong value. Raises BadSettings."""
    text, table = toml_file.parse(raw, path.name)
    checked = _convert(table, {}, path, text)
    for problem in _unknown(table, path.name, text):
        raise BadSettings(problem)
    return checked


def keys() -> dict[str, object]:
    """Every setting by its dotted name, with its type; not those of the free section."""
    return {f"{section.name}.{field.name}": field.type for section, field in fields()}


def fields() -> Iterator[tuple[FieldInfo, FieldInfo]]:
    """Every section with each of its settings."""
    for section in msgspec.structs.fields(Settings):
        if section.name != FREE:
            yield from ((section, field) for field in msgspec.structs.fields(section.type))


def meant(name: str, known: Collection[str]) -> str:
    """A guess at what a wrong name stands for, as the end of a sentence; empty if there is none."""
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _convert(table: Table, options: Mapping[str, str], path: Path, text: str) -> Settings:
    def read_path(_: type, value: object) -> Path:
        if not isinstance(value, str):
            raise TypeError("not a text")
        return _path(value, path.parent)

    for option, value in options.items():
        section, _, name = option.partition(".")
        inner = table.get(section, {})
        table = {**table, section: {**inner, name: value} if isinstance(inner, dict) else inner}
    try:
        return msgspec.convert(table, Settings, dec_hook=read_path)
    except msgspec.ValidationError as error:
        raise _bad_value(str(error), path.name, text) from error


def _path(value: str, beside: Path) -> Path:
    try:
        return beside / Path(value).expanduser()
    except RuntimeError as error:
        raise ValueError("no such home directory") from error


def _bad_value(error: str, name: str, text: str) -> BadSettings:
    match = _AT.search(error)
    if match is None:
        return BadSettings(f"{name}: {safe_text(error, multiline=False).lower()}")
    if match[1] == FREE:
        return BadSettings(f'{_where(name, text, FREE)}: {FREE} must be a section of texts such as jump = "ctrl+k"')
    kind = keys().get(match[1])
    return BadSettings(f"{_where(name, text, match[1])}: {match[1]} must be {words(kind)}")


def words(kind: object) -> str:
    """What a setting of some type must be."""
    if kind is None:
        return "a section with keys in it"
    bare, *notes = get_args(kind) if get_origin(kind) is Annotated else (kind,)
    if any(isinstance(note, Meta) and note.pattern == PERIOD for note in notes):
        return "never or a duration such as 24h"
    for note in notes:
        if isinstance(note, Meta) and bare is int and note.ge is not None and note.le is not None:
            return f"a whole number from {note.ge:,} to {note.le:,}"
    if get_origin(bare) is tuple:
        most = next(note.max_length for note in notes if isinstance(note, Meta))
        return f"a list of up to {most} {'texts' if get_args(bare)[0] is str else _CAPABILITIES}"
    choices = [choice for choice in get_args(bare) if isinstance(choice, str)]
    return " or ".join(choices) if choices else _KINDS.get(bare, "a text")


_CAPABILITIES: Final = f"words of at most {CAPABILITY_MAX} small letters, digits, dots and hyphens"
_KINDS: Final[dict[object, str]] = {bool: "on or off (true or false in the file)", int: "a whole number"}


def _unknown(table: Table, name: str, text: str) -> Iterator[str]:
    known = keys()
    sections = {key.partition(".")[0] for key in known} | {FREE}
    for section, inner in table.items():
        if section == FREE:
            continue
        if section not in sections:
            yield f"{_where(name, text, section)}: there is no {_quoted(section)}{meant(section, sections)}"
            continue
        for key in inner if isinstance(inner, dict) else ():
            if f"{section}.{key}" not in known:
                near = {other.partition(".")[2] for other in known if other.startswith(f"{section}.")}
                where = _where(name, text, f"{section}.{key}")
                yield f"{where}: there is no {_quoted(f'{section}.{key}')}{meant(key, near)}"


def _quoted(name: str) -> str:
    return f"“{safe_text(name, multiline=False, limit=40)}”"


def _where(name: str, text: str, key: str) -> str:
    """The file and, where it can be told, the line in which a key is set."""
    section = ""
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if bare.startswith("["):
            section = bare.strip("[]# ")
            found = section
        else:
            found = ".".join(filter(None, (section, bare.partition("=")[0].strip().replace('"', ""))))
        if found == key:
            return f"{name}, line {number}"
    return name
