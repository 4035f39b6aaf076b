"""Deleting a profile: the keys first and over their own bytes, then all else that is ours by its name.

What is not known here by name is somebody else's and stays. Overwriting reaches what the file system shows us; a
copy in a snapshot, a backup or a worn cell of an SSD stays, and is worth as much as the passphrase it is sealed with.
"""

import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from chattor.config.files import reason, sync_directory
from chattor.config.paths import (
    ASIDE,
    DATABASE,
    EDIT,
    KEYFILE,
    LOCK,
    LOG,
    PREVIOUS_KEYFILE,
    PROFILES,
    SNAPSHOT,
    UNBORN,
    Paths,
    scratch,
)
from chattor.errors import StoreFailed

_KEYFILES: Final = re.compile(rf"({KEYFILE}|{re.escape(PREVIOUS_KEYFILE)})(\.tmp)?|{KEYFILE}\.[0-9a-f]{{8}}")
_STORE: Final = re.compile(rf"({re.escape(DATABASE)}({re.escape(UNBORN)})?|{re.escape(SNAPSHOT)})(-wal|-shm)?")
_ASIDE: Final = re.compile(rf"{ASIDE}[0-9]+")
_ANY: Final = re.compile(r"(?s).*")
_LOG: Final = re.compile(rf"{re.escape(LOG)}(\.[0-9]+)?")


def wipe(paths: Paths) -> list[Path]:
    """Delete a profile that nobody uses, under its lock; what is left because it is not ours. Raises StoreFailed."""
    aside = (one for one in _children(paths.data) if _ASIDE.fullmatch(one.name) and _is_ours(one, stat.S_ISDIR))
    places = [paths.data, *aside]
    try:
        for place in places:
            for file in _named(place, _KEYFILES):
                _overwrite(file)
                file.unlink()
            sync_directory(place)
        for place in places:
            for file in _named(place, _STORE):
                file.unlink()
        for file in (*_named(paths.logs, _LOG), *_named(paths.runtime, _ANY, stat.S_ISSOCK)):
            file.unlink()
        for tree in (paths.tor, *scratch(paths).glob(f"{EDIT}[0-9]*")):
            if _is_ours(tree, stat.S_ISDIR):
                shutil.rmtree(tree)
        (paths.data / LOCK).unlink(missing_ok=True)
    except OSError as error:
        raise StoreFailed(f"not all could be deleted: {error.filename}: {reason(error)}") from error
    for place in (*places[1:], paths.logs, paths.runtime, paths.data):
        with suppress(OSError):  # it holds what is not ours, or never was there
            place.rmdir()
    return [left for left in _children(paths.data) if left.name != PROFILES]


def _children(directory: Path) -> list[Path]:
    return sorted(directory.iterdir()) if directory.is_dir() else []


def _named(directory: Path, names: re.Pattern[str], kind: Callable[[int], bool] = stat.S_ISREG) -> Iterator[Path]:
    """Files of ours with such a name, plain ones or of another kind."""
    for file in _children(directory):
        if names.fullmatch(file.name) and _is_ours(file, kind):
            yield file


def _is_ours(path: Path, kind: Callable[[int], bool]) -> bool:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    return kind(found.st_mode) and found.st_uid == os.getuid()


def _overwrite(file: Path) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.write(descriptor, os.urandom(os.fstat(descriptor).st_size))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
