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

from chattor.config import toml_file
from chattor.config.duration import DURATION, parse_duration
from chattor.config.toml_file import Table
from chattor.errors import BadSettings
from chattor.text import safe_text

_AT: Final = re.compile(r" - at `\$\.([a-z_.]+)`$")


class TorSettings(Struct, frozen=True, kw_only=True):
    """`[tor]`: paths may start with ~ and are otherwise taken from the directory of settings.toml."""

    torrc: Path | None = None
    """A file of further lines for tor's configuration."""
    binary: Path | None = None
    """The tor to run, instead of the one on PATH."""


class DeliverySettings(Struct, frozen=True, kw_only=True):
    """`[delivery]`."""

    expire_after: Annotated[str, Meta(pattern=f"^(never|{DURATION})$")] = "never"
    """How long an undelivered message is tried."""

    @property
    def expire_seconds(self) -> int | None:
        """The same in seconds; None for ever."""
        return None if self.expire_after == "never" else parse_duration(self.expire_after)


class PrivacySettings(Struct, frozen=True, kw_only=True):
    """`[privacy]`."""

    requests: Literal["open", "closed"] = "open"
    """Whether strangers who have the friend code may ask."""


class LogSettings(Struct, frozen=True, kw_only=True):
    """`[log]`."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(Struct, frozen=True, kw_only=True):
    """Everything, with its defaults."""

    tor: TorSettings = TorSettings()
    delivery: DeliverySettings = DeliverySettings()
    privacy: PrivacySettings = PrivacySettings()
    log: LogSettings = LogSettings()


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


def check(raw: bytes, path: Path) -> None:
    """Whether this may become the settings file: no unknown key, no wrong value. Raises BadSettings."""
    text, table = toml_file.parse(raw, path.name)
    _convert(table, {}, path, text)
    for problem in _unknown(table, path.name, text):
        raise BadSettings(problem)


def keys() -> dict[str, object]:
    """Every setting by its dotted name, with its type."""
    return {
        f"{section.name}.{field.name}": field.type
        for section in msgspec.structs.fields(Settings)
        for field in msgspec.structs.fields(section.type)
    }


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
    kind = keys().get(match[1])
    return BadSettings(f"{_where(name, text, match[1])}: {match[1]} must be {_words(kind)}")


def _words(kind: object) -> str:
    """What a setting of some type must be."""
    if get_origin(kind) is Annotated:
        return "never or a duration such as 24h"
    if kind is None:
        return "a section with keys in it"
    choices = [choice for choice in get_args(kind) if isinstance(choice, str)]
    return " or ".join(choices) if choices else "a text"


def _unknown(table: Table, name: str, text: str) -> Iterator[str]:
    known = keys()
    sections = {key.partition(".")[0] for key in known}
    for section, inner in table.items():
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
