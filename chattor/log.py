"""The log of a hosting process: small private files that rotate and hold nothing to be used against their owner.

Every line is redacted as a whole, its traceback too: friend codes, onion addresses, keys however written. Then it is
made safe for a terminal and cut to a bound; what repeats is counted. Message text is never logged by any caller:
this module could not recognise it.
"""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from chattor.text import safe_text

FILE_BYTES: Final = 1_000_000
OLD_FILES: Final = 2  # beside the newest
MESSAGE_MAX: Final = 1_000  # characters
TRACE_MAX: Final = 4_000
SAME_SHOWN: Final = 5  # times a minute; the rest is counted
_MINUTE: Final = 60.0
_KINDS_KEPT: Final = 1_000

_SECRETS: Final = (
    (re.compile(r"ct1[02-9ac-hj-np-z]{10,}", re.IGNORECASE), "⟨friend code⟩"),
    (re.compile(r"(?<![a-z2-7])[a-z2-7]{56}(?![a-z2-7])(\.onion)?", re.IGNORECASE), "⟨onion⟩"),
    (re.compile(r"""\bb(["']).{8,}?\1""", re.DOTALL), "⟨bytes⟩"),
    (re.compile(r"(?:[0-9a-f]{2}[: ]?){15,}[0-9a-f]{2}", re.IGNORECASE), "⟨hex⟩"),
)
_LONG_WORD: Final = re.compile(r"[\w+/-]{43,}={0,2}", re.ASCII)


@contextmanager
def logging_to(file: Path, level: str) -> Iterator[None]:
    """Send what is logged to `file` (mode 0600) while the block runs: ours from `level`, libraries' warnings.

    Warnings of Python go there too, instead of over the screen. Raises OSError if the file cannot be opened.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = _PrivateFile(file, maxBytes=FILE_BYTES, backupCount=OLD_FILES, encoding="utf-8")
    handler.setFormatter(_SafeFormatter())
    handler.addFilter(_Repeats())
    root, ours = logging.getLogger(), logging.getLogger("chattor")
    before = ours.level
    root.addHandler(handler)
    ours.setLevel(level.upper())
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        ours.setLevel(before)
        root.removeHandler(handler)
        with suppress(OSError):  # the disk is still full
            handler.close()


def redact(text: str) -> str:
    """Text without anything that looks like a friend code, an onion address or a key."""
    for pattern, name in _SECRETS:
        text = pattern.sub(name, text)
    return _LONG_WORD.sub(lambda match: "⟨base64⟩" if _mixed(match[0]) else match[0], text)


def _mixed(word: str) -> bool:
    """Whether a word has what a key in base64 surely has and a name or a path hardly."""
    return any(c.isdigit() for c in word) and any(c.isupper() for c in word) and any(c.islower() for c in word)


def _clean(text: str, limit: int, *, multiline: bool) -> str:
    """Redacted, safe and short; what is far beyond the limit is not even looked at, nor a word it would cut in two."""
    if len(text) > 8 * limit:
        text = text[: 8 * limit]
        text = text[: text.rfind(" ") + 1] + "…"
    return safe_text(redact(text), multiline=multiline, limit=limit)


class _PrivateFile(RotatingFileHandler):
    def _open(self) -> TextIOWrapper:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.fdopen(os.open(self.baseFilename, flags, 0o600), "a", encoding="utf-8", errors="replace")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """A full disk loses log lines; the library would print a traceback over the screen instead."""


class _SafeFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """`time level logger: message` on one line, a traceback indented below it."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        message = _clean(record.getMessage(), MESSAGE_MAX, multiline=False)
        again = getattr(record, _AGAIN, 0)
        line = f"{at} {record.levelname.lower()} {record.name}: {message}"
        if again:
            line += f" [{again:,} more of these before]"
        if record.exc_info:
            trace = _clean(self.formatException(record.exc_info), TRACE_MAX, multiline=True)
            line += "\n    " + trace.replace("\n", "\n    ")
        return line


_AGAIN: Final = "chattor_again"


class _Repeats(logging.Filter):
    """Lets one kind of line through a few times a minute and tells with the next one how many were left out."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[str, int, object], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        kind = (record.name, record.levelno, record.msg)
        since, count = self._seen.get(kind, (record.created, 0))
        if not 0 <= record.created - since < _MINUTE:
            setattr(record, _AGAIN, max(0, count - SAME_SHOWN))
            since, count = record.created, 0
        if len(self._seen) >= _KINDS_KEPT:
            self._seen.clear()
        self._seen[kind] = since, count + 1
        return count < SAME_SHOWN
