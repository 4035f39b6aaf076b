"""Text that comes as an argument or from stdin."""

import sys

import click

from chattor.errors import BadInput, TextTooLong


def text_argument(text: str | None, limit: int) -> str:
    """The TEXT of a verb; `-`, or nothing when stdin is no terminal, reads at most `limit` bytes from there."""
    if text is None and sys.stdin.isatty():
        raise click.UsageError("TEXT is missing; `-` reads it from stdin")
    return _from_stdin(limit) if text in (None, "-") else text


def _from_stdin(limit: int) -> str:
    """All of stdin but one final newline, never more than the limit."""
    data = sys.stdin.buffer.read(limit + 2).removesuffix(b"\n")
    if len(data) > limit:
        raise TextTooLong(f"stdin holds more than {limit:,} bytes")
    if b"\0" in data:
        raise BadInput("stdin holds a NUL byte")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise BadInput("stdin is not UTF-8") from None
