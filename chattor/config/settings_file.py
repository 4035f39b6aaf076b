"""settings.toml under the command line's options, as `Settings`; and what is wrong in it.

The file is the user's: it is read with bounds, and what is wrong in it is named with key and line.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, get_args, get_origin

import msgspec
from msgspec import Meta

from chattor.config import toml_file
from chattor.config.settings import FREE, PERIOD, Settings, keys
from chattor.config.toml_file import Table
from chattor.errors import BadSettings
from chattor.model.activity import CAPABILITY_MAX
from chattor.text import safe_text
from chattor.words import meant

_AT: Final = re.compile(r" - at `\$\.([a-z_.]+)(?:\[(?:\.\.\.|\d+)\])?`$")


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
