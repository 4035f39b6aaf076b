"""Where a passphrase comes from when nobody is asked in a window: a file, a descriptor, systemd, or the terminal.

Never an argument, never the environment. What is read is bounded and is one line; whether it is a good passphrase is
for `crypto.passphrase` to say. Source: systemd.exec(5) for the credential.
"""

import contextlib
import os
import signal
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chattor.errors import BadInput, NoPassphrase

CREDENTIAL: Final = "chattor-passphrase"
_BYTES_MAX: Final = 4_096  # far above any passphrase, far below what hurts


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the command line said; a file comes before a descriptor, and what systemd gives after both."""

    file: Path | None = None
    descriptor: int | None = None
    credential: bool = True


def obtain(source: Source, *, new: bool = False, prompt: str = "passphrase: ") -> str:
    """The passphrase; on a terminal a `new` one is asked for twice. Raises BadInput, NoPassphrase."""
    if source.file is not None:
        return _line(_read_file(source.file), str(source.file))
    if source.descriptor is not None:
        return _line(_read_descriptor(source.descriptor), f"descriptor {source.descriptor}")
    directory = os.environ.get("CREDENTIALS_DIRECTORY")
    if source.credential and directory and (credential := Path(directory) / CREDENTIAL).exists():
        return _line(_read(credential), str(credential))
    return _ask(new, prompt)


def read_token(file: Path | None, descriptor: int) -> str:
    """The token of an agent, from a file that only we can read or from a descriptor. Raises BadInput."""
    if file is not None:
        return _line(_read_file(file), str(file))
    return _line(_read_descriptor(descriptor), f"descriptor {descriptor}")


def _read_file(path: Path) -> bytes:
    """Read a file or pipe that only we can read."""
    try:
        found = path.stat()
    except OSError as error:
        raise BadInput(f"the file {path} cannot be read: {error.strerror}") from None
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISFIFO(found.st_mode)):
        raise BadInput(f"the file {path} is not a file")
    if stat.S_ISREG(found.st_mode) and found.st_mode & 0o077:
        raise BadInput(f"the file {path} is open to other users: chmod 600 it")
    return _read(path)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_BYTES_MAX + 1)
    except OSError as error:
        raise BadInput(f"the file {path} cannot be read: {error.strerror}") from None


def _read_descriptor(descriptor: int) -> bytes:
    try:
        with open(descriptor, "rb", closefd=descriptor > 2) as file:
            return file.read(_BYTES_MAX + 1)
    except OSError as error:
        raise BadInput(f"descriptor {descriptor} cannot be read: {error.strerror}") from None


def _line(data: bytes, where: str) -> str:
    """The one line in `data`, without the newline editors leave at its end, on Windows two characters."""
    data = data.removesuffix(b"\n").removesuffix(b"\r")
    if not data:
        raise BadInput(f"what {where} holds is empty")
    if len(data) > _BYTES_MAX or b"\n" in data or b"\0" in data:
        raise BadInput(f"what {where} holds is not one short line")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise BadInput(f"what {where} holds is not UTF-8") from None


def _ask(new: bool, prompt: str) -> str:
    if not _has_terminal():
        raise NoPassphrase("no passphrase was given, and there is no terminal to ask on")
    import getpass

    with _interruptible():
        try:
            passphrase = getpass.getpass(prompt)
            if new and getpass.getpass("the same again: ") != passphrase:
                raise BadInput("the two passphrases differ")
        except EOFError:
            raise NoPassphrase("no passphrase was given") from None
    return passphrase


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """An event loop turns Ctrl-C into something a blocking prompt never sees."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
