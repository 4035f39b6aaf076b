"""Reading a TOML file somebody else may have written: bounded before the parser sees it.

`tomllib` needs 1 GB for one dotted key of 31 KiB, so size and line length are capped first (hostile inputs 91, 92).
"""

import os
import stat
import tomllib
from pathlib import Path
from typing import Final

from chattor.config.files import read_regular, reason
from chattor.errors import BadSettings
from chattor.text import safe_text

FILE_MAX: Final = 32 * 1024  # bytes
LINE_MAX: Final = 1024  # bytes; the line of a snowflake bridge needs 600

Table = dict[str, object]


def read(path: Path) -> tuple[str, Table]:
    """The text of a TOML file and what it says; both empty if there is none. Raises BadSettings naming the line."""
    try:
        raw = read_regular(path, FILE_MAX + 1)
    except FileNotFoundError:
        return "", {}
    except OSError as error:
        raise BadSettings(f"{path.name} cannot be read: {reason(error)}") from error
    return parse(raw, path.name)


def parse(raw: bytes, name: str) -> tuple[str, Table]:
    """The same for bytes; `name` is for the message."""
    if len(raw) > FILE_MAX:
        raise BadSettings(f"{name} is larger than {FILE_MAX:,} bytes")
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if len(line) > LINE_MAX:
            raise BadSettings(f"{name}, line {number}: longer than {LINE_MAX} bytes")
    try:
        text = raw.decode()
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        number = raw.count(b"\n", 0, error.start) + 1
        raise BadSettings(f"{name}, line {number}: not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{name}: {safe_text(str(error), multiline=False).lower()}") from error
    except (RecursionError, ValueError) as error:
        raise BadSettings(f"{name}: nested too deep, or a number too long") from error


def writable_by_others(path: Path) -> bool:
    """Whether somebody else could have written a file; False if there is none."""
    try:
        found = path.stat()
    except OSError:
        return False
    return bool(found.st_mode & stat.S_IWOTH) or found.st_uid not in (0, os.getuid())
