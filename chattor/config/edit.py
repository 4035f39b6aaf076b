"""Changing one key of settings.toml, with everything else in it, comments too, left as the user wrote it.

Whoever only reads needs no library for that: it is loaded with the first change.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from chattor.config import settings_file, toml_file
from chattor.config.catalogue import typed
from chattor.config.files import private_directory, reason, write_atomically
from chattor.config.settings import Settings
from chattor.config.settings_file import Loaded
from chattor.errors import BadInput, BadSettings, StoreFailed

if TYPE_CHECKING:
    from tomlkit.items import Item

Trial = Callable[[str, Settings], None]
"""Refuses, by raising, what a change of the key named would make of the settings."""


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """settings.toml at `path`, under the `options` of the command line (`log.level` → `debug`)."""

    path: Path
    options: Mapping[str, str] = field(default_factory=dict)
    trial: Trial | None = None
    _changing: Lock = field(init=False, repr=False, compare=False, default_factory=Lock)

    def load(self) -> Loaded:
        """What it says now. Raises BadSettings."""
        return settings_file.load(self.path, self.options)

    def set(self, key: str, value: str) -> Settings:
        """Change one key; what the file says then. Raises as `set_value`, and what the trial raises.

        One change waits for the other, however long its trial takes: it would write back what it read before.
        """
        with self._changing:
            set_value(self.path, key, value, self.trial)
            return self.load().settings


def set_value(path: Path, key: str, value: str, trial: Trial | None = None) -> None:
    """Set one setting by its dotted name; an empty value takes it out of the file, so that the default holds.

    The default may always be put back, else `trial` is asked. Raises BadInput, BadSettings, StoreFailed and what the
    trial raises: then the file is as it was.
    """
    wanted = typed(key, value)
    if toml_file.writable_by_others(path):
        raise BadSettings(f"others can write {path.name}: chown and chmod 600 it first")
    text, _ = toml_file.read(path)
    raw = _with(text, key, wanted).encode("utf-8", "surrogateescape")
    try:
        wished = settings_file.check(raw, path)
    except BadSettings as error:
        _, _, problem = str(error).partition(": ")  # where in the file helps only with what was in it before
        raise BadInput(problem if problem.startswith(f"{key} ") else str(error)) from error
    if trial is not None and wanted not in ("", []):
        trial(key, wished)
    if not path.parent.exists():
        private_directory(path.parent)
    try:
        write_atomically(path.resolve(), raw)
    except OSError as error:
        raise StoreFailed(f"{path.name} cannot be written: {reason(error)}") from error


def _with(text: str, key: str, value: str | int | bool | list[str]) -> str:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    section, _, name = key.partition(".")
    try:
        document = tomlkit.parse(text)
        if value in ("", []):
            document.get(section, {}).pop(name, None)
        else:
            document.setdefault(section, tomlkit.table())[name] = _item(value)
        return tomlkit.dumps(document)
    except TOMLKitError as error:
        raise BadSettings(f"settings.toml cannot be edited: {error}") from error


def _item(value: str | int | bool | list[str]) -> "Item":
    """A list has an entry a line: lines are bounded."""
    import tomlkit

    return tomlkit.item(value).multiline(True) if isinstance(value, list) else tomlkit.item(value)
