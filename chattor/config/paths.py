"""Where a profile keeps what: the only place that knows directory and file names.

XDG directories (their counterparts on macOS), named profiles in directories of their own, `--data-dir` and
`--config-dir` before CHATTOR_* before the profile that was chosen before the defaults. Looking makes nothing.
"""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformdirs import PlatformDirs

from chattor.config.files import private_directory, read_regular, reason, write_atomically
from chattor.errors import BadDirectory, BadInput, BadSettings, NoSuchProfile, StoreFailed

DEFAULT_PROFILE: Final = "default"
DATABASE: Final = "chattor.db"
KEYFILE: Final = "keyfile"
PREVIOUS_KEYFILE: Final = "keyfile.previous"
UNBORN: Final = ".new"
"""Behind the name of a store until all of it is on disk."""
SNAPSHOT: Final = "backup.copy"
"""The copy of the store while it is being packed; as encrypted as the store."""
ASIDE: Final = "before-restore-"
"""Begins the name of a directory to which a restore moved the profile before it; the moment follows."""
EDIT: Final = "edit-"
"""Begins the name of a directory with a text that an editor has; the process and dice follow."""
LOCK: Final = "lock"
OF_A_PROFILE: Final = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", KEYFILE, PREVIOUS_KEYFILE)
"""What a profile is made of; in this order it is moved away: a store never stands without its log."""
LOG: Final = "chattor.log"
SETTINGS: Final = "settings.toml"
CHOSEN: Final = "profile"
"""In the config directory: the name of the profile that is meant when none is named."""

SOCKET_PATH_MAX: Final = 107 if sys.platform == "linux" else 103  # bytes: sun_path without its NUL
SOCKET_NAME_MAX: Final = 10  # bytes: the longest name in the runtime directory, tor's included
PROFILES: Final = "profiles"
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
    def holds_profile(self) -> bool:
        """Whether there is a profile, or what is left of one."""
        return self.keyfile.exists() or self.database.exists()

    @property
    def tor(self) -> Path:
        """tor's own data directory."""
        return self.data / "tor"

    @property
    def log(self) -> Path:
        """The newest log file."""
        return self.logs / LOG

    @property
    def socket(self) -> Path:
        """Where the node of this profile answers."""
        return self.runtime / _RPC_SOCKET


def locate(profile: str | None = None, data_dir: Path | None = None, config_dir: Path | None = None) -> Paths:
    """The places of a profile. Raises BadInput for a bad profile name, BadDirectory if there is no place."""
    own_data = data_dir or _from_environment("CHATTOR_DATA_DIR")
    own_config = config_dir or _from_environment("CHATTOR_CONFIG_DIR")
    named = profile or os.environ.get("CHATTOR_PROFILE") or (None if own_data else _chosen())
    return _places(named or DEFAULT_PROFILE, own_data, own_config)


def of_profile(name: str) -> Paths:
    """The usual places of a profile, whatever the command line and the environment say. Raises as `locate`."""
    return _places(name, None, None)


def scratch(paths: Paths) -> Path:
    """Where a text may stand in clear for a moment: in memory, if the session has a directory there; else beside the
    sockets.
    """
    session = _of_session(paths.data)
    return session if session and session.parent.parent.is_dir() else paths.runtime


def profiles() -> list[str]:
    """The names of the profiles in the usual places, the default one first."""
    directory = of_profile(DEFAULT_PROFILE).data / PROFILES
    others = [path.name for path in directory.iterdir()] if directory.is_dir() else []
    names = [DEFAULT_PROFILE, *sorted(name for name in others if _PROFILE.fullmatch(name))]
    return [name for name in names if of_profile(name).holds_profile]


def choose(name: str) -> None:
    """From now on this profile is meant when none is named. Raises NoSuchProfile, BadInput, StoreFailed."""
    if not of_profile(name).holds_profile:
        raise NoSuchProfile(f"there is no profile {name}")
    file = _chosen_file()
    try:
        if not file.parent.exists():
            private_directory(file.parent)
        write_atomically(file, f"{name}\n".encode())
    except OSError as error:
        raise StoreFailed(f"{file} cannot be written: {reason(error)}") from error


def is_chosen(paths: Paths) -> bool:
    """Whether this profile, in its usual places, was chosen to be meant when none is named."""
    with suppress(BadSettings):
        return of_profile(paths.profile).data == paths.data and _chosen() == paths.profile
    return False


def choose_none() -> None:
    """From now on the default profile is meant when none is named. Raises StoreFailed."""
    file = _chosen_file()
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise StoreFailed(f"{file} cannot be deleted: {reason(error)}") from error


def _places(name: str, own_data: Path | None, own_config: Path | None) -> Paths:
    if not _PROFILE.fullmatch(name):
        raise BadInput("a profile name has up to 32 of a–z, 0–9, - and _, and starts with a letter or a digit")
    dirs = PlatformDirs("chattor", appauthor=False)
    data = _absolute(own_data or _of_profile(dirs.user_data_path, name), "--data-dir")
    return Paths(
        profile=name,
        config=_absolute(own_config or _of_profile(dirs.user_config_path, name), "--config-dir"),
        data=data,
        logs=data / "log" if own_data else _absolute(_of_profile(dirs.user_log_path, name), "--data-dir"),
        runtime=_runtime(data),
    )


def is_of_a_profile(file: Path) -> bool:
    """Whether a file is, or would be, part of a profile, ours or another; capitals are not told apart everywhere."""
    beside = any((file.parent / name).exists() for name in (DATABASE, KEYFILE))
    return beside and file.name.casefold() in (*OF_A_PROFILE, SNAPSHOT, LOCK)


def tor_takes(path: Path) -> bool:
    """Whether tor can have a socket there: it takes no blanks, quotes, backslashes or #."""
    return not any(char.isspace() or not char.isprintable() or char in _NOT_FOR_TOR for char in str(path))


def _of_profile(base: Path, name: str) -> Path:
    return base if name == DEFAULT_PROFILE else base / PROFILES / name


def _chosen_file() -> Path:
    return of_profile(DEFAULT_PROFILE).config / CHOSEN


def _chosen() -> str | None:
    file = _chosen_file()
    try:
        name = read_regular(file, 64).decode().strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{file} cannot be read: `chattor profiles switch NAME` makes it anew") from error
    if not _PROFILE.fullmatch(name):
        raise BadSettings(f"{file} names no profile: `chattor profiles switch NAME` makes it anew")
    return name


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
    if session := _of_session(data):
        yield session
    yield Path(tempfile.gettempdir()) / f"chattor-{os.getuid()}-{_mark(data)}"


def _of_session(data: Path) -> Path | None:
    session = _from_environment("XDG_RUNTIME_DIR")
    return session / "chattor" / _mark(data) if session and session.is_absolute() else None


def _mark(data: Path) -> str:
    import hashlib  # OpenSSL costs every verb its start, and is seldom needed

    return hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
