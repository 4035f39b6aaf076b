"""Where a profile keeps what: the only place that knows directory and file names.

XDG directories (their counterparts on macOS), named profiles in directories of their own, `--data-dir` and
`--config-dir` before CHATTOR_* before the defaults. Looking makes nothing.
"""

import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformdirs import PlatformDirs

from chattor.errors import BadDirectory, BadInput

DEFAULT_PROFILE: Final = "default"
DATABASE: Final = "chattor.db"
KEYFILE: Final = "keyfile"
PREVIOUS_KEYFILE: Final = "keyfile.previous"
LOCK: Final = "lock"
SETTINGS: Final = "settings.toml"

SOCKET_PATH_MAX: Final = 107 if sys.platform == "linux" else 103  # bytes: sun_path without its NUL
SOCKET_NAME_MAX: Final = 10  # bytes: the longest name in the runtime directory, tor's included
_RPC_SOCKET: Final = "rpc.sock"
_PROFILE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_NOT_FOR_TOR: Final = frozenset("\"'#\\")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """The places of one profile. Files are named here, made elsewhere."""

    profile: str
    config: Path
    """settings.toml, theme.toml and themes/: the user's to edit."""
    data: Path
    """lock, keyfile, database, tor/: nobody else's."""
    logs: Path
    runtime: Path
    """Sockets: short enough, and without characters tor refuses."""

    @property
    def settings(self) -> Path:
        """settings.toml."""
        return self.config / SETTINGS

    @property
    def database(self) -> Path:
        """The SQLCipher store."""
        return self.data / DATABASE

    @property
    def keyfile(self) -> Path:
        """The wrapped data key."""
        return self.data / KEYFILE

    @property
    def tor(self) -> Path:
        """tor's own data directory."""
        return self.data / "tor"

    @property
    def log(self) -> Path:
        """The newest log file."""
        return self.logs / "chattor.log"

    @property
    def socket(self) -> Path:
        """Where the node of this profile answers."""
        return self.runtime / _RPC_SOCKET


def locate(profile: str | None = None, data_dir: Path | None = None, config_dir: Path | None = None) -> Paths:
    """The places of a profile. Raises BadInput for a bad profile name, BadDirectory if there is no place."""
    name = profile or os.environ.get("CHATTOR_PROFILE") or DEFAULT_PROFILE
    if not _PROFILE.fullmatch(name):
        raise BadInput("a profile name has up to 32 of a–z, 0–9, - and _, and starts with a letter or a digit")
    own_data = data_dir or _from_environment("CHATTOR_DATA_DIR")
    own_config = config_dir or _from_environment("CHATTOR_CONFIG_DIR")
    dirs = PlatformDirs("chattor", appauthor=False)
    data = _absolute(own_data or _of_profile(dirs.user_data_path, name), "--data-dir")
    return Paths(
        profile=name,
        config=_absolute(own_config or _of_profile(dirs.user_config_path, name), "--config-dir"),
        data=data,
        logs=data / "log" if own_data else _absolute(_of_profile(dirs.user_log_path, name), "--data-dir"),
        runtime=_runtime(data),
    )


def tor_takes(path: Path) -> bool:
    """Whether tor can have a socket there: it takes no blanks, quotes, backslashes or #."""
    return not any(char.isspace() or not char.isprintable() or char in _NOT_FOR_TOR for char in str(path))


def _of_profile(base: Path, name: str) -> Path:
    return base if name == DEFAULT_PROFILE else base / "profiles" / name


def _from_environment(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value) if value else None


def _absolute(path: Path, option: str) -> Path:
    try:
        path = path.expanduser()
    except RuntimeError:
        raise BadDirectory(f"there is no home directory: set HOME, or pass {option}") from None
    try:
        return path.absolute().resolve()
    except (OSError, RuntimeError) as error:
        raise BadDirectory(f"{path} cannot be used: a loop of symbolic links") from error


def _runtime(data: Path) -> Path:
    """In the data directory where that will do; else in a short place named after it, the same for every process."""
    for candidate in _runtime_candidates(data):
        fits = len(os.fsencode(candidate)) + 1 + SOCKET_NAME_MAX <= SOCKET_PATH_MAX
        if fits and tor_takes(candidate):
            return candidate
    raise BadDirectory("socket path too long: set XDG_RUNTIME_DIR or TMPDIR to a directory with a short name")


def _runtime_candidates(data: Path) -> Iterator[Path]:
    yield data / "run"
    mark = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    session = _from_environment("XDG_RUNTIME_DIR")
    if session is not None and session.is_absolute():
        yield session / "chattor" / mark
    yield Path(tempfile.gettempdir()) / f"chattor-{os.getuid()}-{mark}"
