"""Changing one key of settings.toml, with everything else in it, comments too, left as the user wrote it."""

from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from chattor.config import settings, toml_file
from chattor.config.files import private_directory, reason, write_atomically
from chattor.errors import BadInput, BadSettings, StoreFailed


def set_value(path: Path, key: str, value: str) -> None:
    """Set one setting by its dotted name. Raises BadInput, BadSettings, StoreFailed: then the file is as it was."""
    known = settings.keys()
    if key not in known:
        raise BadInput(f"there is no such setting{settings.meant(key, known)}")
    if toml_file.writable_by_others(path):
        raise BadSettings(f"others can write {path.name}: chown and chmod 600 it first")
    text, _ = toml_file.read(path)
    raw = _with(text, key, value).encode("utf-8", "surrogateescape")
    try:
        settings.check(raw, path)
    except BadSettings as error:
        raise BadInput(str(error)) from error
    if not path.parent.exists():
        private_directory(path.parent)
    try:
        write_atomically(path.resolve(), raw)
    except OSError as error:
        raise StoreFailed(f"{path.name} cannot be written: {reason(error)}") from error


def _with(text: str, key: str, value: str) -> str:
    section, _, name = key.partition(".")
    try:
        document = tomlkit.parse(text)
        if section not in document:
            document[section] = tomlkit.table()
        document[section][name] = value
        return tomlkit.dumps(document)
    except TOMLKitError as error:
        raise BadSettings(f"settings.toml cannot be edited: {error}") from error
