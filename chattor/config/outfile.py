"""A new file for its owner to carry away: 0600 from birth, whole or not there, and never in place of something else."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from chattor.config.files import reason, sync_directory
from chattor.config.paths import is_of_a_profile
from chattor.errors import FileExists, FileRefused


def refuse(target: Path, *, force: bool) -> None:
    """Raises FileExists or FileRefused if no file may be put there.

    What is no plain file of ours is never replaced, nor is any part of a profile, even if told to.
    """
    if is_of_a_profile(target):
        raise FileRefused(f"{target} is part of a profile")
    try:
        found = target.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise FileRefused(f"{target} cannot be used: {reason(error)}") from error
    if not stat.S_ISREG(found.st_mode):
        raise FileRefused(f"{target} is there and is not a regular file")
    if found.st_uid != os.getuid():
        raise FileRefused(f"{target} belongs to another user")
    if not force:
        raise FileExists(f"{target} is there already")


@contextmanager
def outfile(target: Path, *, force: bool) -> Iterator[BinaryIO]:
    """A file under another name, which becomes `target` once all of it is on disk.

    Raises FileExists, FileRefused, OSError; then nothing is left behind.
    """
    refuse(target, force=force)
    temporary = target.with_name(f".{target.name}.{os.urandom(4).hex()}.part")
    descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        refuse(target, force=force)
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_directory(target.parent)
